from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_settlement_day = fields.Integer(
        related="company_id.waas_settlement_day", readonly=False
    )
    waas_commission_product_id = fields.Many2one(
        related="company_id.waas_commission_product_id", readonly=False
    )
    waas_commission_journal_id = fields.Many2one(
        related="company_id.waas_commission_journal_id", readonly=False
    )
