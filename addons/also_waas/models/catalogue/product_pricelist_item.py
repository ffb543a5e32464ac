"""Price and commission side by side, per term (R8)."""

import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .product_template import PRICED_ROLES


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Term",
        index="btree_not_null",
        ondelete="restrict",
        help="The monthly price of a bundle, an upgrade or an option for this term.",
    )
    waas_commission_unit = fields.Monetary(
        string="Commission",
        currency_field="currency_id",
        groups="base.group_user",
        help="Fixed amount that the partner earns once for each piece in a new "
        "contract. Left at zero on a rule that follows another price list: "
        "the commission of that list.",
    )

    _check_waas_commission = models.Constraint(
        "CHECK (waas_commission_unit >= 0)", "A commission cannot be negative."
    )
    _check_waas_finite = models.Constraint(
        "CHECK (waas_term_id IS NULL OR (fixed_price::float8 < 'Infinity' "
        "AND waas_commission_unit::float8 < 'Infinity'))",
        "A monthly price and a commission are numbers: write an amount like 45.99.",
    )
    _check_waas_price = models.Constraint(
        "CHECK (waas_term_id IS NULL OR compute_price != 'fixed' OR fixed_price >= 0)",
        "A monthly price cannot be negative.",
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._waas_ensure_numbers(vals, vals.get("waas_term_id"))
        return super().create(vals_list)

    def write(self, vals):
        # Ordinary rules are written without being read.
        has_term = "fixed_price" in vals and any(rule.waas_term_id for rule in self)
        self._waas_ensure_numbers(vals, has_term)
        return super().write(vals)

    @api.model
    def _waas_ensure_numbers(self, vals, has_term):
        """An import reads ``nan`` and ``inf`` as numbers, and rounding fails on them
        before the database can refuse."""
        names = (
            ("waas_commission_unit", "fixed_price")
            if has_term
            else ("waas_commission_unit",)
        )
        for name in names:
            if name in vals and not math.isfinite(float(vals[name] or 0)):
                raise ValidationError(
                    self.env._(
                        "“%(value)s” is no amount for %(field)s: write one like 45.99.",
                        value=vals[name],
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    # === CONSTRAINT METHODS ===#

    @api.constrains(
        "waas_term_id",
        "waas_commission_unit",
        "product_tmpl_id",
        "product_id",
        "compute_price",
        "base",
    )
    def _check_waas_rule(self):
        for rule in self:
            template = rule.product_tmpl_id or rule.product_id.product_tmpl_id
            priced = template.waas_role in PRICED_ROLES
            if priced and not rule.waas_term_id:
                raise ValidationError(
                    self.env._(
                        "%(product)s is rented per month: choose the term of this "
                        "price.",
                        product=template.display_name,
                    )
                )
            if not rule.waas_term_id:
                if rule.waas_commission_unit:
                    raise ValidationError(
                        self.env._(
                            "A commission belongs to a price with a term: choose the "
                            "term, or leave the commission empty."
                        )
                    )
                continue
            if template and not priced:
                raise ValidationError(
                    self.env._(
                        "%(product)s has no monthly price of its own: a term belongs "
                        "to the price of a bundle, an upgrade or an option.",
                        product=template.display_name,
                    )
                )
            if rule.compute_price != "fixed" and rule.base != "pricelist":
                raise ValidationError(
                    self.env._(
                        "A price with a term is a fixed price, or follows another "
                        "price list. Change the price type of this rule."
                    )
                )

    @api.constrains(
        "pricelist_id",
        "waas_term_id",
        "product_tmpl_id",
        "product_id",
        "min_quantity",
        "date_start",
        "date_end",
    )
    def _check_waas_unambiguous(self):
        """Refuse two rules in force for the same product, term and quantity."""
        rules = self.filtered("waas_term_id")
        if not rules:
            return
        others = self.search(
            [
                ("pricelist_id", "in", rules.pricelist_id.ids),
                ("waas_term_id", "in", rules.waas_term_id.ids),
            ]
        ).grouped(lambda rule: rule._waas_get_key())
        for rule in rules:
            for other in others.get(rule._waas_get_key(), self.browse()):
                if other != rule and rule._waas_overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "There are two prices of %(product)s for %(term)s on the "
                            "same days in %(pricelist)s: end one before the other "
                            "starts.",
                            product=rule.name,
                            term=rule.waas_term_id.display_name,
                            pricelist=rule.pricelist_id.display_name,
                        )
                    )

    def _waas_get_key(self):
        return (
            self.pricelist_id,
            self.waas_term_id,
            self.applied_on,
            self.product_tmpl_id,
            self.product_id,
            self.categ_id,
            self.min_quantity,
        )

    def _waas_overlaps(self, other):
        def starts_before_end(first, second):
            return (
                not first.date_start
                or not second.date_end
                or first.date_start <= second.date_end
            )

        return starts_before_end(self, other) and starts_before_end(other, self)

    # === BUSINESS METHODS ===#

    def _waas_follows(self):
        """Whether the price comes from another price list."""
        return self.compute_price != "fixed" and self.base == "pricelist"

    def _waas_is_in_force(self, date):
        """Whether the rule counts at a time, as core's search of rules decides it."""
        self.ensure_one()
        return (not self.date_start or self.date_start <= date) and (
            not self.date_end or self.date_end >= date
        )

    def _waas_get_price(self, product, quantity, uom, date, followed):
        """The monthly price of one piece.

        :param followed: :class:`WaasPrice` of the price list that this rule follows,
            None when it follows none
        :return: amount in the currency of the list, rounded
        """
        price = self._compute_price(
            product,
            quantity,
            uom,
            date=date,
            currency=self.currency_id,
            waas_followed=followed,
        )
        return self.currency_id.round(price)

    def _compute_base_price(self, product, quantity, uom, date, currency, **kwargs):
        """Core would ask the followed list again, for each product, and take the list
        price where that one has none for the term."""
        if followed := kwargs.get("waas_followed"):
            return followed.rule.currency_id._convert(
                followed.price, currency, self.env.company, date, round=False
            )
        return super()._compute_base_price(
            product, quantity, uom, date, currency, **kwargs
        )

    def _waas_get_commission(self, product, uom, date, followed):
        """The fixed commission for one piece (R8).

        :param followed: :class:`WaasPrice` of the price list that this rule follows,
            None when it follows none
        :return: amount in the currency of the list, rounded
        """
        # Users who price a quotation book its commission, too; as a field it is
        # hidden from portal users.
        commission = product.uom_id._compute_price(
            self.sudo().waas_commission_unit, uom
        )
        if not commission and followed:
            commission = followed.rule.currency_id._convert(
                followed.commission, self.currency_id, self.env.company, date
            )
        return self.currency_id.round(commission)

    @api.model
    def load(self, fields, data):
        """Of two products of one name the file does not say which: nothing is imported,
        where Odoo takes one and warns."""
        load = super().load
        if not any(name.split("/")[0] == "waas_term_id" for name in fields):
            return load(fields, data)
        return self._waas_load_strictly(load, fields, data)

    @api.model
    def _waas_load_strictly(self, load, fields, data):
        """Import, or nothing of it where something is doubtful.

        :param load: core's import of these prices, or of the price lists they are in
        """
        savepoint = self.env.cr.savepoint()
        result = load(fields, data)
        warnings = [
            message for message in result["messages"] if message["type"] == "warning"
        ]
        for message in warnings:
            message.update(
                type="error",
                message=self.env._(
                    "%(problem)s: use a name that only one has, or the External ID.",
                    problem=message["message"],
                ),
            )
        if warnings:
            result["ids"] = False
        savepoint.close(rollback=bool(warnings))
        return result

    @api.model
    def get_import_templates(self):
        """Offer the WaaS price list as a file to start from in Odoo's own import."""
        return [
            *super().get_import_templates(),
            {
                "label": self.env._("Import Template for a WaaS Price List"),
                "template": "/also_waas/static/import/waas_price_list.csv",
            },
        ]
