"""The numbers by which manufacturers credit a reseller (R5)."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    waas_number_ids = fields.One2many(
        comodel_name="waas.manufacturer.reseller",
        inverse_name="reseller_id",
        string="Numbers at Manufacturers",
        groups="also_waas.group_waas_user",
    )
