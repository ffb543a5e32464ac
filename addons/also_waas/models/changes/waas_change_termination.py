from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...batches import work_in_batches, work_isolating

# Contracts that end together: more are hardly faster, and other users who post an
# invoice wait for the end of a batch.
BATCH = 50


class WaasChange(models.Model):
    """What leaving costs (R11), and contracts that end on their day."""

    _inherit = "waas.change"

    owed_amount = fields.Monetary(
        string="Invoiced Immediately",
        compute="_compute_owed_amount",
        store=True,
        help="All months that have no invoice yet, without VAT.",
    )
    invoiced_amount = fields.Monetary(
        string="Invoiced Before", compute="_compute_owed_amount", store=True
    )
    move_ids = fields.Many2many(
        comodel_name="account.move",
        string="Final Invoice",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice,"
        "also_waas.group_waas_user",
        help="Of all that was owed.",
    )

    @api.depends("contract_id", "kind", "effective_date")
    def _compute_owed_amount(self):
        for change in self:
            cost = {"owed": 0.0, "invoiced": 0.0}
            if change.kind == "termination" and change.contract_id:
                cost = change.contract_id._waas_get_leaving_cost(change.effective_date)
            change.owed_amount = cost["owed"]
            change.invoiced_amount = cost["invoiced"]

    # === ACTIONS ===#

    def action_view_invoice(self):
        """Open the invoice of all that was owed."""
        self.ensure_one()
        return self.move_ids._get_records_action()

    # === SCHEDULED ===#

    @api.model
    def _cron_end_early(self):
        """End contracts whose agreed day has come. Locked ones, and those that cannot
        be ended yet, are left to the next run."""
        come = self.env["res.company"]._waas_with_today(
            lambda today: Domain("effective_date", "<=", today)
        )
        due = self.search(
            Domain("kind", "=", "termination") & Domain("state", "=", "waiting") & come,
            order="id",
        )
        work_in_batches(due, BATCH, lambda changes: changes._end_if_ready())

    def _end_if_ready(self):
        """As :meth:`_waas_proceed_if_ready`, but together: contracts end independently
        of each other."""
        ready = self.filtered(
            lambda change: change.state == "waiting"
            and change.company_id.waas_auto_confirm
            and not change._waas_get_open_points()
        )
        work_isolating(
            ready,
            lambda changes: changes._end_together(),
            lambda change, error: change._note_failure(error),
            errors=UserError,
        )

    def _end_together(self):
        """Apply early ends whose gates were asked; they need no credit."""
        self.sudo().gate_passed_on = fields.Datetime.now()  # a system field
        self._apply()
