import re

from odoo import fields, http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ...outside import without_rule_numbers

MAX_SEARCH = 60
MAX_ID = 2**31 - 1
MAX_POST_BYTES = 128 * 1024  # no form of ours is larger, however much is typed
ENDS_SOON_DAYS = 90
LONG_TEXTS = ("note", "description", "reason")  # of more than one line
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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

    def _get_company_domain(self, field="company_id"):
        """As the record rules would say it, for what is found as the system: what is
        another company's opens no page here."""
        return Domain(field, "in", request.env.companies.ids)

    def _find(self, model, record_id, domain=()):
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

    def _not_found(self):
        """The same for what is not there and for what is somebody else's."""
        return request.render("also_waas.portal_not_found", {}, status=404)

    # === LISTS ===#

    def _prepare_list(
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
        search = self._clean_text(args.get("search"))[:MAX_SEARCH]
        search_label, search_fields = search_by or (
            request.env._("Number or customer"),
            ("name", "partner_id.name"),
        )
        domain = Domain(list(domain)) & Domain(filters[filterby]["domain"])
        if search:
            domain &= Domain.OR(
                name(search)
                if callable(name)
                else self._get_search_domain(name, search)
                for name in search_fields
            )
        records = request.env[model] if isinstance(model, str) else model
        pager = portal_pager(
            url=url,
            url_args={"sortby": sortby, "filterby": filterby, "search": search},
            total=records.search_count(domain),
            page=self._int(page),
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

    def _get_search_domain(self, name, search):
        """What is found by a field, of the record or of one that it names."""
        name, _dot, rest = name.partition(".")
        if not rest:
            return Domain(name, "ilike", search)
        # A partner reads no contacts: with its own rights it would find nothing by the
        # customer's name that its pages show.
        return Domain(name, "any!", self._get_search_domain(rest, search))

    # === HOME ===#

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "waas_deal_count" in counters:
            reseller = self._get_reseller()
            values["waas_deal_count"] = (
                request.env["sale.order"].search_count(reseller._waas_get_deal_domain())
                if reseller
                else 0
            )
        if "waas_contract_count" in counters:
            values["waas_contract_count"] = request.env[
                "contract.contract"
            ].search_count(self._get_contract_domain())
        return values

    @http.route("/my/waas", type="http", auth="user", website=True, readonly=True)
    def waas_home(self, **kwargs):
        """What somebody outside can do here, and what waits for them."""
        return request.render("also_waas.portal_home", self._prepare_home_values())

    def _prepare_home_values(self):
        reseller = self._get_reseller()
        contracts = request.env["contract.contract"].search_count(
            self._get_contract_domain() & Domain("waas_state", "=", "running")
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas",
            "reseller": reseller,
            "running_count": contracts,
            "return_count": self._count_open_returns(),
            "agreement_count": 0 if reseller else self._count_open_agreements(),
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

    def _count_open_returns(self):
        """Hook: returns that are on their way."""
        return 0

    def _count_open_agreements(self):
        """Hook: agreements that wait for the end customer's signature."""
        return 0

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
        values = self._prepare_list(
            "contract.contract",
            "/my/waas/contracts",
            self._get_contract_domain(),
            {
                "date": {
                    "label": request.env._("Newest"),
                    "order": "date_start desc, id desc",
                },
                "end": {"label": request.env._("Ends First"), "order": "date_end, id"},
                "name": {"label": request.env._("Number"), "order": "name"},
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "running": {
                    "label": request.env._("Running"),
                    "domain": [("waas_state", "=", "running")],
                },
                "ending": {
                    "label": request.env._("Ending Soon"),
                    "domain": [
                        ("waas_state", "=", "running"),
                        ("date_end", "<=", self._get_ends_soon_date()),
                    ],
                },
                "awaiting": {
                    "label": request.env._("Awaiting Delivery"),
                    "domain": [("waas_state", "=", "awaiting")],
                },
                "ended": {
                    "label": request.env._("Ended"),
                    "domain": [("waas_state", "in", ("ended", "cancelled"))],
                },
            },
            page,
            kwargs,
        )
        values |= {"page_name": "waas_contracts", "reseller": self._get_reseller()}
        return request.render("also_waas.portal_contracts", values)

    def _get_ends_soon_date(self):
        today = request.env.company._waas_today()
        return fields.Date.add(today, days=ENDS_SOON_DAYS)

    @http.route(
        "/my/waas/contracts/<int:contract_id>", type="http", auth="user", website=True
    )
    def waas_contract(self, contract_id, asked=None, **kwargs):
        """One contract: what is rented, its months, its devices."""
        contract_sudo = self._find_contract(contract_id)
        if not contract_sudo:
            return self._not_found()
        return request.render(
            "also_waas.portal_contract",
            self._prepare_contract_values(contract_sudo, asked=asked == "1"),
        )

    def _get_contract_domain(self):
        """Contracts of the visitor's company, and those that it brought. The record
        rules decide on top; they alone would show one to whoever follows it."""
        return Domain("generation_type", "=", "waas") & self._get_own_domain()

    def _get_own_domain(self, path=""):
        """What belongs to contracts of the visitor's company, or to such as it brought.

        :param str path: to the contract, with its dot
        """
        own = Domain(f"{path}commercial_partner_id", "=", self._get_me().id)
        if reseller := self._get_reseller():
            own |= Domain(f"{path}waas_reseller_id", "child_of", reseller.ids)
        return own

    def _find_contract(self, contract_id):
        return self._find("contract.contract", contract_id, self._get_contract_domain())

    def _is_reseller_of(self, contract_sudo):
        """Whoever finds a contract and is not of its end customer is of its partner, or
        of a company to which that partner belongs."""
        return contract_sudo.commercial_partner_id != self._get_me()

    def _prepare_contract_values(self, contract_sudo, error=None, asked=False):
        is_reseller = self._is_reseller_of(contract_sudo)
        return {
            **self._prepare_portal_layout_values(),
            **contract_sudo._waas_get_portal_values(is_reseller),
            "page_name": "waas_contracts",
            "is_reseller": is_reseller,
            "error": error,
            "asked": asked,
        }

    # === ASKING FOR A CHANGE ===#

    @http.route(
        "/my/waas/contracts/<int:contract_id>/extend",
        type="http",
        auth="user",
        website=True,
    )
    def waas_extend(self, contract_id, **kwargs):
        """The lengths that are possible, and why the others are not (R12)."""
        return self._show_ask(contract_id, "also_waas.portal_extend")

    @http.route(
        "/my/waas/contracts/<int:contract_id>/upgrade",
        type="http",
        auth="user",
        website=True,
    )
    def waas_upgrade(self, contract_id, **kwargs):
        """Upgrades and options that may be added, with their price (R7, R8)."""
        return self._show_ask(contract_id, "also_waas.portal_upgrade")

    @http.route(
        "/my/waas/contracts/<int:contract_id>/leave",
        type="http",
        auth="user",
        website=True,
    )
    def waas_leave(self, contract_id, **kwargs):
        """What leaving costs today (R11); for the end customer only."""
        contract_sudo = self._find_contract(contract_id)
        if not contract_sudo or self._is_reseller_of(contract_sudo):
            return self._not_found()
        return self._show_ask(contract_id, "also_waas.portal_leave")

    def _show_ask(self, contract_id, template, error=None, posted=None):
        contract_sudo = self._find_contract(contract_id)
        if not contract_sudo or contract_sudo.waas_state != "running":
            return self._not_found()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas_contracts",
            "contract": contract_sudo,
            "is_reseller": self._is_reseller_of(contract_sudo),
            "under_way": request.env["waas.change"]._get_under_way_problem(
                contract_sudo
            ),
            "posted": posted or {},
            "error": error,
        }
        if template == "also_waas.portal_extend":
            values["offers"] = [
                {**offer, "reasons": [*map(without_rule_numbers, offer["reasons"])]}
                for offer in contract_sudo._waas_get_extension_offers()
            ]
        elif template == "also_waas.portal_upgrade":
            values["choices"] = contract_sudo._waas_get_upgrade_choices()
        else:
            values["cost"] = contract_sudo._waas_get_leaving_cost()
        return request.render(template, values, status=422 if error else 200)

    @http.route(
        "/my/waas/contracts/<int:contract_id>/ask/<any(extend,upgrade,leave):kind>",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_ask(self, contract_id, kind, **posted):
        """Ask ALSO for a change: it becomes a draft that somebody there takes up."""
        contract_sudo = self._find_contract(contract_id)
        if not contract_sudo:
            return self._not_found()
        if kind == "leave" and self._is_reseller_of(contract_sudo):
            return self._not_found()
        ask = getattr(self, f"_ask_{kind}")
        posted = self._clean_form(posted)
        if error := self._try(ask, contract_sudo, posted):
            template = f"also_waas.portal_{kind}"
            return self._show_ask(contract_id, template, error, posted)
        return request.redirect(f"/my/waas/contracts/{contract_id}?asked=1")

    def _ask_extend(self, contract_sudo, posted):
        months = self._int(posted.get("months"))
        contract_sudo._waas_ensure_offered(months)
        request.env["waas.change"]._ask_for(
            contract_sudo, "extension", posted.get("note"), months=months
        )

    def _ask_leave(self, contract_sudo, posted):
        request.env["waas.change"]._ask_for(
            contract_sudo, "termination", posted.get("note")
        )

    def _ask_upgrade(self, contract_sudo, posted):
        choices = []
        for row in contract_sudo._waas_get_upgrade_choices():
            number = self._int(posted.get(f"{row['line'].id}_{row['product'].id}"))
            if number:
                is_upgrade = bool(row["slot"])
                choices.append(
                    (row["line"], row["product"], 0 if is_upgrade else number)
                )
        request.env["waas.change"]._ask_for_upgrade(
            contract_sudo, choices, posted.get("note")
        )

    @http.route(
        "/my/waas/contracts/<int:contract_id>/end",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_end(self, contract_id, choice=None, **kwargs):
        """The end customer says what shall happen at the end of the term."""
        contract_sudo = self._find_contract(contract_id)
        if not contract_sudo or self._is_reseller_of(contract_sudo):
            return self._not_found()
        if error := self._try(contract_sudo._waas_answer_end, choice):
            return request.render(
                "also_waas.portal_contract",
                self._prepare_contract_values(contract_sudo, error=error),
                status=422,
            )
        return request.redirect(f"/my/waas/contracts/{contract_id}")

    # === WHAT A VISITOR SENDS, AND GETS ===#

    def _clean_form(self, posted):
        """The texts of a form; what is no text, as a file, is empty."""
        return {
            name: self._clean_text(value, name in LONG_TEXTS)
            for name, value in posted.items()
        }

    def _clean_text(self, text, is_long=False):
        """Posted text without what no keyboard types: the database takes no NUL, and a
        line more in a name would be one more line in the header of a mail."""
        if not isinstance(text, str):
            return ""
        if not is_long:
            text = " ".join(text.split())
        kept = (char for char in text if char.isprintable() or char in "\n\t")
        return "".join(kept).strip()

    def _get_me(self):
        """The company of who is logged in."""
        return request.env.user.partner_id.commercial_partner_id

    def _send_file(self, file_type, records_sudo, name, pdf=None, xlsx=None):
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

    def _int(self, text):
        """A whole number out of a form or an address; 0 for anything else."""
        text = str(text or "").strip()
        # Python would read more: 1_0, and digits that nobody types.
        if not re.fullmatch(r"[0-9]{1,10}", text):
            return 0
        number = int(text)
        return number if number <= MAX_ID else 0

    def _try(self, action, *args):
        """Do something for the visitor.

        :return: the sentence that says why it was refused, or None; then nothing of it
            is left
        """
        try:
            with request.env.cr.savepoint():
                action(*args)
        except (UserError, AccessError) as error:
            return without_rule_numbers(str(error)).strip()
        return None
