from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .product_template import PRICED_ROLES


class ProductPricelistItem(models.Model):
    """Chapter 1, catalogue: price and commission side by side, per term (R8)."""

    _inherit = "product.pricelist.item"

    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Term",
        index="btree_not_null",
        ondelete="restrict",
        help="The monthly price of a bundle, an upgrade or an option for this term.",
    )
    waas_commission = fields.Monetary(
        string="Commission",
        currency_field="currency_id",
        groups="base.group_user",
        help="Fixed amount that the partner earns once for each piece in a new "
        "contract (R1, R8). Left at zero on a rule that follows another price list: "
        "the commission of that list.",
    )

    _check_waas_commission = models.Constraint(
        "CHECK (waas_commission >= 0)", "A commission cannot be negative."
    )
    _check_waas_price = models.Constraint(
        "CHECK (waas_term_id IS NULL OR compute_price != 'fixed' "
        "OR fixed_price >= 0)",
        "A monthly price cannot be negative.",
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains(
        "waas_term_id",
        "waas_commission",
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
                        "%(product)s is rented per month: say for which term this "
                        "price is.",
                        product=template.display_name,
                    )
                )
            if not rule.waas_term_id:
                if rule.waas_commission:
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
        """Two prices in force for the same thing would let chance choose."""
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

    def _waas_get_commission(
        self, product, quantity, *, uom, date, currency, waas_term
    ):
        """The fixed commission for one piece (R8), from the list in force on the order
        date.

        :return: amount in ``currency``, rounded; 0 without a rule
        """
        if not self:
            return 0.0
        self.ensure_one()
        # Portal flows price quotations too; commission is hidden from them as a field.
        rule_sudo = self.sudo()
        source = rule_sudo.currency_id
        amount = rule_sudo.waas_commission
        if not amount and self.compute_price != "fixed" and self.base == "pricelist":
            source = self.base_pricelist_id.currency_id
            base_rule = self.browse(
                self.base_pricelist_id._get_product_rule(
                    product, quantity=quantity, uom=uom, date=date, waas_term=waas_term
                )
                or []
            )
            amount = base_rule._waas_get_commission(
                product,
                quantity,
                uom=uom,
                date=date,
                currency=source,
                waas_term=waas_term,
            )
        if source != currency:
            return source._convert(amount, currency, self.env.company, date)
        return currency.round(amount)

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
