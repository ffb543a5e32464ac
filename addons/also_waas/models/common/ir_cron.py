"""Detects scheduled actions that stand still. A scheduled action could not detect
it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# How long a scheduled action of ours may wait: longer than any other one works.
LATE_HOURS = 2


class IrCron(models.Model):
    _inherit = "ir.cron"

    @api.model
    @api.private
    def _waas_get_late_since(self):
        """Since when a scheduled action of ours has been waiting.

        :return: datetime in UTC; None when all of them are in time
        """
        names_sudo = self.env["ir.model.data"].sudo()  # which are ours, is no secret
        ours = names_sudo.search(
            [("model", "=", "ir.cron"), ("module", "=like", "also_waas%")]
        ).mapped("res_id")
        before = fields.Datetime.now() - timedelta(hours=LATE_HOURS)
        late_sudo = self.sudo().search(
            Domain("id", "in", ours) & Domain("nextcall", "<", before),
            order="nextcall",
            limit=1,
        )
        return late_sudo.nextcall or None
