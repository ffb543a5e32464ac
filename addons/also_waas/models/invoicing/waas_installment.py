from odoo import fields, models


class WaasInstallment(models.Model):
    """Which run took care of a month, or why it could not."""

    _inherit = "waas.installment"

    run_id = fields.Many2one(
        comodel_name="waas.invoice.run",
        string="Invoice Run",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The run that invoiced this month, or that tried last.",
        check_company=True,
        index="btree_not_null",
    )
    error = fields.Text(
        string="Failure Reason",
        readonly=True,
        copy=False,
        help="Why the last run could not invoice this month.",
    )

    _run = models.Index("(run_id, move_id) WHERE run_id IS NOT NULL")

    def action_invoice_again(self):
        result = super().action_invoice_again()
        self.sudo().write({"run_id": False, "error": False})  # checked by the method
        return result

    def _make_invoices(self, date, way="auto"):
        moves = super()._make_invoices(date, way)
        self.filtered("error").error = False
        return moves

    def _fail(self, run, reason):
        """Note why a run could not invoice this month."""
        self.write({"run_id": run.id, "error": reason})

    def action_view_contract(self):
        """Open the contract of this month."""
        self.ensure_one()
        return self.contract_id._get_records_action()
