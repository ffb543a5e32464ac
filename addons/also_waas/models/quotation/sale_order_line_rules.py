"""What may stand on a line of a WaaS quotation: its place in a bundle, its number,
its price."""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..catalogue.product_template import PRICED_ROLES


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.constrains(
        "product_id",
        "order_id",
        "is_delivery",
        "waas_parent_line_id",
        "waas_qty_per_parent",
        "waas_role",
        "waas_slot_id",
    )
    def _check_waas_place(self):
        for line in self:
            if problem := line._waas_get_place_problem():
                raise ValidationError(problem)

    def _waas_get_place_problem(self):
        """Why this product cannot stand on this order, as a sentence, or False."""
        self.ensure_one()
        product, order = self.product_id, self.order_id
        if not product or self.display_type:
            return False
        if not order.is_waas:
            if product.waas_role in PRICED_ROLES:
                return self.env._(
                    "%(product)s is rented per month, not sold: make a WaaS quotation "
                    "for it.",
                    product=product.display_name,
                )
            return False
        if self._is_delivery() and not product.waas_role and product.type == "service":
            return False
        role = self._waas_get_role()
        if not role or self._is_delivery():
            return self.env._(
                "%(product)s cannot be on a WaaS quotation: only bundles are rented "
                "out, "
                "with their upgrades and options. List what the partner offers "
                "and invoices under Partner Services, or make an ordinary "
                "quotation.",
                product=product.display_name,
            )
        if role != self.waas_role:
            return self.env._(
                "The part %(product)s plays in a bundle follows from the product: it "
                "cannot be typed.",
                product=product.display_name,
            )
        if role == "charge" and not self.waas_parent_line_id:
            return self.env._(
                "%(product)s goes with a bundle: add it with Configure on the bundle "
                "line.",
                product=product.display_name,
            )
        if problem := self._waas_get_choice_problem():
            return problem
        if role == "component":
            return product._waas_get_hardware_problem(
                order.waas_reseller_id, order.company_id
            )
        return False

    def _waas_get_choice_problem(self):
        """Why this line cannot hang where it hangs, as a sentence, or False."""
        parent = self.waas_parent_line_id
        if self._waas_is_offered():
            return False
        if self.waas_role == "bundle":
            return self.env._(
                "%(bundle)s is a bundle of its own: it cannot be part of another, nor "
                "leave its parts on another order.",
                bundle=self.product_id.display_name,
            )
        return self.env._(
            "%(bundle)s does not offer %(choice)s: choose another upgrade or option, "
            "or allow it on the bundle.",
            bundle=parent.product_id.display_name,
            choice=self.product_id.display_name,
        )

    def _waas_is_offered(self):
        """Whether the line above offers this one, in this number, for this slot."""
        product, parent, slot = (
            self.product_id,
            self.waas_parent_line_id,
            self.waas_slot_id,
        )
        if self.waas_role == "bundle":
            return not parent and self.waas_child_line_ids.order_id <= self.order_id
        if parent.order_id != self.order_id:
            return False
        if parent.waas_role == "charge":  # the component of an option
            return (
                not parent.waas_slot_id
                and product == parent.product_id.waas_component_id
                and self.waas_qty_per_parent == 1.0
            )
        bundle = parent.product_id.product_tmpl_id
        if parent.waas_role != "bundle":
            return False
        if slot:
            in_slot = parent.waas_child_line_ids.filtered(
                lambda line: line.waas_slot_id == slot
            ).grouped("waas_role")
            nothing = self.browse()
            upgrade = in_slot.get("charge", nothing).product_id
            component = in_slot.get("component", nothing).product_id
            return (
                slot.bundle_id == bundle
                and upgrade <= slot.upgrade_ids
                and component == (upgrade.waas_component_id or slot.component_id)
                and self.waas_qty_per_parent == slot.quantity
            )
        return (
            product in bundle.waas_option_ids
            and self.waas_qty_per_parent in (0.0, 1.0)
            and not parent.waas_child_line_ids.filtered(
                lambda line: line != self
                and line.product_id == product
                and not line.waas_slot_id
            )
        )

    @api.constrains("waas_term_id", "order_id")
    def _check_waas_term(self):
        for line in self:
            order = line.order_id
            if order.is_waas and line.waas_term_id != order.waas_term_id:
                raise ValidationError(
                    self.env._(
                        "A WaaS quotation has one term. %(order)s is for %(term)s: "
                        "make another quotation for what is rented for %(other)s.",
                        order=order.name,
                        term=order.waas_term_id.display_name or self.env._("no term"),
                        other=line.waas_term_id.display_name
                        or self.env._("another term"),
                    )
                )

    @api.constrains(
        "product_uom_id",
        "product_uom_qty",
        "waas_qty_per_parent",
        "waas_parent_line_id",
    )
    def _check_waas_quantity(self):
        for line in self.filtered("waas_role"):
            if problem := line._waas_get_quantity_problem():
                raise ValidationError(problem)

    def _waas_get_quantity_problem(self):
        """Why there cannot be this many, as a sentence, or False."""
        quantity, per_parent = self.product_uom_qty, self.waas_qty_per_parent
        uom, parent = self.product_uom_id, self.waas_parent_line_id
        if uom != self.product_id.uom_id:
            return self.env._(
                "%(product)s is counted in %(uom)s, as what comes with it is: choose "
                "that unit.",
                product=self.product_id.display_name,
                uom=self.product_id.uom_id.name,
            )
        if per_parent:
            expected = per_parent * parent.product_uom_qty
            if uom.compare(quantity, expected):
                return self.env._(
                    "The number of %(product)s follows %(parent)s, %(expected)g here: "
                    "change that number instead.",
                    product=self.product_id.display_name,
                    parent=parent.product_id.display_name,
                    expected=expected,
                )
        elif quantity < 1 or quantity % 1:
            return self.env._(
                "Rent a whole number of %(product)s, at least one; remove the line to "
                "have none.",
                product=self.product_id.display_name,
            )
        return False

    @api.constrains("discount", "price_unit", "waas_commission_unit")
    def _check_waas_price(self):
        """Asked when a price is typed, and when it is computed for another product,
        number or term."""
        open_lines = self.filtered(
            lambda line: line.order_id.is_waas and line.order_id.state != "sale"
        )
        open_lines._waas_ensure_priced()
        open_lines._waas_ensure_price_of_list()

    def _waas_ensure_priced(self):
        """Refuse what has no price for the term (R8, R10)."""
        for line in self:
            if line._waas_is_priced() and not line.pricelist_item_id:
                raise ValidationError(line._waas_get_missing_price_message())

    def _waas_get_missing_price_message(self):
        order = self.order_id
        if not order.waas_term_id:
            return self.env._(
                "Choose a term for %(order)s: the price of %(product)s depends on it.",
                order=order.name,
                product=self.product_id.display_name,
            )
        return self.env._(
            "%(product)s has no price for %(term)s in price list %(pricelist)s on "
            "%(date)s: choose another term or price list, or add the price.",
            product=self.product_id.display_name,
            term=order.waas_term_id.display_name,
            pricelist=order.pricelist_id.display_name or "–",
            date=format_date(self.env, order.date_order),
        )

    def _waas_ensure_price_of_list(self):
        """Refuse a price, discount or commission that was typed (R8)."""
        # Commission is hidden from portal users, whose flows may write lines too.
        for line, line_sudo in zip(self, self.sudo(), strict=True):
            expected, price = line._waas_get_price_unit(), line.price_unit
            currency = line.currency_id
            # Equal is the rule, and comparing as money is costly.
            typed = price != expected and currency.compare_amounts(price, expected)
            if typed or line.discount:
                raise ValidationError(
                    self.env._(
                        "The monthly price of %(product)s is %(price)s: it comes from "
                        "the price list and cannot be typed, nor discounted. Use a "
                        "price list for this partner instead.",
                        product=line.product_id.display_name,
                        price=currency.format(expected),
                    )
                )
            expected = line_sudo.waas_list_commission
            commission = line_sudo.waas_commission_unit
            if commission != expected and currency.compare_amounts(
                commission, expected
            ):
                raise ValidationError(
                    self.env._(
                        "The commission on %(product)s is %(commission)s: it comes "
                        "from the price list and cannot be typed.",
                        product=line.product_id.display_name,
                        commission=currency.format(expected),
                    )
                )
