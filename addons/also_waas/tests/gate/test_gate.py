from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.cases_steps import SIGNATURE
from .common_gate import LAST_DAY, TOTAL, GateCommon


@tagged("post_install", "-at_install")
class TestGate(GateCommon):
    """R1: no rental is confirmed before the credit is approved and all agreements are
    signed by ALSO and the end customer, whichever door somebody comes through."""

    # === WHAT IS MISSING, AND WHO MUST ACT ===#

    def test_r1_order_tells_at_each_step_what_is_missing_and_who_must_act(self):
        order = self.order
        self.also.waas_auto_confirm = False
        self.assertEqual(
            self._get_codes(order), ["credit_missing", "agreements_missing"]
        )
        self.assertEqual(order.waas_next_actor, "sales")
        self.assertTrue(order.waas_can_request_credit)

        order.action_waas_request_credit()
        self.assertEqual(
            self._get_codes(order), ["credit_pending", "agreements_missing"]
        )
        self.assertEqual(order.waas_next_actor, "credit")
        self.assertFalse(order.waas_can_request_credit)

        order.waas_credit_check_ids.with_user(self.officer)._approve(TOTAL, LAST_DAY)
        self.assertEqual(self._get_codes(order), ["agreements_missing"])
        order.action_waas_send_agreements()
        self.assertEqual(self._get_codes(order), ["customer_signature"])
        self.assertEqual(order.waas_next_actor, "customer")
        self.assertEqual(order.waas_agreement_state, "sent")
        self.assertIn("Customer One Signatory must sign", order.waas_blocker_html)

        self._customer_signs(order)
        self.assertEqual(self._get_codes(order), ["company_signature"])
        self.assertEqual(order.waas_next_actor, "also")
        self.assertEqual(order.waas_agreement_state, "customer_signed")

        self._also_signs(order)
        self.assertEqual(self._get_codes(order), [])
        self.assertFalse(order.waas_is_blocked)
        self.assertFalse(order.waas_next_actor)
        self.assertEqual(order.waas_agreement_state, "signed")

    def test_r1_orders_are_found_by_who_must_act(self):
        found = self.env["sale.order"].search([("waas_next_actor", "=", "sales")])
        self.assertIn(self.order, found)
        self.order.action_waas_request_credit()
        found = self.env["sale.order"].search([("waas_next_actor", "=", "credit")])
        self.assertIn(self.order, found)

    def test_r1_a_filter_asks_no_deal(self):
        orders = self.env["sale.order"]
        orders.search([("waas_next_actor", "in", ["sales"])], limit=1)  # warm
        with (
            self.assertQueryCount(1),
            patch.object(
                type(orders), "_waas_get_blockers", side_effect=AssertionError
            ),
        ):
            self.assertIn(
                self.order, orders.search([("waas_next_actor", "in", ["sales"])])
            )

    def test_r1_what_a_day_changes_is_seen_by_the_daily_job(self):
        order = self.order
        self._approve_credit(order)
        order.action_waas_send_agreements()
        self.assertEqual(order.waas_next_actor, "customer")
        with freeze_time(order.validity_date + timedelta(days=1)):
            self.env.invalidate_all()  # a new day, a new transaction
            with self._committing():
                self.env["sale.order"].sudo()._cron_waas_refresh_next_actor()
            self.assertEqual(order._waas_get_blockers()[0].actor, "sales")
            self.assertEqual(order.waas_next_actor, "sales")

    def test_one_deal_that_cannot_be_asked_keeps_no_other_from_it(self):
        other = self._create_order(quantity=1)
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET waas_next_actor = NULL")
        self.env.invalidate_all()
        ask = type(other)._waas_get_blockers

        def stumble(order, known=None):
            if order == other:
                raise ValueError
            return ask(order, known)

        with (
            patch.object(type(other), "_waas_get_blockers", stumble),
            mute_logger("odoo.addons.also_waas.batches"),
        ):
            with self._committing():
                self.env["sale.order"].sudo()._cron_waas_refresh_next_actor()
        self.assertEqual(self.order.waas_next_actor, "sales")

    def test_r1_blockers_escape_what_people_typed(self):
        self.customer.name = "<script>alert(1)</script>"
        self.assertIn("&lt;script&gt;", self.order.waas_blocker_html)
        self.assertNotIn("<script>", self.order.waas_blocker_html)

    # === DOORS ===#

    def test_r1_button_refuses_and_tells_everything_that_is_missing(self):
        with self.assertRaises(UserError) as refusal:
            self.order.action_confirm()
        self.assertIn("cannot be confirmed yet", str(refusal.exception))
        self.assertIn("Ask for a credit check of Customer One", str(refusal.exception))
        self.assertIn("Send the agreements", str(refusal.exception))
        # Before anything is written, not by the constraint behind it.
        self.assertNotIsInstance(refusal.exception, ValidationError)

    def test_r1_credit_alone_does_not_open_the_gate(self):
        self._approve_credit(self.order)
        with self._assert_refuses("Send the agreements"):
            self.order.action_confirm()

    def test_r1_signatures_alone_do_not_open_the_gate(self):
        self._sign(self.order)
        with self._assert_refuses("Ask for a credit check"):
            self.order.action_confirm()

    def test_r1_the_customers_signature_alone_does_not_open_the_gate(self):
        self._approve_credit(self.order)
        self.order.action_waas_send_agreements()
        self._customer_signs(self.order)
        with self._assert_refuses(f"{self.also.name} must sign: Rental Agreement"):
            self.order.action_confirm()

    def test_r1_one_unsigned_agreement_of_two_keeps_the_gate_shut(self):
        self._approve_credit(self.order)
        self.order.action_waas_send_agreements()
        self._customer_signs(self.order)
        self.order.waas_agreement_ids[0].with_user(self.manager)._countersign(
            SIGNATURE, "127.0.0.1"
        )
        with self._assert_refuses(f"{self.also.name} must sign: General Terms"):
            self.order.action_confirm()

    def test_r1_button_confirms_when_nothing_is_missing(self):
        self._open_gate(self.order)
        check = self.order.waas_credit_check_ids
        self.assertFalse(check.used_on)
        self.order.with_user(self.seller).action_confirm()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(len(self.order.waas_contract_ids), 1)
        self.assertTrue(check.used_on)

    def test_r1_plain_write_of_the_state_is_refused(self):
        with self._assert_refuses("cannot be confirmed yet", ValidationError):
            self.order.write({"state": "sale"})

    def test_r1_plain_write_makes_no_confirmed_order_without_contract(self):
        self._open_gate(self.order)
        with self._assert_refuses("with its button", ValidationError):
            self.order.write({"state": "sale"})
        forged = self.order.with_context(waas_confirming=True)
        with self._assert_refuses("with its button", ValidationError):
            forged.write({"state": "sale"})

    def test_r1_order_cannot_be_created_confirmed(self):
        with self._assert_refuses("cannot be confirmed yet", ValidationError):
            self._create_order(state="sale")

    def test_r1_scheduled_action_is_refused(self):
        for code in ("action_confirm()", "write({'state': 'sale'})"):
            action = self.env["ir.actions.server"].create(
                {
                    "name": "Confirm all",
                    "model_id": self.env.ref("sale.model_sale_order").id,
                    "state": "code",
                    "code": f"env['sale.order'].browse({self.order.id}).{code}",
                }
            )
            with self._assert_refuses("cannot be confirmed yet"):
                action.with_user(SUPERUSER_ID).run()
        self.assertEqual(self.order.state, "draft")

    def test_r1_acceptance_keeps_the_signature_and_does_not_confirm(self):
        self.order.require_signature = True
        self.order.write({"signed_by": "Ceo", "signature": SIGNATURE})
        self.order._validate_order()
        self.assertEqual(self.order.state, "draft")
        self.assertEqual(self.order.signed_by, "Ceo")
        note = self.order.message_ids[0]
        self.assertIn("cannot be confirmed yet", note.body)
        self.assertTrue(note.subtype_id.internal)

    def test_r1_ordinary_quotations_pass_as_ever(self):
        product = self.env["product.product"].create(
            {"name": "Mouse", "list_price": 10.0}
        )
        values = {
            "partner_id": self.customer.id,
            "order_line": [Command.create({"product_id": product.id})],
        }
        orders = self.env["sale.order"].with_user(self.seller).create([values] * 2)
        self.assertFalse(orders[0].waas_is_blocked)
        orders[0].action_confirm()
        orders[1].write({"state": "sale"})
        self.assertEqual(orders.mapped("state"), ["sale", "sale"])

    def test_r1_whoever_may_not_write_an_order_learns_nothing_of_its_credit(self):
        portal_users = (
            self._create_portal_user("customer_portal", self.signatory),
            self._create_portal_user(
                "reseller_portal",
                self.reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
        )
        for user in (self.officer, *portal_users):
            with self.assertRaises(AccessError):
                self.order.with_user(user).action_confirm()
