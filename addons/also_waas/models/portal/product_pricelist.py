"""A price list as the portal shows it to its partner (R8)."""

from odoo import api, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.private
    def _waas_get_portal_list(self):
        """The offer that is in force now, as the printed list has it.

        :return: dict ``{terms, sections}``; ``terms`` is a list of names, ``sections``
            one of dicts ``{label, rows}``, see :meth:`_waas_get_portal_offer`
        """
        self.ensure_one()
        report = self.env["report.also_waas.report_price_list"]
        price_list = report._prepare_price_list(self, None)
        terms = price_list["terms"]
        return {
            "terms": terms.mapped("display_name"),
            "sections": [
                {
                    "label": section["label"],
                    "rows": [
                        self._waas_get_portal_offer(row, terms)
                        for row in section["rows"]
                    ],
                }
                for section in price_list["sections"]
            ],
        }

    def _waas_get_portal_offer(self, row, terms):
        """One product of the list.

        :return: dict ``{name, min_quantity, is_repeated, contents, prices}``;
            ``prices`` has for each term a dict of texts ``{price, commission}``, or
            None where there is no price
        """
        return {
            "name": row["product"].name,
            "min_quantity": row["min_quantity"],
            "is_repeated": row["is_repeated"],
            "contents": row["contents"],
            "prices": [
                self._waas_format_amounts(row["terms"].get(term)) for term in terms
            ],
        }

    def _waas_format_amounts(self, amounts):
        return amounts and {
            name: self.currency_id.format(amounts[name])
            for name in ("price", "commission")
        }
