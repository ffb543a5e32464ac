from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..catalogue.product_template import PRICED_ROLES

# What an agreement is about: a change of one of these changes the deal.
MONEY_FIELDS = (
    "order_id",
    "is_delivery",
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "waas_commission_unit",
    "waas_commission",
    "waas_parent_line_id",
    "waas_qty_per_parent",
    "waas_role",
    "waas_slot_id",
    "waas_term_id",
)
# Context value while the lines of a bundle are put together. An object, not True:
# nobody can send it from outside.
CONFIGURING = object()


class SaleOrderLine(models.Model):
    """A bundle line carries the money; what hangs on it is delivered for nothing
    (components) or has a monthly price of its own (charges)."""

    _name = "sale.order.line"
    _inherit = ["sale.order.line", "waas.guarded.mixin", "waas.readable.mixin"]

    waas_role = fields.Selection(
        selection=[
            ("bundle", "Bundle"),
            ("component", "Component"),
            ("charge", "Upgrade or Option"),
        ],
        string="WaaS Role",
        compute="_compute_waas_role",
        store=True,
        precompute=True,
    )
    waas_parent_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Belongs To",
        ondelete="cascade",
        index="btree_not_null",
        copy=False,
    )
    waas_child_line_ids = fields.One2many(
        comodel_name="sale.order.line", inverse_name="waas_parent_line_id"
    )
    waas_slot_id = fields.Many2one(
        comodel_name="waas.bundle.slot",
        string="Slot",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
    )
    waas_qty_per_parent = fields.Float(
        digits="Product Unit",
        copy=False,
        help="How many go with one of the line above; 0 for a number of its own.",
    )
    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Term",
        compute="_compute_waas_term_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    waas_commission_unit = fields.Monetary(
        string="Commission per Piece",
        compute="_compute_waas_commission_unit",
        store=True,
        precompute=True,
        copy=False,
        groups="base.group_user",
    )
    waas_commission = fields.Monetary(
        string="Commission",
        compute="_compute_waas_commission",
        store=True,
        precompute=True,
        groups="base.group_user",
        help="What the partner earns once when the contract is signed (R1, R8).",
    )
    # === What the price list says now; the line keeps what it said when quoting ===
    waas_list_price = fields.Monetary(
        compute="_compute_pricelist_item_id", groups="base.group_user"
    )
    waas_list_commission = fields.Monetary(
        compute="_compute_pricelist_item_id", groups="base.group_user"
    )

    _unique_upgrade_per_slot = models.UniqueIndex(
        "(waas_parent_line_id, waas_slot_id, waas_role) WHERE waas_slot_id IS NOT NULL",
        "A slot of a bundle takes one component, and one upgrade at the most.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("product_id", "order_id.is_waas", "waas_parent_line_id")
    def _compute_waas_role(self):
        for line in self:
            line.waas_role = line._waas_get_role()

    def _waas_get_role(self):
        product_role = self.product_id.waas_role
        if not self.order_id.is_waas or self.display_type:
            return False
        if product_role == "bundle":
            return "bundle"
        if product_role in PRICED_ROLES:
            return "charge"
        return "component" if self.waas_parent_line_id else False

    @api.depends("order_id.is_waas", "order_id.waas_term_id")
    def _compute_waas_term_id(self):
        for line in self:
            order = line.order_id
            line.waas_term_id = order.waas_term_id if order.is_waas else False

    @api.depends("order_id.waas_term_id", "waas_role")
    def _compute_pricelist_item_id(self):
        """Ask the price list about all WaaS lines at once, not line by line."""
        waas_lines = self.filtered(lambda line: line.order_id.is_waas)
        waas_lines._waas_ask_price_list()
        (self - waas_lines)._waas_set_list_price()
        return super(SaleOrderLine, self - waas_lines)._compute_pricelist_item_id()

    def _waas_ask_price_list(self):
        for order, lines in self.grouped("order_id").items():
            lines_by_key = lines.filtered(lambda line: line._waas_is_priced()).grouped(
                lambda line: (
                    line.product_id,
                    line.product_uom_qty or 1.0,
                    line.product_uom_id or line.product_id.uom_id,
                )
            )
            prices = order._waas_get_prices(lines_by_key)
            # Only now, when all has been read that could ask for the price in turn.
            lines.pricelist_item_id = False
            lines._waas_set_list_price()
            for key, price in prices.items():
                lines_by_key[key].pricelist_item_id = price.rule
                lines_by_key[key]._waas_set_list_price(price.price, price.commission)

    def _waas_set_list_price(self, price=0.0, commission=0.0):
        self.waas_list_price = price
        self.waas_list_commission = commission

    @api.depends("waas_list_price")
    def _compute_price_unit(self):
        """The monthly price always comes from the list: there is no manual one that
        core should keep. After confirmation it stays."""
        waas_lines = self.filtered(lambda line: line.order_id.is_waas)
        open_lines = waas_lines.filtered(lambda line: line.order_id.state != "sale")
        for price, lines in open_lines.grouped(
            lambda line: line._waas_get_price_unit()
        ).items():
            lines.price_unit = price
        return super(SaleOrderLine, self - waas_lines)._compute_price_unit()

    @api.depends("waas_list_commission")
    def _compute_waas_commission_unit(self):
        """As the price: from the list, and kept after confirmation."""
        waas_lines = self.filtered(lambda line: line.order_id.is_waas)
        (self - waas_lines).waas_commission_unit = 0.0
        open_lines = waas_lines.filtered(lambda line: line.order_id.state != "sale")
        for commission, lines in open_lines.grouped("waas_list_commission").items():
            lines.waas_commission_unit = commission

    @api.depends("waas_commission_unit", "product_uom_qty", "currency_id")
    def _compute_waas_commission(self):
        for (currency, amount), lines in self.grouped(
            lambda line: (
                line.currency_id,
                line.waas_commission_unit * line.product_uom_qty,
            )
        ).items():
            lines.waas_commission = currency.round(amount) if currency else amount

    @api.depends("waas_role")
    def _compute_discount(self):
        """The price of the list is the whole answer: a discount that a rule shows on
        an ordinary order would be taken twice."""
        waas_lines = self.filtered("order_id.is_waas")
        waas_lines.discount = 0.0
        return super(SaleOrderLine, self - waas_lines)._compute_discount()

    @api.depends("waas_role")
    def _compute_tax_ids(self):
        """What is delivered along is not sold: no tax either, not even a fixed one."""
        free_lines = self.filtered(lambda line: line._waas_is_free())
        free_lines.tax_ids = False
        return super(SaleOrderLine, self - free_lines)._compute_tax_ids()

    @api.depends("waas_role")
    def _compute_amount(self):
        free_lines = self.filtered(lambda line: line._waas_is_free())
        free_lines.price_subtotal = 0.0
        free_lines.price_tax = 0.0
        free_lines.price_total = 0.0
        return super(SaleOrderLine, self - free_lines)._compute_amount()

    def _get_pricelist_price(self):
        """For the neighbours: what the price list says, for the term."""
        if self.order_id.is_waas:
            return self.waas_list_price
        return super()._get_pricelist_price()

    def _get_display_price(self):
        """A WaaS price is the rule's or none: never a silent list price (R8), and
        nothing for what is delivered along (R3)."""
        if self.order_id.is_waas:
            return self.waas_list_price
        return super()._get_display_price()

    def _get_sale_order_line_multiline_description_sale(self):
        """A bundle tells what is in it: its components are not printed as lines."""
        description = super()._get_sale_order_line_multiline_description_sale()
        if self.waas_role != "bundle":
            return description
        contents = [
            self.env._(
                "- %(quantity)g × %(component)s",
                quantity=line.waas_qty_per_parent,
                component=line.product_id.with_context(
                    display_default_code=False
                ).display_name,
            )
            for line in self.waas_child_line_ids
            if line.waas_role == "component"
        ]
        return "\n".join([description, *contents])

    # === NEVER INVOICED BY SALE ITSELF: THE CONTRACT DOES IT ===#

    def _compute_qty_to_invoice(self):
        waas_lines = self.filtered("order_id.is_waas")
        waas_lines.qty_to_invoice = 0.0
        return super(SaleOrderLine, self - waas_lines)._compute_qty_to_invoice()

    def _compute_invoice_status(self):
        waas_lines = self.filtered("order_id.is_waas")
        waas_lines.invoice_status = "no"
        return super(SaleOrderLine, self - waas_lines)._compute_invoice_status()

    def _compute_untaxed_amount_to_invoice(self):
        waas_lines = self.filtered("order_id.is_waas")
        waas_lines.untaxed_amount_to_invoice = 0.0
        sold = self - waas_lines
        return super(SaleOrderLine, sold)._compute_untaxed_amount_to_invoice()

    def _compute_amount_to_invoice(self):
        waas_lines = self.filtered("order_id.is_waas")
        waas_lines.amount_to_invoice = 0.0
        return super(SaleOrderLine, self - waas_lines)._compute_amount_to_invoice()

    # === CONSTRAINT METHODS ===#

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
                "%(product)s cannot be on a WaaS quotation: ALSO rents out bundles "
                "with their upgrades and options only. List what the partner offers "
                "and invoices under Partner Services (R6), or make an ordinary "
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

    # === CRUD METHODS ===#

    def _waas_get_checked_names(self, values):
        """A line of a WaaS order shows the order's prices and commission."""
        names = super()._waas_get_checked_names(values)
        order = values.get("order_id")
        order_id = order.get("id") if isinstance(order, dict) else order
        if isinstance(order_id, int) and order_id:
            order_sudo = self.env["sale.order"].sudo().browse(order_id)
            if order_sudo.is_waas:  # only to see which kind it is
                return [*names, "order_id"]
        return names

    @api.model_create_multi
    def create(self, vals_list):
        self._waas_free_delivery(vals_list)
        lines = super().create(vals_list)
        waas_lines = lines.filtered("order_id.is_waas")
        waas_lines._waas_ensure_deal_open()
        if not self._waas_is_configuring():
            waas_lines._waas_reset_configuration()
            waas_lines.order_id._waas_deal_changed()
        return lines

    def write(self, vals):
        if vals.keys().isdisjoint(MONEY_FIELDS):
            return super().write(vals)
        waas_lines = self.filtered("order_id.is_waas")
        waas_lines._waas_ensure_deal_open(vals)
        delivery_lines = waas_lines.filtered(lambda line: line._is_delivery())
        if delivery_lines and "price_unit" in vals:
            super(SaleOrderLine, delivery_lines).write({**vals, "price_unit": 0.0})
            result = super(SaleOrderLine, self - delivery_lines).write(vals)
        else:
            result = super().write(vals)
        if "product_uom_qty" in vals:
            waas_lines._waas_scale_children()
        if not self._waas_is_configuring():
            if "product_id" in vals:
                waas_lines._waas_reset_configuration()
            waas_lines.order_id._waas_deal_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waas_part_of_bundle(self):
        if self._waas_is_configuring():
            return
        for line in self:
            parent = line.waas_parent_line_id
            if not parent or parent in self:
                continue
            if line.waas_role == "component" or line.waas_slot_id:
                raise UserError(
                    self.env._(
                        "%(product)s is part of %(bundle)s: use Configure on the "
                        "bundle line, or remove the bundle.",
                        product=line.product_id.display_name,
                        bundle=parent.product_id.display_name,
                    )
                )

    def unlink(self):
        # Through the ORM, not the database's cascade: totals and signatures follow.
        children = self.waas_child_line_ids
        lines = self | children | children.waas_child_line_ids
        orders = lines.order_id.filtered("is_waas")
        result = super(SaleOrderLine, lines).unlink()
        if not self._waas_is_configuring():
            orders.exists()._waas_deal_changed()
        return result

    def copy_data(self, default=None):
        """A copy is priced by the list of its own day; its bundle makes its parts."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if line.order_id.is_waas:
                for name in ("price_unit", "technical_price_unit", "discount"):
                    vals.pop(name, None)
        return vals_list

    # === ACTIONS ===#

    def action_waas_configure(self):
        """Open the choice of upgrades and options of a bundle line."""
        self.ensure_one()
        return self.env["waas.bundle.configure"]._get_action(self.order_id, self)

    # === BUSINESS METHODS ===#

    def _waas_is_priced(self):
        """Whether this line has a monthly price of its own."""
        return self.order_id.is_waas and self.waas_role in ("bundle", "charge")

    def _waas_is_free(self):
        """Whether this line is on a WaaS order and costs nothing whatever happens:
        components and delivery (R3)."""
        return (
            self.order_id.is_waas
            and not self.display_type
            and (self.waas_role == "component" or self._is_delivery())
        )

    def _waas_get_price_unit(self):
        """The price of the list, as the line must have it under the order's fiscal
        position."""
        price, position = self.waas_list_price, self.order_id.fiscal_position_id
        if not price or not position:
            return price
        return self.product_id._get_tax_included_unit_price_from_price(
            price,
            product_taxes=self.product_id.taxes_id._filter_taxes_by_company(
                self.company_id
            ),
            fiscal_position=position,
        )

    def _waas_get_configuration(self):
        """What was chosen on a bundle line.

        :return: tuple ``({slot: upgrade product}, {option product: quantity})``
        """
        self.ensure_one()
        charges = self.waas_child_line_ids.filtered(
            lambda line: line.waas_role == "charge"
        )
        upgrades = {
            line.waas_slot_id: line.product_id for line in charges if line.waas_slot_id
        }
        # An upgrade whose slot has left the bundle is no choice any more.
        options = {
            line.product_id: line.product_uom_qty
            for line in charges
            if line.product_id.waas_role == "option"
        }
        return upgrades, options

    def _waas_set_configuration(self, upgrades, options):
        """Bring the lines that hang on a bundle line in line with the choice (R6, R7).

        :param dict upgrades: slot -> upgrade product; a slot left out keeps its
            included component
        :param dict options: option product -> quantity. A quantity equal to the number
            of bundles grows and shrinks with it, any other is a number of its own; an
            option whose quantity stays keeps the way it had
        :raises ValidationError: when the bundle does not offer a choice, a component
            may not be rented out, or a price for the term is missing
        """
        self.ensure_one()
        self._waas_set_configurations({self: (upgrades, options)})

    def _waas_reset_configuration(self):
        """Give bundle lines what is included, without upgrades and options."""
        bundles = self.filtered(lambda line: line.waas_role == "bundle")
        self._waas_set_configurations({line: ({}, {}) for line in bundles})

    @api.model
    def _waas_set_configurations(self, choices):
        """:meth:`_waas_set_configuration` for several bundle lines in few queries.

        :param dict choices: bundle line -> tuple of its upgrades and options
        """
        lines = self.browse().union(*choices)
        if not lines:
            return
        lines._waas_ensure_deal_open()
        configuring = lines.with_context(waas_configuring=CONFIGURING)
        children = configuring._waas_set_children(
            [
                values
                for line, choice in choices.items()
                for values in line._waas_prepare_children(*choice)
            ]
        )
        charges = children.filtered(lambda line: line.waas_role == "charge")
        charges._waas_set_children(
            [
                line._waas_prepare_child(component, 1.0)
                for line in charges
                if not line.waas_slot_id
                and (component := line.product_id.waas_component_id)
            ]
        )
        for line in lines:
            name = line.with_context(
                lang=line.order_id._get_lang()
            )._get_sale_order_line_multiline_description_sale()
            line._waas_update({"name": name})
        lines.order_id._waas_keep_bundles_together()
        lines.order_id._waas_deal_changed()

    def _waas_prepare_children(self, upgrades, options):
        """Values of the lines that a choice asks for."""
        result = []
        for slot in self.product_id.waas_slot_ids:
            upgrade = upgrades.get(slot)
            component = upgrade.waas_component_id if upgrade else slot.component_id
            for product in filter(None, (upgrade, component)):
                result.append(self._waas_prepare_child(product, slot.quantity, slot))
        # A slot of another bundle goes along, to be refused like any wrong choice.
        result += [
            self._waas_prepare_child(upgrade, slot.quantity, slot)
            for slot, upgrade in upgrades.items()
            if slot not in self.product_id.waas_slot_ids
        ]
        result += [
            self._waas_prepare_option(option, quantity)
            for option, quantity in options.items()
            if quantity
        ]
        return result

    def _waas_get_option_line(self, option):
        return self.waas_child_line_ids.filtered(
            lambda line: line.product_id == option and not line.waas_slot_id
        )[:1]

    def _waas_prepare_option(self, option, quantity):
        before = self._waas_get_option_line(option)
        uom = self.product_uom_id
        if before and not uom.compare(quantity, before.product_uom_qty):
            follows = before.waas_qty_per_parent
        else:
            follows = not uom.compare(quantity, self.product_uom_qty)
        values = self._waas_prepare_child(option, 1.0 if follows else 0.0)
        return {**values, "product_uom_qty": quantity}

    def _waas_prepare_child(self, product, per_parent, slot=None):
        return {
            "order_id": self.order_id.id,
            "waas_parent_line_id": self.id,
            "waas_slot_id": slot.id if slot else False,
            "product_id": product.id,
            "waas_qty_per_parent": per_parent,
            "product_uom_qty": per_parent * self.product_uom_qty,
            "sequence": self.sequence,
        }

    def _waas_set_children(self, vals_list):
        """Make what hangs on these lines what ``vals_list`` says.

        :return: the lines below, old and new
        """
        wanted = {
            (
                vals["waas_parent_line_id"],
                vals["waas_slot_id"],
                vals["product_id"],
            ): vals
            for vals in vals_list
        }
        existing = self.waas_child_line_ids.grouped(
            lambda line: (
                line.waas_parent_line_id.id,
                line.waas_slot_id.id,
                line.product_id.id,
            )
        )
        # First what goes: a slot has room for one component and one upgrade.
        self.browse().union(
            *(lines for key, lines in existing.items() if key not in wanted)
        ).unlink()
        kept = self.browse()
        for key in existing.keys() & wanted.keys():
            kept |= existing[key]
            existing[key]._waas_update(wanted.pop(key))
        return kept | self.create(list(wanted.values()))

    def _waas_update(self, vals):
        """Write only what differs: an unchanged line costs nothing."""
        for line in self:
            changed = {
                name: value
                for name, value in vals.items()
                if line._fields[name].convert_to_write(line[name], line) != value
            }
            if changed:
                line.write(changed)

    def _waas_scale_children(self):
        """Let what goes with each bundle follow the number of bundles."""
        followers = self.waas_child_line_ids.filtered("waas_qty_per_parent")
        for quantity, lines in followers.grouped(
            lambda line: line.waas_parent_line_id.product_uom_qty
            * line.waas_qty_per_parent
        ).items():
            lines.product_uom_qty = quantity

    @api.model
    def _waas_is_configuring(self):
        return self.env.context.get("waas_configuring") is CONFIGURING

    @api.model
    def _waas_free_delivery(self, vals_list):
        """Delivery is free, whatever a delivery method says (R3)."""
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        waas_ids = set(orders.filtered("is_waas").ids)
        for vals in vals_list:
            if vals.get("is_delivery") and vals.get("order_id") in waas_ids:
                vals.update(price_unit=0.0, tax_ids=[Command.clear()])

    def _waas_ensure_deal_open(self, vals=None):
        """A signed deal is changed on its contract, not on its order.

        :param dict vals: what is about to be written; values that stay equal pass
        """
        for line in self:
            if line.state != "sale" or line._is_delivery() or line.display_type:
                continue
            if vals is not None and not line._waas_changes_deal(vals):
                continue
            raise UserError(
                self.env._(
                    "%(order)s is confirmed and signed: prices and quantities stay as "
                    "agreed.",
                    order=line.order_id.name,
                )
            )

    def _waas_changes_deal(self, vals):
        return any(
            self._fields[name].convert_to_write(self[name], self) != vals[name]
            for name in MONEY_FIELDS
            if name in vals
        )
