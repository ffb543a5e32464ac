"""The fiscal position of a contract and of its customer."""

from odoo import models
from odoo.exceptions import UserError


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _waas_find_fiscal_position(self):
        """What Odoo would take for an invoice without any."""
        self.ensure_one()
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        return positions._get_fiscal_position(
            self.partner_id, delivery=self.waas_order_id.partner_shipping_id
        )

    def _waas_describe_fiscal_position(self, position):
        none = self.env._("none")
        return self.env._(
            "%(contract)s is invoiced with the fiscal position that was signed: "
            "%(signed)s. By what is known of %(customer)s today it would be %(found)s. "
            "If that is right, choose it on the contract: it holds from the next "
            "invoice on.",
            contract=self.name,
            signed=self.fiscal_position_id.display_name or none,
            customer=self.partner_id.display_name,
            found=position.display_name or none,
        )

    def _waas_ensure_taxes_and_rate(self, products, currency, day):
        """Check what is invoiced beside the months, as months are: Odoo silently leaves
        an archived tax out and takes 1.0 for a missing rate (C3).

        :raises UserError: with the sentence that names it
        """
        self.ensure_one()
        company = self.company_id
        problems = (
            *(
                product._waas_get_tax_problem(company, self.fiscal_position_id)
                for product in products
            ),
            currency._waas_get_rate_problem(company, day),
        )
        if problem := next(filter(None, problems), False):
            raise UserError(problem)
