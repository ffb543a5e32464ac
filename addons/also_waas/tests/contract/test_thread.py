from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.cases import WaasCommon


@tagged("post_install", "-at_install")
class TestThread(WaasCommon):
    """One deal, from the price list to the invoice of its first month."""

    def test_one_deal_from_price_list_to_first_invoice(self):
        order = self._create_order(36)
        order._waas_add_bundle(
            self.bundle,
            10,
            upgrades={self.office_slot: self.premium_upgrade},
            options={self.monitor_option: 20},
        )
        # 10 x (45.99 + 4.50) + 20 x 2.50 = 554.90; 10 x (60 + 3) + 20 x 3 = 690
        self.assertAlmostEqual(order.waas_monthly_amount, 554.90, 2)
        self.assertAlmostEqual(order.waas_total_amount, 19976.40, 2)
        self.assertAlmostEqual(order.waas_commission_amount, 690.00, 2)

        self._put_in_stock(self.laptop, 10)
        self._put_in_stock(self.monitor, 20)
        self._approve_credit(order)
        self.assertEqual(order.state, "draft")
        self._sign(order)
        self.assertEqual(order.state, "sale")

        contract = order.waas_contract_ids
        self.assertRecordValues(
            contract,
            [
                {
                    "waas_state": "awaiting",
                    "generation_type": "waas",
                    "partner_id": self.customer.id,
                    "waas_reseller_id": self.reseller.id,
                    "waas_monthly_amount": 554.90,
                    "waas_total_amount": 19976.40,
                }
            ],
        )
        self.assertFalse(contract.waas_installment_ids)

        self._deliver(order)
        today = fields.Date.context_today(order)
        self.assertEqual(contract.waas_state, "running")
        installments = contract.waas_installment_ids
        self.assertEqual(len(installments), 36)
        self.assertAlmostEqual(sum(installments.mapped("amount")), 19976.40, 2)
        self.assertEqual(installments[0].date_start, today)

        invoice = installments[0].move_id
        self.assertEqual(installments[0].state, "invoiced")
        self.assertEqual(installments[1].state, "planned")
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "posted",
                    "partner_id": self.customer.id,
                    "amount_untaxed": 554.90,
                    "invoice_date": today,
                }
            ],
        )
        self.assertEqual(len(invoice.invoice_line_ids), 3)
        self.assertAlmostEqual(contract.waas_rent_to_come, 19976.40 - 554.90, 2)
        # Nothing of it is the partner's (R13).
        self.assertEqual(self.reseller.with_company(self.also).credit, 0.0)
        # The devices are with the customer, and ALSO's.
        quants = self.env["stock.quant"].search(
            [("location_id", "=", self.also.waas_location_id.id)]
        )
        self.assertEqual(sum(quants.mapped("quantity")), 30)

    def test_a_deal_does_not_fail_because_of_a_mail(self):
        self.env.ref(
            "also_waas.mail_template_delivery"
        ).body_html = "<p t-out='object.no_such_field' />"
        order = self._create_order(12, quantity=1)
        with mute_logger(
            "odoo.addons.also_waas.models.common.mail_template",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            self._confirm(order)
        self.assertEqual(order.state, "sale")
        to_do = order.activity_ids.filtered(
            lambda activity: activity.summary == "A mail could not be prepared"
        )
        self.assertEqual(len(to_do), 2, "One for each party (R2)")

    def test_a_delivery_does_not_fail_because_of_its_invoice(self):
        self._put_in_stock(self.laptop, 1)
        order = self._confirm(self._create_order(12, quantity=1))
        contract = order.waas_contract_ids
        journals = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.also.id)]
        )
        contract.sudo().journal_id = False
        journals.active = False

        self._deliver(order)
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(
            set(contract.waas_installment_ids.mapped("state")), {"planned"}
        )
        activity = contract.sudo().activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("journal", activity.note)

        journals.active = True
        contract.sudo().action_waas_invoice_due()
        self.assertEqual(contract.waas_installment_ids[0].state, "invoiced")

    def test_a_contract_without_devices_is_started_by_hand(self):
        self.bundle.waas_slot_ids.filtered(
            lambda slot: slot.component_id == self.laptop
        ).unlink()
        order = self._confirm(self._create_order(24, quantity=3))
        contract = order.waas_contract_ids
        self.assertFalse(order.picking_ids)
        self.assertEqual(contract.waas_state, "awaiting")
        contract.with_user(self.seller).action_waas_activate()
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(len(contract.waas_installment_ids), 24)
        with self.assertRaisesRegex(UserError, "started already"):
            contract.with_user(self.seller).action_waas_activate()

    def test_a_contract_with_devices_waits_for_the_last_of_them(self):
        self._put_in_stock(self.laptop, 1)
        order = self._confirm(self._create_order(12, quantity=2))
        contract = order.waas_contract_ids
        with self.assertRaisesRegex(UserError, "validate the delivery"):
            contract.with_user(self.seller).action_waas_activate()
        self._deliver(order)
        self.assertEqual(contract.waas_state, "awaiting")
        self._put_in_stock(self.laptop, 1, first=2)
        self._deliver(order)
        self.assertEqual(contract.waas_state, "running")

    def test_a_running_contract_keeps_its_order_from_being_cancelled(self):
        self._put_in_stock(self.laptop, 1)
        order = self._confirm(self._create_order(12, quantity=1))
        self._deliver(order)
        with self.assertRaisesRegex(UserError, "is running"):
            order.action_cancel()

    def test_an_ended_contract_keeps_its_order_as_well(self):
        self.laptop_slot.unlink()
        order = self._confirm(self._create_order(12, quantity=1))
        order.waas_contract_ids.with_user(self.seller).action_waas_activate()
        order.waas_contract_ids.sudo()._waas_end()
        with self.assertRaisesRegex(UserError, "has run to its end"):
            order.action_cancel()

    def test_cancelling_before_delivery_cancels_the_contract(self):
        order = self._confirm(self._create_order(12, quantity=1))
        self._cancel(order)
        self.assertEqual(order.waas_contract_ids.waas_state, "cancelled")
        self.assertEqual(order.waas_contract_ids.waas_rent_to_come, 0.0)
        self.assertEqual(set(order.picking_ids.mapped("state")), {"cancel"})
