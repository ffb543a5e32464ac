from odoo import api, models


class WaasCommission(models.Model):
    """Commission is earned, and taken back, by rows that are only added (R1)."""

    _inherit = "waas.commission"

    @api.model
    def _accrue(self, contract, event, source, earnings, moment):
        """Book what an event earned; a second call books nothing twice (R1).

        :param contract: WaaS ``contract.contract``
        :param str event: ``new``, ``extension``, ``upgrade`` or ``seats``
        :param source: the document that earned it, an order or a change
        :param earnings: list of :class:`Earning`; what earns nothing has no row
        :param datetime moment: when the last condition was met
        :return: the new rows
        """
        event_key = f"{source._name}:{source.id}"
        booked = set(
            self.search(
                [("event_key", "=", event_key), ("reverses_id", "=", False)]
            ).mapped("line_key")
        )
        currency, company = contract.currency_id, contract.company_id
        return self.create(
            [
                {
                    **self._prepare_party(contract),
                    "event": event,
                    "event_key": event_key,
                    "line_key": earning.key,
                    "product_id": earning.product.id,
                    "order_line_id": earning.order_line and earning.order_line.id,
                    "quantity": earning.quantity,
                    "unit_amount": earning.unit_amount,
                    "amount": currency.round(earning.quantity * earning.unit_amount),
                    "date_earned": company._waas_get_day(moment),
                    "date": company._waas_today(),
                }
                for earning in earnings
                if earning.key not in booked
                and not currency.is_zero(earning.quantity * earning.unit_amount)
            ]
        )

    @api.model
    def _prepare_party(self, contract):
        return {
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "reseller_id": contract.waas_reseller_id.commercial_partner_id.id,
            "contract_id": contract.id,
            "order_id": contract.waas_order_id.id,
        }

    def _reverse(self):
        """Take back what was earned, each row once; the ledger nets to zero (R1).

        What was not settled nets with its reversal and is never paid; what was settled
        already is taken back by the next settlement.

        :return: the new rows
        """
        today = {company: company._waas_today() for company in self.company_id}
        return self.create(
            [
                {
                    "company_id": commission.company_id.id,
                    "currency_id": commission.currency_id.id,
                    "reseller_id": commission.reseller_id.id,
                    "contract_id": commission.contract_id.id,
                    "order_id": commission.order_id.id,
                    "order_line_id": commission.order_line_id.id,
                    "event": "reversal",
                    "event_key": commission.event_key,
                    "line_key": commission.line_key,
                    "reverses_id": commission.id,
                    "product_id": commission.product_id.id,
                    "quantity": commission.quantity,
                    "unit_amount": commission.unit_amount,
                    "amount": -commission.amount,
                    "date_earned": today[commission.company_id],
                    "date": today[commission.company_id],
                }
                for commission in self
                if not commission.reverses_id and not commission.reversal_ids
            ]
        )
