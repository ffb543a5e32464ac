"""What a company rents out, and how fast it answers."""

from odoo import fields, models

from ...schedule import LONGEST_MONTHS, MAX_MONTHS


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Default Term",
        default=lambda self: self.env.ref(
            "also_waas.waas_term_36", raise_if_not_found=False
        ),
    )
    waas_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="WaaS Price List",
        check_company=True,
        help="Holds for every partner without a price list of its own.",
    )
    waas_hardware_answer_days = fields.Integer(
        string="Hardware Request Answer (days)", default=5
    )
    waas_max_months = fields.Integer(
        string="Longest Contract (months)",
        default=MAX_MONTHS,
        required=True,
        help="The maximum number of months of a contract, from its first day to its "
        "last, extensions included. A contract that was signed under a higher "
        "number keeps it.",
    )

    _check_waas_max_months = models.Constraint(
        f"CHECK (waas_max_months BETWEEN 1 AND {LONGEST_MONTHS})",
        f"The longest contract has at least 1 and at most {LONGEST_MONTHS} months.",
    )

    def _waas_set_up(self):
        result = super()._waas_set_up()
        # Companies that were there before the addon got no default.
        missing = self.filtered(lambda company: not company.waas_term_id)
        missing.sudo().waas_term_id = self._fields["waas_term_id"].default(self)
        return result

    def _waas_set_up_service(self, field, code, get_name, **vals):
        """Give the company a service where it has none: see :meth:`_waas_make_service`.

        :param str field: of the company, where the service is kept
        """
        if not self[field]:
            self[field] = self._waas_make_service(code, get_name, **vals)

    def _waas_make_service(self, code, get_name, **vals):
        """A service that only the system invoices: in the company, without a price,
        recognised by its internal reference.

        :param get_name: takes an environment, and returns the name in its language
        """
        # Its taxes are those of this company.
        company = self.with_context(allowed_company_ids=self.ids)
        product = company._waas_get_or_make(
            "product.product",
            [("default_code", "=", code)],
            {
                "name": get_name(self.env(context={"lang": "en_US"})),
                "default_code": code,
                "type": "service",
                "sale_ok": False,
                "purchase_ok": False,
                "list_price": 0.0,
                "invoice_policy": "order",
                **vals,
            },
        )
        for lang, _name in self.env["res.lang"].get_installed():
            named = product.with_context(lang=lang)
            named.name = get_name(named.env)
        return product
