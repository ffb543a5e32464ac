"""Months are invoiced by invoice runs, never by the cron of OCA contract."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _waas_get_mailed(self):
        return self.filtered(lambda contract: contract.generation_type == "waas")

    def _waas_get_signatory(self):
        return self.waas_order_id._waas_get_signatory()

    def _waas_get_responsible(self):
        """Who gets the to-dos of the contract: empty when they are no longer there,
        then the team of the to-do stands in."""
        self.ensure_one()
        people = self.user_id | self.waas_order_id.user_id | self.create_uid
        return people._waas_works_for(self.company_id)[:1]

    def _prepare_invoice(self, date_invoice, journal=None):
        """To the company that signed, with the fiscal position that was signed, also
        where that is none: later changes of a contact do not change the contract."""
        values = super()._prepare_invoice(date_invoice, journal)
        if self.generation_type != "waas":
            return values
        if problem := self._waas_get_party_problem():
            raise UserError(problem)
        values["fiscal_position_id"] = self.fiscal_position_id.id
        if not self._waas_get_payment_term():
            # Odoo would take the day of the user.
            values["invoice_date_due"] = max(
                date_invoice, self.company_id._waas_today()
            )
        return values

    def _waas_get_payment_term(self):
        customer = self.invoice_partner_id.with_company(self.company_id)
        return self.payment_term_id or customer.property_payment_term_id

    def recurring_create_invoice(self):
        """Refuse: a WaaS contract is billed by its installments, exactly once each."""
        if waas_contracts := self.filtered(
            lambda contract: contract.generation_type == "waas"
        ):
            raise UserError(
                self.env._(
                    "%(contracts)s: WaaS contracts are invoiced by their installments.",
                    contracts=", ".join(waas_contracts.mapped("name")),
                )
            )
        return super().recurring_create_invoice()

    @api.model
    def _get_contracts_to_invoice_domain(self, date_ref=None):
        """Keep WaaS contracts out of the manual invoice wizard of OCA contract."""
        domain = super()._get_contracts_to_invoice_domain(date_ref)
        return domain & Domain("generation_type", "!=", "waas")
