"""Bundles on a quotation: added, previewed, copied, kept together."""

from odoo import api, models

from .sale_order_line import CONFIGURING


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === ONCHANGE METHODS ===#

    @api.onchange("order_line")
    def _onchange_waas_order_line(self):
        """Show at once what follows the number of bundles."""
        if not self.is_waas:
            return
        by_origin = {line._origin: line for line in self.order_line}
        for line in self.order_line:
            parent = by_origin.get(line.waas_parent_line_id._origin)
            if parent and line.waas_qty_per_parent:
                line.product_uom_qty = parent.product_uom_qty * line.waas_qty_per_parent

    # === CRUD METHODS ===#

    def _get_copiable_order_lines(self):
        lines = super()._get_copiable_order_lines()
        return lines.filtered(lambda line: not line.waas_parent_line_id)

    def copy(self, default=None):
        # Bundles are copied without their parts, which are chosen below.
        configuring = self.with_context(waas_configuring=CONFIGURING)
        copies = super(SaleOrder, configuring).copy(default).with_env(self.env)
        for order, copied in zip(self, copies, strict=True):
            if order.is_waas:
                order._waas_copy_configuration(copied)
        return copies

    def _waas_copy_configuration(self, copied):
        """Choose on the copy what was chosen here, and say what is offered no more."""

        def bundles(order):
            return order.order_line.filtered(lambda line: line.waas_role == "bundle")

        choices, left_out = {}, self.env["product.product"]
        for line, new_line in zip(bundles(self), bundles(copied), strict=True):
            upgrades, options = line._waas_get_configuration()
            template = new_line.product_id.product_tmpl_id
            choices[new_line] = (
                {
                    slot: upgrade
                    for slot, upgrade in upgrades.items()
                    if upgrade in slot.upgrade_ids
                },
                {
                    option: quantity
                    for option, quantity in options.items()
                    if option in template.waas_option_ids
                },
            )
            left_out |= line.waas_child_line_ids.filtered(
                lambda child: child.waas_role == "charge"
            ).product_id - self.env["product.product"].union(
                *choices[new_line][0].values(), *choices[new_line][1]
            )
        copied.order_line._waas_set_configurations(choices)
        if left_out:
            copied.message_post(
                body=self.env._(
                    "Not copied from %(order)s, because the bundle does not offer it "
                    "any more: %(products)s.",
                    order=self.name,
                    products=", ".join(left_out.mapped("display_name")),
                )
            )

    # === BUSINESS METHODS ===#

    def _waas_add_bundle(self, bundle, quantity=1, upgrades=None, options=None):
        """Put a configured bundle on the quotation.

        :param bundle: ``product.product`` with role bundle
        :param quantity: number of workplaces
        :param dict upgrades: slot -> upgrade product
        :param dict options: option product -> quantity
        :return: the bundle's ``sale.order.line``
        :raises ValidationError: for what cannot be rented out, with what to change
        """
        self.ensure_one()
        lines = self.env["sale.order.line"].with_context(waas_configuring=CONFIGURING)
        line = lines.create(
            {
                "order_id": self.id,
                "product_id": bundle.id,
                "product_uom_qty": quantity,
                "sequence": max(self.order_line.mapped("sequence"), default=9) + 1,
            }
        ).with_env(self.env)
        line._waas_set_configuration(upgrades or {}, options or {})
        return line

    def _waas_preview(self, rows):
        """What a choice would cost and earn, priced as the quotation will price it.

        :param list rows: pairs of priced product and quantity
        :return: dict ``{monthly, total, commission, missing}``: amounts in the currency
            of the quotation, and the products without a price for its term
        """
        lines = self.env["sale.order.line"]
        for product, quantity in rows:
            lines += lines.new(
                {
                    "order_id": self.id,
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                }
            )
        monthly = sum(lines.mapped("price_subtotal"))
        return {
            "monthly": monthly,
            "total": self._waas_get_total(monthly),
            "commission": sum(lines.mapped("waas_commission_amount")),
            "missing": lines.filtered(
                lambda line: not line.pricelist_item_id
            ).product_id,
        }

    def _waas_keep_bundles_together(self):
        """List the parts of a bundle below it, also where several bundles were given
        the same place."""
        for order in self:
            first_lines = order.order_line.filtered(
                lambda line: not line.waas_parent_line_id
            ).sorted(lambda line: (line.sequence, line.id))
            if len(set(first_lines.mapped("sequence"))) == len(first_lines):
                continue
            for number, line in enumerate(first_lines, start=1):
                children = line.waas_child_line_ids
                family = line | children | children.waas_child_line_ids
                family.filtered(
                    lambda line, number=number: line.sequence != number
                ).sequence = number
