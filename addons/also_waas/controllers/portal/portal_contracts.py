from odoo import fields, http
from odoo.http import request

from .forms import clean_form, find_refusal, to_int
from .portal_waas import MAX_POST_BYTES, WaasPortal

ENDS_SOON_DAYS = 90


class WaasContractPortal(WaasPortal):
    """Running contracts: view, extend, upgrade and terminate them."""

    # === CONTRACTS ===#

    @http.route(
        ["/my/waas/contracts", "/my/waas/contracts/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_contracts(self, page=1, **kwargs):
        """The contracts of the user's company, as partner or as end customer."""
        values, contracts_sudo = self._waas_prepare_list(
            "contract.contract",
            "/my/waas/contracts",
            self._waas_get_contract_domain(),
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
                        ("date_end", "<=", self._waas_get_ends_soon_date()),
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
        values |= {
            "page_name": "waas_contracts",
            "is_reseller": bool(self._waas_get_reseller()),
            "rows": [contract._waas_get_portal_row() for contract in contracts_sudo],
        }
        return request.render("also_waas.portal_contracts", values)

    def _waas_get_ends_soon_date(self):
        today = request.env.company._waas_today()
        return fields.Date.add(today, days=ENDS_SOON_DAYS)

    @http.route(
        "/my/waas/contracts/<int:contract_id>", type="http", auth="user", website=True
    )
    def waas_contract(self, contract_id, asked=None, **kwargs):
        """One contract: what is rented, its months, its devices."""
        contract_sudo = self._waas_find_contract(contract_id)
        if not contract_sudo:
            return self._waas_not_found()
        return request.render(
            "also_waas.portal_contract",
            self._waas_prepare_contract_values(contract_sudo, asked=asked == "1"),
        )

    def _waas_prepare_contract_values(self, contract_sudo, error=None, asked=False):
        is_reseller = self._waas_is_reseller_of(contract_sudo)
        return {
            **self._prepare_portal_layout_values(),
            **contract_sudo._waas_get_portal_values(is_reseller),
            "page_name": "waas_contracts",
            "is_reseller": is_reseller,
            "error": error,
            "asked": asked,
        }

    # === CHANGE REQUESTS ===#

    @http.route(
        "/my/waas/contracts/<int:contract_id>/extend",
        type="http",
        auth="user",
        website=True,
    )
    def waas_extend(self, contract_id, **kwargs):
        """The possible lengths, and why the others are not (R12)."""
        return self._waas_show_ask(contract_id, "also_waas.portal_extend")

    @http.route(
        "/my/waas/contracts/<int:contract_id>/upgrade",
        type="http",
        auth="user",
        website=True,
    )
    def waas_upgrade(self, contract_id, **kwargs):
        """Upgrades and options that can be added, with their price (R7, R8)."""
        return self._waas_show_ask(contract_id, "also_waas.portal_upgrade")

    @http.route(
        "/my/waas/contracts/<int:contract_id>/leave",
        type="http",
        auth="user",
        website=True,
    )
    def waas_leave(self, contract_id, **kwargs):
        """The costs of a termination today (R11); for the end customer only."""
        contract_sudo = self._waas_find_contract(contract_id)
        if not contract_sudo or self._waas_is_reseller_of(contract_sudo):
            return self._waas_not_found()
        return self._waas_show_ask(contract_id, "also_waas.portal_leave")

    def _waas_show_ask(self, contract_id, template, error=None, posted=None):
        contract_sudo = self._waas_find_contract(contract_id)
        if not contract_sudo or contract_sudo.waas_state != "running":
            return self._waas_not_found()
        is_reseller = self._waas_is_reseller_of(contract_sudo)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "waas_contracts",
            "contract": contract_sudo._waas_get_portal_row(),
            "is_reseller": is_reseller,
            "under_way": request.env["waas.change"]._get_under_way_problem(
                contract_sudo
            ),
            "posted": posted or {},
            "error": error,
        }
        if template == "also_waas.portal_extend":
            values["offers"] = contract_sudo._waas_get_extension_offers()
        elif template == "also_waas.portal_upgrade":
            values["choices"] = contract_sudo._waas_get_upgrade_rows(is_reseller)
        else:
            values["cost"] = contract_sudo._waas_get_portal_cost()
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
        """Request a change: it becomes a draft for the back office."""
        contract_sudo = self._waas_find_contract(contract_id)
        if not contract_sudo:
            return self._waas_not_found()
        if kind == "leave" and self._waas_is_reseller_of(contract_sudo):
            return self._waas_not_found()
        ask = getattr(self, f"_waas_ask_{kind}")
        posted = clean_form(posted)
        if error := find_refusal(ask, contract_sudo, posted):
            template = f"also_waas.portal_{kind}"
            return self._waas_show_ask(contract_id, template, error, posted)
        return request.redirect(f"/my/waas/contracts/{contract_id}?asked=1")

    def _waas_ask_extend(self, contract_sudo, posted):
        months = to_int(posted.get("months"))
        contract_sudo._waas_ensure_offered(months)
        request.env["waas.change"]._ask_for(
            contract_sudo, "extension", posted.get("note"), months=months
        )

    def _waas_ask_leave(self, contract_sudo, posted):
        request.env["waas.change"]._ask_for(
            contract_sudo, "termination", posted.get("note")
        )

    def _waas_ask_upgrade(self, contract_sudo, posted):
        choices = []
        for row in contract_sudo._waas_get_upgrade_choices():
            number = to_int(posted.get(row["field"]))
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
        """The end customer chooses what happens at the end of the term."""
        contract_sudo = self._waas_find_contract(contract_id)
        if not contract_sudo or self._waas_is_reseller_of(contract_sudo):
            return self._waas_not_found()
        if error := find_refusal(contract_sudo._waas_answer_end, choice):
            return request.render(
                "also_waas.portal_contract",
                self._waas_prepare_contract_values(contract_sudo, error=error),
                status=422,
            )
        return request.redirect(f"/my/waas/contracts/{contract_id}")
