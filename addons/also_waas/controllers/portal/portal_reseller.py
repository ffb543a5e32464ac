import re
from datetime import date

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import formatLang

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .portal_waas import MAX_POST_BYTES, WaasPortal

MAX_PRICE = 1_000_000.0
PRICES = 120  # a minute, for each user
LIGHTS_PER_PAGE = 10
REQUESTS_PER_PAGE = 20


class WaasResellerPortal(WaasPortal):
    """The partner's own pages: price list, quotations, deals, hardware requests."""

    # === PRICE LIST ===#

    def _get_pricelist(self, reseller):
        """The price list of the deals this partner brings, as superuser (R8)."""
        reseller_sudo = reseller.sudo().with_company(request.env.company)
        return (
            reseller_sudo.waas_pricelist_id
            or request.env.company.sudo().waas_pricelist_id
        )

    @http.route("/my/waas/prices", type="http", auth="user", website=True)
    def waas_prices(self, **kwargs):
        """Price and commission per term, for bundles, upgrades and options (R8)."""
        reseller = self._get_reseller()
        if not reseller:
            return self._not_found()
        pricelist_sudo = self._get_pricelist(reseller)
        report_sudo = request.env["report.also_waas.report_price_list"].sudo()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas_prices",
            "price_list": pricelist_sudo
            and report_sudo._prepare_price_list(pricelist_sudo, None),
            "advice": request.env["sale.order"]
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
        reseller = self._get_reseller()
        pricelist_sudo = reseller and self._get_pricelist(reseller)
        if not pricelist_sudo:
            return self._not_found()
        return self._send_file(
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
        """The quotations and orders that the partner brought."""
        reseller = self._get_reseller()
        if not reseller:
            return self._not_found()
        orders = request.env["sale.order"]
        open_deals = Domain("state", "in", ("draft", "sent"))
        values = self._prepare_list(
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
                    "label": request.env._("With ALSO"),
                    "domain": orders._waas_get_with_also_domain(),
                },
                "open": {
                    "label": request.env._("Drafts and With ALSO"),
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
        values["page_name"] = "waas_deals"
        return request.render("also_waas.portal_deals", values)

    @http.route("/my/waas/deals/<int:order_id>", type="http", auth="user", website=True)
    def waas_deal(self, order_id, **kwargs):
        """One deal: what is missing and who must act, what it costs and earns."""
        order_sudo = self._find_deal(order_id)
        if not order_sudo:
            return self._not_found()
        return self._render_deal(order_sudo)

    def _find_deal(self, order_id):
        """A deal of the partner who is logged in, as superuser, or none."""
        reseller = self._get_reseller()
        if not reseller:
            return request.env["sale.order"]
        return self._find("sale.order", order_id, reseller._waas_get_deal_domain())

    def _get_service_rows(self, order_sudo):
        return [
            (service.name, formatLang(request.env, service.price), service.period)
            for service in order_sudo.waas_reseller_service_ids
        ]

    def _render_deal(self, order_sudo, error=None, status=200, services=None):
        return request.render(
            "also_waas.portal_deal",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "waas_deals",
                "order": order_sudo,
                "state": order_sudo._waas_get_public_state(),
                "points": order_sudo._waas_get_public_points(),
                "bundles": order_sudo._waas_get_portal_lines(),
                "contract": order_sudo.waas_contract_ids,
                "terms": self._get_terms(),
                "routes": self._get_routes(),
                "services": services or self._get_service_rows(order_sudo),
                "advice": order_sudo._waas_get_installation_advice(
                    order_sudo.waas_reseller_id
                ),
                "error": error,
            },
            status=status,
        )

    def _get_terms(self):
        return request.env["waas.term"].sudo().search([("active", "=", True)])

    def _get_routes(self):
        field = request.env["sale.order"]._fields["waas_delivery_route"]
        return field._description_selection(request.env)

    def _act(self, order_id, action, *args):
        """Do something with one of the partner's deals and show it."""
        order_sudo = self._find_deal(order_id)
        if not order_sudo:
            return self._not_found()
        if error := self._try(getattr(order_sudo, action), *args):
            return self._render_deal(order_sudo, error, status=422)
        return request.redirect(f"/my/waas/deals/{order_id}")

    # === MAKING A QUOTATION ===#

    @http.route("/my/waas/deals/new", type="http", auth="user", website=True)
    def waas_deal_new(self, customer_id=None, **kwargs):
        """Who rents, for how long, delivered where (R2, R10).

        :param customer_id: one of the partner's end customers, chosen before
        """
        reseller = self._get_reseller()
        if not reseller:
            return self._not_found()
        return self._render_new(reseller, {}, customer_id)

    def _render_new(self, reseller, posted, customer_id=None, error=None):
        countries = request.env["res.country"].sudo().search([])
        company = request.env.company.sudo()
        chosen = reseller._waas_find_customer(
            self._int(customer_id or posted.get("customer"))
        )
        customers = reseller._waas_get_recent_customers() | chosen
        return request.render(
            "also_waas.portal_deal_new",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "waas_deals",
                "customers": customers,
                "chosen": chosen,
                "is_new": "new" in (customer_id, posted.get("customer")),
                "has_more": request.env["res.partner"]
                .sudo()
                .search_count(
                    reseller._waas_get_customer_domain(), limit=len(customers) + 1
                )
                > len(customers),
                "labels": reseller._waas_get_customer_labels(),
                "countries": countries,
                "country": company.country_id,
                "terms": self._get_terms(),
                "default_term": company.waas_term_id,
                "routes": self._get_routes(),
                "posted": posted,
                "error": error,
                "advice": request.env["sale.order"]
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
        """Make the quotation, and its end customer where it is new."""
        reseller = self._get_reseller()
        if not reseller:
            return self._not_found()
        posted = self._clean_form(posted)
        made = []
        if error := self._try(lambda: made.append(self._create_deal(reseller, posted))):
            return self._render_new(reseller, posted, error=error)
        return request.redirect(f"/my/waas/deals/{made[0].id}/bundle")

    def _create_deal(self, reseller, posted):
        if posted.get("customer") == "new":
            country = (
                request.env["res.country"]
                .sudo()
                .browse(self._int(posted.get("country_id")))
            )
            if not country.exists():
                raise UserError(request.env._("Choose a country."))
            customer = reseller._waas_bring_customer(posted, country)
        else:
            # Whether it is one of the partner's own is looked at with the quotation.
            customer = (
                request.env["res.partner"]
                .sudo()
                .browse(self._int(posted.get("customer")))
            )
        orders = request.env["sale.order"]
        return orders._waas_quote(reseller, customer, self._clean_header(posted))

    def _clean_header(self, posted):
        return {
            "waas_term_id": request.env["waas.term"]
            .sudo()
            .browse(self._int(posted.get("term_id"))),
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
        """Another term, way of delivery or reference: everything is priced anew."""
        return self._save_deal(order_id, posted, keeps={"header"})

    @http.route(
        "/my/waas/deals/<int:order_id>/services",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_services(self, order_id, **posted):
        """What the partner itself offers and invoices, for information (R6)."""
        return self._save_deal(order_id, posted, keeps={"services"})

    def _save_deal(self, order_id, posted, then=None, keeps=()):
        """Keep all that was typed on the page of a draft, whichever button was pressed.

        :param str then: name of a method of the deal, the step that follows
        :param keeps: parts of the page that count also when nothing of them was sent:
            ``header``, ``services``
        """
        order_sudo = self._find_deal(order_id)
        if not order_sudo:
            return self._not_found()
        typed = self._get_typed_services()
        keeps = set(keeps)
        if "term_id" in posted:
            keeps.add("header")
        if "service_name" in request.httprequest.form:
            keeps.add("services")
        error = self._try(self._keep_typed, order_sudo, posted, typed, keeps)
        if error:
            return self._render_deal(order_sudo, error, 422, typed)
        if then and (error := self._try(getattr(order_sudo, then))):
            return self._render_deal(order_sudo, error, 422)
        return request.redirect(f"/my/waas/deals/{order_id}")

    def _get_typed_services(self):
        """:return: list of tuples of texts (name, price, period)"""
        form = request.httprequest.form
        rows = zip(
            map(self._clean_text, form.getlist("service_name")),
            map(self._clean_text, form.getlist("service_price")),
            form.getlist("service_period"),
            strict=False,
        )
        return [row for row in rows if row[0]]

    def _keep_typed(self, order_sudo, posted, typed, keeps):
        if "header" in keeps:
            header = self._clean_header(self._clean_form(posted))
            order_sudo._waas_change_header(header)
        if "services" in keeps:
            order_sudo._waas_set_services(self._read_services(typed))

    def _read_services(self, typed):
        services = []
        for name, text, period in typed:
            price = self._price(text)
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
        [
            "/my/waas/deals/<int:order_id>/bundle",
            "/my/waas/deals/<int:order_id>/bundle/<int:line_id>",
        ],
        type="http",
        auth="user",
        website=True,
    )
    def waas_deal_bundle(self, order_id, line_id=0, bundle_id=None, **kwargs):
        """Choose a bundle, its upgrades and options; see price and commission."""
        order_sudo = self._find_deal(order_id)
        if not order_sudo:
            return self._not_found()
        line = self._find_line(order_sudo, line_id)
        bundles = self._get_bundles()
        chosen = line.product_id or bundles.filtered(
            lambda bundle: bundle.id == self._int(bundle_id)
        )
        upgrades, options = line._waas_get_configuration() if line else ({}, {})
        choice = int(line.product_uom_qty) or 1, upgrades, options
        return self._render_bundle(order_sudo, line, chosen or bundles[:1], choice)

    def _render_bundle(self, order_sudo, line, bundle, choice, error=None):
        quantity, upgrades, options = choice
        return request.render(
            "also_waas.portal_bundle",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "waas_deals",
                "order": order_sudo,
                "line": line,
                "bundle": bundle,
                "bundles": self._get_bundles(),
                "quantity": quantity,
                "chosen_upgrades": upgrades,
                "chosen_options": options,
                "price": order_sudo._waas_get_live_price(
                    bundle, quantity, upgrades, options
                ),
                "error": error,
            },
            status=422 if error else 200,
        )

    def _get_bundles(self):
        products_sudo = request.env["product.product"].sudo()
        return products_sudo.search(
            Domain("waas_role", "=", "bundle")
            & Domain("sale_ok", "=", True)
            & Domain("company_id", "in", (False, request.env.company.id)),
            order="default_code, name, id",
        )

    def _find_line(self, order_sudo, line_id):
        return order_sudo.order_line.filtered(
            lambda line: line.id == line_id and line.waas_role == "bundle"
        )

    @http.route(
        "/my/waas/deals/<int:order_id>/bundle/save",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_bundle_save(self, order_id, line_id=0, bundle_id=0, **posted):
        """Put the choice on the quotation."""
        order_sudo = self._find_deal(order_id)
        if not order_sudo:
            return self._not_found()
        line = self._find_line(order_sudo, self._int(line_id))
        bundle = line.product_id or self._get_bundles().filtered(
            lambda product: product.id == self._int(bundle_id)
        )
        if not bundle:
            return self._not_found()
        choice = self._read_choice(bundle, posted)
        if error := self._try(order_sudo._waas_put_bundle, line, bundle, *choice):
            return self._render_bundle(order_sudo, line, bundle, choice, error)
        return request.redirect(f"/my/waas/deals/{order_id}")

    @http.route(
        "/my/waas/deals/<int:order_id>/bundle/<int:line_id>/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_bundle_remove(self, order_id, line_id, **kwargs):
        """Take a bundle off the quotation."""
        order_sudo = self._find_deal(order_id)
        line = order_sudo and self._find_line(order_sudo, line_id)
        if not line:
            return self._not_found()
        return self._act(order_id, "_waas_remove_bundle", line)

    @http.route(
        "/my/waas/deals/<int:order_id>/price",
        type="jsonrpc",
        auth="user",
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_price(self, order_id, bundle_id=0, **choice):
        """What a choice would cost and earn, while it is made.

        :return: dict of texts ``{monthly, total, commission, missing}``, or ``{error}``
        """
        order_sudo = self._find_deal(order_id)
        bundle = self._get_bundles().filtered(
            lambda product: product.id == self._int(bundle_id)
        )
        if not order_sudo or not bundle:
            return {"error": request.env._("This quotation is not there any more.")}
        quantity, upgrades, options = self._read_choice(bundle, choice)
        if quantity < 1:
            return {"error": request.env._("Rent at least one workplace.")}
        if not self._may_ask_price():
            return {"error": request.env._("Too many prices at once: wait a minute.")}
        return order_sudo._waas_get_live_price(bundle, quantity, upgrades, options)

    def _may_ask_price(self):
        """As often as somebody changes a choice by hand, not as a program would."""
        limits_sudo = request.env["waas.rate.limit"].sudo()  # outsiders have no rights
        return limits_sudo._allow("price", f"user {request.env.uid}", PRICES, 1)

    def _read_choice(self, bundle, posted):
        """Quantity, upgrades and options out of a form; what the bundle does not offer
        is not taken."""
        upgrades = {}
        for slot in bundle.waas_slot_ids:
            upgrade_id = self._int(posted.get(f"upgrade_{slot.id}"))
            upgrade = slot.upgrade_ids.filtered(lambda p, i=upgrade_id: p.id == i)
            if upgrade:
                upgrades[slot] = upgrade
        options = {
            option: self._int(posted.get(f"option_{option.id}"))
            for option in bundle.waas_option_ids
        }
        return self._int(posted.get("quantity")), upgrades, options

    @http.route(
        "/my/waas/deals/<int:order_id>/send",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_send(self, order_id, **posted):
        """Hand the deal to ALSO, with what was typed on its page."""
        return self._save_deal(order_id, posted, "_waas_submit")

    @http.route(
        "/my/waas/deals/<int:order_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_withdraw(self, order_id, **kwargs):
        """Take the quotation back."""
        return self._act(order_id, "_waas_withdraw")

    # === HARDWARE CASE BY CASE ===#

    @http.route(
        ["/my/waas/hardware", "/my/waas/hardware/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def waas_hardware(self, page=1, **kwargs):
        """The partner's hardware requests, their clock and their answer (R14)."""
        reseller = self._get_reseller()
        if not reseller:
            return self._not_found()
        return self._render_hardware(reseller, {}, page=page)

    def _render_hardware(self, reseller, posted, error=None, page=1):
        # A partner has no rights on requests: the domain says which are its own.
        requests_sudo = request.env["waas.hardware.request"].sudo()
        domain = requests_sudo._get_domain_of_reseller(reseller)
        pager = portal_pager(
            url="/my/waas/hardware",
            total=requests_sudo.search_count(domain),
            page=self._int(page),
            step=REQUESTS_PER_PAGE,
        )
        return request.render(
            "also_waas.portal_hardware",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "waas_hardware",
                "pager": pager,
                "requests": requests_sudo.search(
                    domain, limit=REQUESTS_PER_PAGE, offset=pager["offset"]
                ),
                "today": request.env.company._waas_today(),
                "days": request.env.company.sudo().waas_hardware_answer_days,
                "posted": posted,
                "error": error,
            },
            status=422 if error else 200,
        )

    @http.route(
        "/my/waas/hardware/create",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_hardware_create(self, **posted):
        """Ask for hardware that ALSO has not preselected."""
        reseller = self._get_reseller()
        if not reseller:
            return self._not_found()
        posted = self._clean_form(posted)
        requests = request.env["waas.hardware.request"]
        if error := self._try(
            requests._ask,
            reseller,
            posted.get("manufacturer_name"),
            posted.get("description"),
            self._int(posted.get("quantity")),
            posted.get("reason"),
        ):
            return self._render_hardware(reseller, posted, error)
        return request.redirect("/my/waas/hardware")

    @http.route(
        "/my/waas/hardware/<int:request_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_hardware_withdraw(self, request_id, **kwargs):
        """Take back a request that ALSO has not answered yet."""
        reseller = self._get_reseller()
        requests_sudo = request.env["waas.hardware.request"].sudo()
        request_sudo = reseller and self._find(
            requests_sudo, request_id, requests_sudo._get_domain_of_reseller(reseller)
        )
        if not request_sudo:
            return self._not_found()
        if error := self._try(request_sudo._withdraw_in_portal):
            return self._render_hardware(reseller, {}, error)
        return request.redirect("/my/waas/hardware")

    # === COMMISSION ===#

    @http.route(
        ["/my/waas/commission", "/my/waas/commission/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def waas_commission(self, page=1, **kwargs):
        """What the partner has earned, what is missing and who must act, when it is
        paid (R1, R8)."""
        reseller = self._get_reseller()
        if not reseller:
            return self._not_found()
        company = request.env.company
        pager = portal_pager(
            url="/my/waas/commission",
            total=request.env["sale.order"].search_count(
                reseller._waas_get_commission_deals(company)
            ),
            page=self._int(page),
            step=LIGHTS_PER_PAGE,
        )
        values = {
            **self._prepare_portal_layout_values(),
            **reseller._waas_get_commission_overview(
                company, LIGHTS_PER_PAGE, pager["offset"]
            ),
            "page_name": "waas_commission",
            "pager": pager,
        }
        return request.render("also_waas.portal_commission", values)

    @http.route(
        "/my/waas/commission/<int:year>/<int:month>/<any(pdf,xlsx):file_type>",
        type="http",
        auth="user",
        website=True,
    )
    def waas_commission_statement(self, year, month, file_type, **kwargs):
        """The statement of a month, of the own company only."""
        reseller = self._get_reseller()
        if not reseller or not 2000 <= year <= 2100 or not 1 <= month <= 12:
            return self._not_found()
        # The wizard prints the partner it is made for, and that one is the visitor's.
        statement_sudo = (
            request.env["waas.commission.statement"]
            .sudo()
            .create(
                {
                    "company_id": request.env.company.id,
                    "date_from": date(year, month, 1),
                    "reseller_ids": reseller.ids,
                }
            )
        )
        return self._send_file(
            file_type,
            statement_sudo,
            request.env._("Commission %(year)s-%(month)s", year=year, month=month),
            pdf="also_waas.action_report_commission_statement",
            xlsx="report.also_waas.commission_statement_xlsx",
        )

    # === WHAT A VISITOR TYPES ===#

    def _price(self, text):
        """An amount out of a form, as people write it: with comma or point, and with
        the thousands apart in the way of their language.

        :return: the amount, 0 where nothing was typed, or None for anything else
        """
        text = (text or "0").replace("€", "").strip().removesuffix(",-")
        # Whatever the language: 1 234,56 has thousands, with a blank of any kind.
        text = re.sub(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))", "", text)
        language = request.env["res.lang"]._get_data(code=request.env.lang)
        if separator := language.thousands_sep:
            apart = rf"(?<=\d){re.escape(separator)}(?=\d{{3}}(?!\d))"
            text = re.sub(apart, "", text)
        if not re.fullmatch(r"[0-9]+([.,][0-9]{0,2})?", text):
            return None
        return float(text.replace(",", "."))
