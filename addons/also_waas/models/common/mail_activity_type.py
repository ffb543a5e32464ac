"""The team of a kind of to-do."""

from odoo import fields, models


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    waas_group_id = fields.Many2one(
        comodel_name="res.groups",
        string="WaaS Team",
        help="Who gets such a to-do when the responsible has left, is away or may not "
        "read the document.",
    )
