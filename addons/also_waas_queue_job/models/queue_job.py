from odoo import fields, models


class QueueJob(models.Model):
    """Which invoice run a job works on, so that it can be looked up from there."""

    _inherit = "queue.job"

    waas_run_id = fields.Many2one(
        comodel_name="waas.invoice.run",
        string="Invoice Run",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
