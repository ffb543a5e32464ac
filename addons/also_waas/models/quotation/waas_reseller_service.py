from odoo import fields, models


class WaasResellerService(models.Model):
    """A service that the partner offers and invoices (R6).

    It is shown for information. It is not an order line on purpose: nothing that sums,
    delivers or invoices can ever pick it up.
    """

    _name = "waas.reseller.service"
    _description = "WaaS Partner Service"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Service", required=True, help="E.g. configuration and installation."
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    company_id = fields.Many2one(related="order_id.company_id", store=True)
    price = fields.Monetary(
        string="Price of the Partner",
        help="For information. The partner invoices it, your company never does.",
    )
    period = fields.Selection(
        selection=[("once", "Once"), ("month", "Per Month")],
        default="once",
        required=True,
    )

    _check_price = models.Constraint(
        "CHECK (price >= 0)", "The price of a partner service cannot be negative."
    )
