"""The number of parallel jobs of an invoice run."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_invoicing_jobs = fields.Integer(
        string="Parallel Jobs of an Invoice Run",
        default=4,
        required=True,
        help="The number of jobs that work on an invoice run at the same time, "
        "within the limit of channel root.waas_invoicing.",
    )

    _check_waas_invoicing_jobs = models.Constraint(
        "CHECK (waas_invoicing_jobs > 0)",
        "An invoice run needs at least one job: enter 1 or more parallel jobs.",
    )
