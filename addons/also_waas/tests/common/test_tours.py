import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, fields
from odoo.tests import HttpCase, tagged

from .cases import WaasCommon
from .cases_returns import WaasReturnCommon

DAYS_AGO = 100  # in the fourth month, whatever day it is today


@tagged("post_install", "-at_install", "tour")
class TestTours(WaasCommon, HttpCase):
    """The whole way in a real browser: each person does their own part."""

    def _get_mailed(self, subject):
        """The newest queued mail with this in its subject, as its reader sees it."""
        return (
            self.env["mail.mail"]
            .search([("subject", "ilike", subject)], limit=1, order="id desc")
            .body_html
        )

    def test_a_deal_from_price_list_to_first_invoice(self):
        self.env["product.pricelist"].create(
            {"name": "WaaS Import", "currency_id": self.also.currency_id.id}
        )
        self._put_in_stock(self.laptop, 10)

        self.start_tour(
            "/odoo/waas-prices", "waas_import_price_list", login="waas_manager"
        )
        imported = self.env["product.pricelist.item"].search(
            [("pricelist_id.name", "=", "WaaS Import")]
        )
        self.assertEqual(len(imported), 4)

        self.start_tour("/odoo/waas", "waas_quote", login="waas_manager")
        order = self.env["sale.order"].search([("is_waas", "=", True)])
        self.assertEqual(order.partner_shipping_id, self.reseller)
        self.assertEqual(order.state, "sent")

        self.start_tour(
            "/odoo/waas-credit-checks", "waas_approve_credit", login="waas_officer"
        )
        self.assertEqual(order.waas_next_actor, "customer")

        link = re.search(
            r'href="[^"]*(/waas/sign/[^"]+)"', self._get_mailed("ready to sign")
        ).group(1)
        self.authenticate(None, None)
        self.start_tour(link, "waas_ask_code")
        code = re.search(r"\b(\d{6})\b", self._get_mailed("Your code")).group(1)
        self.start_tour(f"{link}#{code}", "waas_sign")
        self.assertEqual(order.waas_next_actor, "also")

        self.start_tour(
            "/odoo/waas", "waas_countersign_and_deliver", login="waas_manager"
        )
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.waas_contract_ids.waas_state, "running")

        self.start_tour(
            "/odoo/waas-contracts", "waas_see_invoice", login="waas_accountant"
        )
        invoice = order.waas_contract_ids.waas_installment_ids[0].move_id
        self.assertEqual(invoice.state, "posted")
        self.assertAlmostEqual(invoice.amount_untaxed, 504.90, 2)

        self._invoice_three_more_months(order.waas_contract_ids)

    def _invoice_three_more_months(self, contract):
        """The accountant previews and starts a run, a worker does it; one is paid."""
        self.start_tour(
            "/odoo/waas-invoice-runs/new", "waas_run", login="waas_accountant"
        )
        run = self.env["waas.invoice.run"].search([])
        self.assertEqual(run.state, "running")
        with self._working():
            run.with_user(SUPERUSER_ID)._work()
        self.start_tour(
            "/odoo/waas-invoice-runs", "waas_see_run", login="waas_accountant"
        )
        states = contract.waas_installment_ids.mapped("state")
        self.assertEqual(
            states[:5], ["invoiced", "paid", "invoiced", "invoiced", "planned"]
        )


