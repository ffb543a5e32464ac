from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_change_signatures = fields.Boolean(
        related="company_id.waas_change_signatures", readonly=False
    )
    waas_max_months = fields.Integer(
        related="company_id.waas_max_months", readonly=False
    )
    waas_extension_step = fields.Integer(
        related="company_id.waas_extension_step", readonly=False
    )
    waas_end_notice_days = fields.Integer(
        related="company_id.waas_end_notice_days", readonly=False
    )
