import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...schedule import LONGEST_MONTHS, STANDARD_MONTHS


class WaasTerm(models.Model):
    """A length for which a workplace can be rented (R10)."""

    _name = "waas.term"
    _description = "WaaS Term"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "months"

    name = fields.Char(compute="_compute_name", store=True)
    months = fields.Integer(
        required=True,
        help="Number of monthly installments. 12, 24 and 36 are offered; another "
        "number has a reason. How long a contract may be is a setting of the "
        "company.",
    )
    is_exceptional = fields.Boolean(
        string="Exceptional",
        compute="_compute_is_exceptional",
        store=True,
        help="Other than the 12, 24 or 36 months that are offered.",
    )
    reason = fields.Char(
        help="Why there is a term other than 12, 24 or 36 months.",
    )
    active = fields.Boolean(default=True)

    _unique_months = models.Constraint(
        "UNIQUE (months)", "There is a term of this many months already."
    )
    _check_months = models.Constraint(
        f"CHECK (months BETWEEN 1 AND {LONGEST_MONTHS})",
        f"A term has at least 1 and at most {LONGEST_MONTHS} months: correct the "
        "number.",
    )
    _exception_has_reason = models.Constraint(
        f"CHECK (months IN {STANDARD_MONTHS} OR TRIM(COALESCE(reason, '')) != '')",
        "Terms of 12, 24 and 36 months are offered: write the reason for another one.",
    )

    @api.depends("months")
    def _compute_is_exceptional(self):
        for term in self:
            term.is_exceptional = term.months not in STANDARD_MONTHS

    @api.depends("months")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for term in self:
            term.display_name = self.env._("%(months)s months", months=term.months)

    @api.depends("months")
    def _compute_name(self):
        for term in self:
            term.name = f"{term.months}"

    @api.model
    def _search_display_name(self, operator, value):
        """Find a term by what a person or a price list file writes: 36, 36 months."""
        if isinstance(value, str):
            value = self._get_number(value)
        elif not isinstance(value, bool):
            value = [self._get_number(text) for text in value]
        return super()._search_display_name(operator, value)

    @api.model
    def _get_number(self, text):
        """The number of months a text starts with; the text itself when it does not:
        then nothing is found, rather than any term."""
        match = re.fullmatch(r"\s*(\d+)(?:[.,]0+)?\s*[^\d\s]*\s*", str(text))
        return match[1] if match else text

    def write(self, vals):
        if "months" in vals and any(term.months != vals["months"] for term in self):
            raise UserError(
                self.env._(
                    "The length of a term cannot be changed: prices, quotations "
                    "and contracts depend on it. Archive the term and make another "
                    "one."
                )
            )
        return super().write(vals)
