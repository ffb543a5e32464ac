"""What has to be erased."""

from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    waas_holds_data = fields.Boolean(
        string="Holds Data",
        default=True,
        tracking=True,
        help="For a device: its data is erased and certified before it leaves "
        "quarantine. New devices hold data by default, so that none leaves "
        "without being erased. Untick it for monitors, docks and mice: these "
        "are certified immediately as having nothing to erase. Select several "
        "in the list of Bundle Contents to change them together.",
    )
