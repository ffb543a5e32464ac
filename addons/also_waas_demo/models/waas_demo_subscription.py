from odoo import fields, models


class WaasDemoSubscription(models.Model):
    """The subscriptions at the demo marketplace: change a number of seats here, and the
    check of differences finds it."""

    _name = "waas.demo.subscription"
    _description = "Demo Subscription"
    _order = "id desc"
    _rec_name = "number"

    number = fields.Char(string="Subscription", readonly=True)
    reference = fields.Char(required=True, readonly=True)
    customer = fields.Char(readonly=True)
    sku = fields.Char(string="Article", required=True, readonly=True)
    seats = fields.Integer()
    unit_price = fields.Float(string="Price per Seat", readonly=True)
    revision = fields.Integer(readonly=True)
    status = fields.Selection(
        selection=[("active", "Active"), ("cancelled", "Cancelled")],
        default="active",
        required=True,
    )
