from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .portal_waas import WaasPortal

MAX_ROWS = 10_000


class WaasSelloutPortal(WaasPortal):
    """Documents for a partner: sell-out in its name (R5), bills of its commission
    (R1)."""

    def _waas_get_sellout_filters(self, reseller):
        """One filter for each manufacturer with reported lines."""
        lines = request.env["waas.sellout.line"]
        manufacturers = lines._read_group(
            [("reseller_id", "child_of", reseller.ids)], ["manufacturer_id"]
        )
        filters = {"all": {"label": request.env._("All"), "domain": []}}
        for (manufacturer,) in manufacturers:
            manufacturer_sudo = manufacturer.sudo()  # its name is not confidential
            filters[str(manufacturer.id)] = {
                "label": manufacturer_sudo.name,
                "domain": [("manufacturer_id", "=", manufacturer.id)],
            }
        return filters

    @http.route(
        ["/my/waas/sellout", "/my/waas/sellout/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_sellout(self, page=1, **kwargs):
        """What was reported to manufacturers in the partner's name (R5)."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        domain = [("reseller_id", "child_of", reseller.ids)]
        filters = self._waas_get_sellout_filters(reseller)
        values, lines_sudo = self._waas_prepare_list(
            "waas.sellout.line",
            "/my/waas/sellout",
            domain,
            {
                "newest": {"label": request.env._("Newest"), "order": "date desc, id"},
                "serial": {
                    "label": request.env._("Serial Number"),
                    "order": "serial, id",
                },
            },
            filters,
            page,
            kwargs,
            search_by=(
                request.env._("Product, part number or serial number"),
                ("product_name", "sku", "mpn", "serial", "deal_registration"),
            ),
        )
        chosen = Domain(filters[values["filterby"]]["domain"])
        totals = request.env["waas.sellout.line"]._read_group(
            Domain(domain) & chosen,
            ["manufacturer_id"],
            ["quantity:sum", "period_to:max"],
        )
        values |= {
            "page_name": "waas_sellout",
            "rows": [line._get_portal_row() for line in lines_sudo],
            "totals": [
                # Only the name of a manufacturer.
                (manufacturer.sudo().name, quantity, last)
                for manufacturer, quantity, last in totals
            ],
        }
        return request.render("also_waas.portal_sellout", values)

    @http.route("/my/waas/sellout/xlsx", type="http", auth="user", website=True)
    def waas_sellout_download(self, **kwargs):
        """The same list as a spreadsheet, the newest first."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        # With the partner's own rights: a record rule selects the lines in its name.
        lines = request.env["waas.sellout.line"].search(
            [("reseller_id", "child_of", reseller.ids)],
            order="date desc, id",
            limit=MAX_ROWS,
        )
        return self._waas_send_file(
            "xlsx",
            lines,
            request.env._("Sell-out %(partner)s", partner=reseller.name),
            xlsx="report.also_waas.sellout_xlsx",
        )
