from odoo import Command, models
from odoo.exceptions import LockError, UserError
from odoo.tools import format_amount


class WaasInstallment(models.Model):
    """A month becomes an invoice, with the amount that was agreed."""

    _inherit = "waas.installment"

    def _invoice(self, date=None, way="auto"):
        """Make and post the invoices of these months of one company, one each (R13).

        Callers hold the rows locked (:meth:`_lock`, or the batch of a run).

        :param date date: date of the invoices; None: each on the first day of its month
        :param str way: how, see ``account.move._create_posted``
        :return: the posted ``account.move``, in the order of the months
        :raises UserError: when one of them cannot be invoiced, with the reason; then
            none of them is
        """
        for problem in self._get_billing_problems(date).values():
            raise UserError(problem)
        return self._make_invoices(date, way)

    def _make_invoices(self, date, way="auto"):
        """As :meth:`_invoice`, for callers that know of no problem."""
        # Invoices of a run need no tracking, followers or mails.
        quiet = self.with_company(self.company_id).with_context(tracking_disable=True)
        # Before there are invoices: from then on a journal is locked until the end of
        # the transaction, and other workers wait for it.
        quiet._advance_contract_lines()
        quiet.env["contract.line"].flush_model()
        return quiet._create_invoices(date, way)

    def _lock(self):
        """Lock these months until the end of the transaction.

        :raises UserError: when another transaction is invoicing one of them
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "An invoice run is at work on these months: wait for its end and "
                    "try again."
                )
            ) from error
        self.invalidate_recordset(["move_id"])

    def _create_invoices(self, date, way):
        """Make the invoices and note them on their months."""
        # At once what each of the lines would read for itself.
        self.contract_id.partner_id.fetch()
        self.contract_id.contract_line_ids.product_id.product_tmpl_id.fetch()
        moves = self.env["account.move"]._create_posted(
            [installment._prepare_invoice(date) for installment in self], way
        )
        for installment, move in zip(self, moves, strict=True):
            installment._ensure_amount(move)
        self._note_invoices(moves)
        return moves

    def _note_invoices(self, moves):
        """Write on each month its invoice.

        Other workers wait until this is committed: so all months get it in one step,
        and what depends on it is computed once.
        """
        field, inverse = self._fields["move_id"], moves._fields["waas_installment_ids"]
        for installment, move in zip(self, moves, strict=True):
            field._update_cache(installment, move.id, dirty=True)
            inverse._update_cache(move, installment._ids)
        self.modified(["move_id"])

    def _ensure_amount(self, move):
        """What is invoiced is what was signed, to the cent."""
        if self.currency_id.compare_amounts(move.amount_untaxed, self.amount) != 0:
            raise UserError(
                self.env._(
                    "%(installment)s is %(expected)s without VAT, but its invoice "
                    "would be %(found)s: look at the taxes of its products and at the "
                    "fiscal position of the end customer.",
                    installment=self.display_name,
                    expected=format_amount(self.env, self.amount, self.currency_id),
                    found=format_amount(
                        self.env, move.amount_untaxed, self.currency_id
                    ),
                )
            )

    def _prepare_invoice(self, date=None):
        """Values of the invoice of this month, as ``account.move.create`` takes them.

        :param date date: its date; None: the first day of the month
        """
        self.ensure_one()
        contract = self.contract_id
        return {
            **contract._prepare_invoice(self._get_invoice_date(date)),
            "waas_contract_id": contract.id,
            "invoice_line_ids": [
                Command.create(values) for values in self._prepare_invoice_lines()
            ],
        }

    def _get_invoice_date(self, date):
        return date or self.date_start

    def _prepare_invoice_lines(self):
        """One invoice line for each contract line, with the period it covers."""
        return [
            {
                **line._prepare_invoice_line(),
                "name": line._insert_markers(*line._waas_get_period(self)),
                "waas_installment_id": self.id,
                "waas_attempt": self.attempt,
            }
            for line in self._get_contract_lines()
        ]

    def _get_contract_lines(self):
        """The lines of the contract that this month bills."""
        return self.contract_id.contract_line_ids.filtered(
            lambda line: line._waas_is_billed(self)
        )

    def _advance_contract_lines(self):
        """Keep "invoiced up to" of OCA contract true, for its views and addons."""
        # Each line once, however many of its months are invoiced together.
        last_days = {
            line: month.date_end
            for month in self.sorted("date_end")
            for line in month.contract_id.contract_line_ids
            if line._waas_is_behind(month.date_end)
        }
        behind = self.env["contract.line"].union(*last_days)
        for last_day, lines in behind.grouped(last_days.get).items():
            lines.write({"last_date_invoiced": last_day})
