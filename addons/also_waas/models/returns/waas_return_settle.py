from odoo import api, fields, models
from odoo.exceptions import UserError

from .waas_return import BACK, EXPECTING


class WaasReturn(models.Model):
    """The steps after a receipt: certified when everything is erased, then closed."""

    _inherit = "waas.return"

    def _settle(self):
        """Take the next steps that receipts, erasures and releases allow."""
        for record in self:
            states = set(record.line_ids.mapped("state"))
            if record.state in ("cancelled", "closed") or "expected" in states:
                continue
            # A draft is settled only where all of its devices are claimed.
            if record.state == "draft" and states - {"cancelled"} != {"claimed"}:
                continue
            if record.state in EXPECTING and not states.isdisjoint(BACK):
                record._finish_receipt()
            record._certify_if_erased()
            if "missing" not in states and record._is_released():
                record._close()

    def _finish_receipt(self):
        """Nothing is expected any more."""
        self.write({"state": "received", "received_on": fields.Datetime.now()})
        if self.method == "pickup" and not self.confirmed_on:
            self._remind(
                "return_fee",
                lambda env: env._(
                    "The devices are here, and their pick-up was not confirmed: "
                    "invoice its fee by hand if it took place."
                ),
            )

    def _certify_if_erased(self):
        todo = self.erasure_ids.filtered(lambda erasure: erasure.state == "todo")
        if not todo and self._get_uncertified():
            certificate = self._issue_certificate()
            self._try_to_mail(certificate._get_mail_template(), certificate)

    @api.depends("erasure_ids.state", "erasure_ids.certificate_id")
    def _compute_has_uncertified(self):
        for record in self:
            record.has_uncertified = bool(record._get_uncertified())

    @api.depends("line_ids.state")
    def _compute_is_coming_back(self):
        for record in self:
            record.is_coming_back = any(line.state in BACK for line in record.line_ids)

    def _get_uncertified(self):
        """Passed erasures without a certificate."""
        return self.erasure_ids.filtered(
            lambda erasure: erasure.state == "passed" and not erasure.certificate_id
        )

    def _issue_certificate(self):
        self.ensure_one()
        certificates = self.env["waas.certificate"]
        return certificates._issue(self, self._get_uncertified())

    def _is_released(self):
        """Whether no device of this return waits for a step."""
        here = self.erasure_ids.filtered(
            lambda erasure: erasure.device_id.waas_arrival_id == erasure.arrival_id
        )
        return not here and not self.finding_ids.filtered(
            lambda finding: finding.state == "open"
        )

    def _close(self):
        self.write({"state": "closed", "closed_on": fields.Datetime.now()})
        self._waas_todo_done(
            "return_plan",
            "return_pickup",
            "return_agree",
            "return_overdue",
            "return_missing",
            "return_fee",
        )

    def _cancel(self):
        self.ensure_one()
        if self.line_ids.filtered(lambda line: line.state in BACK):
            raise UserError(
                self.env._(
                    "Devices of %(return)s have come back: remove the others instead, "
                    "or report them missing.",
                    **{"return": self.name},
                )
            )
        if self.fee_move_id and self.fee_move_id.state != "cancel":
            self._remind("return_credit_fee", self.fee_move_id.display_name)
        self.line_ids._cancel()
        self.state = "cancelled"
        self._waas_todo_drop(
            "return_plan", "return_pickup", "return_agree", "return_overdue"
        )
