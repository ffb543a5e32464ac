import base64
import io
import time

from PIL import Image

from odoo import http
from odoo.exceptions import LockError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..common.headers import PRIVATE_HEADERS

VERIFIED_SECONDS = 30 * 60
MAX_SIGNATURE_BYTES = 2 * 1024 * 1024
MAX_SIGNATURE_PIXELS = 16_000_000
MAX_TEXT = 500
MAX_POST_BYTES = 64 * 1024
MAX_ACCEPT_BYTES = MAX_SIGNATURE_BYTES + MAX_POST_BYTES


class WaasSigning(CustomerPortal):
    """The page on which a signatory signs: a personal link, a one-time code, a
    signature or a refusal. It needs no login and gives access to nothing else."""

    # === ROUTES ===#

    @http.route("/waas/sign/<string:token>", type="http", auth="public", website=True)
    def waas_sign(self, token, **kwargs):
        """Show what is to be signed, or what has become of it."""
        link_sudo = self._waas_find_link(token)
        if not link_sudo:
            return self._waas_render("also_waas.signing_gone", {}, status=404)
        return self._waas_render_page(token, link_sudo)

    @http.route(
        "/waas/sign/<string:token>/code",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_sign_code(self, token, **kwargs):
        """Mail a one-time code to the signatory."""
        link_sudo = self._waas_find_link(token)
        if not link_sudo:
            return self._waas_render("also_waas.signing_gone", {}, status=404)
        try:
            link_sudo._send_code()
        except UserError as error:
            return self._waas_render_page(token, link_sudo, error=str(error))
        return self._waas_render_page(token, link_sudo, code_sent=True)

    @http.route(
        "/waas/sign/<string:token>/verify",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_sign_verify(self, token, code=None, **kwargs):
        """Check the one-time code; a right one opens the signature for this browser."""
        link_sudo = self._waas_find_link(token)
        if not link_sudo:
            return self._waas_render("also_waas.signing_gone", {}, status=404)
        try:
            error = link_sudo._check_code(self._waas_clean(code))
        except LockError:
            error = request.env._("We are checking another code. Try again.")
        if error:
            return self._waas_render_page(token, link_sudo, error=error, code_sent=True)
        request.session[self._waas_session_key(link_sudo)] = time.time()
        # A session id that was known before must not sign now.
        request.session.should_rotate = True
        return self._waas_redirect(token)

    @http.route(
        "/waas/sign/<string:token>/accept",
        type="jsonrpc",
        auth="public",
        website=True,
        max_content_length=MAX_ACCEPT_BYTES,
    )
    def waas_sign_accept(self, token, name=None, signature=None):
        """Sign every open agreement of this link.

        :return: dict with ``error``, or ``force_refresh`` and ``redirect_url``
        """
        link_sudo = self._waas_find_link(token)
        if not link_sudo:
            return {"error": request.env._("This link no longer works.")}
        # The holder of the link sees what was signed with it.
        if self._waas_is_signed(link_sudo):
            return {"error": self._waas_get_signed_message()}
        if not self._waas_is_verified(link_sudo):
            return {"error": request.env._("Type the code from our mail first.")}
        if error := self._waas_get_signature_error(name, signature):
            return {"error": error}
        agreements_sudo = self._waas_get_open_agreements(link_sudo)
        try:
            # Of signatures that arrive together the first one counts.
            agreements_sudo.lock_for_update(allow_referencing=True)
            agreements_sudo._sign_for_customer(
                self._waas_clean(name),
                signature,
                self._waas_get_origin(),
                code_checked=link_sudo.company_id.waas_signature_code,
            )
        except LockError:
            return {"error": self._waas_get_signed_message()}
        except UserError as error:
            return {"error": str(error)}
        request.session.pop(self._waas_session_key(link_sudo), None)
        return {"force_refresh": True, "redirect_url": f"/waas/sign/{token}"}

    @http.route(
        "/waas/sign/<string:token>/refuse",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_sign_refuse(self, token, reason=None, **kwargs):
        """Refuse every open agreement of this link, with a reason."""
        link_sudo = self._waas_find_link(token)
        if not link_sudo:
            return self._waas_render("also_waas.signing_gone", {}, status=404)
        if not self._waas_is_verified(link_sudo):
            return self._waas_render_page(
                token, link_sudo, error=request.env._("Type the code first.")
            )
        try:
            self._waas_get_open_agreements(link_sudo)._refuse(self._waas_clean(reason))
        except UserError as error:
            return self._waas_render_page(token, link_sudo, error=str(error))
        request.session.pop(self._waas_session_key(link_sudo), None)
        return self._waas_redirect(token)

    @http.route(
        "/waas/sign/<string:token>/document/<int:agreement_id>",
        type="http",
        auth="public",
        website=True,
    )
    def waas_sign_document(self, token, agreement_id, **kwargs):
        """The frozen document of one agreement of this link."""
        link_sudo = self._waas_find_link(token)
        agreement_sudo = link_sudo.agreement_ids.filtered(
            lambda agreement: agreement.id == agreement_id
        )
        if not agreement_sudo:
            return self._waas_render("also_waas.signing_gone", {}, status=404)
        content = base64.b64decode(
            agreement_sudo.signed_document or agreement_sudo.document
        )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                (
                    "Content-Disposition",
                    content_disposition(agreement_sudo.document_name),
                ),
                *PRIVATE_HEADERS,
            ],
        )

    # === HELPERS ===#

    def _waas_find_link(self, token):
        # The token is the proof; only the system can read links.
        link_sudo = request.env["waas.signing.link"].sudo()._find(token)
        if link_sudo:
            request.update_context(lang=link_sudo.lang)
            link_sudo = link_sudo.with_context(lang=link_sudo.lang)
        return link_sudo

    def _waas_get_open_agreements(self, link_sudo):
        return link_sudo.agreement_ids.filtered(
            lambda agreement: agreement.state == "sent" and agreement._is_current()
        )

    def _waas_is_signed(self, link_sudo):
        """Whether the end customer has signed all that can be signed with this link."""
        states = set(link_sudo.agreement_ids.mapped("state"))
        return bool(states) and states <= {"customer_signed", "signed"}

    def _waas_get_signed_message(self):
        return request.env._(
            "This has been signed already. Load the page again to see what was signed."
        )

    def _waas_session_key(self, link_sudo):
        return f"waas_signing_{link_sudo.id}"

    def _waas_is_verified(self, link_sudo):
        if not link_sudo.company_id.waas_signature_code:
            return True
        verified = request.session.get(self._waas_session_key(link_sudo), 0)
        return time.time() - verified < VERIFIED_SECONDS

    def _waas_get_signature_error(self, name, signature):
        """What is wrong with a posted signature, as a sentence, or False."""
        if not self._waas_clean(name):
            return request.env._("Type your name.")
        if len(name) > MAX_TEXT:
            return request.env._("This name is too long.")
        if not isinstance(signature, str) or not signature:
            return request.env._("Draw your signature.")
        if len(signature) > MAX_SIGNATURE_BYTES:
            return request.env._("This signature is too large. Draw it again.")
        if not self._waas_is_drawing(signature):
            return request.env._("This is not a signature. Draw it again.")
        return False

    def _waas_is_drawing(self, signature):
        """Whether base64 text is a picture that can be put on the document."""
        try:
            content = base64.b64decode(signature, validate=True)
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            # A small file can unpack to more than the memory holds.
            if image.width * image.height > MAX_SIGNATURE_PIXELS:
                return False
            image.load()
        except (ValueError, OSError, SyntaxError, Image.DecompressionBombError):
            return False
        return True

    def _waas_clean(self, text):
        """Posted text as one printable line; whatever else was posted is empty."""
        if not isinstance(text, str):
            return ""
        line = "".join(char if char.isprintable() else " " for char in text)
        return line.strip()[:MAX_TEXT]

    def _waas_get_origin(self):
        agent = self._waas_clean(request.httprequest.user_agent.string)[:200]
        return f"{request.httprequest.remote_addr}, {agent}"

    def _waas_render_page(self, token, link_sudo, error=None, code_sent=False):
        open_sudo = self._waas_get_open_agreements(link_sudo)
        return self._waas_render(
            "also_waas.signing_page",
            {
                "token": token,
                "deal_name": link_sudo.display_name,
                "customer_name": link_sudo.order_id.partner_id.name,
                "signatory_name": link_sudo.signatory_id.name,
                "masked_email": self._waas_mask(link_sudo.email),
                "res_company": link_sudo.company_id,
                "agreements": [
                    agreement._get_signing_row()
                    for agreement in link_sudo.agreement_ids
                ],
                "open_titles": open_sudo.mapped("title"),
                "verified": self._waas_is_verified(link_sudo),
                "code_sent": code_sent or bool(link_sudo.code_hash),
                "error": error,
            },
        )

    def _waas_mask(self, email):
        """Enough for the signatory to recognise the address, and for others not."""
        name, _at, domain = email.partition("@")
        return f"{name[:1]}…@{domain}"

    def _waas_render(self, template, values, status=200):
        values = {"page_name": "waas_signing", "no_breadcrumbs": True, **values}
        response = request.render(template, values)
        response.status_code = status
        response.headers.extend(PRIVATE_HEADERS)
        return response

    def _waas_redirect(self, token):
        response = request.redirect(f"/waas/sign/{token}")
        response.headers.extend(PRIVATE_HEADERS)
        return response
