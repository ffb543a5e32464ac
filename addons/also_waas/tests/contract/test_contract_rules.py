from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common.cases import WaasCommon

# One workplace for 36 months: 36 x 45.99, and with 15% of VAT on each month.
NET = 1655.64
TOTAL = 1904.04


@tagged("post_install", "-at_install")
class TestRulesToTheLetter(WaasCommon):
    """What the FAQ says, read strictly, from the price list to the contract."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(quantity=1)
        # In the lessor's own country: with VAT.
        cls.neighbour = cls._create_party(
            "Neighbour", country_id=cls.also.account_fiscal_country_id.id
        )

    def _create_term(self, months, reason="Pilot of the municipality"):
        term = self.env["waas.term"].create({"months": months, "reason": reason})
        self.terms[months] = term
        self.addCleanup(self.terms.pop, months)
        self._create_price(self.bundle, months, 40.0, 80.0)
        return term

    # === TERMS (R10, R12) ===#

    def test_r10_another_term_says_so_and_why(self):
        for months in (12, 24, 36):
            self.assertFalse(self.terms[months].is_exceptional)
        for reason in (False, "", "  "):
            with self.subTest(reason=reason), self._assert_violates():
                self.env["waas.term"].create({"months": 7, "reason": reason})
        term = self._create_term(7)
        self.assertTrue(term.is_exceptional)
        with self._assert_violates():
            term.reason = False
            term.flush_recordset()
        self.assertEqual(
            self._create_order(7).waas_term_reason, "Pilot of the municipality"
        )

    def test_r10_a_longer_term_is_data(self):
        self._create_term(48)
        order = self._create_order(48, quantity=1)
        self.assertEqual(order.waas_total_amount, 48 * 40.0)
        self.assertEqual(self._get_codes(order)[0], "term_length")
        with self._assert_refuses("48 months is longer than the 36 months .* Settings"):
            order.action_waas_send_agreements()
        self.also.waas_max_months = 60
        self.assertNotIn("term_length", self._get_codes(order))

    def test_r12_the_longest_contract_is_a_setting(self):
        self.assertEqual(self.also.waas_max_months, 36)
        elsewhere = self.env["res.company"].create({"name": "ALSO Elsewhere"})
        self.assertEqual(elsewhere.waas_max_months, 36)
        for months in (0, 121):
            with self.subTest(months=months), self._assert_violates():
                self.also.waas_max_months = months
                self.also.flush_recordset()

    # === SURCHARGE AND COMMISSION (R7, R8) ===#

    def _get_rule(self, product, months=36):
        return self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == product.product_tmpl_id
            and rule.waas_term_id == self.terms[months]
        )

    def _quote(self, **values):
        """A workplace with the dearer Office and a second monitor."""
        order = self._create_order(36, **values)
        order._waas_add_bundle(
            self.bundle,
            2,
            {self.office_slot: self.premium_upgrade},
            {self.monitor_option: 2},
        )
        return order

    def test_r7_r8_the_price_list_warns_of_zero(self):
        rule = self._get_rule(self.premium_upgrade)
        for values, warning in (
            ({}, False),
            ({"fixed_price": 0.0}, "No surcharge: enter an amount, or the reason."),
            ({"waas_commission_unit": 0.0}, "No surcharge, no commission: enter"),
            ({"waas_zero_reason": "Action of May"}, False),
            ({"waas_zero_reason": "  "}, "No surcharge, no commission: enter"),
        ):
            with self.subTest(values=values):
                rule.write(values)
                if warning:
                    self.assertIn(warning, rule.waas_zero_warning)
                else:
                    self.assertFalse(rule.waas_zero_warning)

    def test_r8_the_price_list_warns_of_extensions_without_commission(self):
        """But not of the longest term: nobody extends that."""
        self.assertFalse(self._get_rule(self.bundle).waas_zero_warning)
        rule = self._get_rule(self.bundle, 12)
        self.assertIn("No commission on an extension", rule.waas_zero_warning)
        rule.waas_extension_commission = 5.0
        self.assertFalse(rule.waas_zero_warning)

    def test_r7_r8_a_quotation_with_zero_asks_for_the_reason(self):
        self.assertNotIn("zero", self._get_codes(self._quote()))
        self._get_rule(self.premium_upgrade).fixed_price = 0.0
        self._get_rule(self.monitor_option).waas_commission_unit = 0.0
        order = self._quote()
        [point] = [
            point for point in order._waas_get_blockers() if point.code == "zero"
        ]
        self.assertEqual(point.actor, "sales")
        self.assertIn("Premium instead of Basic: no surcharge", point.message)
        self.assertIn("Second Monitor: no commission", point.message)
        with self._assert_refuses("write why under Reason for Zero"):
            order.action_waas_send_agreements()
        order.waas_zero_reason = " "
        self.assertIn("zero", self._get_codes(order))
        order.waas_zero_reason = "Action of May"
        self.assertNotIn("zero", self._get_codes(order))
        self._confirm(order)
        self.assertEqual(order.state, "sale")

    def test_r8_the_reason_of_the_price_list_is_enough(self):
        rule = self._get_rule(self.monitor_option)
        rule.write({"waas_commission_unit": 0.0, "waas_zero_reason": "Action of May"})
        self.assertNotIn("zero", self._get_codes(self._quote()))
        following = self._create_list("Following")
        self._follow(following, self.pricelist)
        self.reseller.with_company(self.also).waas_pricelist_id = following
        self.assertNotIn("zero", self._get_codes(self._quote()))
        rule.waas_zero_reason = False
        self.assertIn("zero", self._get_codes(self._quote()))

    def test_r8_people_outside_do_not_read_it(self):
        self._get_rule(self.monitor_option).waas_commission_unit = 0.0
        order = self._quote()
        order.state = "sent"
        points = {
            point["code"]: point["message"] for point in order._waas_get_public_points()
        }
        self.assertEqual(points["zero"], "We look at the prices of this deal.")
        self.assertNotIn("zero", dict(order._waas_get_own_problems()))

    # === CANCELLED AFTER SIGNING (R11) ===#

    def test_r11_a_signed_deal_is_cancelled_for_a_reason(self):
        self._confirm(self.order)
        order = self.order.with_user(self.seller)
        with self._assert_refuses("total of the agreement, .*1,655.64.* without VAT"):
            order._action_cancel()
        action = order.action_cancel()
        self.assertEqual(order.state, "sale")
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.seller)
            .with_context(**action["context"])
            .new({})
        )
        self.assertIn("1,655.64", wizard.owed_message)
        self.assertIn("releases Customer One from it", wizard.owed_message)
        for reason in (False, "", " "):
            with self._assert_refuses("Write why the deal is given up"):
                order._waas_cancel(reason)
        self._cancel(order, "Bankrupt")
        self.assertRecordValues(
            order,
            [
                {
                    "state": "cancel",
                    "waas_cancel_reason": "Bankrupt",
                    "waas_cancelled_by_id": self.seller.id,
                }
            ],
        )
        self.assertTrue(order.waas_cancelled_on)
        self.assertEqual(order.waas_contract_ids.waas_state, "cancelled")
        self.assertTrue(
            order.message_ids.filtered(lambda message: "Bankrupt" in message.body)
        )

    def test_r11_signed_and_not_confirmed_is_signed_as_well(self):
        self.also.waas_auto_confirm = False
        self._confirm(self.order)
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(self.order.action_cancel()["res_model"], "waas.order.cancel")
        self._cancel(self.order)
        self.assertEqual(self.order.state, "cancel")
        # Taken up again, it needs a reason of its own.
        self.order.action_draft()
        self.assertFalse(self.order.waas_cancel_reason)

    def test_r11_what_one_has_signed_is_cancelled_freely(self):
        self.order.action_waas_send_agreements()
        self._customer_signs(self.order)
        self.order.action_cancel()
        self.assertEqual(self.order.state, "cancel")
        self.assertFalse(self.order.waas_cancel_reason)

    def test_r11_no_way_around_the_reason(self):
        self._confirm(self.order)
        wizard = self.env["sale.mass.cancel.orders"].create(
            {"sale_order_ids": [Command.set(self.order.ids)]}
        )
        with self._assert_refuses("press Cancel and write why"):
            wizard.action_mass_cancel()
        with self._assert_refuses("press Cancel and write why"):
            (self.order | self._create_order(quantity=1)).action_cancel()
        salesman = new_test_user(
            self.env,
            "waas_salesman",
            "sales_team.group_sale_salesman_all_leads",
            company_id=self.also.id,
        )
        with self._assert_refuses("only WaaS users cancel it", AccessError):
            self.order.with_user(salesman).action_cancel()
        self.assertEqual(self.order.state, "sale")

    # === WHAT IS SIGNED IS INVOICED (R13) ===#

    def test_r13_the_contract_costs_what_was_signed_or_is_not_made(self):
        order = self._create_order(quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        self._customer_signs(order)
        # The contract would be invoiced with it, the order was quoted without.
        self.bundle.taxes_id = self.env["account.tax"].create(
            {
                "name": "21% in the price",
                "amount": 21.0,
                "price_include_override": "tax_included",
            }
        )
        self._also_signs(order)
        self.assertEqual(order.state, "sent")
        message = "signed for .*45.99.* a month, but its contract would cost .*38.01"
        with self._assert_refuses(message):
            order.action_confirm()
        self.assertFalse(order.waas_contract_ids)

    # === EXPOSURE (R13) ===#

    def _get_exposure(self, customer=None):
        return (customer or self.customer)._waas_get_exposure(self.also)

    def test_r13_a_deal_counts_with_vat(self):
        order = self._create_order(quantity=1, partner_id=self.neighbour.id)
        self.assertEqual(order.waas_total_amount, NET)
        self.assertEqual(order._waas_get_credit_amount(), TOTAL)
        check = self._approve_credit(order, NET)
        self.assertEqual(check.requested_amount, TOTAL)
        self.assertEqual(self._get_codes(order)[0], "credit_insufficient")

    def test_r13_rent_to_come_counts_with_vat(self):
        order = self._create_order(quantity=1, partner_id=self.neighbour.id)
        self._confirm(order)
        contract = order.waas_contract_ids
        self.assertEqual(contract.waas_rent_to_come, NET)
        self.assertEqual(contract.waas_monthly_total, 52.89)
        self.assertEqual(
            self._get_exposure(self.neighbour), {"receivable": 0.0, "rent": TOTAL}
        )

    def test_r13_what_a_position_frees_of_vat_counts_without(self):
        """An end customer abroad."""
        self.assertTrue(self.order.fiscal_position_id)
        self._confirm(self.order)
        self.assertEqual(self._get_exposure()["rent"], NET)

    def _invoice_elsewhere(self, amount, currency=None, move_type="out_invoice"):
        """A posted document of another company of the group, without tax."""
        data = self.setup_other_company(
            **({"currency_id": currency.id} if currency else {})
        )
        self.env.user.company_ids += data["company"]
        return self.init_invoice(
            move_type,
            partner=self.customer,
            amounts=[amount],
            post=True,
            company=data["company"],
        )

    def test_r13_open_invoices_of_the_whole_group_count(self):
        other = self._invoice_elsewhere(100.0)
        self.assertNotIn(other.company_id, self.seller.company_ids)
        exposure = self._get_exposure(self.customer.with_user(self.seller))
        self.assertEqual(exposure["receivable"], other.amount_residual)
        self.init_invoice(
            "out_invoice", partner=self.customer, amounts=[50.0], post=True
        )
        self.assertEqual(
            self._get_exposure()["receivable"], other.amount_residual + 50.0
        )
        self.assertEqual(self._get_exposure(self.other_customer)["receivable"], 0.0)

    def test_r13_the_group_counts_in_the_lessors_currency(self):
        currency = self.setup_other_currency("EUR", rates=[("2020-01-01", 2.0)])
        other = self._invoice_elsewhere(100.0, currency)
        self.assertEqual(other.company_currency_id, currency)
        self.assertEqual(self._get_exposure()["receivable"], other.amount_residual / 2)

    def test_r13_what_another_company_owes_the_customer_is_not_set_off(self):
        self._invoice_elsewhere(100.0, move_type="out_refund")
        self.assertEqual(self._get_exposure()["receivable"], 0.0)
        self.init_invoice(
            "out_refund", partner=self.customer, amounts=[50.0], post=True
        )
        self.assertEqual(self._get_exposure()["receivable"], -50.0)

    def test_r13_exposure_of_many_customers_asks_no_more_often(self):
        def count(customers):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            customers._waas_get_exposures(self.also)
            return self.env.cr.sql_log_count - before

        few = self.customer | self.other_customer
        for customer in few:
            self._create_contract(
                self.env["res.company"]._waas_today(), partner_id=customer.id
            )
        many = few
        for number in range(8):
            customer = self._create_party(f"Many {number}")
            for _time in range(3):
                self._create_contract(
                    self.env["res.company"]._waas_today(), partner_id=customer.id
                )
            many |= customer
        self.assertEqual(count(many), count(few))
        self.assertLessEqual(count(many), 15)
