from odoo import api, models
from odoo.fields import Domain

EARNING_EVENTS = ("new", "extension", "upgrade", "seats")


class WaasCommission(models.Model):
    """Chapter 9, commission: the account of a reseller for a month, from the ledger
    (I8)."""

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
        rows = self.search(domain, order="date, id")
        statements = [
            group._get_statement(date_from, date_to)
            for group in rows.grouped(
                lambda row: (row.reseller_id, row.currency_id)
            ).values()
        ]
        return sorted(
            filter(self._is_worth_printing, statements),
            key=lambda statement: statement["reseller"].display_name,
        )

    @api.model
    def _is_worth_printing(self, statement):
        """Whether anything was open or happened."""
        currency = statement["currency"]
        return (
            bool(statement["rows"] or statement["bills"])
            or not currency.is_zero(statement["opening"])
            or not currency.is_zero(statement["closing"])
        )

    def _get_statement(self, date_from, date_to):
        """The account of one reseller in one currency; see :meth:`_get_statements`.

        ``self`` are all its rows up to the last day.
        """
        booked = self.filtered(lambda row: row.date >= date_from)
        paid = self.filtered(lambda row: row.date_paid and row.date_paid <= date_to)
        paid_now = paid.filtered(lambda row: row.date_paid >= date_from)
        earned = {
            event: booked._sum_amounts(lambda row, event=event: row.event == event)
            for event in EARNING_EVENTS
        }
        reversed_amount = booked._sum_amounts(lambda row: row.event == "reversal")
        opening = (self - booked)._sum_amounts() - (paid - paid_now)._sum_amounts()
        closing = (self - paid)._sum_amounts()
        waiting = self - paid
        return {
            "reseller": self.reseller_id,
            "company": self.company_id,
            "currency": self.currency_id,
            "date_from": date_from,
            "date_to": date_to,
            "opening": opening,
            "earned": earned,
            "reversed": reversed_amount,
            "paid": paid_now._sum_amounts(),
            "closing": closing,
            "open": {
                state: waiting._sum_amounts(lambda row, state=state: row.state == state)
                for state in ("earned", "settled", "billed", "paid")
            },
            "rows": booked,
            "bills": (booked | paid_now)._get_statement_bills(),
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
            for settlement_sudo in self.sudo().settlement_id.sorted("id")
        ]
