from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_return_days = fields.Integer(
        related="company_id.waas_return_days", readonly=False
    )
    waas_bill_use = fields.Boolean(related="company_id.waas_bill_use", readonly=False)
    waas_pickup_product_id = fields.Many2one(
        related="company_id.waas_pickup_product_id", readonly=False
    )
    waas_pickup_device_product_id = fields.Many2one(
        related="company_id.waas_pickup_device_product_id", readonly=False
    )
    waas_pickup_site_product_id = fields.Many2one(
        related="company_id.waas_pickup_site_product_id", readonly=False
    )
    waas_claim_product_id = fields.Many2one(
        related="company_id.waas_claim_product_id", readonly=False
    )
    waas_claim_basis = fields.Selection(
        related="company_id.waas_claim_basis", readonly=False
    )
    waas_quarantine_location_id = fields.Many2one(
        related="company_id.waas_quarantine_location_id", readonly=False
    )
    waas_resale_location_id = fields.Many2one(
        related="company_id.waas_resale_location_id", readonly=False
    )
