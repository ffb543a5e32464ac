from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_invoicing_jobs = fields.Integer(
        related="company_id.waas_invoicing_jobs", readonly=False
    )
