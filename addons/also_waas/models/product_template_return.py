from odoo import fields, models


class ProductTemplate(models.Model):
    """Chapter 8, returns: what has to be erased."""

    _inherit = "product.template"

    waas_holds_data = fields.Boolean(
        string="Holds Data",
        default=True,
        help="Its data is erased and certified before it leaves quarantine (R15). For "
        "what holds none, like a monitor, it is certified that there is nothing to "
        "erase.",
    )