@tagged("post_install", "-at_install", "tour")
class TestRunningContract(WaasReturnCommon, HttpCase):
    """A contract of three workplaces over twelve months is extended, upgraded and left
    early; its devices come back, and the partner is paid. In a real browser, each
    person does their own part."""

    @classmethod
    def setUpClass(cls):
        cls.start = fields.Date.today() - timedelta(days=DAYS_AGO)
        with freeze_time(cls.start):
            super().setUpClass()
        cls.contract = cls.contract.sudo()
        cls._invoice_up_to(cls.contract, fields.Date.today())
        # One laptop cannot be kept under warranty for longer than 20 months.
        cls.devices[0].sudo().waas_warranty_end = cls.contract.date_end
        cls.devices[0].sudo().waas_warranty_max_end = fields.Date.add(
            cls.start, months=20
        )
        cls.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == cls.bundle.product_tmpl_id
        ).waas_extension_commission = 10.0
        cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": cls.also.waas_pickup_product_id.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 45.0,
            }
        )

    @classmethod
    def _confirm(cls, order):
        """With just enough credit, so that more needs another look (R1)."""
        cls._approve_credit(order, 3000.0)
        cls._sign(order)
        return order

    def _get_change(self, kind):
        return self.contract.waas_change_ids.filtered(lambda one: one.kind == kind)

    def test_a_running_contract_to_its_end(self):
        self.assertEqual(self.contract.waas_total_amount, 12 * 237)
        self.assertEqual(self.contract.waas_invoiced_amount, 4 * 237)

        self._extend()
        self._upgrade_to_premium()
        self._leave_early()
        record = self.contract.waas_return_line_ids.return_id
        self._return_by_pickup(record)
        self._erase_and_release(record)
        self._pay_the_partner()

    def _extend(self):
        """Offered, signed by the end customer in its own browser, and by ALSO."""
        self.start_tour("/odoo/waas-contracts", "waas_extend", login="waas_seller")
        change = self._get_change("extension")
        self.assertEqual((change.state, change.months), ("waiting", 18))
        self.start_tour(
            "/odoo/waas-credit-checks", "waas_approve_extension", login="waas_officer"
        )
        self._buy_warranty(change)
        self.assertEqual(change.waas_next_actor, "customer")

        mail = self.env["mail.mail"].search(
            [("subject", "ilike", "ready to sign")], limit=1, order="id desc"
        )
        link = re.search(r'href="[^"]*(/waas/sign/[^"]+)"', mail.body_html)[1]
        self.authenticate(None, None)
        self.start_tour(link, "waas_ask_code")
        mail = self.env["mail.mail"].search(
            [("subject", "ilike", "Your code")], limit=1, order="id desc"
        )
        code = re.search(r"\b(\d{6})\b", mail.body_html)[1]
        self.start_tour(f"{link}#{code}", "waas_sign")
        self.assertEqual(self.contract.waas_total_amount, 12 * 237, "ALSO signs last.")

        self.start_tour(
            "/odoo/waas-changes", "waas_countersign_change", login="waas_manager"
        )
        self.assertEqual(change.state, "applied")
        self.assertEqual(len(self.contract.waas_installment_ids), 18)
        self.assertEqual(self.contract.waas_total_amount, 18 * 237)
        self.assertEqual(self.contract.date_end, change.date_end)

    def _buy_warranty(self, change):
        """One laptop's warranty would end before the extended contract (R12)."""
        self.env["waas.warranty.extend"].with_user(self.seller).create(
            {"change_id": change.id, "reference": "CARE-1"}
        ).action_enter()

    def _upgrade_to_premium(self):
        """From the next month on, at the price list's price."""
        self.start_tour("/odoo/waas-contracts", "waas_upgrade", login="waas_seller")
        change = self._get_change("upgrade")
        self._customer_signs(change)
        self.start_tour(
            "/odoo/waas-changes", "waas_countersign_change", login="waas_manager"
        )
        self.assertEqual(change.state, "applied")
        self.assertEqual(
            self.contract.waas_installment_ids.mapped("amount"),
            4 * [237.0] + 14 * [256.5],
        )
        self.assertEqual(
            {row.event: row.amount for row in self.order.sudo().waas_commission_ids},
            {"new": 60.0, "extension": 30.0, "upgrade": 3.0},
        )

    def _leave_early(self):
        """It costs the total of the contract, to the cent (R11)."""
        self.also.waas_change_signatures = False
        quoted = self.contract._waas_get_leaving_cost()
        self.start_tour("/odoo/waas-contracts", "waas_leave", login="waas_seller")
        self.start_tour(
            "/odoo/waas-changes", "waas_see_final_invoice", login="waas_accountant"
        )
        change = self._get_change("termination")
        self.assertEqual(change.move_ids.amount_untaxed, quoted["owed"])
        self.assertEqual(change.move_ids.state, "posted")
        self.assertEqual(
            sum(self.contract.waas_installment_ids.move_id.mapped("amount_untaxed")),
            self.contract.waas_total_amount,
        )
        self.assertEqual(self.contract.waas_state, "ended")
        self.assertEqual(self.contract.waas_end_reason, "early")

    def _return_by_pickup(self, record):
        """A certified company collects the devices for the fee (R15)."""
        self.assertEqual(record.line_ids.device_id, self.devices)
        self.start_tour("/odoo/waas-returns", "waas_order_pickup", login="waas_seller")
        self.assertEqual(record.state, "confirmed")
        self.assertEqual(record.processor_id, self.processor)
        self.assertEqual(record.fee_move_id.amount_untaxed, 45.0)
        self.assertEqual(record.fee_move_id.state, "posted")
        self.assertEqual(record.fee_move_id.partner_id, self.customer)

        self.start_tour("/odoo/waas-returns", "waas_receive", login="waas_warehouse")
        self.assertEqual(record.state, "received")
        self.assertRecordValues(
            record.handover_ids,
            [{"counted": 3, "expected_count": 3, "seals": "A10442", "problem": False}],
        )
        self.assertTrue(record.handover_ids.signature)
        self.assertEqual(set(record.line_ids.mapped("state")), {"received"})
        self.assertEqual(record.finding_ids.mapped("serial"), ["Typo-9"])
        self.assertEqual(self._get_places(), self.quarantine)
        self.assertFalse(self.devices.waas_contract_id)

    def _erase_and_release(self, record):
        """Nothing leaves quarantine before its erasure is certified (R15)."""
        self.start_tour("/odoo/waas-erasures", "waas_certify", login="waas_warehouse")
        self.assertEqual(record.erasure_ids.mapped("state"), 3 * ["passed"])
        self.assertEqual(record.erasure_ids.processor_id, self.processor)
        self.assertEqual(record.certificate_ids.erasure_ids, record.erasure_ids)

        self.start_tour("/odoo/waas-returns", "waas_grade", login="waas_warehouse")
        self.assertEqual(record.state, "closed")
        self.assertEqual(
            self._get_places(), self.also.waas_return_type_id.warehouse_id.lot_stock_id
        )
        self.assertEqual(self.devices.mapped("waas_refurbished"), 3 * [True])
        for device in self.devices:
            self.assertEqual(
                device.sudo().waas_custody_ids.sorted("sequence").mapped("event")[-5:],
                ["picked_up", "back", "erased", "graded", "refurbished"],
            )

    def _get_places(self):
        return self.devices.quant_ids.filtered(
            lambda quant: quant.quantity > 0
        ).location_id

    def _pay_the_partner(self):
        """The month of the contract is over; extension and upgrade are of this month.
        An early end takes nothing back (R1)."""
        self.start_tour(
            "/odoo/waas-settlements", "waas_settle_commission", login="waas_accountant"
        )
        rows = self.order.sudo().waas_commission_ids
        self.assertEqual(
            {row.event: row.state for row in rows},
            {"new": "billed", "extension": "earned", "upgrade": "earned"},
        )
        bill = rows.bill_id
        self.assertEqual(bill.move_type, "in_invoice")
        self.assertEqual(bill.partner_id, self.reseller)
        self.assertEqual(bill.state, "posted")
        self.assertEqual(bill.amount_untaxed, 60.0)
        self.assertEqual(bill.journal_id, self.also.waas_commission_journal_id)
