import json

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..common.replayed import replayed
from .test_returns import ReturnCommon


@tagged("post_install", "-at_install")
class TestPickupFee(ReturnCommon):
    """R15: a secure pick-up is for a fee: by pick-up, by device and by site. Zero asks
    for a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls._create_site()

    @replayed
    def _price(self, product, price, **values):
        return self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": product.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": price,
                **values,
            }
        )

    @replayed
    def _price_all(self, device=4.0, site=25.5):
        self._price(self.also.waas_pickup_device_product_id, device)
        self._price(self.also.waas_pickup_site_product_id, site)

    @replayed
    def _confirm_pickup(self, record):
        record.action_announce()
        record.action_confirm_pickup()
        return record

    # === ZERO ASKS FOR A REASON ===#

    def test_r15_zero_asks_for_a_reason(self):
        self.fee_rule.fixed_price = 0.0
        record = self._create_pickup(self.devices)
        self.assertTrue(record.fee_waits)
        self.assertIn("comes to", record.announce_problem)
        with self._assert_refuses("comes to .*0.00.*write why under Reason for Zero"):
            record.action_announce()
        record.fee_zero_reason = "  "
        with self._assert_refuses("write why under Reason for Zero"):
            record.action_announce()
        record.fee_zero_reason = "Their devices came late"
        self.assertFalse(record.fee_waits)
        self.assertFalse(record.announce_problem)
        self._confirm_pickup(record)
        self.assertEqual(record.fee_zero_reason, "Their devices came late")
        self.assertFalse(record.sudo().fee_move_id)
        with self._assert_refuses("was confirmed with its place and its fee"):
            record.fee_zero_reason = "Another one"

    def test_r15_zero_is_refused_at_the_confirmation_as_well(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        self.fee_rule.fixed_price = 0.0
        with self._assert_refuses("have a WaaS manager correct price list WaaS"):
            record.action_confirm_pickup()
        self.assertEqual(record.state, "announced")
        record.fee_zero_reason = "Agreed"
        record.action_confirm_pickup()
        self.assertEqual((record.state, record.fee_amount), ("confirmed", 0.0))

    def test_r15_the_reason_of_the_price_list_holds_for_every_pickup(self):
        self.fee_rule.fixed_price = 0.0
        self.assertIn("No fee for a pick-up", self.fee_rule.waas_zero_warning)
        self.fee_rule.waas_zero_reason = "Included in the rent"
        self.assertFalse(self.fee_rule.waas_zero_warning)
        for device in self.devices[:2]:
            record = self._confirm_pickup(self._create_pickup(device))
            self.assertFalse(record.fee_zero_reason)
            self.assertEqual(record.state, "confirmed")

    def test_r15_the_reason_of_a_list_that_is_followed(self):
        base = self._create_list("Base")
        self.fee_rule.write(
            {
                "compute_price": "percentage",
                "base": "pricelist",
                "base_pricelist_id": base.id,
            }
        )
        rule = self._price(self.also.waas_pickup_product_id, 0.0, pricelist_id=base.id)
        record = self._create_pickup(self.devices)
        self.assertTrue(record.fee_waits)
        rule.waas_zero_reason = "Included"
        record.invalidate_recordset()
        self.assertFalse(record.fee_waits)

    def test_r15_ordinary_prices_need_no_reason(self):
        rule = self._price(self.mouse_pad, 0.0)
        self.assertFalse(rule.waas_zero_warning)
        self.assertFalse(self.fee_rule.waas_zero_warning)

    def test_r15_the_reason_is_entered_by_waas_users(self):
        self.fee_rule.fixed_price = 0.0
        record = self._create_pickup(self.devices)
        for user in self.warehouse, self.accountant:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                record.with_user(user).fee_zero_reason = "Mine"
        with Form(record.with_user(self.seller)) as form:
            form.fee_zero_reason = "Agreed"
        self.assertFalse(record.fee_waits)

    # === BY PICK-UP, DEVICE AND SITE ===#

    def test_r15_the_fee_counts_devices_and_sites(self):
        self._price_all()
        record = self._create_pickup(self.devices)
        self.assertEqual((record.fee_amount, record.site_count), (82.5, 1))
        record.line_ids[0].pickup_address_id = self.site
        self.assertEqual((record.fee_amount, record.site_count), (108.0, 2))
        explanation = record.fee_explanation.replace("\N{NO-BREAK SPACE}", " ")
        for part in "45.00 for the pick-up", "3 × ", "4.00 per device", "2 × ":
            self.assertIn(part, explanation)
        self.assertIn("25.50 per site", explanation)
        self._confirm_pickup(record)
        self.assertEqual(
            [
                (line.product_id, line.quantity, line.price_unit, line.price_subtotal)
                for line in record.sudo().fee_move_id.invoice_line_ids
            ],
            [
                (self.also.waas_pickup_product_id, 1, 45.0, 45.0),
                (self.also.waas_pickup_device_product_id, 3, 4.0, 12.0),
                (self.also.waas_pickup_site_product_id, 2, 25.5, 51.0),
            ],
        )
        self.assertEqual(record.sudo().fee_move_id.amount_untaxed, 108.0)
        self.assertEqual(record.sudo().fee_move_id.state, "posted")

    def test_r15_quantity_breaks_of_the_price_list_count(self):
        self._price_all(device=4.0, site=0.0)
        self._price(self.also.waas_pickup_device_product_id, 2.99, min_quantity=3)
        self.assertEqual(self._create_pickup(self.devices[:2]).fee_amount, 53.0)
        self.env["waas.return"].search([]).action_cancel()
        self.assertEqual(self._create_pickup(self.devices).fee_amount, 53.97)

    def test_r15_two_contacts_of_one_address_are_one_site(self):
        self._price_all()
        twin = self.site.copy({"name": "Reception", "street": "QUAY  9"})
        record = self._create_pickup(self.devices)
        first, second, third = record.line_ids
        first.pickup_address_id = self.site
        second.pickup_address_id = twin
        self.assertEqual(record.site_count, 2)
        third.pickup_address_id = twin
        self.assertEqual(record.site_count, 1)

    def test_r15_one_kind_of_fee_will_do(self):
        self.fee_rule.unlink()
        self._price(self.also.waas_pickup_device_product_id, 7.25)
        record = self._confirm_pickup(self._create_pickup(self.devices))
        self.assertEqual(record.fee_amount, 21.75)
        self.assertEqual(len(record.sudo().fee_move_id.invoice_line_ids), 1)

    def test_r15_a_company_does_without_a_kind_of_fee(self):
        self._price_all()
        self.also.waas_pickup_site_product_id = False
        self.assertEqual(self._create_pickup(self.devices).fee_amount, 57.0)

    def test_r15_what_costs_nothing_beside_a_fee_needs_no_reason(self):
        self._price_all(device=0.0, site=0.0)
        record = self._confirm_pickup(self._create_pickup(self.devices))
        self.assertEqual(record.fee_amount, 45.0)
        self.assertFalse(record.fee_explanation)
        self.assertEqual(len(record.sudo().fee_move_id.invoice_line_ids), 1)

    def test_r15_what_was_confirmed_is_frozen(self):
        self._price_all()
        record = self._create_pickup(self.devices)
        self._confirm_pickup(record)
        explanation = record.fee_explanation
        self.pricelist.item_ids.filtered(
            lambda rule: not rule.waas_term_id
        ).fixed_price = 99.0
        record.invalidate_recordset()
        self.assertEqual(record.fee_amount, 82.5)
        self.assertEqual(record.fee_explanation, explanation)
        line = record.line_ids[0]
        with self._assert_refuses("confirmed with its sites and its fee"):
            line.with_user(self.seller).pickup_address_id = self.site
        with self._assert_refuses("confirmed with its place and its fee"):
            record.with_user(self.seller).pickup_address_id = self.site
        for name in "fee_parts", "fee_frozen":
            with self._assert_refuses("goes on by its buttons", AccessError):
                record.with_user(self.manager)[name] = False

    def test_r15_a_device_removed_after_the_confirmation_leaves_the_fee_and_a_to_do(
        self,
    ):
        self._price_all()
        record = self._confirm_pickup(self._create_pickup(self.devices))
        self.assertFalse(self._get_todos(record, "return_fee_changed"))
        record.line_ids[0].action_remove()
        self.assertEqual(record.fee_amount, 82.5)
        [todo] = self._get_todos(record, "return_fee_changed")
        self.assertIn("now 2 devices stand at 1 sites", todo.note)
        self.assertIn("credit or invoice the difference", todo.note)

    def test_r15_a_flat_fee_does_not_mind_a_device_less(self):
        record = self._confirm_pickup(self._create_pickup(self.devices))
        record.line_ids[0].action_remove()
        self.assertFalse(self._get_todos(record, "return_fee_changed"))

    def test_r15_the_fee_does_not_hang_on_the_order_of_the_devices(self):
        others = self._rent_out(1, self.customer, 50)
        other_list = self._create_list("Other List")
        self._price(self.also.waas_pickup_product_id, 99.0, pricelist_id=other_list.id)
        others.waas_contract_id.sudo().pricelist_id = other_list
        for devices in self.devices | others, others | self.devices:
            record = self._create_pickup(devices)
            self.assertEqual(record.fee_amount, 45.0)
            record.unlink()
            offered = self.env["waas.return"].sudo()._get_booking_fee(devices)
            self.assertEqual(offered, 45.0)

    # === AS IT WAS AGREED, WITH ITS TAX (C3) ===#

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
        for text in "Stands At", "Quay 9", "Seal numbers", "Devices counted":
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
