"""A bundle on a quotation brings its components, upgrades and options along."""

from odoo import api, models

from .sale_order_line import CONFIGURING


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    # === ACTIONS ===#

    def action_waas_configure(self):
        """Open the choice of upgrades and options of a bundle line."""
        self.ensure_one()
        return self.env["waas.bundle.configure"]._get_action(self.order_id, self)

    # === BUSINESS METHODS ===#

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
