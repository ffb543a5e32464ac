from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaasManufacturerNumberMixin(models.AbstractModel):
    """A number that a manufacturer or supplier issued, by which it credits a sale
    (R5)."""

    _name = "waas.manufacturer.number.mixin"
    _description = "Number at a Manufacturer"
    _inherit = "waas.readable.mixin"
    _rec_name = "number"

    manufacturer_id = fields.Many2one(
        comodel_name="waas.manufacturer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    number = fields.Char(
        required=True,
        help="As the manufacturer writes it. What reports said already stays.",
    )

    @api.depends("number", "manufacturer_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = f"{row.manufacturer_id.name or ''} {row.number or ''}"

    @api.constrains("number")
    def _check_number(self):
        if any(not row.number.strip() for row in self):
            raise ValidationError(self.env._("Enter the number, or remove the line."))
