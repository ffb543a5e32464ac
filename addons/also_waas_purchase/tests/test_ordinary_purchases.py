from odoo import Command
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.also_waas.tests.common.cases import WaasCommon


@tagged("post_install", "-at_install")
class TestOrdinaryPurchases(WaasCommon):
    """J2: an ordinary purchase is received as without WaaS."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.goods = cls.env["product.product"].create(
            {"name": "Goods", "is_storable": True}
        )

    def _purchase(self, company):
        buyer = new_test_user(
            self.env,
            f"buyer_{company.id}",
            "purchase.group_purchase_user,stock.group_stock_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.buyer = buyer
        form = Form(self.env["purchase.order"].with_user(buyer).with_company(company))
        form.partner_id = self.vendor
        with form.order_line.new() as line:
            line.product_id = self.goods
            line.product_qty = 1
        return form.save()

    def test_a_company_without_a_warehouse(self):
        """It takes any receipts that belong to no warehouse, of any company."""
        company = self.env["res.company"].create({"name": "No Warehouse"})
        self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        ).active = False
        for enabled in (False, True):
            company.waas_enabled = enabled
            with self.subTest(enabled=enabled):
                found = self.env["purchase.order"]._get_picking_type(company.id)
                self.assertNotEqual(found.sequence_code, "WRET")

    def test_a_company_that_rents_out(self):
        order = self._purchase(self.also)
        order.button_confirm()
        self.assertEqual(
            order.picking_ids.picking_type_id,
            order.picking_type_id.warehouse_id.in_type_id,
        )
        self.assertFalse(order.picking_ids.location_dest_id.is_waas_quarantine)

    def test_a_user_whose_favourite_are_the_returns(self):
        returns = self.also.waas_return_type_id
        order = self._purchase(self.also)
        returns.favorite_user_ids += self.buyer
        again = self.env["purchase.order"].with_user(self.buyer)
        self.assertEqual(again._get_picking_type(self.also.id), order.picking_type_id)
