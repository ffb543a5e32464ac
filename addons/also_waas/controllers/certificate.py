from odoo import http
from odoo.http import request


class WaasCertificatePage(http.Controller):
    """Whoever holds a certificate can have it checked: is it ours, does it count? The
    page tells nothing that is not on the paper, and no names (R15)."""

    @http.route(
        "/waas/certificate/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        readonly=True,
    )
    def waas_certificate(self, token, **kwargs):
        """Say whether a certificate is valid."""
        # The token is the proof; outsiders can read no certificates.
        certificate_sudo = request.env["waas.certificate"].sudo()._find(token)
        response = request.render(
            "also_waas.certificate_page",
            {"page_name": "waas_certificate", "no_breadcrumbs": True}
            | self._get_values(certificate_sudo),
        )
        response.status_code = 200 if certificate_sudo else 404
        response.headers.extend(
            [
                ("Cache-Control", "no-store"),
                ("Referrer-Policy", "no-referrer"),
                ("X-Robots-Tag", "noindex"),
            ]
        )
        return response

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
