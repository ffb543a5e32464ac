from dateutil.relativedelta import relativedelta

from odoo import models

from ...commitments import plan_terms
from ...simpleapi.desk import Renewal


class WaasLicense(models.Model):
    """For how long seats are bought: until the contract ends, and no longer (R12)."""

    _inherit = "waas.license"

    def _get_service(self):
        """What the license is ordered as, empty where nobody said so."""
        self.ensure_one()
        return self.env["waas.marketplace.service"].search(
            [
                ("product_id", "=", self.product_id.id),
                ("marketplace_id.company_id", "=", self.company_id.id),
                ("marketplace_id.active", "=", True),
            ]
        )

    def _get_months_left(self, day):
        """Months from a day until the contract ends; one that has begun counts.

        :return: 0 where it has ended; None where it has no end yet
        """
        end = self.contract_id.date_end
        if not end:
            return None
        months = 0
        while day + relativedelta(months=months) <= end:
            months += 1
        return months

    def _plan_terms(self, day):
        """The terms to buy from a day on: the cheapest that add up to the contract.

        :return: list of ``commitments.Term``, the longest first; None where no mix
            ends with the contract; empty where nothing is left of it
        """
        months = self._get_months_left(day)
        terms = self._get_service()._get_terms()
        if months is None:
            months = max((term.months for term in terms), default=0)
        return plan_terms(months, terms)

    def _get_renewal(self, day):
        """With what a subscription whose term ends on a day goes on.

        :param date day: the first one after the term
        :return: ``simpleapi.desk.Renewal``
        """
        seats = self._get_seats_on(day)
        plan = self._plan_terms(day) if seats else []
        if not plan:
            return Renewal(0, {})
        field = self._get_service().billing_field
        return Renewal(seats, {field: plan[0].code} if field else {})
