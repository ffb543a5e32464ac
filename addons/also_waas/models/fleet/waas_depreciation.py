from odoo import fields, models


class WaasDepreciation(models.Model):
    """The depreciation of one device in one month. A month has one row at most, also
    when a job runs twice."""

    _name = "waas.depreciation"
    _description = "WaaS Depreciation"
    _inherit = ["waas.guarded.mixin"]
    _order = "month desc, id desc"
    _rec_names_search = ["device_id", "move_id"]
    _check_company_auto = True

    asset_id = fields.Many2one(
        comodel_name="waas.asset",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    device_id = fields.Many2one(related="asset_id.device_id", store=True, index=True)
    company_id = fields.Many2one(related="asset_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(required=True, readonly=True, index=True)
    amount = fields.Monetary(required=True, readonly=True)
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    _unique_month = models.UniqueIndex(
        "(asset_id, month)", "This month of the device was depreciated already."
    )
    _check_amount = models.Constraint(
        "CHECK (amount >= 0)", "A depreciation cannot be negative."
    )
