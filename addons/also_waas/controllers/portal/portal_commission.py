from datetime import date

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .forms import to_int
from .portal_waas import WaasPortal

LIGHTS_PER_PAGE = 8


class WaasCommissionPortal(WaasPortal):
    """The commission of a partner: status of each deal, statements, bills."""

    @http.route(
        ["/my/waas/commission", "/my/waas/commission/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def waas_commission(self, page=1, **kwargs):
        """The commission that the partner earned, the open points and who must act, and
        the payment date (R1, R8)."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        company = request.env.company
        pager = portal_pager(
            url="/my/waas/commission",
            total=request.env["sale.order"].search_count(
                reseller._waas_get_commission_deals(company)
            ),
            page=to_int(page),
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
        """The statement of a month, of the user's own company only."""
        reseller = self._waas_get_reseller()
        if not reseller or not 2000 <= year <= 2100 or not 1 <= month <= 12:
            return self._waas_not_found()
        # The wizard prints its partner, and that is the company of the portal user.
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
        return self._waas_send_file(
            file_type,
            statement_sudo,
            request.env._("Commission %(year)s-%(month)s", year=year, month=month),
            pdf="also_waas.action_report_commission_statement",
            xlsx="report.also_waas.commission_statement_xlsx",
        )

    @http.route(
        ["/my/waas/bills", "/my/waas/bills/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_bills(self, page=1, **kwargs):
        """The bills that pay the commission (R1); the company creates them."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        not_credited = ("reversal_move_ids", "not any", [("state", "=", "posted")])
        values, bills_sudo = self._waas_prepare_list(
            # Portal users can read their bills, but no settlements.
            request.env["account.move"].sudo(),
            "/my/waas/bills",
            [
                ("company_id", "=", request.env.company.id),
                ("move_type", "in", ("in_invoice", "in_refund")),
                ("state", "=", "posted"),
                ("commercial_partner_id", "=", reseller.id),
                ("invoice_line_ids.settlement_id.settlement_type", "=", "waas"),
            ],
            {
                "newest": {
                    "label": request.env._("Newest"),
                    "order": "invoice_date desc, id desc",
                },
                "due": {
                    "label": request.env._("Due First"),
                    "order": "invoice_date_due, id",
                },
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "open": {
                    "label": request.env._("To Be Paid"),
                    "domain": [
                        ("payment_state", "in", ("not_paid", "partial")),
                        not_credited,
                    ],
                },
                # Reversed: set off. Those with a credit note of their own are left out.
                "paid": {
                    "label": request.env._("Paid"),
                    "domain": [
                        ("payment_state", "in", ("paid", "in_payment", "reversed")),
                        not_credited,
                    ],
                },
            },
            page,
            kwargs,
            search_by=(request.env._("Number"), ("name", "ref")),
        )
        values |= {
            "page_name": "waas_bills",
            "rows": [bill._waas_get_portal_row() for bill in bills_sudo],
        }
        return request.render("also_waas.portal_bills", values)
