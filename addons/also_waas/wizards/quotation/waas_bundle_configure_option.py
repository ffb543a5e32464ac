from odoo import api, fields, models


class WaasBundleConfigureOption(models.TransientModel):
    _name = "waas.bundle.configure.option"
    _description = "Configure a WaaS Bundle: Options"
    _inherit = "waas.readable.mixin"

    configure_id = fields.Many2one(
        comodel_name="waas.bundle.configure", required=True, ondelete="cascade"
    )
    option_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        ondelete="cascade",
    )
    quantity = fields.Integer(
        help="How many. A number equal to the workplaces grows with them."
    )
    follows = fields.Boolean(help="Grows with the number of workplaces.")

    _check_quantity = models.Constraint(
        "CHECK (quantity >= 0)", "The number of an option cannot be negative."
    )

    @api.onchange("quantity")
    def _onchange_quantity(self):
        self.follows = self.quantity == self.configure_id.quantity
