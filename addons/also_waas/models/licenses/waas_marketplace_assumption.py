from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...simpleapi.profile import DEFAULT, parse_assumption, write_assumption

# What a marketplace may do otherwise: names of ``SimpleApiProfile``.
ASSUMPTIONS = [
    ("auth_scheme", "Word Before the Token"),
    ("session_max_age", "Age of a Session (s)"),
    ("min_interval", "Pause Between Two Calls (s)"),
    ("pause_429", "Pause When Called Too Fast (s)"),
    ("pause_403", "Pause When Locked Out (s)"),
    ("read_timeout", "Time for a Question (s)"),
    ("write_timeout", "Time for an Order (s)"),
    ("max_answer_bytes", "Longest Answer (bytes)"),
    ("max_fault_bytes", "Longest Refusal (bytes)"),
    ("working_words", "Words for: Vendor at Work"),
    ("done_words", "Words for: Vendor Is Done"),
    ("failed_words", "Words for: Vendor Failed"),
    ("seat_fields", "Names of the Field of Seats"),
    ("tenant_link", "Link to the Tenant (dependency, parent)"),
    ("update_fields", "Fields of a Change (changed, all)"),
    ("reference_field", "Field of Our Reference"),
    ("reference_length", "Longest Reference"),
    ("end_by", "Way to End (end_action, terminate)"),
    ("invoice_day", "Day of the Month with Invoices"),
    ("server_zone", "Time Zone"),
]


class WaasMarketplaceAssumption(models.Model):
    """Where a marketplace differs from what we assume of all of them: the vendor's
    description leaves it open, and the first weeks show it (R9)."""

    _name = "waas.marketplace.assumption"
    _description = "WaaS Marketplace Assumption"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "name"
    _check_company_auto = True

    marketplace_id = fields.Many2one(
        comodel_name="waas.marketplace", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="marketplace_id.company_id", store=True, index=True
    )
    name = fields.Selection(
        selection=ASSUMPTIONS,
        string="Assumption",
        required=True,
    )
    value = fields.Char(
        help="In seconds where it is a time; words with commas between them.",
    )
    default_value = fields.Char(string="Default", compute="_compute_default_value")

    _unique_name = models.UniqueIndex(
        "(marketplace_id, name)", "This marketplace has this assumption already."
    )

    @api.depends("name")
    def _compute_default_value(self):
        for assumption in self:
            assumption.default_value = assumption.name and write_assumption(
                getattr(DEFAULT, assumption.name)
            )

    @api.constrains("name", "value")
    def _check_value(self):
        for assumption in self:
            try:
                parse_assumption(assumption.name, assumption.value or "")
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "%(name)s: %(value)s is not possible. The default is "
                        "%(default)s.",
                        name=assumption.name,
                        value=assumption.value or "–",
                        default=assumption.default_value or "–",
                    )
                ) from error

    def _get_profile(self):
        """:return: ``SimpleApiProfile`` with these assumptions"""
        return DEFAULT.override(
            **{one.name: parse_assumption(one.name, one.value or "") for one in self}
        )
