from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_amount, format_date


class WaasInvoiceRun(models.Model):
    """The steps of a run: started, cancelled, retried, finished."""

    _inherit = "waas.invoice.run"

    # === ACTIONS ===#

    def action_start(self):
        """Start the run; a worker of the server does it, whatever the browser does."""
        for run in self:
            run._ensure_accountant()
            run._ensure_not_cancelled()
            if run.state != "draft":
                raise UserError(
                    self.env._("%(run)s was started already.", run=run.name)
                )
            run._start()
        return True

    def action_cancel(self):
        """Stop after the batch that is under way; what is invoiced stays."""
        for run in self:
            run._ensure_accountant()
            if run.state not in ("draft", "running"):
                raise UserError(self.env._("%(run)s has ended already.", run=run.name))
            run.sudo().write(  # checked above; the state is a system field
                {"state": "cancelled", "finished_on": fields.Datetime.now()}
            )
        return True

    def action_retry(self):
        """Try once more what failed, and only that; what waits behind it follows."""
        for run in self:
            run._ensure_accountant()
            run._ensure_not_cancelled()
            if run.state == "running":
                raise UserError(
                    self.env._(
                        "%(run)s is still at work: retry what failed when it has "
                        "ended.",
                        run=run.name,
                    )
                )
            if run.state != "done" or not run.failure_ids:
                raise UserError(
                    self.env._("%(run)s left nothing to try again.", run=run.name)
                )
            run.sudo()._retry()  # checked above; users cannot write months
        return True

    def action_view_invoices(self):
        """Open the invoices this run made, to send them or to register payments."""
        self.ensure_one()
        moves = self.installment_ids.move_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "account.action_move_out_invoice_type"
            ),
            "domain": [("id", "in", moves.ids)],
            "context": {"create": False},
        }

    def action_view_failures(self):
        """Open the months that could not be invoiced."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_installment_action"
            ),
            "domain": [("id", "in", self.failure_ids.ids)],
            "context": {},
        }

    def _ensure_not_cancelled(self):
        if self.state == "cancelled":
            raise UserError(
                self.env._(
                    "%(run)s is cancelled: make a new run for what is due.",
                    run=self.name,
                )
            )

    def _ensure_accountant(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "account.group_account_invoice"
        ):
            raise AccessError(self.env._("Only accountants run the invoicing."))

    # === LIFE CYCLE ===#

    def _start(self):
        """Begin with what was previewed.

        :raises UserError: when nothing is due
        """
        self.ensure_one()
        if not self._count(self._get_due_domain()):
            raise UserError(
                self.env._(
                    "Nothing is due up to %(date)s: every month until then has its "
                    "invoice.",
                    date=format_date(self.env, self.date),
                )
            )
        self.sudo().write(  # the right to start it was checked
            {"user_id": self.env.uid, "started_on": fields.Datetime.now()}
        )
        self.sudo()._go()

    def _retry(self):
        self.failure_ids.error = False
        self.is_retry = True
        self._go()

    def _go(self):
        self.write({"state": "running", "finished_on": False})
        self._dispatch()

    def _dispatch(self, minutes=0):
        """Hook: call workers. Here it is Odoo's own scheduler.

        :param int minutes: after so many
        """
        self._call_scheduler(minutes)

    def _call_scheduler(self, minutes):
        at = fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        self.env.ref("also_waas.ir_cron_waas_invoice_run")._trigger(at)

    def _finish(self):
        """End the run, unless another worker did, or is still at it."""
        self.ensure_one()
        if self._find_billable(limit=1):
            # The last months are locked: by a worker, which invoices them, or by a
            # delivery, which may leave some of them. Without this they would wait for
            # the scheduler's next round.
            self._dispatch(minutes=1)
            return
        # Several workers may come here at once: one of them changes the row.
        ended = self.env.execute_query(
            SQL(
                "UPDATE waas_invoice_run SET state = 'done', "
                "finished_on = now() AT TIME ZONE 'UTC' "
                "WHERE id = %s AND state = 'running' RETURNING id",
                self.id,
            )
        )
        self.invalidate_recordset(["state", "finished_on"])
        if ended:
            # What waits behind a failure is tried again with it.
            self.env["waas.installment"].search(self._get_due_domain()).run_id = self
            self._report()

    def _report(self):
        """Say what came of the run, and to whom if something is left."""
        self.message_post(
            body=self.env._(
                "%(invoices)s invoices over %(amount)s without VAT; %(failed)s failed, "
                "%(waiting)s wait behind them.",
                invoices=self.invoiced_count,
                amount=format_amount(
                    self.env, self.invoiced_amount, self.company_id.currency_id
                ),
                failed=self.failed_count,
                waiting=self.waiting_count,
            )
        )
        user = self.company_id.waas_invoicing_user_id or self.user_id
        if self.failed_count:
            self._waas_todo(
                "run_failed",
                user,
                note=lambda env: env._(
                    "Fix the causes in the list of failures, then press Retry Failures."
                ),
            )
        self._drop_settled_todos()

    def _drop_settled_todos(self):
        """What failed in an earlier run was invoiced, or is to do in this one."""
        runs = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "done"),
                ("activity_ids", "!=", False),
                ("failure_ids", "=", False),
            ]
        )
        runs._waas_todo_drop("run_failed")
