from odoo import fields, models


class WaasSelloutSending(models.Model):
    """The log of a report's transmissions: when, where to, and the result. Users cannot
    edit it."""

    _name = "waas.sellout.sending"
    _description = "WaaS Sell-out Sending"
    _inherit = ["waas.guarded.mixin"]
    _order = "id desc"
    _rec_names_search = ["report_id"]
    _check_company_auto = True

    report_id = fields.Many2one(
        comodel_name="waas.sellout.report",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True, index=True)
    manufacturer_id = fields.Many2one(related="report_id.manufacturer_id", store=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    channel = fields.Selection(
        selection=[("mail", "Mail"), ("folder", "Folder")],
        required=True,
        readonly=True,
    )
    recipient = fields.Char(required=True, readonly=True)
    sha256 = fields.Char(string="SHA-256", required=True, readonly=True)
    mail_id = fields.Many2one(
        comodel_name="mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_system",
    )
    state = fields.Selection(
        selection=[("queued", "Queued"), ("sent", "Sent"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    error = fields.Char(readonly=True)

    def _note_result(self, error, failed):
        """Log the result, and update the report."""
        if not self:
            return
        self.write({"state": "failed" if failed else "sent", "error": error or False})
        for sending in self:
            sending.report_id._after_sending(sending)
