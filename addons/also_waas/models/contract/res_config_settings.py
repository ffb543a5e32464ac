from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_billing_start = fields.Selection(
        related="company_id.waas_billing_start", readonly=False
    )
    waas_invoicing_user_id = fields.Many2one(
        related="company_id.waas_invoicing_user_id", readonly=False
    )
