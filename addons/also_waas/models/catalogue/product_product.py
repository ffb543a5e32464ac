"""May this device be rented out? (R14)"""

from odoo import models

from .waas_manufacturer import MIN_WARRANTY_MONTHS


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _waas_get_hardware_problem(self, reseller=None, company=None, date=None):
        """Why a device may not be in a bundle (R14).

        :param reseller: ``res.partner`` whose deal it is; without one, an approval
            for any partner counts (the catalogue asks that way)
        :param company: ``res.company`` whose deal it is; without one, an approval by
            any company counts
        :param date: day for which approvals must be valid, today by default
        :return: a sentence that says what to change, or False
        """
        self.ensure_one()
        if self.waas_role != "device":
            return False
        problem = self._waas_get_manufacturer_problem()
        if not problem:
            return False
        requests = self.env["waas.hardware.request"].sudo()  # only "is there one?"
        today = (company or self.env.company)._waas_today()
        exceptions = requests.search(
            requests._get_exception_domain(self, date or today, company)
        )
        if exceptions and (not reseller or exceptions._counts_for(reseller)):
            return False
        return problem

    def _waas_get_term_problem(self, term):
        """Why a device cannot be rented out that long (R12): hardware that was approved
        case by case may have a shorter warranty.

        :param term: ``waas.term``
        :return: a sentence, or False
        """
        self.ensure_one()
        if self.waas_role != "device" or self.waas_warranty_max_months >= term.months:
            return False
        return self.env._(
            "%(device)s can be kept under warranty for %(warranty)s months, and the "
            "term is %(term)s months: choose a shorter term or other hardware, or "
            "enter the longest warranty that can be bought on the product.",
            device=self.display_name,
            warranty=self.waas_warranty_max_months,
            term=term.months,
        )

    def _waas_get_manufacturer_problem(self):
        manufacturer = self.waas_manufacturer_id
        if not manufacturer:
            return self.env._(
                "%(device)s has no manufacturer: choose an approved one on the "
                "product.",
                device=self.display_name,
            )
        if not manufacturer._is_approved():
            return self.env._(
                "%(manufacturer)s, who makes %(device)s, is not an approved "
                "manufacturer: choose other hardware, or have a hardware request for "
                "it approved.",
                manufacturer=manufacturer.name,
                device=self.display_name,
            )
        if self.waas_warranty_months < MIN_WARRANTY_MONTHS:
            return self.env._(
                "%(device)s has %(months)s months of warranty, bundle hardware needs "
                "%(minimum)s: choose other hardware, or have a hardware request for "
                "it approved.",
                device=self.display_name,
                months=self.waas_warranty_months,
                minimum=MIN_WARRANTY_MONTHS,
            )
        return False

    def _waas_get_price_for(self, price, position, company):
        """The price of a list, as a line must have it under a fiscal position: where
        prices include taxes, those of the position take the place of the product's.

        :param position: ``account.fiscal.position``, perhaps empty
        :return: amount in the currency of the list
        """
        if not self or not price or not position:
            return price
        return self._get_tax_included_unit_price_from_price(
            price,
            product_taxes=self.taxes_id._filter_taxes_by_company(company),
            fiscal_position=position,
        )
