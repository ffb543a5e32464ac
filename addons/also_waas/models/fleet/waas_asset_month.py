from collections import defaultdict
from typing import Any, NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import Command, api, models
from odoo.tools import format_date

from ...batches import in_pieces
from ...defaults import without_defaults
from .waas_asset import _get_month_before

ROWS_AT_ONCE = 1000


class Part(NamedTuple):
    """What is written off of a device in one month."""

    asset_id: int
    month: Any  # its last day
    amount: float
    account_id: int  # that holds what was written off before


def _get_month_end(date):
    return date + relativedelta(day=31)


class WaasAsset(models.Model):
    """Depreciation, month by month (R13)."""

    _inherit = "waas.asset"

    def _get_depreciation(self, number):
        """What is written off in one month of the life, counted from 1: rounding never
        adds up, because each month is the difference of two rounded sums."""
        self.ensure_one()
        return self._get_sum(number) - self._get_sum(number - 1)

    def _get_sum(self, number):
        """What is written off after ``number`` months."""
        part = min(max(number, 0), self.months) / self.months
        return self.currency_id.round((self.cost - self.residual) * part)

    def _get_number(self, month):
        """Which month of the life of the device a month is, counted from 1: the month
        of its delivery is the first."""
        start = self.date_start
        return (month.year - start.year) * 12 + month.month - start.month + 1

    def _depreciate_up_to(self, month_end):
        """Make up for every month up to one that was not depreciated yet.

        One entry for each month and company, with a line for each account; which device
        has which part of it is in the rows.

        :param date month_end: last day of a month
        :return: the entries
        """
        moves = self.env["account.move"]
        for (company, month), parts in self._find_missing(month_end):
            moves |= self._book_month(company, month, parts)
        return moves

    def _find_missing(self, month_end):
        """The months that are missing, the oldest first.

        :return: list of pairs: company and last day of a month; list of
            :class:`Part` of the devices
        """
        missing = defaultdict(list)
        for assets in in_pieces(self, ROWS_AT_ONCE):
            for company, part in assets._find_missing_parts(month_end):
                missing[company, part.month].append(part)
        return sorted(missing.items(), key=lambda item: (item[0][1], item[0][0].id))

    def _find_missing_parts(self, month_end):
        """:return: iterator of pairs of a company and a :class:`Part`"""
        done = dict(
            self.env["waas.depreciation"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["month:max"]
            )
        )
        for asset in self:
            month = done.get(asset)
            month = (
                _get_month_end(month + relativedelta(days=1))
                if month
                else _get_month_end(asset.date_start)
            )
            account_id = asset.accumulated_account_id.id
            while month <= month_end and asset._get_number(month) <= asset.months:
                amount = asset._get_depreciation(asset._get_number(month))
                yield asset.company_id, Part(asset.id, month, amount, account_id)
                month = _get_month_end(month + relativedelta(days=1))

    @api.model
    def _book_month(self, company, month, parts):
        """One entry, and a row for each device.

        :param parts: list of :class:`Part`
        """
        balances = defaultdict(float)
        accounts = self.env["account.account"]
        for part in parts:
            balances[accounts.browse(part.account_id)] -= part.amount
            balances[company.waas_depreciation_account_id] += part.amount
        label = self.env._(
            "Depreciation of rental equipment, %(month)s",
            month=format_date(self.env, month, date_format="MMMM y"),
        )
        move = self._post(company, month, label, balances)
        rows = self.env["waas.depreciation"]
        for start in range(0, len(parts), ROWS_AT_ONCE):
            rows.create(
                [
                    {
                        "asset_id": part.asset_id,
                        "month": month,
                        "amount": part.amount,
                        "move_id": move.id,
                    }
                    for part in parts[start : start + ROWS_AT_ONCE]
                ]
            )
            if len(parts) > ROWS_AT_ONCE:
                self.env.invalidate_all()  # as in_pieces does
        return move

    @api.model
    def _cron_depreciate(self, date=None):
        """Depreciate the months that are over; an interrupted run continues.

        A company is done in one transaction, or not at all. What another
        transaction holds is left to the next time.
        """
        groups = self._read_group([("state", "=", "running")], ["company_id"])
        for [company] in groups:
            month_end = _get_month_before(date or company._waas_today())
            due = self.search(
                [("company_id", "=", company.id), *self._get_due_domain(month_end)]
            )
            due = due.try_lock_for_update(allow_referencing=True)
            due._depreciate_up_to(month_end)
            if not self.env["ir.cron"]._commit_progress(len(due)):
                break

    @api.model
    def _get_due_domain(self, month_end):
        """Equipment that may have a month that is over and not depreciated."""
        return [
            ("state", "=", "running"),
            ("date_start", "<=", month_end),
            "!",
            ("depreciation_ids.month", "=", month_end),
        ]

    @api.model
    def _post(self, company, date, label, balances):
        """A posted entry with these balances; none when all are zero."""
        currency = company.currency_id
        lines = [
            Command.create(
                {"account_id": account.id, "name": label, "balance": currency.round(b)}
            )
            for account, b in balances.items()
            if not currency.is_zero(b)
        ]
        moves = without_defaults(self.env["account.move"]).with_company(company)
        if not lines:
            return moves
        move = moves.create(
            {
                "move_type": "entry",
                "journal_id": company.waas_fleet_journal_id.id,
                "date": date,
                "ref": label,
                "line_ids": lines,
            }
        )
        move._post(soft=False)
        return move
