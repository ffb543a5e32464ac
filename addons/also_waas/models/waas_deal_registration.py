from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaasDealRegistration(models.Model):
    """Chapter 10, sell-out: the number under which a deal is registered with a
    manufacturer or supplier (R5)."""

    _name = "waas.deal.registration"
    _description = "Deal Registration"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "order_id, manufacturer_id"
    _rec_name = "number"

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Deal",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_waas', '=', True)]",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    manufacturer_id = fields.Many2one(
        comodel_name="waas.manufacturer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Char(
        string="Registration",
        required=True,
        help="As the manufacturer writes it. What reports said already stays.",
    )

    _unique_manufacturer = models.UniqueIndex(
        "(order_id, manufacturer_id)",
        "This deal is registered with this manufacturer already: change that number.",
    )

    @api.depends("number", "manufacturer_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.manufacturer_id.name or ''} {row.number or ''}"

    @api.constrains("order_id", "number")
    def _check_number(self):
        for row in self:
            if not row.number.strip():
                raise ValidationError(
                    self.env._("Enter the number, or remove the line.")
                )
            if not row.order_id.is_waas:
                raise ValidationError(
                    self.env._(
                        "%(order)s is no WaaS deal, so nothing of it is reported: "
                        "choose one that is.",
                        order=row.order_id.display_name,
                    )
                )
