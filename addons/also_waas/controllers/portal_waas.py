from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

MAX_SEARCH = 60


class WaasPortal(CustomerPortal):
    """What partner and end customer share under *My WaaS*: the way in, the contracts,
    and how a page finds what it may show.

    A page finds records with the rights of who is logged in; only then it reads them
    as superuser, to show what the methods of the models prepare for people outside.
    """

    # === WHO IS IT ===#

    def _get_reseller(self):
        """The partner whose people are logged in, or an empty record set."""
        user = request.env.user
        if user.has_group("also_waas.group_waas_reseller"):
            return user.partner_id.commercial_partner_id
        return request.env["res.partner"]

    def _find(self, model, record_id, domain=()):
        """One record of those that the user may read and that fit the domain.

        :return: the record as superuser, or an empty one
        """
        found = request.env[model].search(
            Domain("id", "=", record_id) & Domain(list(domain)), limit=1
        )
        return found.sudo()

    def _not_found(self):
        """The same for what is not there and for what is somebody else's."""
        return request.render("also_waas.portal_not_found", {}, status=404)

    # === LISTS ===#

    def _prepare_list(self, model, url, domain, sortings, filters, page, args):
        """Values of a list page: the records and what its search bar needs.

        :param dict sortings: key -> ``{label, order}``, the first one is the default
        :param dict filters: key -> ``{label, domain}``, the first one is the default
        :param dict args: what the visitor asked for: ``sortby``, ``filterby``,
            ``search``; what is unknown falls back to the default
        """
        sortby = args.get("sortby") if args.get("sortby") in sortings else None
        filterby = args.get("filterby") if args.get("filterby") in filters else None
        sortby, filterby = sortby or next(iter(sortings)), filterby or next(iter(filters))
        search = str(args.get("search") or "")[:MAX_SEARCH]
        domain = Domain(list(domain)) & Domain(list(filters[filterby]["domain"]))
        if search:
            domain &= self._get_search_domain(model, search)
        records = request.env[model]
        pager = portal_pager(
            url=url,
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=records.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = records.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        return {
            **self._prepare_portal_layout_values(),
            "records": found.sudo(),
            "pager": pager,
            "default_url": url,
            "sortby": sortby,
            "searchbar_sortings": sortings,
            "filterby": filterby,
            "searchbar_filters": filters,
            "search": search,
            "search_in": "all",
            "searchbar_inputs": {
                "all": {"input": "all", "label": request.env._("Number or customer")}
            },
        }

    def _get_search_domain(self, model, search):
        customer = Domain("partner_id.name", "ilike", search)
        return Domain("name", "ilike", search) | customer

    # === HOME ===#

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "waas_deal_count" in counters:
            reseller = self._get_reseller()
            values["waas_deal_count"] = (
                request.env["sale.order"].search_count(self._get_deal_domain(reseller))
                if reseller
                else 0
            )
        if "waas_contract_count" in counters:
            values["waas_contract_count"] = request.env[
                "contract.contract"
            ].search_count([("generation_type", "=", "waas")])
        return values

    def _get_deal_domain(self, reseller):
        return [
            ("is_waas", "=", True),
            ("waas_reseller_id", "child_of", reseller.ids),
        ]

    @http.route("/my/waas", type="http", auth="user", website=True, readonly=True)
    def waas_home(self, **kwargs):
        """What somebody outside can do here, and what waits for them."""
        return request.render("also_waas.portal_home", self._prepare_home_values())

    def _prepare_home_values(self):
        reseller = self._get_reseller()
        contracts = request.env["contract.contract"].search_count(
            [("generation_type", "=", "waas"), ("waas_state", "=", "running")]
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas",
            "reseller": reseller,
            "running_count": contracts,
        }
        if reseller:
            domain = Domain(self._get_deal_domain(reseller))
            orders = request.env["sale.order"]
            values |= {
                "draft_count": orders.search_count(domain & Domain("state", "=", "draft")),
                "sent_count": orders.search_count(domain & Domain("state", "=", "sent")),
                "advice": orders.sudo()._waas_get_installation_advice(reseller),
            }
        return values

    # === CONTRACTS ===#

    @http.route(
        ["/my/waas/contracts", "/my/waas/contracts/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_contracts(self, page=1, **kwargs):
        """The contracts of the visitor's company, as partner or as end customer."""
        _ = request.env._
        values = self._prepare_list(
            "contract.contract",
            "/my/waas/contracts",
            [("generation_type", "=", "waas")],
            {
                "date": {"label": _("Newest"), "order": "date_start desc, id desc"},
                "end": {"label": _("Ends First"), "order": "date_end, id"},
                "name": {"label": _("Number"), "order": "name"},
            },
            {
                "all": {"label": _("All"), "domain": []},
                "running": {
                    "label": _("Running"),
                    "domain": [("waas_state", "=", "running")],
                },
                "awaiting": {
                    "label": _("Awaiting Delivery"),
                    "domain": [("waas_state", "=", "awaiting")],
                },
                "ended": {
                    "label": _("Ended"),
                    "domain": [("waas_state", "in", ("ended", "cancelled"))],
                },
            },
            page,
            kwargs,
        )
        values |= {"page_name": "waas_contracts", "reseller": self._get_reseller()}
        return request.render("also_waas.portal_contracts", values)

    @http.route(
        "/my/waas/contracts/<int:contract_id>", type="http", auth="user", website=True
    )
    def waas_contract(self, contract_id, **kwargs):
        """One contract: what is rented, its months, its devices."""
        contract_sudo = self._find_contract(contract_id)
        if not contract_sudo:
            return self._not_found()
        return request.render(
            "also_waas.portal_contract",
            self._prepare_contract_values(contract_sudo, **kwargs),
        )

    def _find_contract(self, contract_id):
        return self._find(
            "contract.contract", contract_id, [("generation_type", "=", "waas")]
        )

    def _is_reseller_of(self, contract_sudo):
        reseller = self._get_reseller()
        brought_by = contract_sudo.waas_reseller_id.commercial_partner_id
        return bool(reseller) and reseller == brought_by

    def _prepare_contract_values(self, contract_sudo, **kwargs):
        is_reseller = self._is_reseller_of(contract_sudo)
        return {
            **self._prepare_portal_layout_values(),
            **contract_sudo._waas_get_portal_values(is_reseller),
            "page_name": "waas_contracts",
            "is_reseller": is_reseller,
            "error": kwargs.get("error"),
        }

    # === ANSWERS ===#

    def _try(self, action, *args):
        """Do something for the visitor.

        :return: the sentence that says why it was refused, or None; then nothing of it
            is left
        """
        try:
            with request.env.cr.savepoint():
                action(*args)
        except (UserError, AccessError) as error:
            return str(error)
        return None
