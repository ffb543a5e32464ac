from datetime import date

from odoo.tests import new_test_user

from ..common.cases import WaasCommon
from ..common.replayed import replayed

# One workplace for 36 months: 36 x 45.99.
TOTAL = 1655.64


LAST_DAY = date(2099, 12, 31)


class CreditCheckCommon(WaasCommon):
    """R1, R13: ALSO decides on the credit of an end customer, with four eyes, for all
    it stands to lose."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_auto_confirm = False
        cls.order = cls._create_order(quantity=1)
        cls.all_rounder = new_test_user(
            cls.env,
            "waas_all_rounder",
            "also_waas.group_waas_manager,also_waas.group_waas_credit_officer",
            company_id=cls.also.id,
        )

    @replayed
    def _request(self, user=None, order=None):
        order = order or self.order
        order.with_user(user or self.seller).action_waas_request_credit()
        return order.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        ).with_user(self.officer)

    def _get_credit_code(self, order=None):
        return self._get_codes(order or self.order)[0]
