import base64

from odoo import http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from .forms import attempt
from .portal_waas import MAX_POST_BYTES, WaasPortal


class WaasDocumentPortal(WaasPortal):
    """The end customer's documents: agreements to sign (R1), certificates of erasure
    (R15). They are for the end customer's own users, not for the partner."""

    # === AGREEMENTS ===#

    def _waas_count_open_agreements(self):
        agreements_sudo = request.env["waas.agreement"].sudo()
        return agreements_sudo.search_count(
            self._waas_get_agreement_domain() & Domain("state", "=", "sent")
        )

    def _waas_get_agreement_domain(self):
        agreements = request.env["waas.agreement"]
        of_customer = Domain(agreements._get_domain_of_customer(self._waas_get_me()))
        return self._waas_get_company_domain() & of_customer

    def _waas_find_agreement(self, agreement_id):
        # Portal users have no rights on it: the domain restricts to their own.
        agreements_sudo = request.env["waas.agreement"].sudo()
        return self._waas_find(
            agreements_sudo, agreement_id, self._waas_get_agreement_domain()
        )

    @http.route(
        ["/my/waas/agreements", "/my/waas/agreements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_agreements(self, page=1, **kwargs):
        """The agreements that the end customer has to sign or signed."""
        return self._waas_render_agreements(page, kwargs)

    def _waas_render_agreements(self, page, args, error=None):
        values, agreements_sudo = self._waas_prepare_list(
            # Portal users have no rights on it: the domain restricts to their own.
            request.env["waas.agreement"].sudo(),
            "/my/waas/agreements",
            self._waas_get_agreement_domain(),
            {
                "newest": {"label": request.env._("Newest"), "order": "id desc"},
                "title": {"label": request.env._("Title"), "order": "title, id desc"},
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "open": {
                    "label": request.env._("To Sign"),
                    "domain": [("state", "=", "sent")],
                },
                "signed": {
                    "label": request.env._("Signed"),
                    "domain": [("state", "=", "signed")],
                },
            },
            page,
            args,
            search_by=(
                request.env._("Title or number"),
                ("title", "name", "order_id.name"),
            ),
        )
        values |= {
            "page_name": "waas_agreements",
            "rows": [agreement._get_portal_row() for agreement in agreements_sudo],
            "error": error,
            "mailed": args.get("mailed") == "1",
        }
        return request.render(
            "also_waas.portal_agreements", values, status=422 if error else 200
        )

    @http.route(
        "/my/waas/agreements/<int:agreement_id>/sign",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_agreement_sign(self, agreement_id, **kwargs):
        """Open the page on which the signatory signs or refuses; any other user has the
        link mailed to the signatory (R1)."""
        agreement_sudo = self._waas_find_agreement(agreement_id)
        if not agreement_sudo:
            return self._waas_not_found()
        token, error = attempt(agreement_sudo._open_in_portal, request.env.user)
        if error:
            return self._waas_render_agreements(1, {}, error)
        if token:
            return request.redirect(f"/waas/sign/{token}")
        return request.redirect("/my/waas/agreements?mailed=1")

    @http.route(
        "/my/waas/agreements/<int:agreement_id>/pdf",
        type="http",
        auth="user",
        website=True,
    )
    def waas_agreement_document(self, agreement_id, **kwargs):
        """The frozen document, with the signatures that it has."""
        agreement_sudo = self._waas_find_agreement(agreement_id)
        document = agreement_sudo.signed_document or agreement_sudo.document
        if not document:
            return self._waas_not_found()
        disposition = content_disposition(agreement_sudo.document_name)
        return request.make_response(
            base64.b64decode(document),
            [
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", disposition),
            ],
        )

    # === CERTIFICATES ===#

    def _waas_get_certificate_domain(self):
        of_customer = Domain("partner_id", "child_of", self._waas_get_me().ids)
        return self._waas_get_company_domain() & of_customer

    @http.route(
        ["/my/waas/certificates", "/my/waas/certificates/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def waas_certificates(self, page=1, **kwargs):
        """Proof that the data of returned devices was erased (R15)."""
        values, certificates_sudo = self._waas_prepare_list(
            # Portal users have no rights on it: the domain restricts to their own.
            request.env["waas.certificate"].sudo(),
            "/my/waas/certificates",
            self._waas_get_certificate_domain(),
            {
                "newest": {
                    "label": request.env._("Newest"),
                    "order": "date desc, id desc",
                },
                "name": {"label": request.env._("Number"), "order": "name"},
            },
            {
                "all": {"label": request.env._("All"), "domain": []},
                "valid": {
                    "label": request.env._("Valid"),
                    "domain": [("state", "=", "valid")],
                },
            },
            page,
            kwargs,
            search_by=(
                request.env._("Number or serial number"),
                ("name", "return_id.name", "erasure_ids.serial"),
            ),
        )
        values |= {
            "page_name": "waas_certificates",
            "rows": [
                certificate._get_portal_row() for certificate in certificates_sudo
            ],
        }
        return request.render("also_waas.portal_certificates", values)

    @http.route(
        "/my/waas/certificates/<int:certificate_id>/pdf",
        type="http",
        auth="user",
        website=True,
    )
    def waas_certificate_document(self, certificate_id, **kwargs):
        """A certificate to print; its QR code lets anyone verify it."""
        certificate_sudo = self._waas_find(
            # Portal users have no rights on it: the domain restricts to their own.
            request.env["waas.certificate"].sudo(),
            certificate_id,
            self._waas_get_certificate_domain() & Domain("state", "=", "valid"),
        )
        if not certificate_sudo:
            return self._waas_not_found()
        return self._waas_send_file(
            "pdf",
            certificate_sudo,
            request.env._("Certificate %(number)s", number=certificate_sudo.name),
            pdf="also_waas.action_report_certificate",
        )
