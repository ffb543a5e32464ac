from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_capitalise = fields.Boolean(
        related="company_id.waas_capitalise", readonly=False
    )
    waas_equipment_account_id = fields.Many2one(
        related="company_id.waas_equipment_account_id", readonly=False
    )
    waas_accumulated_account_id = fields.Many2one(
        related="company_id.waas_accumulated_account_id", readonly=False
    )
    waas_depreciation_account_id = fields.Many2one(
        related="company_id.waas_depreciation_account_id", readonly=False
    )
    waas_write_off_account_id = fields.Many2one(
        related="company_id.waas_write_off_account_id", readonly=False
    )
    waas_fleet_journal_id = fields.Many2one(
        related="company_id.waas_fleet_journal_id", readonly=False
    )
    waas_depreciation_months = fields.Integer(
        related="company_id.waas_depreciation_months", readonly=False
    )
    waas_residual_percent = fields.Float(
        related="company_id.waas_residual_percent", readonly=False
    )
