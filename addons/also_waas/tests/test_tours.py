import re

from odoo import SUPERUSER_ID
from odoo.tests import HttpCase, tagged

from .common import WaasCommon


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

        self.start_tour("/odoo", "waas_import_price_list", login="waas_manager")
        imported = self.env["product.pricelist.item"].search(
            [("pricelist_id.name", "=", "WaaS Import")]
        )
        self.assertEqual(len(imported), 4)

        self.start_tour("/odoo", "waas_quote", login="waas_manager")
        order = self.env["sale.order"].search([("is_waas", "=", True)])
        self.assertEqual(order.partner_shipping_id, self.reseller)
        self.assertEqual(order.state, "sent")

        self.start_tour("/odoo", "waas_approve_credit", login="waas_officer")
        self.assertEqual(order.waas_next_actor, "customer")

        link = re.search(
            r'href="[^"]*(/waas/sign/[^"]+)"', self._get_mailed("ready to sign")
        ).group(1)
        self.authenticate(None, None)
        self.start_tour(link, "waas_ask_code")
        code = re.search(r"\b(\d{6})\b", self._get_mailed("Your code")).group(1)
        self.start_tour(f"{link}#{code}", "waas_sign")
        self.assertEqual(order.waas_next_actor, "also")

        self.start_tour("/odoo", "waas_countersign_and_deliver", login="waas_manager")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.waas_contract_ids.waas_state, "running")

        self.start_tour("/odoo", "waas_see_invoice", login="waas_accountant")
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
