from odoo import models
from odoo.tools import format_date


class WaasInstallment(models.Model):
    """Why a month cannot be invoiced, known before it is tried."""

    _inherit = "waas.installment"

    def _get_billing_problems(self, date=None):
        """Why some of these months cannot be invoiced.

        Odoo itself would leave an archived tax out, take 1.0 for a missing rate and
        move the date out of a closed period, each silently.

        :param date date: date of the invoices; None: the first day of each month
        :return: dict of a sentence for each ``waas.installment`` with a problem
        """
        problems = {}
        for find in (
            self._find_invoiced,
            self._find_closed_periods,
            self._find_missing_rates,
            self._find_archived_taxes,
            self._find_wrong_parties,
        ):
            for installments, problem in find(date):
                for installment in installments:
                    problems.setdefault(installment, problem)
        return problems

    def _find_invoiced(self, _date):
        for installment in self.filtered("move_id"):
            yield (
                installment,
                self.env._(
                    "%(installment)s was invoiced already: %(invoice)s.",
                    installment=installment.display_name,
                    invoice=installment.move_id.display_name,
                ),
            )

    def _find_closed_periods(self, date):
        def get_key(installment):
            return (
                installment.company_id,
                installment.contract_id.journal_id,
                installment._get_invoice_date(date),
            )

        for (company, journal, day), installments in self.grouped(get_key).items():
            if locks := company._get_violated_lock_dates(day, True, journal):
                yield (
                    installments,
                    self.env._(
                        "%(date)s is in a period that is closed up to %(lock)s: date "
                        "the invoices later.",
                        date=format_date(self.env, day),
                        lock=format_date(self.env, max(lock for lock, _field in locks)),
                    ),
                )

    def _find_missing_rates(self, date):
        def get_key(installment):
            return (
                installment.company_id,
                installment.currency_id,
                installment._get_invoice_date(date),
            )

        for (company, currency, day), installments in self.grouped(get_key).items():
            if problem := currency._waas_get_rate_problem(company, day):
                yield installments, problem

    def _find_archived_taxes(self, _date):
        by_key = {}
        for installment in self:
            contract = installment.contract_id
            position = contract.fiscal_position_id
            for line in installment._get_contract_lines():
                key = line.product_id, position, installment.company_id
                by_key.setdefault(key, set()).add(installment)
        for (product, position, company), installments in by_key.items():
            if problem := product._waas_get_tax_problem(company, position):
                yield installments, problem

    def _find_wrong_parties(self, _date):
        for contract, installments in self.grouped("contract_id").items():
            if problem := contract._waas_get_party_problem():
                yield installments, problem
