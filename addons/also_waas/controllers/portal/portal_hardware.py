from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from .forms import clean_form, find_refusal, to_int
from .portal_waas import MAX_POST_BYTES, WaasPortal

REQUESTS_PER_PAGE = 20


class WaasHardwarePortal(WaasPortal):
    """A partner requests hardware case by case."""

    @http.route(
        ["/my/waas/hardware", "/my/waas/hardware/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def waas_hardware(self, page=1, **kwargs):
        """The partner's hardware requests, their deadline and their answer (R14)."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        return self._waas_render_hardware(reseller, {}, page=page)

    def _waas_render_hardware(self, reseller, posted, error=None, page=1):
        # A partner has no rights on requests: the domain restricts to its own.
        requests_sudo = request.env["waas.hardware.request"].sudo()
        domain = requests_sudo._get_domain_of_reseller(reseller)
        pager = portal_pager(
            url="/my/waas/hardware",
            total=requests_sudo.search_count(domain),
            page=to_int(page),
            step=REQUESTS_PER_PAGE,
        )
        found_sudo = requests_sudo.search(
            domain, limit=REQUESTS_PER_PAGE, offset=pager["offset"]
        )
        return request.render(
            "also_waas.portal_hardware",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "waas_hardware",
                "pager": pager,
                "rows": [found._get_portal_row() for found in found_sudo],
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
        """Request hardware that is not preselected."""
        reseller = self._waas_get_reseller()
        if not reseller:
            return self._waas_not_found()
        posted = clean_form(posted)
        requests = request.env["waas.hardware.request"]
        if error := find_refusal(
            requests._ask,
            reseller,
            posted.get("manufacturer_name"),
            posted.get("description"),
            to_int(posted.get("quantity")),
            posted.get("reason"),
        ):
            return self._waas_render_hardware(reseller, posted, error)
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
        """Withdraw a request that was not answered yet."""
        reseller = self._waas_get_reseller()
        # The domain restricts to the partner's own.
        requests_sudo = request.env["waas.hardware.request"].sudo()
        request_sudo = reseller and self._waas_find(
            requests_sudo, request_id, requests_sudo._get_domain_of_reseller(reseller)
        )
        if not request_sudo:
            return self._waas_not_found()
        if error := find_refusal(request_sudo._withdraw_in_portal):
            return self._waas_render_hardware(reseller, {}, error)
        return request.redirect("/my/waas/hardware")
