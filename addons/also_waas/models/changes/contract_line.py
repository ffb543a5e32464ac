"""A price that came with a change, or that a change ended."""

from odoo import api, fields, models


class ContractLine(models.Model):
    _inherit = "contract.line"

    waas_change_line_id = fields.Many2one(
        comodel_name="waas.change.line",
        string="From Change",
        readonly=True,
        groups="base.group_user",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    waas_parent_line_id = fields.Many2one(
        comodel_name="contract.line",
        string="Workplaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The workplaces to which a later upgrade or option belongs.",
    )
    waas_slot_id = fields.Many2one(
        comodel_name="waas.bundle.slot",
        string="Slot",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    waas_installment_id = fields.Many2one(
        comodel_name="waas.installment",
        string="Invoiced With",
        readonly=True,
        groups="base.group_user",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The one month that invoices this part of a month.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("quantity", "product_id", "contract_id.generation_type")
    def _compute_display_name(self):
        """How many of what: the text of a WaaS line is long, and made for invoices."""
        waas_lines = self._waas_filter().filtered("product_id")
        for line in waas_lines:
            # Portal users read the name of the line, and cannot read products.
            product = line.sudo().product_id.with_context(display_default_code=False)
            line.display_name = f"{line.quantity:g} × {product.display_name}"
        return super(ContractLine, self - waas_lines)._compute_display_name()

    def _waas_is_rent(self):
        """Whether the line is a price in force, and no part of a month."""
        self.ensure_one()
        return not (self.display_type or self.is_canceled or self.waas_installment_id)

    def _waas_get_row(self):
        return super()._waas_get_row()._replace(number=self.waas_installment_id.number)

    def _waas_get_bundle_line(self):
        """The line of the workplaces that an upgrade or option belongs to."""
        self.ensure_one()
        if self.waas_parent_line_id:
            return self.waas_parent_line_id
        order_line = self.waas_order_line_id.waas_parent_line_id
        return self.contract_id.contract_line_ids.filtered(
            lambda line: order_line and line.waas_order_line_id == order_line
        )[:1]

    def _waas_get_slot(self):
        self.ensure_one()
        return self.waas_slot_id or self.waas_order_line_id.waas_slot_id

    def _waas_get_upgrade(self, slot):
        """The dearer choice that fills a slot of these workplaces to the end."""
        return self.contract_id.contract_line_ids.filtered(
            lambda line: slot
            and line._waas_is_rent()
            and line._waas_get_slot() == slot
            and line._waas_get_bundle_line() == self
            and line.product_id.waas_role == "upgrade"
            and line.date_end == line.contract_id.date_end
        )[:1]

    def _waas_get_valid_from(self):
        """The day from which the price holds: before the first month that bills it
        whole, where a part of a month was billed on its own."""
        self.ensure_one()
        return self.waas_change_line_id.change_id.effective_date or self.date_start

    def _waas_get_earned_unit(self):
        """The commission per piece that was earned on this place up to now."""
        if not self:
            return 0.0
        change_line = self.waas_change_line_id
        if not change_line:
            return self.waas_order_line_id.waas_commission_unit
        return (
            change_line.commission_unit
            + change_line.replaced_line_id._waas_get_earned_unit()
        )

    def _waas_is_billed(self, month):
        """Without prices that never came to hold; a part of a month is billed with its
        one month."""
        if self.is_canceled:
            return False
        if self.waas_installment_id:
            return self.waas_installment_id == month
        return super()._waas_is_billed(month)

    def _waas_is_behind(self, day):
        """A part of a month is invoiced with its one month, not by its days."""
        return not self.waas_installment_id and super()._waas_is_behind(day)

    def _waas_get_period(self, month):
        if self.waas_installment_id:
            return self.date_start, self.date_end
        return super()._waas_get_period(month)
