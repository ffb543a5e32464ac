from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class WaasAgreement(models.Model):
    """Signed by the end customer, then by the company; or refused (R1)."""

    _inherit = "waas.agreement"

    # === ACTIONS ===#

    def action_countersign(self):
        """Open ALSO's signature for the agreements that wait for it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Countersign"),
            "res_model": "waas.agreement.countersign",
            "view_mode": "form",
            "target": "new",
            "context": {"default_agreement_ids": self.ids},
        }

    # === BUSINESS METHODS ===#

    def _get_signing_row(self):
        """The agreement as the signing page shows it.

        :return: dict ``{id, name, title, state, body, sha256}``, the body as HTML
        """
        self.ensure_one()
        return {
            "id": self.id,
            "name": self.name,
            "title": self.title,
            "state": self.state,
            "body": self._get_body(),
            "sha256": self.document_sha256,
        }

    def _sign_for_customer(self, name, signature, origin, code_checked):
        """Put the end customer's signature on the agreements.

        :param str name: who signs, as typed
        :param signature: image in base64
        :param str origin: network address and browser
        :param bool code_checked: whether a one-time code was asked for and right
        :raises UserError: when an agreement is no longer open, or the name or
            signature is missing
        """
        if not (name or "").strip():
            raise UserError(self.env._("Type your name."))
        if not signature:
            raise UserError(self.env._("Draw your signature."))
        if not self:
            raise UserError(self.env._("There is nothing left to sign."))
        for agreement in self:
            if agreement.state != "sent" or not agreement._is_current():
                raise UserError(
                    self.env._(
                        "%(agreement)s can no longer be signed. Ask us for a new one.",
                        agreement=agreement.display_name,
                    )
                )
        self.write(
            {
                "state": "customer_signed",
                "customer_signature": signature,
                "customer_signed_by": name.strip(),
                "customer_signed_on": fields.Datetime.now(),
                "customer_signed_from": origin,
                "customer_code_checked": code_checked,
            }
        )
        for deal in self._group_by_deal():
            deal._waas_settle_todos()
            deal._waas_todo("countersign", deal._waas_get_signer())

    def _refuse(self, reason):
        """The end customer says no.

        :raises UserError: when the reason is missing
        """
        if not (reason or "").strip():
            raise UserError(self.env._("Tell us why you refuse, so that we can help."))
        self.filtered(lambda agreement: agreement.state == "sent").write(
            {"state": "refused", "note": reason.strip()}
        )
        for deal in self._group_by_deal():
            deal._waas_settle_todos()
            deal._waas_todo(
                "refused",
                deal.user_id,
                summary=lambda env: env._(
                    "The end customer refused to sign: %(reason)s",
                    reason=reason.strip(),
                ),
            )

    def _countersign(self, signature, origin):
        """Put ALSO's signature on the agreements and freeze them (R1).

        :param signature: image in base64
        :param str origin: network address
        :raises UserError: when the user may not sign for ALSO, or the end customer has
            not signed yet
        """
        self.check_access("read")
        if not self.env.user.has_group("also_waas.group_waas_manager"):
            raise AccessError(self.env._("Only a WaaS manager signs for the company."))
        if not signature:
            raise UserError(self.env._("Draw your signature."))
        if not self:
            raise UserError(self.env._("There is nothing to sign."))
        for agreement in self:
            if agreement.state != "customer_signed" or not agreement._is_current():
                raise UserError(
                    self.env._(
                        "%(agreement)s does not wait for a countersignature: the "
                        "end customer signs first. Send the agreements again after "
                        "they were signed, refused or void.",
                        agreement=agreement.display_name,
                    )
                )
        agreements_sudo = self.sudo()  # the right to sign was checked above
        signed = {
            "company_signature": signature,
            "company_signed_by_id": self.env.user.id,
            "company_signed_on": fields.Datetime.now(),
            "company_signed_from": origin,
        }
        # Printed before anything is written: no lock is held while the PDF is made. A
        # concurrent signature makes the write fail, and the request starts over.
        documents = [agreement._print(signed) for agreement in agreements_sudo]
        agreements_sudo.write(signed)
        for agreement, document in zip(agreements_sudo, documents, strict=True):
            agreement._freeze("signed_document", document)
        agreements_sudo.write({"state": "signed"})
        self._after_signature()

    def _after_signature(self):
        """Let the deals proceed that waited for signatures."""
        for deal in self._group_by_deal():
            deal._waas_settle_todos()
            deal._waas_proceed_if_ready()
