"""A contract starts with its delivery, runs for its term and ends automatically."""

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...batches import work_in_batches
from ...schedule import cut_periods, get_last_day, get_next_first

# So many contracts end in one transaction.
BATCH = 500


class ContractContract(models.Model):
    _inherit = "contract.contract"

    # === ACTIONS ===#

    def action_waas_activate(self):
        """Start a contract that has nothing to deliver."""
        for contract in self:
            contract.check_access("read")
            if not self.env.user.has_group("also_waas.group_waas_user"):
                raise UserError(self.env._("Only WaaS users start a contract."))
            devices = contract.waas_order_id.order_line._waas_get_device_lines()
            if contract.waas_state == "awaiting" and devices:
                raise UserError(
                    self.env._(
                        "%(contract)s starts when its devices are delivered: "
                        "validate the delivery of %(order)s.",
                        contract=contract.name,
                        order=contract.waas_order_id.name,
                    )
                )
            contract._waas_activate(contract.company_id._waas_today())
        return True

    def action_waas_invoice_due(self):
        """Invoice the installments that are due and were not invoiced."""
        for contract in self:
            contract.check_access("write")
            contract._waas_invoice_due(contract.company_id._waas_today())
        return True

    # === BUSINESS METHODS ===#

    def _waas_get_first_day(self, date):
        """First day of a contract whose devices were delivered on ``date``: that day,
        or the first of the next month where the company wants full months. What is
        before it is not invoiced; the number of installments is the same."""
        if self.company_id.waas_billing_start == "next_month":
            return get_next_first(date)
        return date

    def _waas_activate(self, date):
        """Start the contract: its dates and its installments are fixed now.

        :param date date: the day on which its devices were delivered
        :raises UserError: when the contract does not await its start
        """
        self.ensure_one()
        if self.waas_state == "cancelled":
            raise UserError(
                self.env._(
                    "%(contract)s was cancelled and does not start: make another "
                    "quotation.",
                    contract=self.name,
                )
            )
        if self.waas_state != "awaiting":
            raise UserError(
                self.env._("%(contract)s was started already.", contract=self.name)
            )
        # Delivery is confirmed by warehouse people, who have no rights on contracts.
        contract_sudo = self.sudo()
        contract_sudo._waas_run_from(self._waas_get_first_day(date))
        contract_sudo._waas_after_activation(date)

    def _waas_run_from(self, first_day):
        """Set the dates and cut the installments: from now on they are fixed (R10)."""
        months = self.waas_term_id.months
        self.contract_line_ids.write(
            {
                "date_start": first_day,
                "date_end": get_last_day(first_day, months),
                "recurring_next_date": first_day,
            }
        )
        self.write(
            {
                "waas_state": "running",
                "date_start": first_day,
                "waas_installment_ids": [
                    Command.create(
                        {
                            "number": period.number,
                            "date_start": period.date_start,
                            "date_end": period.date_end,
                            "amount": self.waas_monthly_amount,
                            "currency_id": self.currency_id.id,
                        }
                    )
                    for period in cut_periods(first_day, months)
                ],
            }
        )

    def _waas_after_activation(self, date):
        """Hook: the contract runs. Its first month is invoiced; an error in that does
        not block the delivery."""
        try:
            with self.env.cr.savepoint():
                self._waas_invoice_due(date)
        except UserError as error:
            self._waas_todo(
                "first_month", self._waas_get_responsible(), note=str(error)
            )

    def _waas_invoice_due(self, date):
        """Invoice what is due on a day, the ordinary way, posted.

        :param date date: installments that begin up to here are due
        :return: the invoices
        """
        due = self.waas_installment_ids.filtered(
            lambda installment: not installment.move_id
            and installment.date_start <= date
        ).sorted("number")
        due._lock()
        return due._invoice(date) if due else self.env["account.move"]

    @api.model
    def _cron_waas_end(self):
        """End the contracts whose term is over and invoiced: nothing is renewed
        automatically (R12). A failing contract does not block the others.

        Contracts of a customer end together: it gets one list of its devices.
        """
        passed = self.env["res.company"]._waas_with_today(
            lambda today: Domain("date_end", "<", today)
        )
        over = self.search(
            Domain("waas_state", "=", "running")
            & passed
            & Domain("waas_installment_ids", "not any", [("move_id", "=", False)]),
            order="company_id, partner_id, id",
        )
        work_in_batches(
            over,
            BATCH,
            lambda contracts: contracts._waas_end(),
            lambda contract, error: contract._waas_todo(
                "end_failed", contract._waas_get_responsible(), note=str(error)
            ),
        )

    def _waas_end(self):
        """End contracts; later chapters extend this."""
        self.write({"waas_state": "ended"})
        self._waas_todo_drop("end_failed")

    def _waas_get_ended_message(self, order):
        """Hook: why an order whose contract is over stays, as a sentence."""
        self.ensure_one()
        return self.env._(
            "%(order)s cannot be cancelled: its contract %(contract)s has run to its "
            "end. It stays as a record.",
            order=order.name,
            contract=self.name,
        )
