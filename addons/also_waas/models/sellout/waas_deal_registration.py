from odoo import api, fields, models
from odoo.exceptions import ValidationError


class WaasDealRegistration(models.Model):
    """The number under which a deal is registered with a manufacturer or supplier
    (R5)."""

    _name = "waas.deal.registration"
    _description = "Deal Registration"
    _inherit = ["waas.guarded.mixin", "waas.manufacturer.number.mixin"]
    _order = "order_id, manufacturer_id"
    _rec_names_search = ["order_id", "manufacturer_id"]
    _check_company_auto = True

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Deal",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_waas', '=', True)]",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    number = fields.Char(string="Registration")

    _unique_manufacturer = models.UniqueIndex(
        "(order_id, manufacturer_id)",
        "This deal is registered with this manufacturer already: change that number.",
    )

    @api.constrains("order_id")
    def _check_order(self):
        for row in self:
            if not row.order_id.is_waas:
                raise ValidationError(
                    self.env._(
                        "%(order)s is no WaaS deal, so nothing of it is reported: "
                        "choose one that is.",
                        order=row.order_id.display_name,
                    )
                )
