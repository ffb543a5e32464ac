from odoo import http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from .forms import MAX_ID, clean_text, to_int

MAX_SEARCH = 60
MAX_POST_BYTES = 128 * 1024  # no form of ours is larger, however much is typed
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WaasPortal(CustomerPortal):
    """What partner and end customer share under *My WaaS*: the way in, and how a page
    finds what it may show.

    A page finds records with the rights of who is logged in; only then it reads them
    as superuser, to show what the methods of the models prepare for people outside.
    """

    # === WHO IS IT ===#

    def _waas_get_reseller(self):
        """The partner whose people are logged in, or an empty record set."""
        user = request.env.user
        if user.has_group("also_waas.group_waas_reseller"):
            return user.partner_id.commercial_partner_id
        return request.env["res.partner"]

    def _waas_get_company_domain(self, field="company_id"):
        """As the record rules would say it, for what is found as the system: what is
        another company's opens no page here."""
        return Domain(field, "in", request.env.companies.ids)

    def _waas_find(self, model, record_id, domain=()):
        """One record of those that the user may read and that fit the domain.

        :param model: name of a model, or an empty record set whose rights count
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
        """Contracts of the visitor's company, and those that it brought. The record
        rules decide on top; they alone would show one to whoever follows it."""
        return Domain("generation_type", "=", "waas") & self._waas_get_own_domain()

    def _waas_get_own_domain(self, path=""):
        """What belongs to contracts of the visitor's company, or to such as it brought.

        :param str path: to the contract, with its dot
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
        """Whoever finds a contract and is not of its end customer is of its partner, or
        of a company to which that partner belongs."""
        return contract_sudo.commercial_partner_id != self._waas_get_me()

    def _waas_not_found(self):
        """The same for what is not there and for what is somebody else's."""
        return request.render("also_waas.portal_not_found", {}, status=404)

    # === LISTS ===#

    def _waas_prepare_list(
        self, model, url, domain, sortings, filters, page, args, search_by=None
    ):
        """Values of a list page: the records and what its search bar needs.

        :param model: name of a model, or an empty record set whose rights count: where
            people outside have none, the domain says what is theirs
        :param dict sortings: key -> ``{label, order}``, the first one is the default
        :param dict filters: key -> ``{label, domain}``, the first one is the default
        :param dict args: what the visitor asked for: ``sortby``, ``filterby``,
            ``search``; what is unknown falls back to the default
        :param tuple search_by: label and names of the fields that are searched, or
            functions from a text to a domain
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
            "searchbar_inputs": {"all": {"input": "all", "label": search_label}},
        }

    def _waas_get_search_domain(self, name, search):
        """What is found by a field, of the record or of one that it names."""
        name, _dot, rest = name.partition(".")
        if not rest:
            return Domain(name, "ilike", search)
        # A partner reads no contacts: with its own rights it would find nothing by the
        # customer's name that its pages show.
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
            values["waas_contract_count"] = request.env[
                "contract.contract"
            ].search_count(self._waas_get_contract_domain())
        return values

    @http.route("/my/waas", type="http", auth="user", website=True, readonly=True)
    def waas_home(self, **kwargs):
        """What somebody outside can do here, and what waits for them."""
        return request.render("also_waas.portal_home", self._waas_prepare_home_values())

    def _waas_prepare_home_values(self):
        reseller = self._waas_get_reseller()
        contracts = request.env["contract.contract"].search_count(
            self._waas_get_contract_domain() & Domain("waas_state", "=", "running")
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas",
            "reseller": reseller,
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
        """Hook: returns that are on their way."""
        return 0

    def _waas_count_open_agreements(self):
        """Hook: agreements that wait for the end customer's signature."""
        return 0

    # === RESPONSES ===#

    def _waas_get_me(self):
        """The company of who is logged in."""
        return request.env.user.partner_id.commercial_partner_id

    def _waas_send_file(self, file_type, records_sudo, name, pdf=None, xlsx=None):
        """A report as a file, made with the rights of the system: who asks was checked,
        and for whom it is.

        :param str file_type: ``pdf`` or ``xlsx``
        :param str name: of the file, without its ending
        :param str pdf: external id of the report
        :param str xlsx: name of the report's model
        """
        if file_type == "pdf":
            # The report itself: a name would be looked up at every step.
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
