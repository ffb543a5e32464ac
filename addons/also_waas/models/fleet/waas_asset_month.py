from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import Command, api, models
from odoo.tools import format_date

from ...defaults import without_defaults
from .waas_asset import _get_month_before

ROWS_PER_INSERT = 1000


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
        for company, assets in self.grouped("company_id").items():
            values_by_month = assets._prepare_depreciations(month_end)
            for month, vals_list in sorted(values_by_month.items()):
                moves |= self._book_month(company, month, vals_list)
        return moves

    def _prepare_depreciations(self, month_end):
        """Values of the rows that are missing, by month."""
        done = dict(
            self.env["waas.depreciation"]._read_group(
                [("asset_id", "in", self.ids)], ["asset_id"], ["month:max"]
            )
        )
        by_month = defaultdict(list)
        for asset in self:
            month = done.get(asset)
            month = (
                _get_month_end(month + relativedelta(days=1))
                if month
                else _get_month_end(asset.date_start)
            )
            while month <= month_end and asset._get_number(month) <= asset.months:
                amount = asset._get_depreciation(asset._get_number(month))
                by_month[month].append(
                    {"asset_id": asset.id, "month": month, "amount": amount}
                )
                month = _get_month_end(month + relativedelta(days=1))
        return by_month

    @api.model
    def _book_month(self, company, month, vals_list):
        balances = defaultdict(float)
        for vals in vals_list:
            account = self.browse(vals["asset_id"]).accumulated_account_id
            balances[account] -= vals["amount"]
            balances[company.waas_depreciation_account_id] += vals["amount"]
        label = self.env._(
            "Depreciation of rental equipment, %(month)s",
            month=format_date(self.env, month, date_format="MMMM y"),
        )
        move = self._post(company, month, label, balances)
        rows = self.env["waas.depreciation"]
        for start in range(0, len(vals_list), ROWS_PER_INSERT):
            rows.create(
                [
                    {**vals, "move_id": move.id}
                    for vals in vals_list[start : start + ROWS_PER_INSERT]
                ]
            )
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
