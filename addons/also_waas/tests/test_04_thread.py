from odoo import fields
from odoo.tests import tagged

from .common import WaasCommon


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
