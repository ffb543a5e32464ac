from odoo import api, fields, models
from odoo.exceptions import AccessError


class ReportPriceList(models.AbstractModel):
    """The offer of price lists, laid out for print and XLSX: end-customer prices and
    commission side by side (R8, R10)."""

    _name = "report.also_waas.report_price_list"
    _description = "WaaS Price List"

    @api.model
    def _get_report_values(self, docids, data=None):
        self._check_reader()
        date = fields.Datetime.now()
        pricelists = self.env["product.pricelist"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": "product.pricelist",
            "docs": pricelists,
            "date": date,
            "price_lists": [
                self._prepare_price_list(pricelist, date) for pricelist in pricelists
            ],
        }

    @api.model
    def _check_reader(self):
        """Commission is not for everybody who may read a price list; the addresses
        of reports are open to every user."""
        if self.env.su or self.env.user.has_group("also_waas.group_waas_user"):
            return
        raise AccessError(
            self.env._(
                "WaaS price lists show commission, so only WaaS users can print them. "
                "Ask your administrator for the role."
            )
        )

    @api.model
    def _prepare_price_list(self, pricelist, date):
        """One price list, ready to be laid out.

        :param pricelist: ``product.pricelist``
        :param date: datetime for which it is in force
        :return: dict ``{pricelist, terms, extension_terms, sections: [{role, label,
            rows}]}``; a row is what ``_waas_get_offer`` gives, with ``contents``, a
            list of texts, and ``is_repeated``: the row before is about the same
            product. ``extension_terms`` are those whose extension earns something
        """
        offer = pricelist._waas_get_offer(date)
        rows_by_role = {}
        for row in offer:
            product = row["product"]
            rows = rows_by_role.setdefault(product.waas_role, [])
            rows.append(
                {
                    **row,
                    "contents": self._get_contents(product),
                    "is_repeated": bool(rows) and rows[-1]["product"] == product,
                }
            )
        labels = {
            "bundle": self.env._("Bundles"),
            "upgrade": self.env._("Upgrades"),
            "option": self.env._("Options"),
        }
        terms = self.env["waas.term"].union(
            *(term for row in offer for term in row["terms"])
        )
        return {
            "pricelist": pricelist,
            "terms": terms.sorted("months"),
            "extension_terms": terms.filtered(
                lambda term: any(
                    row["terms"].get(term, {}).get("extension_commission")
                    for row in offer
                )
            ),
            "sections": [
                {"role": role, "label": labels[role], "rows": rows}
                for role, rows in rows_by_role.items()
            ],
        }

    @api.model
    def _get_contents(self, product):
        """What a bundle contains; nothing for upgrades and options."""
        return [
            self.env._(
                "%(quantity)s × %(component)s",
                quantity=slot.quantity,
                component=slot.component_id.with_context(
                    display_default_code=False
                ).display_name,
            )
            for slot in product.waas_slot_ids
        ]
