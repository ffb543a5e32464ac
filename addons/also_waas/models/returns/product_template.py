from odoo import fields, models


class ProductTemplate(models.Model):
    """What has to be erased."""

    _inherit = "product.template"

    waas_holds_data = fields.Boolean(
        string="Holds Data",
        default=True,
        tracking=True,
        help="Of a device: its data is erased and certified before it leaves "
        "quarantine. Every new device counts as one that holds data: to erase a "
        "mouse costs a little, not to erase a laptop cannot be made good. Untick it "
        "for monitors, docks and mice: for these it is certified at once that there is "
        "nothing to erase. Select several in the list of Bundle Contents to change "
        "them together.",
    )
