"""Devices that a customer keeps after the end. Where the company wants that, their
holdover rent is billed until they are back or claimed (R15).

It is no part of the contract, whose months add up to its total and stay as many as
its term has (R10, R11): there are no installments of it.
"""

import logging

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...batches import OF_THE_DATABASE
from ...defaults import without_defaults
from ...schedule import cut_periods
from .waas_return_line import WAITING

_logger = logging.getLogger(__name__)


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_use_invoiced_to = fields.Date(
        string="Use Invoiced Up To",
        readonly=True,
        copy=False,
        help="Up to this day the rent of devices is invoiced that were not returned "
        "after the end.",
    )

    @api.model
    def _cron_waas_invoice_use(self):
        """Invoice each month that began, and in which devices were still out. What
        cannot be invoiced leaves a to-do and does not block the others."""
        ended = Domain("waas_state", "=", "ended") & Domain(
            "company_id.waas_bill_use", "=", True
        )
        is_late = self.env["res.company"]._waas_with_today(
            lambda today: Domain(
                "waas_device_ids.waas_return_line_ids",
                "any",
                [("state", "in", WAITING), ("return_id.date_due", "<", today)],
            )
        )
        for contract in self.search(ended & is_late):
            today = contract.company_id._waas_today()
            record = contract._waas_get_late_return(today)
            if not record:
                continue
            try:
                with self.env.cr.savepoint():
                    contract._waas_invoice_use(record, today)
            except OF_THE_DATABASE:  # locked by another transaction: next time
                if self.env.cr.connection.closed:
                    raise
                _logger.info("%s: its use is invoiced the next time", contract.name)
            except Exception as error:
                _logger.warning("%s: no invoice of its use", contract, exc_info=True)
                contract._waas_remind_of_use(record, error)

    def _waas_get_late_return(self, today):
        """The overdue ``waas.return`` that waits for devices of the contract: devices
        that are in time or not expected are not charged."""
        self.ensure_one()
        return self.waas_device_ids._waas_get_open_returns().filtered(
            lambda record: record.date_due and record.date_due < today
        )[:1]

    def _waas_invoice_use(self, record, today):
        """The posted invoices of the months after the end that began up to today.

        :param record: the ``waas.return`` that waits for the devices
        """
        self.ensure_one()
        self.lock_for_update(allow_referencing=True)  # each month once
        moves = self.env["account.move"]
        for period in self._waas_get_months_of_use(today):
            moves |= self._waas_make_use_invoice(record, period, today)
            self.waas_use_invoiced_to = period.date_end
        moves._post(soft=False)
        for move in moves:
            self._waas_tell(
                self.env._(
                    "%(count)s devices are not returned: their rent goes on with "
                    "%(invoice)s.",
                    count=self.waas_device_count,
                    invoice=move.name,
                )
            )
        return moves

    def _waas_get_months_of_use(self, today):
        """The months after the last day that began and are not invoiced."""
        start = self.date_end + relativedelta(days=1)
        passed = relativedelta(today, start)
        done = self.waas_use_invoiced_to or self.date_end
        return [
            period
            for period in cut_periods(start, passed.years * 12 + passed.months + 2)
            if done < period.date_start <= today
        ]

    def _waas_make_use_invoice(self, record, period, today):
        """A draft invoice of one month: the last rent, for the part of the devices
        that is still out."""
        self._waas_ensure_taxes_and_rate(
            self.contract_line_ids.product_id, self.currency_id, today
        )
        last = self.waas_installment_ids.sorted("number")[-1:]
        total = max(self._waas_get_expected_count(), self.waas_device_count)
        share = self.waas_device_count / total
        lines = [
            {
                "product_id": row.product.id,
                "name": self.env._(
                    "%(product)s: %(count)s of %(total)s devices not returned, "
                    "%(start)s to %(end)s",
                    product=row.product.display_name,
                    count=self.waas_device_count,
                    total=total,
                    start=format_date(self.env, period.date_start),
                    end=format_date(self.env, period.date_end),
                ),
                # As one piece: a part of a price, rounded, would add up to less.
                "quantity": 1,
                "price_unit": row.price_unit * row.quantity * share,
            }
            for row in self._waas_get_rows()
            if not row.number and row.is_billed(last)
        ]
        return (
            without_defaults(self.env["account.move"])
            .with_company(self.company_id)
            .create(
                {
                    **self._prepare_invoice(today),
                    "waas_return_id": record.id,
                    "invoice_origin": f"{self.name} {record.name}",
                    "invoice_line_ids": [Command.create(values) for values in lines],
                }
            )
        )

    def _waas_remind_of_use(self, record, error):
        record._remind(
            "return_use",
            lambda env: env._(
                "The rent of devices that were not returned could not be invoiced: "
                "%(error)s The system tries again every day.",
                error=str(error),
            ),
            summary=lambda env: env._(
                "Use of %(contract)s not invoiced", contract=self.name
            ),
        )
