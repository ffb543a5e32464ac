"""The commission of a partner as its portal shows it."""

from odoo import api, fields, models

# Commission that is not fully paid yet.
OPEN_STATES = ("earned", "settled", "billed", "partial")


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.private
    def _waas_get_commission_deals(self, company):
        """:return: domain of the deals that this partner brought"""
        return [
            ("is_waas", "=", True),
            ("waas_reseller_id", "child_of", self.ids),
            ("company_id", "=", company.id),
        ]

    @api.private
    def _waas_get_commission_overview(self, company, limit=10, offset=0):
        """The commission status of deals, and the months with a statement.

        :param int limit: number of deals, the newest first
        :param int offset: number of newest deals to skip, shown on earlier pages
        :return: dict of ``lights`` (list of dicts, see
            ``sale.order._waas_get_commission_row``), ``months`` (first days, the newest
            first), ``open`` and ``paid`` (lists of texts, an amount for each currency)
        """
        self.ensure_one()
        orders = self.env["sale.order"].search(
            self._waas_get_commission_deals(company),
            order="id desc",
            limit=limit,
            offset=offset,
        )
        # With the partner's own rights: record rules restrict the ledger.
        rows = self.env["waas.commission"]
        domain = [("reseller_id", "=", self.id), ("company_id", "=", company.id)]
        sums = rows._read_group(domain, ["currency_id", "state"], ["amount:sum"])
        months = rows._read_group(domain, ["date:month"], order="date:month desc")
        return {
            "lights": [
                order._waas_get_commission_row(light)
                for order, light in zip(
                    orders, orders._waas_get_commission_lights(), strict=True
                )
            ],
            "months": [fields.Date.to_date(month) for (month,) in months[:36]],
            "open": self._waas_sum_by_currency(sums, OPEN_STATES),
            "paid": self._waas_sum_by_currency(sums, ("paid",)),
        }

    @api.model
    def _waas_sum_by_currency(self, sums, states):
        """:return: list of texts, an amount for each currency"""
        result = {}
        for currency, state, amount in sums:
            if state in states:
                result[currency] = result.get(currency, 0.0) + amount
        return [currency.format(amount) for currency, amount in result.items()]
