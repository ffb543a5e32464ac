from odoo import Command
from odoo.tests import new_test_user

from ..contract.common_reconciliation import ReconciliationCommon


class AgreedInvoicesCommon(ReconciliationCommon):
    """Whom a month is invoiced to, with which taxes, and what its invoice says once it
    was reset to draft: what was signed (R3, R11, R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(
            cls.env,
            "waas_chief",
            "account.group_account_manager",
            company_id=cls.also.id,
            company_ids=[Command.set(cls.also.ids)],
        )

    def _get_accountant(self):
        """Somebody who may write contracts and post invoices."""
        return self.chief
