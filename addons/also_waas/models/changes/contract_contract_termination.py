"""What leaving costs (R11). One function computes the amount that is invoiced."""

from typing import Any, NamedTuple

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..contract.contract_line import Row


class BilledMonths(NamedTuple):
    """Months of one price that an early end invoices together."""

    row: Row
    months: Any  # waas.installment


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_ended_on = fields.Date(
        string="Ended On", readonly=True, copy=False, tracking=True
    )
    waas_end_reason = fields.Selection(
        selection=[("term", "End of Term"), ("early", "Early Termination")],
        string="End",
        readonly=True,
        copy=False,
        tracking=True,
    )

    _waas_ended_is_complete = models.Constraint(
        "CHECK (waas_ended_on IS NULL OR waas_end_reason IS NOT NULL)",
        "A contract that ended needs a reason.",
    )

    # === TERMINATION COSTS ===#

    def _waas_get_leaving_cost(self, date=None):
        """What leaving costs on a day (R11): the total of the contract, in which what
        was invoiced counts. Whenever it is, the sum is the same.

        :param date date: the last day; today by default
        :return: dict of amounts without VAT in the contract's currency: ``total`` =
            ``invoiced`` + ``draft`` (invoices that are not posted) + ``credited``
            (months whose invoice was cancelled or credited, and that stay so) +
            ``owed`` (invoiced at once, with VAT ``owed_total``); of what is invoiced
            ``paid`` and ``open``, of what is credited ``undecided``; further ``date``,
            ``months`` (number of those owed), ``devices`` (list of dicts as in
            :meth:`_waas_get_extension_offers`), ``licenses`` (list of names that end),
            ``commission``: what the partner pays back, which is nothing
        """
        self.ensure_one()
        months = self.waas_installment_ids
        by_state = months.grouped("state")

        def add_up(name, months):
            return sum(months.mapped(name))

        amounts = {
            "total": self.waas_total_amount,
            "invoiced": add_up("invoiced_amount", months),
            "paid": add_up("paid_amount", months),
            "undecided": add_up("undecided_amount", months),
            "draft": add_up("amount", by_state.get("draft", months.browse())),
            "credited": add_up("credited_amount", months),
            "owed": add_up("amount", by_state.get("planned", months.browse())),
            "owed_total": self._waas_get_owed_total(),
            "commission": 0.0,
        }
        amounts["open"] = amounts["invoiced"] - amounts["paid"]
        date = date or self.company_id._waas_today()
        return {
            **{name: self._waas_round(amount) for name, amount in amounts.items()},
            "date": date,
            "months": len(self._waas_get_open_months()),
            "devices": [
                self._waas_prepare_device(device)
                for device in self.sudo().waas_device_ids  # no secret to who may ask
            ],
            "licenses": self._waas_get_ending_licenses(date),
        }

    def _waas_get_owed_total(self):
        """The months without invoice, with VAT as the final invoice will have it: the
        claim of an early end is taxed (R11)."""
        months = self._waas_get_open_months()
        if self._waas_sums_up(months):
            return self._waas_get_amounts(self._waas_get_owed_rows(months))[1]
        return sum(
            self._waas_get_amounts(self._waas_get_owed_rows(month))[1]
            for month in months
        )

    def _waas_get_open_months(self):
        return self.waas_installment_ids.filtered(
            lambda month: not month.move_id
        ).sorted("number")

    def _waas_get_ending_licenses(self, date):
        """Hook: numbers and names of the licenses that end with the contract, as they
        are on a day."""
        lines = self.waas_order_id.order_line.filtered(
            lambda line: line.waas_role == "component"
            and line.product_id.waas_role == "license"
        )
        return [f"{line.product_uom_qty:g} × {line.product_id.name}" for line in lines]

    # === FINAL INVOICE ===#

    def _waas_invoice_rest(self, date):
        """Invoice all months that have no invoice, those of a contract in one (R11).
        Where taxes that are included in prices make the sum round to another cent than
        the months do, each month has its invoice: what was quoted is what is invoiced.

        :param date date: date of the invoices
        :return: dict of the posted ``account.move`` by contract: one or more; none when
            nothing is owed
        :raises UserError: when one cannot be made, with the reason; then none is
        """
        owed = {contract: contract._waas_get_open_months() for contract in self}
        all_months = self.env["waas.installment"].union(*owed.values())
        all_months._lock()
        for problem in all_months._get_billing_problems(date).values():
            raise UserError(problem)
        summed = {
            contract: months
            for contract, months in owed.items()
            if months and contract._waas_sums_up(months)
        }
        moves = self._waas_invoice_together(summed, date)
        for contract in self.filtered(lambda contract: contract not in summed):
            months = owed[contract]
            moves[contract] = months._invoice(date) if months else months.move_id
        return moves

    def _waas_sums_up(self, months):
        """Whether the months can be summed without losing a cent."""
        rows = self._waas_get_owed_rows(months)
        owed = sum(months.mapped("amount"))
        return not self.currency_id.compare_amounts(self._waas_get_untaxed(rows), owed)

    def _waas_get_owed_rows(self, months):
        """One row for each price that these months bill."""
        return [
            billed.row._replace(quantity=billed.row.quantity * len(billed.months))
            for billed in self._waas_get_billed_months(months)
        ]

    def _waas_get_billed_months(self, months):
        """Which months each price is billed in, in the order of the lines."""
        by_line = {}
        for month in months:
            for line in month._get_contract_lines():
                by_line[line] = by_line.get(line, months.browse()) | month
        return [
            BilledMonths(line._waas_get_row(), by_line[line])
            for line in self.contract_line_ids
            if line in by_line
        ]

    @api.model
    def _waas_invoice_together(self, owed, date):
        """One invoice for each contract.

        :param dict owed: months by contract
        :return: dict of ``account.move`` by contract
        """
        moves = {}
        contracts = self.browse().union(*owed)
        for company, group in contracts.grouped("company_id").items():
            # As for an ordinary month: no tracking, no followers, no mails.
            quiet = group.with_company(company).with_context(tracking_disable=True)
            made = quiet.env["account.move"]._create_posted(
                [
                    contract._waas_prepare_rest_invoice(owed[contract], date)
                    for contract in quiet
                ]
            )
            moves.update(zip(group, made.with_env(self.env), strict=True))
        for contract, move in moves.items():
            contract._waas_ensure_rest(move, owed[contract])
            owed[contract].move_id = move
        self.env["waas.installment"].union(*owed.values())._advance_contract_lines()
        return moves

    def _waas_prepare_rest_invoice(self, months, date):
        """Values of the invoice: a line for each price, its months summed."""
        return {
            **self._prepare_invoice(date),
            "waas_contract_id": self.id,
            "invoice_line_ids": [
                Command.create(self._waas_prepare_rest_line(billed))
                for billed in self._waas_get_billed_months(months)
            ],
        }

    def _waas_prepare_rest_line(self, billed):
        line, months = billed.row.line, billed.months
        first, _last = line._waas_get_period(months[0])
        _first, last = line._waas_get_period(months[-1])
        return {
            **line._prepare_invoice_line(),
            "name": line._insert_markers(first, last),
            "quantity": line.quantity * len(months),
            "waas_installment_id": months[0].id,
            "waas_attempt": months[0].attempt,
        }

    def _waas_ensure_rest(self, move, months):
        """What was quoted is what is invoiced, to the cent."""
        owed = sum(months.mapped("amount"))
        if self.currency_id.compare_amounts(move.amount_untaxed, owed):
            raise UserError(
                self.env._(
                    "%(contract)s owes %(expected)s without VAT, but its invoice would "
                    "be %(found)s: look at the taxes of its products and at the fiscal "
                    "position of the end customer.",
                    contract=self.name,
                    expected=format_amount(self.env, owed, self.currency_id),
                    found=format_amount(
                        self.env, move.amount_untaxed, self.currency_id
                    ),
                )
            )

    # === CREDITED MONTHS ===#

    def _waas_ask_about_credited(self):
        """Terminations proceed that waited for the decision."""
        result = super()._waas_ask_about_credited()
        for contract in self:
            if not contract._waas_get_undecided_months():
                contract.waas_change_ids.filtered(
                    lambda change: change.kind == "termination"
                )._waas_proceed_if_ready()
        return result

    # === THE END ===#

    def _waas_end(self):
        """Note the end of the term, unless the contract was ended early."""
        result = super()._waas_end()
        for contract in self:
            if not contract.waas_ended_on:
                contract.write(
                    {"waas_ended_on": contract.date_end, "waas_end_reason": "term"}
                )
        self._waas_after_end()
        return result

    def _waas_get_ended_message(self, order):
        if self.waas_end_reason != "early":
            return super()._waas_get_ended_message(order)
        return self.env._(
            "%(order)s cannot be cancelled: its contract %(contract)s was ended early, "
            "on %(date)s. It stays as a record.",
            order=order.name,
            contract=self.name,
            date=format_date(self.env, self.waas_ended_on),
        )

    def _waas_end_early(self, date):
        self.write({"waas_ended_on": date, "waas_end_reason": "early"})
        self._waas_end()

    def _waas_after_end(self):
        """Hook: contracts have ended, as superuser. Devices come back, licenses end."""
