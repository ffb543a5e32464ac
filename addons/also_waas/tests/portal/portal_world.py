import re
from datetime import date

from odoo import fields

from ..common.cases import WaasHttpCommon
from ..common.cases_business import WaasDealsCommon
from ..common.cases_returns import WaasReturnSteps
from ..common.replayed import replayed
from .plain_pages import PlainPages


class PortalHttpCommon(PlainPages, WaasDealsCommon, WaasHttpCommon):
    """Two deals of two partners, and how a browser asks for their pages."""

    @classmethod
    def _quote(cls, quantity=1, user=None, customer=None):
        """A draft that somebody of a partner makes in the portal."""
        user = user or cls.reseller_user
        orders = cls.env["sale.order"].with_user(user)
        order = orders._waas_quote(
            user.commercial_partner_id.with_user(user),
            customer or cls.customer,
            {"waas_term_id": cls.terms[36], "waas_delivery_route": "customer"},
        )
        order._waas_add_bundle(cls.bundle, quantity)
        return order.with_env(cls.env)

    def _get(self, path):
        return self.url_open(path, allow_redirects=False)

    def _post(self, path, **data):
        """Post a form as its page would, with the token of this session."""
        return self.url_open(
            path,
            data={"csrf_token": self._get_csrf_token(), **data},
            allow_redirects=False,
        )

    def _create_deal(self, **values):
        """Post the form of a new quotation."""
        return self._post(
            "/my/waas/deals/create",
            **{"term_id": self.terms[36].id, "route": "customer", **values},
        )

    def _get_csrf_token(self):
        page = self.url_open("/my/waas")
        found = re.search(r'csrf_token: "(\w+)"', page.text)
        return found[1] if found else ""

    def _get_text(self, response):
        """What is on the page, without tags and scripts."""
        text = re.sub(r"<script.*?</script>", " ", response.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


class PortalWorldCommon(WaasReturnSteps, PortalHttpCommon):
    """One of everything that a page of the portal shows: the deal of partner One has
    its devices at customer One, a return is done and certified, another one is to be
    agreed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_portal()

    @classmethod
    @replayed
    def _set_up_portal(cls):
        cls._set_up_devices()
        cls._set_up_returns()
        cls.hardware_request = (
            cls.env["waas.hardware.request"]
            .sudo()
            .create(
                {
                    "reseller_id": cls.reseller.id,
                    "company_id": cls.also.id,
                    "manufacturer_name": "Newmake",
                    "description": "Model 7",
                }
            )
        )
        cls.hardware_request.action_submit()
        cls.quotation.action_waas_send_agreements()
        cls.agreement = cls.quotation.sudo().waas_agreement_ids[0]

    @classmethod
    def _set_up_devices(cls):
        cls.monitor.waas_holds_data = False
        cls.processor = cls._create_processor("Wiper")
        cls._put_in_stock(cls.laptop, 1)
        cls._deliver(cls.order)
        # Two more workplaces, so that something is left when one came back.
        cls.devices = cls._rent_out(3, cls.customer, first=11)
        cls.device_contract = cls.devices.sudo().waas_contract_id
        cls.fee_rule = cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": cls.also.waas_pickup_product_id.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 45.0,
            }
        )

    @classmethod
    def _set_up_returns(cls):
        cls.done_return = cls._create_return(cls.devices[0])
        cls._receive(cls.done_return, cls.devices[0])
        cls._certify(cls.devices[0])
        cls.certificate = cls.done_return.sudo().certificate_ids
        cls.open_return = (
            cls.env["waas.return"]
            .sudo()
            ._book(
                cls.reseller.child_ids,
                cls.devices[1].with_env(cls.env),
                "self",
                {},
            )
        )

    def _bill_commission(self):
        wizard = self.env["commission.make.settle"].create(
            {
                "date_to": date(2099, 1, 1),
                "settlement_type": "waas",
                "agent_ids": self.reseller.ids,
            }
        )
        wizard.action_settle()
        settlement = self.env["commission.settlement"].search(
            [("agent_id", "=", self.reseller.id)]
        )
        bill = settlement.make_invoices(False, False, date=date(2026, 11, 1))
        bill.invoice_date = date(2026, 11, 1)
        bill.action_post()
        return bill

    def _get_pickup(self, **values):
        """What a form says of a pick-up."""
        day = fields.Date.add(fields.Date.context_today(self.env.user), days=7)
        return {
            "method": "pickup",
            "address_id": str(self.customer.id),
            "contact": "Porter",
            "phone": "+31 30 1234567",
            "date": fields.Date.to_string(day),
            "part": "morning",
            **values,
        }
