from odoo import http
from odoo.http import request

from ..common.headers import PRIVATE_HEADERS

# For each address: enough for a desk that checks many certificates, far too little to
# find one of 2**192 addresses or to keep the server busy.
PAGES = 60
PAGE_MINUTES = 10


class WaasCertificatePage(http.Controller):
    """The holder of a certificate can have it checked: is it ours, is it valid? The
    page shows nothing that is not on the certificate, and no names (R15)."""

    @http.route(
        "/waas/certificate/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        readonly=False,  # requests are counted
    )
    def waas_certificate(self, token, **kwargs):
        """Show whether a certificate is valid. A malformed token and an unknown one get
        the same answer."""
        if not self._is_allowed():
            return self._refuse()
        # The token is the proof; public users cannot read certificates.
        certificate_sudo = request.env["waas.certificate"].sudo()._find(token)
        response = request.render(
            "also_waas.certificate_page",
            {"page_name": "waas_certificate", "no_breadcrumbs": True}
            | self._get_values(certificate_sudo),
        )
        response.status_code = 200 if certificate_sudo else 404
        response.headers.extend(PRIVATE_HEADERS)
        return response

    def _is_allowed(self):
        limits_sudo = request.env["waas.rate.limit"].sudo()  # a public page
        return limits_sudo._allow(
            "certificate", request.httprequest.remote_addr, PAGES, PAGE_MINUTES
        )

    def _refuse(self):
        """Without looking anything up, and without a page to render."""
        message = request.env._(
            "Too many certificates were asked for from your address. Try again in "
            "%(minutes)s minutes.",
            minutes=PAGE_MINUTES,
        )
        return request.make_response(
            message,
            headers=[
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Retry-After", str(PAGE_MINUTES * 60)),
                *PRIVATE_HEADERS,
            ],
            status=429,
        )

    def _get_values(self, certificate_sudo):
        """Plain values: the page gets no record to read more from."""
        if not certificate_sudo:
            return {"found": False}
        return {
            "found": True,
            "valid": certificate_sudo._is_true(),
            "number": certificate_sudo.name,
            "date": certificate_sudo.date,
            "issuer": certificate_sudo.company_id.name,
            "device_count": certificate_sudo.device_count,
            "lines": certificate_sudo._get_public_lines(),
            "sha256": certificate_sudo.content_sha256,
        }
