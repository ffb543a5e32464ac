from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize_all

from ...sellout import folder
from .waas_manufacturer import REASONS


def _tidy_reasons(vals):
    """Clear the reason of reports that are on; a blank reason counts as none."""
    vals = dict(vals)
    for name, reason in REASONS.items():
        if vals.get(name):
            vals[reason] = False
        elif vals.get(reason):
            vals[reason] = vals[reason].strip()
    return vals


def _is_email(text):
    return len(email_normalize_all(text)) == 1


class WaasManufacturer(models.Model):
    """Constraints on the agreement with a manufacturer."""

    _inherit = "waas.manufacturer"

    # === CONSTRAINT METHODS ===#

    @api.onchange("sellout_contact_id")
    def _onchange_sellout_contact_id(self):
        self.sellout_email = self.sellout_contact_id.email or self.sellout_email

    @api.constrains("sellout", "sellout_start")
    def _check_sellout_start(self):
        if any(one.sellout and not one.sellout_start for one in self):
            raise ValidationError(
                self.env._(
                    "Enter the day from which this manufacturer gets sell-out reports."
                )
            )

    @api.constrains(*REASONS, *REASONS.values())
    def _check_sellout_reasons(self):
        for manufacturer in self:
            for name, reason in REASONS.items():
                if manufacturer[name] and manufacturer[reason]:
                    raise ValidationError(
                        self.env._(
                            "%(manufacturer)s has both “%(on)s” and a reason why not: "
                            "remove one of them.",
                            manufacturer=manufacturer.name,
                            on=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains("sellout_reversal_days")
    def _check_sellout_reversal_days(self):
        if any(one.sellout_reversal_days < 0 for one in self):
            raise ValidationError(
                self.env._(
                    "The days within which a delivery can be undone cannot be negative."
                )
            )

    @api.constrains(
        "sellout_agreement",
        "sellout_customer_name",
        "sellout_customer_address",
        "sellout_customer_vat",
    )
    def _check_sellout_agreement(self):
        for manufacturer in self:
            if (
                manufacturer._get_sellout_customer_data()
                and not (manufacturer.sellout_agreement or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "Data of end customers go to %(manufacturer)s by agreement "
                        "only: give the reference of the agreement, or report none"
                        ".",
                        manufacturer=manufacturer.name,
                    )
                )

    @api.constrains("sellout_email")
    def _check_sellout_email(self):
        for manufacturer in self:
            typed = (manufacturer.sellout_email or "").replace(";", ",").split(",")
            wrong = [text for text in typed if text.strip() and not _is_email(text)]
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(text)s is no mail address: correct where the reports of "
                        "%(manufacturer)s are sent to.",
                        text=", ".join(wrong),
                        manufacturer=manufacturer.name,
                    )
                )

    @api.constrains("sellout_folder")
    def _check_sellout_folder(self):
        for manufacturer in self:
            path = manufacturer.sellout_folder
            if path and not folder.is_inside(path):
                raise ValidationError(manufacturer._get_outside_folder_message())

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_tidy_reasons(vals) for vals in vals_list])

    def write(self, vals):
        vals = _tidy_reasons(vals)
        if "sellout_start" in vals:
            start = fields.Date.to_date(vals["sellout_start"])
            self._ensure_sellout_start(start)
        self._ensure_sellout_reasons(vals)
        return super().write(vals)

    def _ensure_sellout_reasons(self, vals):
        """R5: every manufacturer is notified, unless a user enters the reason against
        it."""
        for name, reason in REASONS.items():
            if name not in vals or vals[name] or vals.get(reason):
                continue
            for manufacturer in self.filtered(name):
                raise UserError(
                    self.env._(
                        "Enter why %(manufacturer)s is no longer notified, under "
                        "“%(reason)s”.",
                        manufacturer=manufacturer.name,
                        reason=self._fields[reason]._description_string(self.env),
                    )
                )

    def _ensure_sellout_start(self, start):
        """A first day that was reported cannot change."""
        for manufacturer in self:
            # Reports of any company prevent the change.
            reports_sudo = manufacturer.sudo().sellout_report_ids.filtered(
                lambda report: report.company_id == self.env.company
            )
            if start != manufacturer.sellout_start and reports_sudo:
                raise UserError(
                    self.env._(
                        "%(manufacturer)s has sell-out reports already: each begins "
                        "where the one before ended, so the first day cannot be "
                        "changed.",
                        manufacturer=manufacturer.name,
                    )
                )
