"""A bundle line carries the money; what hangs on it is delivered for nothing
(components) or has a monthly price of its own (charges)."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

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
    "waas_commission_amount",
    "waas_parent_line_id",
    "waas_qty_per_parent",
    "waas_role",
    "waas_slot_id",
    "waas_term_id",
)
# Context value while the lines of a bundle are put together. An object, not True:
# callers cannot send it.
CONFIGURING = object()


class SaleOrderLine(models.Model):
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
        check_company=True,
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
    waas_commission_amount = fields.Monetary(
        string="Commission",
        compute="_compute_waas_commission",
        store=True,
        precompute=True,
        groups="base.group_user",
        help="What the partner earns once when the contract is signed.",
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
        waas_lines = self._waas_get_own()
        (self - waas_lines).waas_role = False
        for line in waas_lines:
            line.waas_role = line._waas_get_role()

    def _waas_get_role(self):
        product_role = self.product_id.waas_role
        if self.display_type:
            return False
        if product_role == "bundle":
            return "bundle"
        if product_role in PRICED_ROLES:
            return "charge"
        return "component" if self.waas_parent_line_id else False

    @api.depends("waas_role")
    def _compute_tax_ids(self):
        """What is delivered along is not sold: no tax either, not even a fixed one."""
        free_lines = self._waas_get_own().filtered(lambda line: line._waas_is_free())
        free_lines.tax_ids = False
        return super(SaleOrderLine, self - free_lines)._compute_tax_ids()

    @api.depends("waas_role")
    def _compute_amount(self):
        free_lines = self._waas_get_own().filtered(lambda line: line._waas_is_free())
        free_lines.price_subtotal = 0.0
        free_lines.price_tax = 0.0
        free_lines.price_total = 0.0
        return super(SaleOrderLine, self - free_lines)._compute_amount()

    def _get_sale_order_line_multiline_description_sale(self):
        """A bundle lists its components, which are not printed as lines."""
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
            for line in self._waas_get_children()
            if line.waas_role == "component"
        ]
        return "\n".join([description, *contents])

    def _waas_get_children(self):
        """The lines of this bundle, from the lines of its order where it has one: those
        are read already."""
        if not self.id:
            return self.waas_child_line_ids
        return self.order_id.order_line.filtered(
            lambda line: line.waas_parent_line_id == self
        )

    def _get_linked_lines(self):
        """Nothing is linked to a bundle and its parts: they are no combos. Core would
        compare each line of the order with each other one."""
        if self.waas_role:
            return self.browse()
        return super()._get_linked_lines()

    # === NEVER INVOICED BY THE ORDER: THE CONTRACT DOES IT ===#

    def _compute_qty_to_invoice(self):
        waas_lines = self._waas_get_own()
        waas_lines.qty_to_invoice = 0.0
        return super(SaleOrderLine, self - waas_lines)._compute_qty_to_invoice()

    def _compute_invoice_status(self):
        waas_lines = self._waas_get_own()
        waas_lines.invoice_status = "no"
        return super(SaleOrderLine, self - waas_lines)._compute_invoice_status()

    def _compute_untaxed_amount_to_invoice(self):
        waas_lines = self._waas_get_own()
        waas_lines.untaxed_amount_to_invoice = 0.0
        sold = self - waas_lines
        return super(SaleOrderLine, sold)._compute_untaxed_amount_to_invoice()

    def _compute_amount_to_invoice(self):
        waas_lines = self._waas_get_own()
        waas_lines.amount_to_invoice = 0.0
        return super(SaleOrderLine, self - waas_lines)._compute_amount_to_invoice()

    # === CRUD METHODS ===#

    def _waas_get_checked_names(self, values):
        """A line of a WaaS order shows the order's prices and commission."""
        names = super()._waas_get_checked_names(values)
        order = values.get("order_id")
        order_id = order.get("id") if isinstance(order, dict) else order
        if isinstance(order_id, int) and order_id:
            # Whether it is WaaS, decides, before rights are asked.
            order_sudo = self.env["sale.order"].sudo().browse(order_id)
            if order_sudo.is_waas:  # only to see which kind it is
                return [*names, "order_id"]
        return names

    @api.model_create_multi
    def create(self, vals_list):
        self._waas_free_delivery(vals_list)
        lines = super().create(vals_list)
        waas_lines = lines._waas_get_own()
        waas_lines._waas_ensure_deal_open()
        if not self._waas_is_configuring():
            waas_lines._waas_reset_configuration()
            waas_lines.order_id._waas_deal_changed()
        return lines

    def write(self, vals):
        # Odoo resets the lines of expenses with each invoice, mostly none.
        if not self or vals.keys().isdisjoint(MONEY_FIELDS):
            return super().write(vals)
        waas_lines = self._waas_get_own()
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

    # === BUSINESS METHODS ===#

    def _waas_get_own(self):
        """The lines of WaaS orders. The orders are asked, not each line: mostly, there
        are none."""
        orders = self.order_id.filtered("is_waas")
        if not orders:
            return self.browse()
        return self.filtered(lambda line: line.order_id in orders)

    def _waas_is_free(self):
        """Whether this line is on a WaaS order and costs nothing whatever happens:
        components and delivery (R3)."""
        return (
            self.order_id.is_waas
            and not self.display_type
            and (self.waas_role == "component" or self._is_delivery())
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
