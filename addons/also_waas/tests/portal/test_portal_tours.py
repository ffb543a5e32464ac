from datetime import date
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from ..common.cases import WaasCommon
from ..common.replayed import replayed

CODES = "odoo.addons.also_waas.models.gate.waas_signing_link.secrets.randbelow"


class PortalTourCommon(WaasCommon, HttpCase):
    """The portal in a real browser; what people at ALSO do in between is done here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_visitors()

    @classmethod
    @replayed
    def _set_up_visitors(cls):
        cls._create_portal_user(
            "waas_partner", cls.reseller.child_ids, "also_waas.group_waas_reseller"
        )
        cls._create_portal_user("waas_customer", cls.signatory)
        cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": cls.also.waas_pickup_product_id.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 45.0,
            }
        )

    def _walk_partners_way(self):
        self.start_tour("/my/waas", "waas_partner_quotes", login="waas_partner")
        order = self.env["sale.order"].search([("is_waas", "=", True)])
        self.assertRecordValues(
            order,
            [
                {
                    "state": "sent",
                    "waas_reseller_id": self.reseller.id,
                    "waas_delivery_route": "reseller",
                    "waas_monthly_amount": 504.9,
                    "waas_commission_amount": 630.0,
                }
            ],
        )
        self.assertEqual(order.partner_id.vat, "NL000099998B57")
        self.assertEqual(order.waas_reseller_service_ids.mapped("price"), [85.0])

        check = order.waas_credit_check_ids
        check.with_user(self.officer)._approve(1_000_000.0, date(2099, 12, 31))
        self._sign(order.with_user(self.seller))
        self._put_in_stock(self.laptop, 10)
        self._deliver(order)
        self.assertEqual(order.waas_contract_ids.waas_state, "running")

        self.start_tour("/my/waas", "waas_partner_follows", login="waas_partner")

    def _walk_customers_way(self):
        order = self._create_order(36, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()

        with patch(CODES, return_value=123456):
            self.start_tour("/my/waas", "waas_customer_signs", login="waas_customer")
        agreements = order.sudo().waas_agreement_ids
        self.assertEqual(set(agreements.mapped("state")), {"customer_signed"})
        self.assertTrue(all(agreements.mapped("customer_code_checked")))

        self._also_signs(order)
        self._put_in_stock(self.laptop, 1)
        self._deliver(order)

        self.start_tour("/my/waas", "waas_customer_returns", login="waas_customer")
        record = self.env["waas.return"].search([])
        self.assertRecordValues(
            record,
            [
                {
                    "method": "pickup",
                    "state": "draft",
                    "fee_amount": 45.0,
                    "pickup_contact": "Porter",
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertEqual(record.line_ids.device_id.name, "Laptop-1")


@tagged("post_install", "-at_install", "tour")
class TestPortalTours(PortalTourCommon):
    """On a desk."""

    def test_the_partners_way(self):
        self._walk_partners_way()

    def test_the_customers_way(self):
        self._walk_customers_way()


@tagged("post_install", "-at_install", "tour")
class TestPortalToursOnAPhone(PortalTourCommon):
    """On a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_the_partners_way(self):
        self._walk_partners_way()

    def test_the_customers_way(self):
        self._walk_customers_way()
