import base64
import hashlib
from urllib.parse import quote

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date


class WaasAgreement(models.Model):
    """The document that both sign, frozen with its hash."""

    _inherit = "waas.agreement"

    # === ACTIONS ===#

    def action_download(self):
        """Open the agreement, with its signatures where there are any."""
        self.ensure_one()
        if self.forgotten_on:
            raise UserError(
                self.env._(
                    "The documents of %(agreement)s were removed on %(date)s: its "
                    "retention was over.",
                    agreement=self.display_name,
                    date=format_date(self.env, self.forgotten_on),
                )
            )
        field = "signed_document" if self.signed_document_sha256 else "document"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/waas.agreement/{self.id}/{field}"
            f"?filename={quote(self.document_name)}&download=true",
            "target": "self",
        }

    def action_verify(self):
        """Check the stored documents against the hashes of when they were frozen."""
        self.check_access("read")
        for agreement in self:
            if not agreement._is_untouched():
                raise UserError(
                    self.env._(
                        "%(agreement)s was changed after it was frozen: its hash does "
                        "not match. Contact your administrator.",
                        agreement=agreement.display_name,
                    )
                )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The documents are as they were signed."),
            },
        }

    # === BUSINESS METHODS ===#

    def _is_untouched(self):
        self.ensure_one()
        if self.forgotten_on:
            return True
        # To read attachments whole; reveals a yes or no.
        agreement_sudo = self.sudo().with_context(bin_size=False)
        return all(
            not expected
            or hashlib.sha256(base64.b64decode(content or b"")).hexdigest() == expected
            for content, expected in (
                (agreement_sudo.document, agreement_sudo.document_sha256),
                (agreement_sudo.signed_document, agreement_sudo.signed_document_sha256),
            )
        )

    def _print(self, signed=None):
        """The agreement as PDF.

        :param dict signed: values of ALSO's signature that are not written yet
        """
        self.ensure_one()
        # A report is readable by internal users only.
        report_sudo = self.env.ref("also_waas.action_report_agreement").sudo()
        report_sudo = report_sudo.with_context(lang=self.lang, bin_size=False)
        content, _content_type = report_sudo._render_qweb_pdf(
            report_sudo,
            self.ids,
            data={"countersigned": self.new(signed) if signed else None},
        )
        return content

    def _freeze(self, field, content):
        """Keep a document with its SHA-256.

        :param bytes content: of :meth:`_print`
        """
        self.ensure_one()
        self.write(
            {
                field: base64.b64encode(content),
                f"{field}_sha256": hashlib.sha256(content).hexdigest(),
            }
        )

    def _render_body(self):
        """Parties and text as they are today, in the language of the agreement."""
        self.ensure_one()
        agreement = self.with_context(lang=self.lang)
        parties = agreement.env["ir.qweb"]._render(
            "also_waas.report_agreement_parties", {"doc": agreement}
        )
        return parties + self.template_id._render_body(self)

    def _get_body(self):
        """What was frozen, for the printed document and the signing page."""
        self.ensure_one()
        return self.body

    def _format_amount(self, amount):
        """An amount in the language of the agreement; used by templates."""
        return format_amount(self.env, amount, self.currency_id, lang_code=self.lang)
