"""The registration numbers of a deal with manufacturers (R5)."""

from odoo import fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    waas_deal_registration_ids = fields.One2many(
        comodel_name="waas.deal.registration",
        inverse_name="order_id",
        string="Deal Registrations",
        groups="also_waas.group_waas_user",
    )
