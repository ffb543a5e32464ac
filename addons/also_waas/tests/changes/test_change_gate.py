from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .test_upgrade import TODAY, ChangeCommon


@tagged("post_install", "-at_install")
class TestChangeGate(ChangeCommon):
    """Nothing changes before credit and signatures are there (R1)."""

    def setUp(self):
        super().setUp()
        self.change = self._upgrade(self.contract, date(2026, 4, 30))

    def test_r1_a_change_goes_through_the_gate_step_by_step(self):
        change = self.change
        self.assertEqual(self._get_codes(change), ["credit_missing"])
        change.action_submit()
        self.assertEqual(
            self._get_codes(change), ["credit_pending", "customer_signature"]
        )
        check = change.waas_credit_check_ids
        self.assertAlmostEqual(check.order_amount, 9 * 32.5, 2)
        self.assertAlmostEqual(check.rent_amount, 4740.0, 2)
        check.with_user(self.officer)._approve(1_000_000.0, date(2099, 12, 31))
        self.assertEqual(self._get_codes(change), ["customer_signature"])
        self._customer_signs(change)
        self.assertEqual(self._get_codes(change), ["company_signature"])
        self.assertEqual(self.contract.waas_monthly_amount, 395.0)
        self._also_signs(change)
        self.assertEqual(change.state, "applied")
        self.assertEqual(self.contract.waas_monthly_amount, 427.5)

    def test_r1_the_decision_can_be_the_last_thing_missing(self):
        self.change.action_submit()
        self._customer_signs(self.change)
        self._also_signs(self.change)
        self.assertEqual(self.change.state, "waiting")
        self.change.waas_credit_check_ids.with_user(self.officer)._approve(
            1_000_000.0, date(2099, 12, 31)
        )
        self.assertEqual(self.change.state, "applied")

    def test_the_contract_shows_what_was_signed_for_it_and_for_its_changes(self):
        """What was refused or voided as well, and of which change it is."""
        order = self.contract.waas_order_id
        order.with_user(self.seller).action_waas_send_agreements()
        self.change.action_submit()
        agreements = self.contract.with_user(self.seller).waas_agreement_ids
        own = order.waas_agreement_ids
        self.assertEqual(len(own), 2)
        self.assertEqual(agreements, own | self.change.waas_agreement_ids)
        self.assertEqual((agreements - own).change_id, self.change)
        self.assertFalse(own.change_id)
        for user in self.officer, self.accountant:
            self.assertEqual(
                self.contract.with_user(user).waas_agreement_ids, agreements
            )

    def test_r13_credit_that_covers_the_growth_needs_no_new_check(self):
        self._approve_credit(self._create_order(quantity=1))
        self.change.action_submit()
        self.assertFalse(self.change.waas_credit_check_ids)
        self.assertEqual(self._get_codes(self.change), ["customer_signature"])

    def test_r13_credit_that_does_not_cover_it_does(self):
        self._approve_credit(self._create_order(quantity=1), amount=4740.0)
        self.change.action_submit()
        self.assertIn("credit_pending", self._get_codes(self.change))

    def test_a_company_may_change_contracts_without_signatures(self):
        self.also.waas_change_signatures = False
        self._approve_credit(self._create_order(quantity=1))
        self.change.action_submit()
        self.assertEqual(self.change.state, "applied")
        self.assertFalse(self.change.waas_agreement_ids)

    def test_a_company_may_apply_changes_by_hand(self):
        self.also.waas_auto_confirm = False
        self._agree(self.change)
        self.assertEqual(self.change.state, "waiting")
        self.change.action_apply()
        self.assertEqual(self.change.state, "applied")

    def test_the_agreement_is_about_the_change(self):
        self.change.action_submit()
        agreement = self.change.waas_agreement_ids
        self.assertRecordValues(
            agreement,
            [
                {
                    "title": "Change of Your Contract",
                    "order_id": self.contract.waas_order_id.id,
                    "monthly_amount": 427.5,
                    "total_amount": 5032.5,
                    "signatory_id": self.signatory.id,
                }
            ],
        )
        self.assertIn(self.change.name, agreement.body)
        order = self.contract.waas_order_id
        self.assertFalse(order.waas_agreement_ids)
        self.assertEqual(order.waas_agreement_state, "none")
        self.assertNotIn(self.change_template, order._waas_get_agreement_templates())

    def test_the_shipped_text_can_be_signed(self):
        self.change_template.sudo().active = False
        template = self.env.ref("also_waas.waas_agreement_template_change")
        template.active = True
        for change in (
            self.change,
            self._create_change(self.contract, "extension", months=15),
            self._create_change(self.contract, "termination"),
        ):
            change.action_submit()
            body = change.waas_agreement_ids.body
            self.assertIn(self.contract.name, body)
            self.assertIn(change.contract_id.currency_id.symbol, body)
            self.assertNotIn("ommission", body)
            change.action_cancel()

    def test_the_link_leads_to_the_change_and_leaves_that_of_the_order_alone(self):
        order = self.contract.waas_order_id
        order.action_waas_send_agreements()
        self.change.action_submit()
        links = self.env["waas.signing.link"].search([("order_id", "=", order.id)])
        self.assertEqual(len(links), 2)
        self.assertEqual(links.change_id, self.change)
        link = links.filtered("change_id")
        self.assertIn(self.change.name, link.display_name)
        self.assertIn(self.contract.name, self._get_mails(order)[0].subject)
        self.change.action_send_agreements()
        self.assertFalse(link.exists())

    # === WHAT GOES WRONG ===#

    def test_r1_what_lacks_a_signature_is_not_applied(self):
        self.change.action_submit()
        with self._assert_refuses("(?s)cannot be applied yet:.*must sign"):
            self.change.action_apply()
        with self._assert_refuses("No agreement of .* waits for a countersignature"):
            self.change.action_countersign()

    def test_a_refusal_is_told_and_the_change_stays(self):
        self.change.action_submit()
        self.change.sudo().waas_agreement_ids._refuse("Too dear")
        self.assertIn("agreements_refused", self._get_codes(self.change))
        self.assertIn("Too dear", self.change.activity_ids.mapped("summary")[0])
        self.change.action_send_agreements()
        self.assertIn("customer_signature", self._get_codes(self.change))

    def test_cancelling_leaves_nothing_behind(self):
        self.change.action_submit()
        self._customer_signs(self.change)
        self.change.action_cancel()
        self.assertEqual(self.change.waas_agreement_ids.state, "void")
        self.assertEqual(self.change.waas_credit_check_ids.state, "cancelled")
        self.assertEqual(self.contract.waas_total_amount, 4740.0)
        self.assertFalse(self.change.activity_ids)
        with self._assert_refuses("is cancelled"):
            self.change.action_cancel()
        with self._assert_refuses("Only a change that was sent"):
            self.change.action_renew()

    def test_one_change_at_a_time(self):
        self.change.action_submit()
        other = self._upgrade(self.contract, date(2026, 5, 31), self.deluxe)
        with self._assert_refuses(f"{self.change.name} of .* is under way"):
            other.action_submit()
        with self._assert_violates():
            other.sudo().state = "waiting"
            other.flush_recordset()

    def test_a_day_that_passed_is_renewed(self):
        self.change.action_submit()
        self._customer_signs(self.change)
        with freeze_time("2026-05-02"):
            self.assertEqual(self._get_codes(self.change), ["date"])
            with self._assert_refuses("04/30/2026 has passed: press Renew"):
                self.change.action_apply()
            self.change.action_renew()
            self.assertEqual(self.change.state, "draft")
            self.assertEqual(self.change.effective_date, date(2026, 5, 2))
            self.assertEqual(self.change.waas_agreement_ids.state, "void")
            self._agree(self.change)
        self.assertEqual(self.change.state, "applied")
        self._assert_ledger()

    def test_a_contract_that_changed_meanwhile_wants_a_new_signature(self):
        self.change.action_submit()
        line = self.contract.contract_line_ids
        line.write({"price_unit": 80.0, "specific_price": 80.0})
        with self._assert_refuses("has changed since .* was sent.*Press Renew"):
            self.change.sudo()._apply()
        self.assertEqual(self.change.state, "waiting")

    def test_an_invoice_that_was_made_meanwhile_changes_nothing(self):
        self.also.waas_auto_confirm = False
        change = self._agree(self._upgrade(self.contract, date(2026, 4, 20)))
        total = change.total_after
        self._invoice_up_to(self.contract, TODAY)
        change.action_apply()
        self.assertEqual(self.contract.waas_total_amount, total)
        self.assertEqual(self._get_amounts()[2:5], [395.0, 438.33, 427.5])
        self._assert_ledger()

    def test_what_is_applied_stays(self):
        self._agree(self.change)
        with self._assert_refuses("is applied and stays. What was agreed holds"):
            self.change.action_cancel()
        for action in ("action_submit", "action_apply"):
            with self._assert_refuses("is applied and stays"):
                getattr(self.change, action)()

    # === WHO MAY ===#

    def test_only_waas_users_change_contracts(self):
        for user in (self.officer, self.accountant, self.warehouse):
            with self._assert_refuses("not allowed", AccessError):
                self._create_change(self.contract, user=user)
            with self._assert_refuses("not allowed", AccessError):
                self.change.with_user(user).action_submit()
            with self._assert_refuses("not allowed", AccessError):
                self.change.with_user(user).action_cancel()
        self.assertEqual(self.change.with_user(self.officer).state, "draft")
        self.assertEqual(self.change.with_user(self.accountant).state, "draft")
        with self._assert_refuses("not allowed", AccessError):
            self.change.with_user(self.warehouse).read(["state"])

    def test_outsiders_see_no_changes(self):
        visitor = self._create_portal_user("visitor", self.signatory)
        with self._assert_refuses("not allowed", AccessError):
            self.change.with_user(visitor).read(["state"])

    def test_another_company_sees_no_changes(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.seller.write(
            {"company_ids": [(4, elsewhere.id)], "company_id": elsewhere.id}
        )
        changes = self.env["waas.change"].with_user(self.seller)
        changes = changes.with_context(allowed_company_ids=elsewhere.ids)
        self.assertFalse(changes.search([]))

    def test_officers_and_accountants_read_all_of_a_change(self):
        for user in (self.officer, self.accountant):
            [values] = self.change.with_user(user).read()
            self.assertIn("427.50", values["preview_html"])
            self.assertIn("Ask for a credit check", values["waas_blocker_html"])

    # === ON THE SCREEN ===#

    def _open(self, action):
        return Form(
            self.env["waas.change"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )

    def test_r11_the_screen_says_what_leaving_costs_before_it_is_saved(self):
        contract = self.contract.with_user(self.seller)
        form = self._open(contract.action_waas_leaving_cost())
        self.assertEqual(form.owed_amount, 4740.0)
        self.assertIn("Still owed: 12 months", form.preview_html)

    def test_r7_the_screen_shows_the_upgrade_while_it_is_chosen(self):
        contract = self.contract.with_user(self.seller)
        form = self._open(contract.action_waas_upgrade())
        self.assertEqual(form.effective_date, date(2026, 4, 30))
        with form.line_ids.new() as line:
            line.product_id = self.premium_upgrade
            self.assertEqual((line.quantity, line.price_unit), (5, 6.5))
        self.assertEqual(form.monthly_after, 427.5)
        self.assertIn("427.50", form.preview_html)
        form.effective_date = date(2026, 5, 31)
        self.assertEqual(form.growth_amount, 8 * 32.5)
        self.assertEqual(form.save().commission_amount, 5.0)

    def test_r12_the_screen_shows_the_extension_while_it_is_chosen(self):
        contract = self.contract.with_user(self.seller)
        form = self._open(contract.action_waas_extend())
        self.assertEqual(form.months, 36)
        form.months = 18
        self.assertEqual(form.date_end, date(2027, 7, 30))
        self.assertEqual(form.growth_amount, 6 * 395.0)
        change = form.save()
        self.assertEqual(change.line_ids.product_id, self.bundle)

    def test_the_screen_shows_more_workplaces_while_they_are_chosen(self):
        contract = self.contract.with_user(self.seller)
        form = self._open(contract.action_waas_add_seats())
        form.seat_count = 3
        self.assertEqual(form.monthly_after, 8 * 79.0)
        self.assertEqual(form.save().line_ids.quantity, 3)

    def test_each_step_is_told_on_the_contract(self):
        self._agree(self.change)
        notes = " ".join(self.contract.message_ids.mapped("body"))
        for step in ("is being prepared", "was sent", "is applied from 04/30/2026"):
            self.assertIn(step, notes)
        self.assertEqual(self.contract.waas_change_count, 1)
        self.assertEqual(TODAY, self.change.applied_on.date())
