import hashlib
import json
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...qr_codes import make_qr_code

TOKEN_BYTES = 24
TOKEN_PATTERN = re.compile(r"[\w-]{32}", re.ASCII)


class WaasCertificate(models.Model):
    """The end customer's proof that the data is gone (R15).

    It lists erasures that do not change any more. Its holder can have it
    checked at the address of its QR code, and learns nothing there that is not on it.
    """

    _name = "waas.certificate"
    _description = "WaaS Erasure Certificate"
    _inherit = ["mail.thread", "waas.guarded.mixin", "waas.mailed.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    return_id = fields.Many2one(
        comodel_name="waas.return",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="return_id.partner_id", string="End Customer", store=True, index=True
    )
    date = fields.Date(required=True, readonly=True)
    erasure_ids = fields.One2many(
        comodel_name="waas.erasure", inverse_name="certificate_id", readonly=True
    )
    device_count = fields.Integer(string="Devices", readonly=True)
    content_sha256 = fields.Char(
        string="SHA-256",
        readonly=True,
        help="Fingerprint of what the certificate says.",
    )
    token = fields.Char(
        required=True, readonly=True, copy=False, groups="base.group_system"
    )
    state = fields.Selection(
        selection=[("valid", "Valid"), ("withdrawn", "Withdrawn")],
        default="valid",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    _unique_token = models.UniqueIndex("(token)")

    # === CRUD METHODS ===#

    @api.model
    def _waas_refuse_system_fields(self, names):
        self._refuse_by_hand()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        self._refuse_by_hand()

    def _refuse_by_hand(self):
        raise AccessError(
            self.env._("A certificate cannot be changed: withdraw it if it is wrong.")
        )

    # === ACTIONS ===#

    def action_print(self):
        """Print the certificate."""
        self.check_access("read")
        report = self.env.ref("also_waas.action_report_certificate")
        return report.report_action(self)

    def action_send(self):
        """Mail the certificate to the end customer again."""
        self.check_access("read")
        # Its mail holds the secret address. A user who sends sees the error.
        self.sudo()._send()._waas_print_documents()
        return True

    def action_withdraw(self):
        """Withdraw the certificate; its public page shows it."""
        self.check_access("read")
        if not self.env.user.has_group("also_waas.group_waas_manager"):
            raise AccessError(
                self.env._("Only a WaaS manager withdraws a certificate.")
            )
        certificates_sudo = self.sudo()  # users cannot edit them
        certificates_sudo.write({"state": "withdrawn"})
        certificates_sudo.erasure_ids.write({"certificate_id": False})
        return True

    # === BUSINESS METHODS ===#

    @api.model
    @api.private
    def _issue(self, return_, erasures):
        """Certify to the end customer that these erasures were done.

        :return: the new certificate
        """
        if not erasures or set(erasures.mapped("state")) != {"passed"}:
            raise UserError(
                self.env._("There is no certified erasure to issue a certificate for.")
            )
        certificate = self.create(
            {
                "name": self.env["ir.sequence"]
                .with_company(return_.company_id)
                .next_by_code("waas.certificate"),
                "company_id": return_.company_id.id,
                "return_id": return_.id,
                "date": return_.company_id._waas_today(),
                "device_count": len(erasures),
                "token": secrets.token_urlsafe(TOKEN_BYTES),
            }
        )
        erasures.certificate_id = certificate
        certificate.content_sha256 = certificate._get_fingerprint()
        return certificate

    def _get_fingerprint(self):
        """SHA-256 over what the certificate says, from the erasures as they are now."""
        self.ensure_one()
        content = [
            self.name,
            fields.Date.to_string(self.date),
            self.company_id.id,
            [
                [
                    erasure.name,
                    erasure.serial,
                    erasure.standard or "",
                    erasure.method,
                    fields.Date.to_string(erasure.date),
                    erasure.processor_name or "",
                ]
                for erasure in self.erasure_ids.sorted("id")
            ],
        ]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def _is_true(self):
        """Whether the certificate is valid and its erasures are unchanged."""
        self.ensure_one()
        return self.state == "valid" and self.content_sha256 == self._get_fingerprint()

    @api.model
    @api.private
    def _find(self, token):
        """The certificate of a public address, or an empty record set. A malformed
        token is not searched."""
        if not isinstance(token, str) or not TOKEN_PATTERN.fullmatch(token):
            return self.browse()
        return self.search([("token", "=", token)], limit=1)

    def _get_public_lines(self):
        """What the public page shows of each device: enough for the holder."""
        self.ensure_one()
        return [
            {
                "serial": _mask(erasure.serial),
                "standard": erasure.standard,
                "method": erasure.method,
                "date": erasure.date,
            }
            for erasure in self.erasure_ids.sorted("id")
        ]

    def _get_url(self):
        self.ensure_one()
        return f"{self.get_base_url()}/waas/certificate/{self.token}"

    def _get_qr_code(self):
        """The public address as a QR code: the source of an image."""
        self.ensure_one()
        return make_qr_code(self._get_url())

    def _send(self):
        """Queue the mail with the certificate to the end customer.

        :return: ``mail.mail``
        """
        template = self._get_mail_template()
        return self.env["mail.mail"].union(
            *(
                template._waas_queue(certificate, certificate.partner_id)
                for certificate in self
            )
        )

    def _waas_get_mailed(self):
        return self.return_id

    def _waas_get_signatory(self):
        return self.return_id._waas_get_signatory()

    def _get_mail_template(self):
        return self.env.ref("also_waas.mail_template_certificate")


def _mask(serial):
    """The end of a serial number: only who has the device recognises it."""
    shown = 4 if len(serial) > 8 else 2
    return f"…{serial[-shown:]}"
