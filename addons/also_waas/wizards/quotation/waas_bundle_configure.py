from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import clean_context


class WaasBundleConfigure(models.TransientModel):
    """Choose a bundle, its upgrades and options; see price and commission at once."""

    _name = "waas.bundle.configure"
    _description = "Configure a WaaS Bundle"
    _inherit = "waas.readable.mixin"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, ondelete="cascade"
    )
    order_line_id = fields.Many2one(comodel_name="sale.order.line", ondelete="cascade")
    term_id = fields.Many2one(related="order_id.waas_term_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    bundle_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        domain="[('waas_role', '=', 'bundle'), ('sale_ok', '=', True)]",
    )
    quantity = fields.Integer(
        string="Workplaces", default=1, required=True, help="How many of this bundle."
    )
    slot_ids = fields.One2many(
        comodel_name="waas.bundle.configure.slot",
        inverse_name="configure_id",
        string="Contents",
        compute="_compute_choices",
        store=True,
        readonly=False,
    )
    option_ids = fields.One2many(
        comodel_name="waas.bundle.configure.option",
        inverse_name="configure_id",
        string="Options",
        compute="_compute_choices",
        store=True,
        readonly=False,
    )
    monthly_amount = fields.Monetary(
        string="Monthly", compute="_compute_amounts", help="Without VAT."
    )
    total_amount = fields.Monetary(
        string="Contract Total", compute="_compute_amounts", help="Without VAT."
    )
    commission_amount = fields.Monetary(
        string="Partner Commission", compute="_compute_amounts"
    )
    missing_prices = fields.Char(compute="_compute_amounts")

    _check_quantity = models.Constraint(
        "CHECK (quantity > 0)", "Rent at least one workplace."
    )

    @api.depends("bundle_id")
    def _compute_choices(self):
        """Offer what the bundle offers, with what the line has chosen already."""
        for wizard in self:
            upgrades, options = {}, {}
            line = wizard.order_line_id
            if line and line.product_id == wizard.bundle_id:
                upgrades, options = line._waas_get_configuration()
            wizard.slot_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "slot_id": slot.id,
                            "upgrade_id": upgrades[slot].id
                            if slot in upgrades
                            else False,
                        }
                    )
                    for slot in wizard.bundle_id.waas_slot_ids
                ),
            ]
            wizard.option_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "option_id": option.id,
                            "quantity": options.get(option, 0),
                            "follows": bool(
                                line._waas_get_option_line(option).waas_qty_per_parent
                            ),
                        }
                    )
                    for option in wizard.bundle_id.waas_option_ids
                ),
            ]

    @api.depends("bundle_id", "quantity", "slot_ids.upgrade_id", "option_ids.quantity")
    def _compute_amounts(self):
        for wizard in self:
            preview = wizard.order_id._waas_preview(wizard._get_priced_rows())
            wizard.monthly_amount = preview["monthly"]
            wizard.total_amount = preview["total"]
            wizard.commission_amount = preview["commission"]
            wizard.missing_prices = ", ".join(preview["missing"].mapped("display_name"))

    @api.onchange("quantity")
    def _onchange_quantity(self):
        """An option for each workplace stays one for each workplace."""
        for row in self.option_ids.filtered("follows"):
            row.quantity = self.quantity

    def action_apply(self):
        """Put the choice on the quotation."""
        self.ensure_one()
        upgrades = {
            row.slot_id: row.upgrade_id for row in self.slot_ids if row.upgrade_id
        }
        options = {
            row.option_id: row.quantity for row in self.option_ids if row.quantity
        }
        # The defaults of this window are not those of what is made now.
        clean = self.env(context=clean_context(self.env.context))
        line = self.order_line_id.with_env(clean)
        if line and line.product_id != self.bundle_id:
            raise UserError(
                self.env._("Remove the line to choose another bundle for it.")
            )
        if line:
            line.product_uom_qty = self.quantity
            line._waas_set_configuration(upgrades, options)
        else:
            self.order_id.with_env(clean)._waas_add_bundle(
                self.bundle_id, self.quantity, upgrades, options
            )
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _get_action(self, order, line=None):
        order._waas_ensure_may_prepare()
        context = {"default_order_id": order.id}
        if line:
            context |= {
                "default_order_line_id": line.id,
                "default_bundle_id": line.product_id.id,
                "default_quantity": int(line.product_uom_qty),
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Configure a Bundle"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": context,
        }

    def _get_priced_rows(self):
        """Pairs of product and quantity that have a price of their own."""
        rows = [(self.bundle_id, self.quantity)] if self.bundle_id else []
        rows += [
            (row.upgrade_id, self.quantity * row.slot_id.quantity)
            for row in self.slot_ids
            if row.upgrade_id
        ]
        return rows + [
            (row.option_id, row.quantity) for row in self.option_ids if row.quantity
        ]
