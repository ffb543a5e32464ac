from odoo import http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .forms import MAX_ID, clean_text, to_int

MAX_SEARCH = 60
MAX_POST_BYTES = 128 * 1024  # no form of ours is larger, with the longest texts
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WaasPortal(CustomerPortal):
    """Shared by the pages of partner and end customer under *My WaaS*: the home page,
    and how a page finds the records that it may show.

    A page finds records with the rights of the portal user. Only then it reads them as
    superuser, to show what the methods of the models prepare for portal users. Those
    make plain values of them: a template gets no record, so none shows more than that.
    """

    # === CURRENT COMPANY ===#

    def _waas_is_offered(self):
        """Whether the company of this portal rents out workplaces."""
        # A setting of the company; that it rents out is no secret.
        return any(request.env.companies.sudo().mapped("waas_enabled"))

    def _waas_get_reseller(self):
        """The partner whose user is logged in, or an empty record set."""
        user = request.env.user
        if self._waas_is_offered() and user.has_group("also_waas.group_waas_reseller"):
            return user.partner_id.commercial_partner_id
        return request.env["res.partner"]

    def _waas_get_company_domain(self, field="company_id"):
        """As the record rules, for records that are found as superuser: records of
        another company are not shown here."""
        return Domain(field, "in", request.env.companies.ids)

    def _waas_find(self, model, record_id, domain=()):
        """One record that the user may read and that matches the domain.

        :param model: name of a model, or an empty record set with the rights to use
        :return: the record as superuser, or an empty one
        """
        records = request.env[model] if isinstance(model, str) else model
        if not 0 < record_id <= MAX_ID:
            return records.sudo()
        found = records.search(
            Domain("id", "=", record_id) & Domain(list(domain)), limit=1
        )
        return found.sudo()

    def _waas_get_contract_domain(self):
        """Contracts of the user's company, and those that it brought. The record rules
        still apply; they alone would show a contract to any follower."""
        return Domain("generation_type", "=", "waas") & self._waas_get_own_domain()

    def _waas_get_own_domain(self, path=""):
        """Records of contracts of the user's company, or of those that it brought.

        :param str path: to the contract, with a dot at the end
        """
        own = Domain(f"{path}commercial_partner_id", "=", self._waas_get_me().id)
        if reseller := self._waas_get_reseller():
            own |= Domain(f"{path}waas_reseller_id", "child_of", reseller.ids)
        return own

    def _waas_find_contract(self, contract_id):
        return self._waas_find(
            "contract.contract", contract_id, self._waas_get_contract_domain()
        )

    def _waas_is_reseller_of(self, contract_sudo):
        """A user who finds a contract and does not belong to its end customer belongs
        to its partner, or to a parent company of that partner."""
        return contract_sudo.commercial_partner_id != self._waas_get_me()

    def _waas_not_found(self):
        """The same page for missing records and for records of other companies."""
        return request.render("also_waas.portal_not_found", {}, status=404)

    # === LISTS ===#

    def _waas_prepare_list(
        self, model, url, domain, sortings, filters, page, args, search_by=None
    ):
        """The records of a list page, and the values of its search bar.

        :param model: name of a model, or an empty record set with the rights to use:
            where portal users have none, the domain restricts to their own
        :param dict sortings: key -> ``{label, order}``, the first one is the default
        :param dict filters: key -> ``{label, domain}``, the first one is the default
        :param dict args: what the user selected: ``sortby``, ``filterby``, ``search``;
            unknown values fall back to the default
        :param tuple search_by: label and names of the fields that are searched, or
            functions from a text to a domain
        :return: tuple of the values for the template, and the records as superuser: the
            page adds a row for each
        """
        sortby = args.get("sortby") if args.get("sortby") in sortings else None
        filterby = args.get("filterby") if args.get("filterby") in filters else None
        sortby, filterby = (
            sortby or next(iter(sortings)),
            filterby or next(iter(filters)),
        )
        search = clean_text(args.get("search"))[:MAX_SEARCH]
        search_label, search_fields = search_by or (
            request.env._("Number or customer"),
            ("name", "partner_id.name"),
        )
        domain = Domain(list(domain)) & Domain(filters[filterby]["domain"])
        if search:
            domain &= Domain.OR(
                name(search)
                if callable(name)
                else self._waas_get_search_domain(name, search)
                for name in search_fields
            )
        records = request.env[model] if isinstance(model, str) else model
        pager = portal_pager(
            url=url,
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=records.search_count(domain),
            page=to_int(page),
            step=self._items_per_page,
        )
        found = records.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        values = {
            **self._prepare_portal_layout_values(),
            "pager": pager,
            "default_url": url,
            "sortby": sortby,
            "searchbar_sortings": sortings,
            "filterby": filterby,
            "searchbar_filters": filters,
            "search": search,
            "search_in": "all",
            "searchbar_inputs": {"all": {"input": "all", "label": search_label}},
        }
        return values, found.sudo()

    def _waas_get_search_domain(self, name, search):
        """Search a field of the record, or of a related record."""
        name, _dot, rest = name.partition(".")
        if not rest:
            return Domain(name, "ilike", search)
        # A partner cannot read contacts: with its own rights, a search by the
        # customer's name that its pages show would find nothing.
        return Domain(name, "any!", self._waas_get_search_domain(rest, search))

    # === HOME ===#

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "waas_deal_count" in counters:
            reseller = self._waas_get_reseller()
            values["waas_deal_count"] = (
                request.env["sale.order"].search_count(reseller._waas_get_deal_domain())
                if reseller
                else 0
            )
        if "waas_contract_count" in counters:
            contracts = request.env["contract.contract"]
            values["waas_contract_count"] = (
                contracts.search_count(self._waas_get_contract_domain())
                if self._waas_is_offered()
                else 0
            )
        return values

    @http.route("/my/waas", type="http", auth="user", website=True, readonly=True)
    def waas_home(self, **kwargs):
        """The available pages, and the records that wait for the portal user."""
        if not self._waas_is_offered():
            return self._waas_not_found()
        return request.render("also_waas.portal_home", self._waas_prepare_home_values())

    def _waas_prepare_home_values(self):
        reseller = self._waas_get_reseller()
        contracts = request.env["contract.contract"].search_count(
            self._waas_get_contract_domain() & Domain("waas_state", "=", "running")
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas",
            "is_reseller": bool(reseller),
            "running_count": contracts,
            "return_count": self._waas_count_open_returns(),
            "agreement_count": 0 if reseller else self._waas_count_open_agreements(),
        }
        if reseller:
            domain = reseller._waas_get_deal_domain()
            orders = request.env["sale.order"]
            drafts = orders._waas_get_partner_draft_domain()
            with_also = orders._waas_get_with_also_domain()
            values |= {
                "draft_count": orders.search_count(domain & drafts),
                "sent_count": orders.search_count(domain & with_also),
                "advice": orders.sudo()._waas_get_installation_advice(reseller),
            }
        return values

    def _waas_count_open_returns(self):
        """Hook: the number of open returns."""
        return 0

    def _waas_count_open_agreements(self):
        """Hook: the number of agreements that wait for the end customer's signature."""
        return 0

    # === RESPONSES ===#

    def _waas_get_me(self):
        """The company of the user who is logged in."""
        return request.env.user.partner_id.commercial_partner_id

    def _waas_send_file(self, file_type, records_sudo, name, pdf=None, xlsx=None):
        """A report as a file, rendered as superuser: the caller checked the user and
        the recipient.

        :param str file_type: ``pdf`` or ``xlsx``
        :param str name: of the file, without its extension
        :param str pdf: external id of the report
        :param str xlsx: name of the report's model
        """
        if file_type == "pdf":
            # The record instead of its name, which would be looked up at every step.
            report_sudo = request.env.ref(pdf).sudo()
            content, _type = report_sudo._render_qweb_pdf(report_sudo, records_sudo.ids)
            mimetype = "application/pdf"
        else:
            # Not through ir.actions.report, which would drop the superuser.
            content, _type = (
                request.env[xlsx]
                .sudo()
                .with_context(active_model=records_sudo._name)
                .create_xlsx_report(records_sudo.ids, {})
            )
            mimetype = XLSX
        disposition = content_disposition(f"{name}.{file_type}")
        return request.make_response(
            content,
            [("Content-Type", mimetype), ("Content-Disposition", disposition)],
        )
