from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .portal_waas import WaasPortal


class WaasDevicePortal(WaasPortal):
    """The devices of a portal user's company, as end customer or as partner."""

    def _waas_get_device_domain(self):
        """Devices of the user's company, and those of the contracts that it brought."""
        own = self._waas_get_own_domain("waas_contract_id.")
        in_company = self._waas_get_company_domain("waas_contract_id.company_id")
        return Domain("waas_contract_id", "!=", False) & in_company & own

    @http.route(
        ["/my/waas/devices", "/my/waas/devices/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_devices(self, page=1, **kwargs):
        """All devices at end customers, with their warranty (R12, R13)."""
        values, devices_sudo = self._waas_prepare_list(
            # Portal users have no rights on it: the domain restricts to their own.
            request.env["stock.lot"].sudo(),
            "/my/waas/devices",
            self._waas_get_device_domain(),
            {
                "newest": {
                    "label": request.env._("Newest"),
                    "order": "waas_delivered_on desc, id desc",
                },
                "serial": {
                    "label": request.env._("Serial Number"),
                    "order": "name, id",
                },
                "warranty": {
                    "label": request.env._("Warranty Ends First"),
                    "order": "waas_warranty_end, id",
                },
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "warranty": {
                    "label": request.env._("Warranty Ends Soon"),
                    "domain": [
                        ("waas_warranty_end", "<=", self._waas_get_ends_soon_date())
                    ],
                },
            },
            page,
            kwargs,
            search_by=(
                request.env._("Device, serial number, contract or customer"),
                (
                    "name",
                    "product_id.name",
                    "waas_contract_id.name",
                    "waas_holder_id.name",
                ),
            ),
        )
        values |= {
            "page_name": "waas_devices",
            "is_reseller": bool(self._waas_get_reseller()),
            "rows": [device._waas_get_portal_row() for device in devices_sudo],
        }
        return request.render("also_waas.portal_devices", values)
