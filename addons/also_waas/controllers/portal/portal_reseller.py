from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .forms import find_refusal
from .portal_waas import WaasPortal


class WaasResellerPortal(WaasPortal):
    """The pages of a partner: its price list, and its deals."""

    # === PRICE LIST ===#

    def _waas_get_pricelist(self, reseller):
        """The price list of this partner's deals, as superuser (R8)."""
        reseller_sudo = reseller.sudo().with_company(request.env.company)
        return (
            reseller_sudo.waas_pricelist_id
            or request.env.company.sudo().waas_pricelist_id
        )

    @http.route("/my/waas/prices", type="http", auth="user", website=True)
    def waas_prices(self, **kwargs):
        """Price and commission per term, for bundles, upgrades and options (R8)."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        pricelist_sudo = self._waas_get_pricelist(reseller)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas_prices",
            "price_list": pricelist_sudo._waas_get_portal_list()
            if pricelist_sudo
            else None,
            "advice": request.env["sale.order"]
            # A message with the name of the partner.
            .sudo()
            ._waas_get_installation_advice(reseller),
        }
        return request.render("also_waas.portal_prices", values)

    @http.route(
        "/my/waas/prices/<any(pdf,xlsx):file_type>",
        type="http",
        auth="user",
        website=True,
    )
    def waas_prices_download(self, file_type, **kwargs):
        """The price list as a file."""
        reseller = self._waas_get_reseller()
        pricelist_sudo = reseller and self._waas_get_pricelist(reseller)
        if not pricelist_sudo:
            return self._waas_not_found()
        return self._waas_send_file(
            file_type,
            pricelist_sudo,
            f"WaaS {pricelist_sudo.name}",
            pdf="also_waas.action_report_price_list",
            xlsx="report.also_waas.price_list_xlsx",
        )

    # === DEALS ===#

    @http.route(
        ["/my/waas/deals", "/my/waas/deals/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_deals(self, page=1, **kwargs):
        """The quotations and orders of the partner's deals."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        orders = request.env["sale.order"]
        open_deals = Domain("state", "in", ("draft", "sent"))
        values, orders_sudo = self._waas_prepare_list(
            "sale.order",
            "/my/waas/deals",
            reseller._waas_get_deal_domain(),
            {
                "date": {
                    "label": request.env._("Newest"),
                    "order": "date_order desc, id desc",
                },
                "name": {"label": request.env._("Number"), "order": "name"},
                "amount": {
                    "label": request.env._("Monthly Price"),
                    "order": "waas_monthly_amount desc, id desc",
                },
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "draft": {
                    "label": request.env._("Drafts"),
                    "domain": orders._waas_get_partner_draft_domain(),
                },
                "sent": {
                    "label": request.env._("With Us"),
                    "domain": orders._waas_get_with_also_domain(),
                },
                "open": {
                    "label": request.env._("Drafts and With Us"),
                    "domain": open_deals,
                },
                "sale": {
                    "label": request.env._("Contracts"),
                    "domain": [("state", "=", "sale")],
                },
                "cancel": {
                    "label": request.env._("Cancelled"),
                    "domain": [("state", "=", "cancel")],
                },
            },
            page,
            kwargs,
        )
        values |= {
            "page_name": "waas_deals",
            "rows": [order._waas_get_portal_row() for order in orders_sudo],
        }
        return request.render("also_waas.portal_deals", values)

    @http.route("/my/waas/deals/<int:order_id>", type="http", auth="user", website=True)
    def waas_deal(self, order_id, **kwargs):
        """One deal: what is missing and who must act, its price and commission."""
        order_sudo = self._waas_find_deal(order_id)
        if not order_sudo:
            return self._waas_not_found()
        return self._waas_render_deal(order_sudo)

    def _waas_find_deal(self, order_id):
        """A deal of the partner that is logged in, as superuser, or an empty record
        set."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return request.env["sale.order"]
        return self._waas_find("sale.order", order_id, reseller._waas_get_deal_domain())

    def _waas_render_deal(self, order_sudo, error=None, status=200, typed=()):
        """
        :param typed: services that were typed and not saved, tuples of texts (name,
            price, period)
        """
        return request.render(
            "also_waas.portal_deal",
            {
                **self._prepare_portal_layout_values(),
                **order_sudo._waas_get_portal_values(),
                "page_name": "waas_deals",
                "terms": self._waas_get_terms(),
                "routes": self._waas_get_routes(),
                "typed": [
                    {"name": name, "price": price, "period": period}
                    for name, price, period in typed
                ],
                "error": error,
            },
            status=status,
        )

    def _waas_get_terms(self):
        """:return: list of dicts ``{id, display_name}``"""
        terms_sudo = request.env["waas.term"].sudo()  # the same for all users
        return terms_sudo.search_read([("active", "=", True)], ["display_name"])

    def _waas_get_routes(self):
        field = request.env["sale.order"]._fields["waas_delivery_route"]
        return field._description_selection(request.env)

    def _waas_act(self, order_id, action, *args):
        """Run an action on one of the partner's deals and show the deal."""
        order_sudo = self._waas_find_deal(order_id)
        if not order_sudo:
            return self._waas_not_found()
        if error := find_refusal(getattr(order_sudo, action), *args):
            return self._waas_render_deal(order_sudo, error, status=422)
        return request.redirect(f"/my/waas/deals/{order_id}")
