import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_pickup_fee import PickupFeeCommon


@tagged("post_install", "-at_install")
class TestPickupFeeInvoice(PickupFeeCommon):
    """The fee is invoiced as it was agreed, with its tax."""

    def _archive_mapped_tax(self, tax):
        """The 0 % tax of the contract's fiscal position is archived, of which another
        tax is left."""
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        zero, _other = (
            tax.copy(
                {
                    "name": name,
                    "amount": 0.0,
                    "fiscal_position_ids": position.ids,
                    "original_tax_ids": originals.ids,
                }
            )
            for name, originals in (("0 % Export", tax), ("Other", tax.browse()))
        )
        self.contract.sudo().fiscal_position_id = position
        zero.active = False

    def test_c3_no_fee_and_no_claim_without_its_tax(self):
        fee_product = self.also.waas_pickup_product_id
        self._archive_mapped_tax(self.tax_sale_a)
        self.also.account_sale_tax_id = self.tax_sale_a
        self.also.waas_claim_product_id.taxes_id = self.tax_sale_a
        for taxes in self.tax_sale_a, self.tax_sale_a.browse():
            fee_product.taxes_id = taxes
            record = self._create_pickup(self.devices)
            record.action_announce()
            with self.subTest(taxes=taxes), self._assert_refuses("0 % Export"):
                record.action_confirm_pickup()
            record.action_cancel()
        record = self._create_return(self.devices)
        record.action_report_missing()
        with self._assert_refuses("0 % Export"):
            record.action_claim()

    def test_c3_no_fee_without_a_rate(self):
        pound = self.env.ref("base.GBP")
        pound.active = True
        pound.rate_ids.unlink()
        foreign = self._create_list("Foreign", pound)
        self._price(self.also.waas_pickup_product_id, 50.0, pricelist_id=foreign.id)
        self.contract.sudo().pricelist_id = foreign
        record = self._create_pickup(self.devices)
        record.action_announce()
        with self._assert_refuses("There is no rate of GBP"):
            record.action_confirm_pickup()

    def test_r15_the_fee_is_invoiced_as_agreed_or_not_at_all(self):
        self.contract.sudo().fiscal_position_id = False
        self.also.waas_pickup_product_id.taxes_id = self.tax_sale_a.copy(
            {"name": "Included", "price_include_override": "tax_included"}
        )
        record = self._create_pickup(self.devices)
        record.action_announce()
        with self._assert_refuses("45.00 without VAT, but its invoice would be"):
            record.action_confirm_pickup()

    def test_r15_the_fee_is_in_the_currency_of_the_price_list(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        if dollar == self.also.currency_id:
            dollar = self.env.ref("base.GBP")
            dollar.active = True
        self.env["res.currency.rate"].create(
            {"currency_id": dollar.id, "name": "2020-01-01", "rate": 1.25}
        )
        foreign = self._create_list("Foreign", dollar)
        self._price(self.also.waas_pickup_product_id, 50.0, pricelist_id=foreign.id)
        contract = self.contract.sudo()
        contract.pricelist_id = False
        self.also.waas_pricelist_id = foreign
        record = self._confirm_pickup(self._create_pickup(self.devices))
        move = record.sudo().fee_move_id
        self.assertEqual((move.currency_id, move.amount_untaxed), (dollar, 50.0))
        self.also.waas_pricelist_id = self.pricelist
        record.invalidate_recordset()
        self.assertEqual(record.currency_id, dollar)

    def test_r15_only_waas_users_say_where_a_device_stands(self):
        line = self._create_pickup(self.devices).line_ids[0]
        for user in self.warehouse, self.accountant:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                line.with_user(user).pickup_address_id = self.site
        line.with_user(self.seller).pickup_address_id = self.site
        self.assertEqual(line._get_pickup_address(), self.site)

    def test_r15_the_order_names_every_site(self):
        record = self._create_pickup(self.devices)
        record.line_ids[0].pickup_address_id = self.site
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("also_waas.report_pickup", record.ids)[0]
            .decode()
        )
        for text in "Site", "Quay 9", "Seal numbers", "Devices counted":
            self.assertIn(text, html)

    # === BEFORE ANYTHING IS BOOKED ===#

    def test_r15_what_is_shown_before_the_booking_is_what_it_costs(self):
        self._price_all()
        self._price(self.also.waas_pickup_device_product_id, 3.0, min_quantity=3)
        returns = self.env["waas.return"].sudo()
        offer = returns._get_booking_offer(self.devices)
        for count, amount in ((1, "74.50"), (2, "78.50"), (3, "79.50")):
            with self.subTest(count=count):
                self.assertIn(amount, json.loads(offer["totals"])[count - 1])
                devices = self.devices[:count]
                self.assertEqual(returns._get_booking_fee(devices), float(amount))
        self.assertIn("per device", offer["explanation"])
        self.assertIn("from", offer["text"])

    def test_r15_a_fee_that_waits_for_a_reason_is_not_promised(self):
        self.fee_rule.fixed_price = 0.0
        returns = self.env["waas.return"].sudo()
        self.assertEqual(returns._get_booking_offer(self.devices)["text"], "")
        self.fee_rule.waas_zero_reason = "Included"
        self.assertIn("0.00", returns._get_booking_offer(self.devices)["text"])
        self.fee_rule.unlink()
        self.assertIsNone(returns._get_booking_offer(self.devices))
