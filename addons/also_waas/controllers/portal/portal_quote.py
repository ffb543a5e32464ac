from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import formatLang

from .forms import attempt, clean_form, clean_text, find_refusal, to_int, to_price
from .portal_reseller import WaasResellerPortal
from .portal_waas import MAX_POST_BYTES

MAX_PRICE = 1_000_000.0


class WaasQuotePortal(WaasResellerPortal):
    """A partner creates a quotation."""

    @http.route("/my/waas/deals/new", type="http", auth="user", website=True)
    def waas_deal_new(self, customer_id=None, **kwargs):
        """Enter who rents, for how long, and where to deliver (R2, R10).

        :param customer_id: one of the partner's end customers, if preselected
        """
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        return self._waas_render_new(reseller, {}, customer_id)

    def _waas_render_new(self, reseller, posted, customer_id=None, error=None):
        countries_sudo = request.env["res.country"].sudo()  # all can be chosen
        # Name and country of the lessor are public.
        company = request.env.company.sudo()
        chosen = reseller._waas_find_customer(
            to_int(customer_id or posted.get("customer"))
        )
        customers = reseller._waas_get_recent_customers() | chosen
        return request.render(
            "also_waas.portal_deal_new",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "waas_deals",
                "customers": [
                    customer._waas_get_portal_row() for customer in customers
                ],
                "chosen_id": chosen.id,
                "is_new": "new" in (customer_id, posted.get("customer")),
                "has_more": request.env["res.partner"]
                # The domain restricts to the partner's own.
                .sudo()
                .search_count(
                    reseller._waas_get_customer_domain(), limit=len(customers) + 1
                )
                > len(customers),
                "labels": reseller._waas_get_customer_labels(),
                "countries": countries_sudo.search_read([], ["name"]),
                "country_id": company.country_id.id,
                "terms": self._waas_get_terms(),
                "default_term_id": company.waas_term_id.id,
                "routes": self._waas_get_routes(),
                "posted": posted,
                "error": error,
                "advice": request.env["sale.order"]
                # A message with the name of the partner.
                .sudo()
                ._waas_get_installation_advice(reseller),
            },
            status=422 if error else 200,
        )

    @http.route(
        "/my/waas/deals/create",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_create(self, **posted):
        """Create the quotation, and its end customer if it is new."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        posted = clean_form(posted)
        order, error = attempt(self._waas_create_deal, reseller, posted)
        if error:
            return self._waas_render_new(reseller, posted, error=error)
        return request.redirect(f"/my/waas/deals/{order.id}/bundle")

    def _waas_create_deal(self, reseller, posted):
        if posted.get("customer") == "new":
            country = (
                request.env["res.country"]
                # Any country can be chosen.
                .sudo()
                .browse(to_int(posted.get("country_id")))
            )
            if not country.exists():
                raise UserError(request.env._("Choose a country."))
            customer = reseller._waas_bring_customer(posted, country)
        else:
            # The quotation checks whether it is one of the partner's own.
            customer = (
                request.env["res.partner"].sudo().browse(to_int(posted.get("customer")))
            )
        orders = request.env["sale.order"]
        return orders._waas_quote(reseller, customer, self._waas_clean_header(posted))

    def _waas_clean_header(self, posted):
        return {
            "waas_term_id": request.env["waas.term"]
            # Any term can be chosen; the order refuses invalid ones.
            .sudo()
            .browse(to_int(posted.get("term_id"))),
            "waas_delivery_route": posted.get("route"),
            "client_order_ref": posted.get("reference"),
        }

    @http.route(
        "/my/waas/deals/<int:order_id>/change",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_change(self, order_id, **posted):
        """Change the term, the delivery route or the reference: all lines get new
        prices."""
        return self._waas_save_deal(order_id, posted, keeps={"header"})

    @http.route(
        "/my/waas/deals/<int:order_id>/services",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_services(self, order_id, **posted):
        """The services that the partner itself offers and invoices, for information
        (R6)."""
        return self._waas_save_deal(order_id, posted, keeps={"services"})

    def _waas_save_deal(self, order_id, posted, then=None, keeps=()):
        """Save everything that was entered on the page of a draft, for any of its
        buttons.

        :param str then: name of a method of the deal, called afterwards
        :param keeps: parts of the page that are saved also when they were sent empty:
            ``header``, ``services``
        """
        order_sudo = self._waas_find_deal(order_id)
        if not order_sudo:
            return self._waas_not_found()
        typed = self._waas_get_typed_services()
        keeps = set(keeps)
        if "term_id" in posted:
            keeps.add("header")
        if "service_name" in request.httprequest.form:
            keeps.add("services")
        error = find_refusal(self._waas_keep_typed, order_sudo, posted, typed, keeps)
        if error:
            return self._waas_render_deal(order_sudo, error, 422, typed)
        if then and (error := find_refusal(getattr(order_sudo, then))):
            return self._waas_render_deal(order_sudo, error, 422)
        return request.redirect(f"/my/waas/deals/{order_id}")

    def _waas_get_typed_services(self):
        """:return: list of tuples of texts (name, price, period)"""
        form = request.httprequest.form
        rows = zip(
            map(clean_text, form.getlist("service_name")),
            map(clean_text, form.getlist("service_price")),
            form.getlist("service_period"),
            strict=False,
        )
        return [row for row in rows if row[0]]

    def _waas_keep_typed(self, order_sudo, posted, typed, keeps):
        if "header" in keeps:
            header = self._waas_clean_header(clean_form(posted))
            order_sudo._waas_change_header(header)
        if "services" in keeps:
            order_sudo._waas_set_services(self._waas_read_services(typed))

    def _waas_read_services(self, typed):
        services = []
        for name, text, period in typed:
            price = to_price(text)
            if price is None:
                raise UserError(
                    request.env._(
                        "%(price)s is no price: type an amount.", price=text[:20]
                    )
                )
            if price > MAX_PRICE:
                raise UserError(
                    request.env._(
                        "%(price)s is more than a service can cost: type "
                        "%(limit)s at most.",
                        price=text[:20],
                        limit=formatLang(request.env, MAX_PRICE, digits=0),
                    )
                )
            services.append((name, price, period))
        return services

    @http.route(
        "/my/waas/deals/<int:order_id>/send",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_send(self, order_id, **posted):
        """Save the page, and send the deal to the back office."""
        return self._waas_save_deal(order_id, posted, "_waas_submit")

    @http.route(
        "/my/waas/deals/<int:order_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_withdraw(self, order_id, **kwargs):
        """Withdraw the quotation."""
        return self._waas_act(order_id, "_waas_withdraw")
