from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.account_payment.tests.common import AccountPaymentCommon

from ..common.cases import WaasCommon
from .common_gate import LAST_DAY, TOTAL, GateCommon


@tagged("post_install", "-at_install")
class TestSharedApproval(GateCommon):
    """Two deals, one approval."""

    def _get_log(self):
        return "\n".join(self.order.message_ids.mapped("body"))

    def _prepare_two_deals(self, amount):
        """Two signed deals of one customer, and one approval for both."""
        self.also.waas_auto_confirm = False
        orders = self.order | self._create_order(quantity=1)
        for order in orders:
            self._sign(order)
        self._approve_credit(self.order, amount)
        for order in orders:
            self.assertFalse(order._waas_get_blockers())
        return orders

    def _create_contact(self, email):
        return self.env["res.partner"].create(
            {"name": "New Ceo", "parent_id": self.customer.id, "email": email}
        )

    def test_r1_confirms_by_itself_when_the_signature_comes_last(self):
        self._approve_credit(self.order)
        self.order.action_waas_send_agreements()
        self._customer_signs(self.order)
        self.assertEqual(self.order.state, "sent")
        self._also_signs(self.order)
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.waas_contract_ids.waas_state, "awaiting")

    def test_r1_confirms_by_itself_when_the_credit_comes_last(self):
        self._sign(self.order)
        self.assertEqual(self.order.state, "sent")
        self._approve_credit(self.order)
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.waas_contract_ids.waas_state, "awaiting")

    def test_r1_credit_too_small_for_it_confirms_nothing(self):
        self._sign(self.order)
        self._approve_credit(self.order, TOTAL - 0.01)
        self.assertEqual(self.order.state, "sent")
        self.assertEqual(self._get_codes(self.order), ["credit_insufficient"])

    def test_r1_does_not_confirm_by_itself_where_the_company_does_not_want_it(self):
        self._open_gate(self.order)

    def test_r1_a_signature_stays_when_the_order_cannot_confirm_by_itself(self):
        self._approve_credit(self.order)
        self.order.action_waas_send_agreements()
        self._customer_signs(self.order)
        with patch.object(
            self.registry["sale.order"],
            "_action_confirm",
            side_effect=UserError("Flood"),
        ):
            self._also_signs(self.order)
        self.assertEqual(set(self.order.waas_agreement_ids.mapped("state")), {"signed"})
        self.assertEqual(self.order.state, "sent")
        self.assertIn("could not be confirmed automatically: Flood", self._get_log())
        self.assertIn("everything is signed", self.order.activity_ids[-1:].summary)

    # === TWO DEALS, ONE APPROVAL ===#

    def test_r13_of_two_deals_on_one_approval_the_second_waits(self):
        first, second = self._prepare_two_deals(2 * TOTAL - 0.01)
        first.action_confirm()
        self.assertEqual(self._get_codes(second), ["credit_insufficient"])
        with self._assert_refuses("ask for a new credit check"):
            second.action_confirm()

    def test_r13_two_deals_confirmed_in_one_go_do_not_pass_together(self):
        orders = self._prepare_two_deals(2 * TOTAL - 0.01)
        with self._assert_refuses("ask for a new credit check"):
            orders.action_confirm()

    def test_r13_two_deals_pass_together_when_both_fit(self):
        orders = self._prepare_two_deals(2 * TOTAL)
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_r13_one_credit_decision_confirms_what_fits_and_no_more(self):
        orders = self.order | self._create_order(quantity=1)
        for order in orders:
            self._sign(order)
        self._approve_credit(self.order, 2 * TOTAL - 0.01)
        self.assertEqual(sorted(orders.mapped("state")), ["sale", "sent"])

    # === FORGERY ===#

    def test_r1_totals_written_by_hand_change_nothing(self):
        order = self.order.with_user(self.seller)
        forged = {
            "amount_untaxed": 1.0,
            "waas_monthly_amount": 1.0,
            "waas_total_amount": 1.0,
        }
        order.sudo().write(forged)
        order.action_waas_request_credit()
        self.assertEqual(self.order.waas_credit_check_ids.order_amount, TOTAL)
        order.order_line[0].write({"price_subtotal": 1.0})
        order.sudo().write(forged)
        order.action_waas_send_agreements()
        self.assertEqual(
            set(self.order.waas_agreement_ids.mapped("total_amount")), {TOTAL}
        )
        self.assertEqual(order.order_line[0].price_subtotal, 45.99)
        self._customer_signs(order)
        self._also_signs(order)
        order.sudo().write(forged)
        self.order.waas_credit_check_ids.with_user(self.officer)._approve(
            TOTAL - 1, LAST_DAY
        )
        order.sudo().write(forged)
        with self._assert_refuses("is approved for"):
            order.action_confirm()

    def test_r8_commissions_written_by_hand_change_nothing(self):
        self._open_gate(self.order)
        order = self.order.with_user(self.seller)
        order.order_line[0].sudo().write({"waas_commission_amount": 9_999.0})
        order.sudo().write({"waas_commission_amount": 9_999.0})
        order.action_confirm()
        self.assertEqual(order.order_line[0].waas_commission_amount, 60.0)
        self.assertEqual(order.waas_commission_amount, 60.0)

    def test_r1_defaults_from_outside_neither_sign_nor_approve(self):
        forged = self.order.with_user(self.seller).with_context(
            default_state="approved",
            default_approved_amount=1_000_000.0,
            default_valid_until="2099-12-31",
            default_decided_by_id=self.officer.id,
            default_requested_by_id=self.officer.id,
        )
        forged.action_waas_request_credit()
        self.assertRecordValues(
            self.order.waas_credit_check_ids,
            [
                {
                    "state": "requested",
                    "approved_amount": 0.0,
                    "decided_by_id": False,
                    "requested_by_id": self.seller.id,
                }
            ],
        )
        forged.with_context(
            default_state="customer_signed", default_customer_signed_by="Me"
        ).action_waas_send_agreements()
        for agreement in self.order.waas_agreement_ids:
            self.assertEqual(agreement.state, "sent")
            self.assertFalse(agreement.customer_signed_by)

    def test_r13_defaults_from_outside_do_not_hide_the_rent_of_a_contract(self):
        self._open_gate(self.order)
        self.order.with_user(self.seller).with_context(
            default_waas_rent_to_come=0.0, default_active=False
        ).action_confirm()
        contract = self.order.waas_contract_ids
        self.assertTrue(contract.active)
        self.assertEqual(contract.waas_rent_to_come, TOTAL)

    def test_r1_signatures_and_decisions_cannot_be_written_through_the_order(self):
        order = self.order.with_user(self.seller)
        order.action_waas_request_credit()
        order.action_waas_send_agreements()
        for field, line_id in (
            ("waas_agreement_ids", order.waas_agreement_ids[0].id),
            ("waas_credit_check_ids", order.waas_credit_check_ids.id),
        ):
            for command in (
                Command.update(line_id, {"state": "signed"}),
                Command.create({"state": "signed"}),
                Command.delete(line_id),
                Command.clear(),
            ):
                with self.assertRaises(AccessError):
                    order.write({field: [command]})

    def test_r1_only_waas_people_prepare(self):
        salesman = new_test_user(
            self.env,
            "plain_salesman",
            "sales_team.group_sale_salesman_all_leads",
            company_id=self.also.id,
        )
        for action in ("action_waas_request_credit", "action_waas_send_agreements"):
            with self._assert_refuses("Only WaaS users", AccessError):
                getattr(self.order.with_user(salesman), action)()

    # === CANCELLING ===#

    def test_cancelling_takes_back_what_was_asked_and_sent(self):
        self.order.action_waas_request_credit()
        self.order.action_waas_send_agreements()
        check = self.order.waas_credit_check_ids
        self.assertTrue(check.activity_ids)
        self.order.with_user(self.seller).action_cancel()
        self.assertEqual(check.state, "cancelled")
        self.assertFalse(check.activity_ids)
        self.assertEqual(set(self.order.waas_agreement_ids.mapped("state")), {"void"})

    # === WHO MAY SIGN ===#

    def test_r1_reseller_cannot_be_the_signatory(self):
        with self._assert_refuses("does not belong to Customer One", ValidationError):
            self.order.waas_signatory_id = self.reseller.child_ids

    def test_r1_signatory_cannot_share_a_mailbox_of_the_reseller(self):
        for archived in (False, True):
            self.reseller.child_ids.active = not archived
            with self._assert_refuses("address of partner Partner", ValidationError):
                self.order.waas_signatory_id = self._create_contact(
                    " CEO@PartnerOne.test"
                )

    def test_r1_address_taken_over_after_the_choice_is_found_when_sending(self):
        self.signatory.email = "info@partnerone.test"
        with self._assert_refuses("address of partner Partner One"):
            self.order.action_waas_send_agreements()

    def test_r1_new_reseller_with_the_signatorys_mailbox_is_refused(self):
        self.other_reseller.child_ids.email = self.signatory.email
        with self._assert_refuses("address of partner Partner Two", ValidationError):
            self.order.waas_reseller_id = self.other_reseller

    def test_r1_employee_cannot_sign_for_the_customer(self):
        with self._assert_refuses("who cannot sign for the end", ValidationError):
            self.order.waas_signatory_id = self._create_contact(self.seller.email)

    def test_r1_a_signatory_without_address_cannot_be_reached(self):
        self.signatory.email = "no address"
        with self._assert_refuses("valid mail address"):
            self.order.action_waas_send_agreements()

    def test_the_customers_portal_user_may_be_the_signatory(self):
        self._create_portal_user("customer_portal", self.signatory)
        self.order.waas_signatory_id = self.signatory
        self.order.action_waas_send_agreements()
        self.assertEqual(self._get_codes(self.order)[-1], "customer_signature")


@tagged("post_install", "-at_install")
class TestPaymentDoor(AccountPaymentCommon, WaasCommon):
    """R1: nor does money open the gate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(quantity=1)

    def _pay(self, order):
        transaction = self._create_transaction(
            "redirect",
            reference=f"Payment of {order.name}",
            amount=order.amount_total,
            currency_id=order.currency_id.id,
            partner_id=order.partner_id.id,
            sale_order_ids=[Command.set(order.ids)],
            state="done",
        )
        transaction._post_process()
        self.assertTrue(transaction.is_post_processed)
        return transaction

    def test_r1_payment_does_not_confirm(self):
        self._pay(self.order)
        self.assertEqual(self.order.state, "draft")

    def test_r1_payment_confirms_a_deal_that_lacks_nothing_else(self):
        self.also.waas_auto_confirm = False
        self._confirm(self.order)
        self._pay(self.order)
        self.assertEqual(self.order.state, "sale")

    def test_r13_payment_makes_no_invoice_beside_the_contract(self):
        self.env["ir.config_parameter"].set_param("sale.automatic_invoice", "True")
        self._confirm(self.order)
        self.assertEqual(self.order.state, "sale")
        transaction = self._pay(self.order)
        self.assertFalse(transaction.invoice_ids)
