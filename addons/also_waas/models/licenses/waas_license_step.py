from odoo import fields, models


class WaasLicenseStep(models.Model):
    """A number of seats that is added or removed from a day on."""

    _name = "waas.license.step"
    _description = "WaaS License Step"
    _inherit = ["waas.guarded.mixin"]
    _order = "date, id"
    _rec_name = "reason"
    _check_company_auto = True

    license_id = fields.Many2one(
        comodel_name="waas.license",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="license_id.company_id", store=True)
    date = fields.Date(string="From", required=True, readonly=True, index=True)
    seats = fields.Integer(string="Seats More or Fewer", required=True, readonly=True)
    reason = fields.Char(readonly=True)
    is_applied = fields.Boolean(
        string="Applied",
        readonly=True,
        copy=False,
        help="Its day has come, and the seats were updated since.",
    )

    _planned = models.Index("(date) WHERE is_applied IS NOT TRUE")
    _check_seats = models.Constraint(
        "CHECK (seats != 0)", "A step changes the number of seats."
    )
