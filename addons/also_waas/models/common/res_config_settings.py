from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_enabled = fields.Boolean(related="company_id.waas_enabled", readonly=False)
