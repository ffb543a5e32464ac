"""The invoice run of a job, so that the run can show its jobs."""

from odoo import fields, models


class QueueJob(models.Model):
    _inherit = "queue.job"

    waas_run_id = fields.Many2one(
        comodel_name="waas.invoice.run",
        string="Invoice Run",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
