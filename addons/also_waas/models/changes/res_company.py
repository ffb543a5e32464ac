"""How the contracts of a company change and end."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_change_signatures = fields.Boolean(
        string="Changes Are Signed",
        default=True,
        help="The end customer and your company sign every change of a contract "
        "before it is "
        "applied.",
    )
    waas_extension_step = fields.Integer(
        string="Extension Step (months)",
        default=3,
        help="A contract is extended in steps of this many months, up to the longest "
        "contract.",
    )
    waas_end_notice_days = fields.Integer(
        string="End Announced (days before)",
        default=90,
        help="Number of days before the end of a term on which partner and end "
        "customer are notified and the back office gets a task. Half of it is "
        "left for the choice.",
    )

    _check_waas_changes = models.Constraint(
        "CHECK (waas_extension_step > 0 AND waas_end_notice_days >= 0)",
        "An extension has one month at least, and an end is not announced after it.",
    )
