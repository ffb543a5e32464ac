from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_auto_confirm = fields.Boolean(
        related="company_id.waas_auto_confirm", readonly=False
    )
    waas_signature_code = fields.Boolean(
        related="company_id.waas_signature_code", readonly=False
    )
    waas_link_validity_days = fields.Integer(
        related="company_id.waas_link_validity_days", readonly=False
    )
    waas_creditor_identifier = fields.Char(
        related="company_id.waas_creditor_identifier", readonly=False
    )
    waas_credit_validity_days = fields.Integer(
        related="company_id.waas_credit_validity_days", readonly=False
    )
