from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_agreement import TOTAL, AgreementCommon


@tagged("post_install", "-at_install")
class TestAgreementVoided(AgreementCommon):
    """The deal changes after its agreements were sent."""

    def _get_changes_of_the_deal(self):
        """What changes the money or the parties, by name."""
        bundle = self.order.order_line.filtered(lambda line: line.waas_role == "bundle")
        other_list = self.pricelist.copy()
        other_list.item_ids.filtered(lambda rule: rule.fixed_price == 45.99).write(
            {"fixed_price": 44.99}
        )
        payment_term = self.env["account.payment.term"].create({"name": "Later"})
        tax = self.tax_sale_a.copy({"name": "Other"})
        return {
            "quantity": lambda: bundle.write({"product_uom_qty": 2}),
            "option": lambda: bundle._waas_set_configuration(
                {}, {self.monitor_option: 1}
            ),
            "upgrade": lambda: bundle._waas_set_configuration(
                {self.office_slot: self.premium_upgrade}, {}
            ),
            "line added": lambda: self.order._waas_add_bundle(self.bundle, 1),
            "line removed": bundle.unlink,
            "taxes": lambda: bundle.write({"tax_ids": [Command.set(tax.ids)]}),
            "term": lambda: self.order.write({"waas_term_id": self.terms[24].id}),
            "price list": lambda: self.order.write({"pricelist_id": other_list.id}),
            "payment term": lambda: self.order.write(
                {"payment_term_id": payment_term.id}
            ),
            "customer": lambda: self.order.write(
                {"partner_id": self.other_customer.id}
            ),
            "partner": lambda: self.order.write(
                {"waas_reseller_id": self.other_reseller.id}
            ),
        }

    def test_r1_a_refusal_shuts_the_gate_until_agreements_are_sent_again(self):
        first = self._send()
        with self._assert_refuses("Tell us why you refuse"):
            first.sudo()._refuse("  ")
        first.sudo()._refuse("Too <b>dear</b>")
        self.assertEqual(set(first.mapped("state")), {"refused"})
        self.assertEqual(self.order.waas_agreement_state, "refused")
        self.assertEqual(self._get_codes(self.order)[-1], "agreements_refused")
        self.assertIn("Too &lt;b&gt;dear&lt;/b&gt;", self.order.waas_blocker_html)
        activity = self.order.activity_ids[-1:]
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("refused to sign: Too <b>dear</b>", activity.summary)

        second = self._send()
        self.assertEqual(set(first.mapped("state")), {"refused"})
        self.assertEqual(self.order.waas_agreement_state, "sent")
        self.assertEqual(self._get_codes(self.order)[-1], "customer_signature")
        second.sudo()._void("Mistake")
        self.assertEqual(self.order.waas_agreement_state, "none")
        self.assertEqual(self._get_codes(self.order)[-1], "agreements_missing")

    def test_r1_sending_again_voids_what_was_sent_and_kills_its_link(self):
        self._sign(self.order)
        first = self.order.waas_agreement_ids
        token = self._get_token(self.order)
        links = self.env["waas.signing.link"].sudo()
        self.assertTrue(links._find(token))
        second = self._send()
        self.assertFalse(second & first)
        self.assertEqual(set(first.mapped("state")), {"void"})
        self.assertEqual(set(first.mapped("note")), {"A new version was sent."})
        self.assertTrue(all(first.mapped("customer_signature")))  # a record
        self.assertFalse(links._find(token))
        self.assertEqual(links._find(self._get_token(self.order)).agreement_ids, second)

    def test_sales_is_told_once_of_agreements_left_unsigned(self):
        agreements = self._send()
        run = self.env["waas.agreement"].sudo()._cron_chase
        run()
        self.assertFalse(self.order.activity_ids)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            run()
            run()
        self.assertEqual(len(self.order.activity_ids), 1)
        self.assertIn("has not signed yet", self.order.activity_ids.summary)
        self.assertTrue(all(agreements.mapped("chased_on")))

    def test_one_deal_that_fails_holds_up_no_other(self):
        agreements = self._send()
        other = self._create_order(quantity=1)
        other.action_waas_send_agreements()
        make_todo = type(other)._waas_todo

        def stumble(order, *args, **kwargs):
            if order == self.order:
                raise ValueError
            return make_todo(order, *args, **kwargs)

        with (
            freeze_time(fields.Datetime.now() + timedelta(days=4)),
            patch.object(type(other), "_waas_todo", stumble),
            mute_logger("odoo.addons.also_waas.batches"),
        ):
            self.env["waas.agreement"].sudo()._cron_chase()
        self.assertFalse(any(agreements.mapped("chased_on")))
        self.assertTrue(all(other.waas_agreement_ids.mapped("chased_on")))

    # === THE DEAL CHANGES ===#

    def test_r1_every_change_of_the_money_voids_the_signatures(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        agreements = self.order.waas_agreement_ids
        undone = "undone"
        for name, change in self._get_changes_of_the_deal().items():
            # Undone after each, as every refusal is.
            with self.subTest(name), self._assert_refuses("^undone$"):
                change()
                self.assertEqual(set(agreements.mapped("state")), {"void"})
                self.assertIn("agreements_missing", self._get_codes(self.order))
                self.assertIn("signatures are void", self.order.message_ids[0].body)
                with self.assertRaises(UserError):
                    self.order.action_confirm()
                raise UserError(undone)
            self.assertEqual(set(agreements.mapped("state")), {"signed"}, name)

    def test_r1_what_is_not_the_deal_leaves_the_signatures_alone(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        self.order.write(
            {
                "note": "<p>Ring twice</p>",
                "user_id": self.manager.id,
                "commitment_date": "2099-01-01",
                "client_order_ref": "PO 1",
                "order_line": [
                    Command.create({"display_type": "line_note", "name": "Thanks"})
                ],
            }
        )
        bundle = self.order.order_line.filtered(lambda line: line.waas_role == "bundle")
        bundle.write({"product_uom_qty": bundle.product_uom_qty, "sequence": 99})
        self.assertEqual(set(self.order.waas_agreement_ids.mapped("state")), {"signed"})
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_r1_what_is_rented_cannot_be_called_a_delivery(self):
        """Deliveries are free and no part of what is signed."""
        for line in self.order.order_line:
            with self.assertRaises(UserError):
                line.is_delivery = True

    def test_r1_a_changed_deal_can_be_sent_and_signed_again(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        bundle = self.order.order_line.filtered(lambda line: line.waas_role == "bundle")
        bundle.product_uom_qty = 2
        self._sign(self.order)
        self.order.action_confirm()
        self.assertEqual(self.order.waas_contract_ids.waas_total_amount, 2 * TOTAL)

    def test_r1_a_change_that_no_write_told_of_counts_as_well(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        self.env.cr.execute(
            "UPDATE sale_order_line SET discount = 50 WHERE order_id = %s",
            [self.order.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._get_codes(self.order), ["agreements_missing"])
