from odoo import fields, models


class ResPartner(models.Model):
    """What a reseller was credited with (R5)."""

    _inherit = "res.partner"

    waas_number_ids = fields.One2many(
        comodel_name="waas.manufacturer.reseller",
        inverse_name="reseller_id",
        string="Numbers at Manufacturers",
        groups="also_waas.group_waas_user",
    )
