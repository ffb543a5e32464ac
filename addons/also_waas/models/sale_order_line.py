from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .product_template import PRICED_ROLES

# What an agreement is about: a change of one of these changes the deal.
MONEY_FIELDS = (
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "waas_commission_unit",
    "waas_term_id",
)


class SaleOrderLine(models.Model):
    """Chapter 2, quotation: a bundle line carries the money; what hangs on it is
    delivered for nothing (components) or has a monthly price of its own (charges)."""

    _inherit = "sale.order.line"

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

    _unique_upgrade_per_slot = models.UniqueIndex(
        "(waas_parent_line_id, waas_slot_id, waas_role) WHERE waas_slot_id IS NOT NULL",
        "A slot of a bundle takes one component, and one upgrade at the most.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("product_id", "order_id.is_waas", "waas_parent_line_id")
    def _compute_waas_role(self):
        for line in self:
            product_role = line.product_id.waas_role
            if not line.order_id.is_waas or line.display_type:
                line.waas_role = False
            elif product_role == "bundle":
                line.waas_role = "bundle"
            elif product_role in PRICED_ROLES:
                line.waas_role = "charge"
            else:
                line.waas_role = "component" if line.waas_parent_line_id else False

    @api.depends("order_id.is_waas", "order_id.waas_term_id")
    def _compute_waas_term_id(self):
        for line in self:
            order = line.order_id
            line.waas_term_id = order.waas_term_id if order.is_waas else False

    @api.depends("order_id.waas_pricelist_id", "order_id.waas_term_id", "waas_role")
    def _compute_pricelist_item_id(self):
        """Find the rules of all WaaS lines with one search per order, not per line."""
        waas_lines = self.filtered(lambda line: line.order_id.is_waas)
        super(SaleOrderLine, self - waas_lines)._compute_pricelist_item_id()
        for order, lines in waas_lines.grouped("order_id").items():
            priced = lines.filtered(lambda line: line._waas_is_priced())
            rules = order.pricelist_id._waas_get_rule_by_line(
                priced, order.waas_term_id, order.date_order
            )
            for line in lines:
                line.pricelist_item_id = rules.get(line, False)

    @api.depends("order_id.waas_pricelist_id", "order_id.waas_term_id", "waas_role")
    def _compute_price_unit(self):
        waas_lines = self.filtered(lambda line: line.order_id.is_waas)
        super(SaleOrderLine, self - waas_lines)._compute_price_unit()
        # The monthly price always comes from the list: there is no manual one to keep.
        super(
            SaleOrderLine, waas_lines.with_context(force_price_recomputation=True)
        )._compute_price_unit()

    @api.depends(
        "product_id",
        "product_uom_id",
        "product_uom_qty",
        "waas_role",
        "order_id.waas_pricelist_id",
        "order_id.waas_term_id",
    )
    def _compute_waas_commission_unit(self):
        for line in self:
            if not line._waas_is_priced():
                line.waas_commission_unit = 0.0
                continue
            kwargs = line._get_pricelist_kwargs()
            line.waas_commission_unit = line.pricelist_item_id._waas_get_commission(
                line.product_id, **kwargs
            )

    @api.depends("waas_commission_unit", "product_uom_qty", "currency_id")
    def _compute_waas_commission(self):
        for line in self:
            amount = line.waas_commission_unit * line.product_uom_qty
            currency = line.currency_id
            line.waas_commission = currency.round(amount) if currency else amount

    def _get_pricelist_kwargs(self):
        kwargs = super()._get_pricelist_kwargs()
        if self.order_id.is_waas:
            kwargs["waas_term"] = self.order_id.waas_term_id
        return kwargs

    def _get_display_price(self):
        """A WaaS price is the rule's or none: never a silent list price (R8), and
        nothing for what is delivered along (R3)."""
        if not self.order_id.is_waas:
            return super()._get_display_price()
        if not self._waas_is_priced() or not self.pricelist_item_id:
            return 0.0
        return self.currency_id.round(self._get_pricelist_price())

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
        super(SaleOrderLine, self - waas_lines)._compute_qty_to_invoice()
        waas_lines.qty_to_invoice = 0.0

    def _compute_invoice_status(self):
        waas_lines = self.filtered("order_id.is_waas")
        super(SaleOrderLine, self - waas_lines)._compute_invoice_status()
        waas_lines.invoice_status = "no"

    def _compute_untaxed_amount_to_invoice(self):
        waas_lines = self.filtered("order_id.is_waas")
        super(SaleOrderLine, self - waas_lines)._compute_untaxed_amount_to_invoice()
        waas_lines.untaxed_amount_to_invoice = 0.0

    def _compute_amount_to_invoice(self):
        waas_lines = self.filtered("order_id.is_waas")
        super(SaleOrderLine, self - waas_lines)._compute_amount_to_invoice()
        waas_lines.amount_to_invoice = 0.0

    # === CONSTRAINT METHODS ===#

    @api.constrains("product_id", "order_id", "waas_parent_line_id")
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
        if self._is_delivery():
            return False
        if not self.waas_role:
            return self.env._(
                "%(product)s cannot be on a WaaS quotation: ALSO rents out bundles "
                "with their upgrades and options only. List what the partner offers "
                "and invoices under Partner Services (R6), or make an ordinary "
                "quotation.",
                product=product.display_name,
            )
        if self.waas_role == "charge" and not self.waas_parent_line_id:
            return self.env._(
                "%(product)s goes with a bundle: add it with Configure on the bundle "
                "line.",
                product=product.display_name,
            )
        if self.waas_role == "charge":
            return self._waas_get_choice_problem()
        if self.waas_role == "component":
            return product._waas_get_hardware_problem(order.waas_reseller_id)
        return False

    def _waas_get_choice_problem(self):
        bundle_line = self.waas_parent_line_id
        template = bundle_line.product_id.product_tmpl_id
        if self.product_id.waas_role == "upgrade":
            allowed = self.product_id in self.waas_slot_id.upgrade_ids and (
                self.waas_slot_id.bundle_id == template
            )
        else:
            allowed = self.product_id in template.waas_option_ids
        if allowed:
            return False
        return self.env._(
            "%(bundle)s does not offer %(choice)s: choose another upgrade or option, "
            "or allow it on the bundle.",
            bundle=template.display_name,
            choice=self.product_id.display_name,
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

    @api.constrains("price_unit", "product_id", "product_uom_qty", "waas_role")
    def _check_waas_price(self):
        for order, lines in self.filtered("order_id.is_waas").grouped(
            "order_id"
        ).items():
            if order.state in ("draft", "sent"):
                lines._waas_ensure_priced()
                lines._waas_ensure_price_of_list()

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
            date=fields.Date.to_string(order.date_order),
        )

    def _waas_ensure_price_of_list(self):
        for line in self:
            expected = line._waas_get_list_price()
            if line.currency_id.compare_amounts(line.price_unit, expected):
                raise ValidationError(
                    self.env._(
                        "The monthly price of %(product)s is %(price)s: it comes from "
                        "the price list and cannot be typed. Use a price list for this "
                        "partner instead.",
                        product=line.product_id.display_name,
                        price=line.currency_id.format(expected),
                    )
                )

    def _waas_get_list_price(self):
        product_taxes = self.product_id.taxes_id._filter_taxes_by_company(
            self.company_id
        )
        return self.product_id._get_tax_included_unit_price_from_price(
            self._get_display_price(),
            product_taxes=product_taxes,
            fiscal_position=self.order_id.fiscal_position_id,
        )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        self._waas_free_delivery(vals_list)
        lines = super().create(vals_list)
        waas_lines = lines.filtered("order_id.is_waas")
        waas_lines._waas_ensure_deal_open()
        if not self.env.context.get("waas_configuring"):
            for line in waas_lines.filtered(lambda line: line.waas_role == "bundle"):
                line._waas_set_configuration({}, {})
        waas_lines.order_id._waas_deal_changed()
        return lines

    def write(self, vals):
        changes_deal = not vals.keys().isdisjoint(MONEY_FIELDS)
        if not changes_deal:
            return super().write(vals)
        waas_lines = self.filtered("order_id.is_waas")
        waas_lines._waas_ensure_deal_open(vals)
        delivery_lines = waas_lines.filtered(lambda line: line._is_delivery())
        if delivery_lines and "price_unit" in vals:
            super(SaleOrderLine, delivery_lines).write({**vals, "price_unit": 0.0})
            result = super(SaleOrderLine, self - delivery_lines).write(vals)
        else:
            result = super().write(vals)
        if "product_id" in vals and not self.env.context.get("waas_configuring"):
            for line in waas_lines.filtered(lambda line: line.waas_role == "bundle"):
                line._waas_set_configuration({}, {})
        if "product_uom_qty" in vals:
            waas_lines._waas_scale_children()
        waas_lines.order_id._waas_deal_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waas_part_of_bundle(self):
        for line in self:
            parent = line.waas_parent_line_id
            if not parent or parent in self or self.env.context.get("waas_configuring"):
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
        lines = self | self.waas_child_line_ids | (
            self.waas_child_line_ids.waas_child_line_ids
        )
        orders = lines.order_id.filtered("is_waas")
        result = super(SaleOrderLine, lines).unlink()
        orders.exists()._waas_deal_changed()
        return result

    # === ACTIONS ===#

    def action_waas_configure(self):
        """Open the choice of upgrades and options of a bundle line."""
        self.ensure_one()
        return self.env["waas.bundle.configure"]._get_action(self.order_id, self)

    # === BUSINESS METHODS ===#

    def _waas_is_priced(self):
        """Whether this line has a monthly price of its own."""
        return self.order_id.is_waas and self.waas_role in ("bundle", "charge")

    def _waas_get_configuration(self):
        """What was chosen on a bundle line.

        :return: tuple ``({slot: upgrade product}, {option product: quantity})``
        """
        self.ensure_one()
        charges = self.waas_child_line_ids.filtered(
            lambda line: line.waas_role == "charge"
        )
        upgrades = {
            line.waas_slot_id: line.product_id
            for line in charges
            if line.waas_slot_id
        }
        options = {
            line.product_id: line.product_uom_qty
            for line in charges
            if not line.waas_slot_id
        }
        return upgrades, options

    def _waas_set_configuration(self, upgrades, options):
        """Bring the lines that hang on a bundle line in line with the choice (R6, R7).

        :param dict upgrades: slot -> upgrade product; a slot left out keeps its
            included component
        :param dict options: option product -> quantity. A quantity equal to the number
            of bundles grows and shrinks with it, any other is a number of its own
        :raises ValidationError: when the bundle does not offer a choice, a component
            may not be rented out, or a price for the term is missing
        """
        self.ensure_one()
        self._waas_ensure_deal_open()
        configuring = self.with_context(waas_configuring=True)
        kept = configuring.browse()
        sequence = self.sequence
        for values in self._waas_prepare_children(upgrades, options):
            sub_values = values.pop("children")
            line = configuring._waas_set_child(self, {**values, "sequence": sequence})
            kept |= line
            for sub in sub_values:
                kept |= configuring._waas_set_child(line, {**sub, "sequence": sequence})
        children = configuring.waas_child_line_ids
        (children | children.waas_child_line_ids - kept).filtered(
            lambda line: line not in kept
        ).unlink()
        configuring.name = configuring.with_context(
            lang=self.order_id._get_lang()
        )._get_sale_order_line_multiline_description_sale()
        self.order_id._waas_deal_changed()

    def _waas_prepare_children(self, upgrades, options):
        """Values of the lines that a choice asks for, each with its own children."""
        result = []
        for slot in self.product_id.waas_slot_ids:
            upgrade = upgrades.get(slot)
            component = upgrade.waas_component_id if upgrade else slot.component_id
            result.append(self._waas_prepare_child(component, slot.quantity, slot=slot))
            if upgrade:
                result.append(
                    self._waas_prepare_child(upgrade, slot.quantity, slot=slot)
                )
        for option, quantity in options.items():
            if not quantity:
                continue
            follows = not self.product_uom_id.compare(quantity, self.product_uom_qty)
            values = self._waas_prepare_child(
                option, 1.0 if follows else 0.0, quantity=quantity
            )
            if component := option.waas_component_id:
                values["children"].append(
                    self._waas_prepare_child(component, 1.0, quantity=quantity)
                )
            result.append(values)
        return result

    def _waas_prepare_child(self, product, per_parent, slot=None, quantity=None):
        return {
            "product_id": product.id,
            "waas_slot_id": slot.id if slot else False,
            "waas_qty_per_parent": per_parent,
            "product_uom_qty": (
                per_parent * self.product_uom_qty if quantity is None else quantity
            ),
            "children": [],
        }

    def _waas_set_child(self, parent, values):
        """Write ``values`` to the child they describe, or make it."""
        values = {key: value for key, value in values.items() if key != "children"}
        existing = parent.waas_child_line_ids.filtered(
            lambda line: line.product_id.id == values["product_id"]
            and line.waas_slot_id.id == values["waas_slot_id"]
        )[:1]
        if existing:
            existing = existing.with_context(waas_configuring=True)
            changed = {
                name: value
                for name, value in values.items()
                if existing._fields[name].convert_to_write(existing[name], existing)
                != value
            }
            if changed:
                existing.write(changed)
            return existing
        return self.env["sale.order.line"].create(
            {
                **values,
                "order_id": parent.order_id.id,
                "waas_parent_line_id": parent.id,
            }
        )

    def _waas_scale_children(self):
        """Let what goes with each bundle follow the number of bundles."""
        for line in self.waas_child_line_ids:
            if line.waas_qty_per_parent:
                line.product_uom_qty = (
                    line.waas_parent_line_id.product_uom_qty * line.waas_qty_per_parent
                )

    @api.model
    def _waas_free_delivery(self, vals_list):
        """Delivery is free, whatever a delivery method says (R3)."""
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        waas_ids = set(orders.filtered("is_waas").ids)
        for vals in vals_list:
            if vals.get("is_delivery") and vals.get("order_id") in waas_ids:
                vals["price_unit"] = 0.0

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
