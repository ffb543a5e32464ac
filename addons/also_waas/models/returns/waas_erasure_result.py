from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .waas_erasure import METHODS


class WaasErasure(models.Model):
    """The result of an erasure by a certified company, and its proof (R15)."""

    _inherit = "waas.erasure"

    def _certify(self, values, passed):
        """Enter the result of erasing these devices (R15).

        :param dict values: ``processor_id``, ``standard_id``, ``standard_reason``,
            ``method``, ``date``, ``document``, ``document_name``, ``note``
        :param bool passed: whether the data is gone
        :raises UserError: when the result proves nothing
        """
        for erasure in self:
            if problem := erasure._get_result_problem(values, passed):
                raise UserError(problem)
        erasures_sudo = self.sudo()  # users cannot edit them
        erasures_sudo._enter_result(values, passed)
        erasures_sudo.return_id._settle()

    def _get_result_problem(self, values, passed):
        """Why this result is not valid, as a sentence, or False."""
        self.ensure_one()
        if self.state != "todo":
            return self.env._("%(erasure)s has its result.", erasure=self.name)
        date = values.get("date")
        if not date or date > self.company_id._waas_today():
            return self.env._("Enter the day of the erasure: today or before.")
        if date < self.company_id._waas_get_day(self.arrival_id.date):
            return self.env._(
                "%(device)s came back after that day: enter the day on which it was "
                "erased.",
                device=self.device_id.display_name,
            )
        processor = self.env["res.partner"].browse(values.get("processor_id"))
        if problem := processor._waas_get_processor_problem(date):
            return problem
        if problem := self._get_standard_problem(values):
            return problem
        return self._get_proof_problem(values, passed)

    @api.model
    def _get_standard_problem(self, values):
        """Why these values name no valid standard, as a sentence, or False."""
        method = values.get("method")
        standard = self.env["waas.erasure.standard"].browse(values.get("standard_id"))
        if not standard or method not in ("clear", "purge", "destroy"):
            return self.env._("Enter the standard and the method of the erasure.")
        return standard._get_problem(
            method, values["date"], values.get("standard_reason")
        )

    def _get_proof_problem(self, values, passed):
        if not passed:
            if self.must_destroy:
                return self.env._(
                    "%(device)s is to be destroyed, which cannot fail: enter the "
                    "destruction with its proof when it is done.",
                    device=self.device_id.display_name,
                )
            return False
        if self.must_destroy and values.get("method") != "destroy":
            return self.env._(
                "Erasing %(device)s failed: only its destruction can be certified.",
                device=self.device_id.display_name,
            )
        if not values.get("document"):
            return self.env._(
                "Attach the certificate of the processor: without it there is no proof."
            )
        return False

    def _enter_result(self, values, passed):
        """Save the result, and take the steps that follow."""
        for erasure in self:
            erasure.serial = erasure.device_id.name
        self.write(self._prepare_result(values, passed))
        self.env["stock.lot"]._waas_log_each(
            [(erasure.device_id, erasure._describe_result(passed)) for erasure in self]
        )
        if not passed:
            self._ask_for_destruction()
        destroyed = self.filtered(
            lambda erasure: passed and erasure.method == "destroy"
        )
        if destroyed:
            destroyed.device_id._waas_dispose("d", "scrap")

    def _prepare_result(self, values, passed):
        processor = self.env["res.partner"].browse(values.get("processor_id"))
        return {
            **{name: value for name, value in values.items() if name != "standard_id"},
            **self._prepare_standard(values),
            "state": "passed" if passed else "failed",
            "processor_name": processor.display_name if processor else False,
        }

    @api.model
    def _prepare_standard(self, values):
        """The standard as text, independent of later changes; the reason if one was
        needed."""
        standards = self.env["waas.erasure.standard"]
        standard = standards.browse(values.get("standard_id"))
        needed = bool(standard) and standard._is_withdrawn(values["date"])
        reason = (values.get("standard_reason") or "").strip()
        return {
            "standard": standard.name,
            "standard_reason": reason if needed else False,
        }

    def _describe_result(self, passed):
        """The text of the entry in the chain of custody."""
        event = "erased" if passed else "not_erased"
        if passed and self.method == "destroy":
            event = "destroyed"
        return self.device_id._waas_describe(
            event,
            document=self,
            party=self.processor_id,
            location=self.device_id._waas_get_quarantine_place(),
            note=", ".join(
                filter(None, (self.standard, dict(METHODS)[self.method], self.note))
            ),
        )

    def _ask_for_destruction(self):
        """Request the destruction of devices that cannot be erased."""
        self.flush_recordset()  # the failed ones make place for the next
        self.create(
            [
                {
                    "device_id": erasure.device_id.id,
                    "company_id": erasure.company_id.id,
                    "arrival_id": erasure.arrival_id.id,
                    "return_line_id": erasure.return_line_id.id,
                    "must_destroy": True,
                }
                for erasure in self
            ]
        )

    def _note_loss(self, reason):
        """The device was lost: there is nothing left to erase."""
        for erasure in self:
            erasure.write(
                {"state": "lost", "serial": erasure.device_id.name, "note": reason}
            )

    @api.constrains("processor_id", "state")
    def _check_processor(self):
        """An expired processor certifies nothing, whatever writes the erasure (R15)."""
        for erasure in self:
            if erasure.processor_id and (
                problem := erasure.processor_id._waas_get_processor_problem(
                    erasure.date
                )
            ):
                raise ValidationError(problem)
