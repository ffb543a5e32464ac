from odoo import Command
from odoo.tests import new_test_user

from .cases import WaasCommon


class SwitchCommon(WaasCommon):
    """A second company, which has its books and sells, and rents nothing out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls._create_company(name="Sells Only")
        cls.clerk = new_test_user(
            cls.env,
            "clerk",
            "sales_team.group_sale_manager,stock.group_stock_manager,"
            "account.group_account_manager,product.group_product_manager,"
            "base.group_partner_manager",
            company_id=cls.plain.id,
            company_ids=[Command.set(cls.plain.ids)],
        )
