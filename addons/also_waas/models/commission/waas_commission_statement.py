from odoo import api, models
from odoo.fields import Domain

EARNING_EVENTS = ("new", "extension", "upgrade", "seats")


class WaasCommission(models.Model):
    """The account of a reseller for a month, from the ledger (I8)."""

    _inherit = "waas.commission"

    @api.model
    def _get_statements(self, company, date_from, date_to, resellers=None):
        """The accounts of resellers over a period, one for each currency.

        What a reseller has to get grows when a row is booked and shrinks when its bill
        is paid: ``opening + earned + taken back - paid = closing``.

        :param company: ``res.company`` that pays
        :param date date_from: first day
        :param date date_to: last day
        :param resellers: ``res.partner``; all that have something when left out
        :return: list of dicts ``{reseller, company, currency, date_from, date_to,
            opening, earned, reversed, paid, closing, open, rows, bills}``; amounts
            without VAT. ``earned`` is a dict by event, ``open`` what the closing
            balance waits for today, a dict by state; ``rows`` are the rows booked in
            the period, ``bills`` a list of dicts, one for each settlement of a row
            that was booked or paid in it
        """
        domain = Domain("company_id", "=", company.id) & Domain("date", "<=", date_to)
        if resellers:
            domain &= Domain("reseller_id", "in", resellers.ids)
        # The years before are sums: only what happened in the period is read.
        paid_now = Domain("date_paid", ">=", date_from) & Domain(
            "date_paid", "<=", date_to
        )
        rows = self.search(
            domain & (Domain("date", ">=", date_from) | paid_now), order="date, id"
        ).grouped(lambda row: (row.reseller_id, row.currency_id))
        opening = self._sum_openings(domain, date_from)
        waiting = self._sum_waiting(domain, date_to)
        accounts = dict.fromkeys([*opening, *waiting, *rows])
        statements = [
            {
                "reseller": reseller,
                "company": company,
                "currency": currency,
                "date_from": date_from,
                "date_to": date_to,
                "opening": currency.round(opening.get((reseller, currency), 0.0)),
                **self._get_waiting(waiting.get((reseller, currency), {}), currency),
                **rows.get((reseller, currency), self.browse())._get_movements(
                    date_from, date_to
                ),
            }
            for reseller, currency in accounts
        ]
        return sorted(
            filter(self._is_worth_printing, statements),
            key=lambda statement: statement["reseller"].display_name,
        )

    def _sum_openings(self, domain, date_from):
        """What was booked before the period and not paid before it.

        :return: dict (reseller, currency) -> amount
        """
        openings = {}
        for sign, before in ((1, "date"), (-1, "date_paid")):
            for reseller, currency, amount in self._read_group(
                domain & Domain(before, "<", date_from),
                ["reseller_id", "currency_id"],
                ["amount:sum"],
            ):
                account = reseller, currency
                openings[account] = openings.get(account, 0.0) + sign * amount
        return openings

    def _sum_waiting(self, domain, date_to):
        """What was not paid at the end of the period.

        :return: dict (reseller, currency) -> dict state -> amount
        """
        waiting = {}
        unpaid = Domain("date_paid", "=", False) | Domain("date_paid", ">", date_to)
        for reseller, currency, state, amount in self._read_group(
            domain & unpaid, ["reseller_id", "currency_id", "state"], ["amount:sum"]
        ):
            waiting.setdefault((reseller, currency), {})[state] = amount
        return waiting

    def _get_waiting(self, by_state, currency):
        # A bill counts as paid when nothing of it is open.
        by_state = {**by_state}
        by_state["billed"] = by_state.get("billed", 0.0) + by_state.pop("partial", 0.0)
        return {
            "closing": currency.round(sum(by_state.values())),
            "open": {
                state: currency.round(by_state.get(state, 0.0))
                for state in ("earned", "settled", "billed", "paid")
            },
        }

    @api.model
    def _is_worth_printing(self, statement):
        """Whether anything was open or happened."""
        currency = statement["currency"]
        return (
            bool(statement["rows"] or statement["bills"])
            or not currency.is_zero(statement["opening"])
            or not currency.is_zero(statement["closing"])
        )

    def _get_movements(self, date_from, date_to):
        """What was booked and paid in a period; see :meth:`_get_statements`.

        ``self`` are the rows of one account that were booked or paid in it.
        """
        booked = self.filtered(lambda row: row.date >= date_from)
        paid = self.filtered(
            lambda row: row.date_paid and date_from <= row.date_paid <= date_to
        )
        return {
            "earned": {
                event: booked._sum_amounts(lambda row, event=event: row.event == event)
                for event in EARNING_EVENTS
            },
            "reversed": booked._sum_amounts(lambda row: row.event == "reversal"),
            "paid": paid._sum_amounts(),
            "rows": booked,
            "bills": (booked | paid)._get_statement_bills(),
        }

    def _sum_amounts(self, condition=None):
        rows = self.filtered(condition) if condition else self
        amount = sum(rows.mapped("amount"))
        return rows.currency_id.round(amount) if rows else 0.0

    def _get_statement_bills(self):
        """The settlements of these rows, and how far their bills are.

        :return: list of dicts ``{settlement, date_from, date_to, total, bill, amount,
            date, date_due, date_paid}``
        """
        # The right to read the rows was needed to get here; sales cannot read bills.
        return [
            {
                "settlement": settlement_sudo.name,
                "date_from": settlement_sudo.date_from,
                "date_to": settlement_sudo.date_to,
                "total": settlement_sudo.total,
                **settlement_sudo._waas_get_bill_facts(),
            }
            # Numbers of bills, on the statement of who is paid.
            for settlement_sudo in self.sudo().settlement_id.sorted("id")
        ]
