"""Odoo silently leaves archived taxes out of an invoice."""

from odoo import models


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _waas_get_tax_problem(self, company, position):
        """Why this product cannot be invoiced: a tax that Odoo would leave out.

        :param company: ``res.company`` that invoices
        :param position: ``account.fiscal.position`` of the invoice, or none
        :return: a sentence, or False
        """
        self.ensure_one()
        taxes = self.with_context(active_test=False).taxes_id
        taxes = taxes._filter_taxes_by_company(company)
        # An old tax that stayed beside the one that replaced it does no harm.
        active = taxes.filtered("active")
        if archived := (active or taxes)._waas_get_archived():
            return self.env._(
                "The tax %(tax)s of %(product)s is archived: give the product another "
                "one, or make the tax active again.",
                tax=archived.name,
                product=self.display_name,
            )
        if archived := position._waas_get_archived_tax(active):
            return self.env._(
                "The tax %(tax)s of fiscal position %(position)s is archived, and "
                "nothing takes its place for %(product)s: make it active again, or "
                "enter the tax that replaces it.",
                tax=archived.name,
                position=position.name,
                product=self.display_name,
            )
        return False
