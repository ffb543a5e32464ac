"""Which month of a contract an invoice line claims (R13)."""

from odoo import api, fields, models

# What a line says, and to whom.
SAID_FIELDS = frozenset(
    (
        "move_id",
        "partner_id",
        "product_id",
        "quantity",
        "price_unit",
        "discount",
        "contract_line_id",
    )
)


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "waas.guarded.mixin", "waas.readable.mixin"]

    waas_installment_id = fields.Many2one(
        comodel_name="waas.installment",
        string="Installment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    waas_attempt = fields.Integer(string="Invoicing Attempt", readonly=True, copy=False)
    waas_period_start = fields.Date(
        string="Period From", related="waas_installment_id.date_start"
    )
    waas_period_end = fields.Date(
        string="Period To", related="waas_installment_id.date_end"
    )

    # Also after a crash, a duplicate run or forged values: the database accepts one
    # line for a month of a contract line. A new attempt needs the old one cancelled or
    # credited.
    _unique_waas_attempt = models.UniqueIndex(
        "(waas_installment_id, contract_line_id, waas_attempt) "
        "WHERE waas_installment_id IS NOT NULL",
        "This month of the contract was invoiced already.",
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        if not self.env.su:
            lines._waas_ensure_stay()
        return lines

    def write(self, vals):
        if not self.env.su and not SAID_FIELDS.isdisjoint(vals):
            months = "move_id" in vals and self.filtered("waas_installment_id")
            if months:
                months.move_id[:1]._waas_refuse_edit()
            self._waas_ensure_stay()
        return super().write(vals)

    def _waas_ensure_stay(self):
        """Odoo protects the lines of a posted document when the document is edited, not
        when the lines are.

        :raises AccessError: when one of them is of a posted document of ours
        """
        for move in self.move_id:
            if move.state == "posted" and move._waas_are_ours():
                move._waas_refuse_edit()

    def _waas_is_beside_agreement(self, months):
        """Whether this line bills what the contract of ``months`` does not say: another
        price, quantity or product, or something beside the rent (R3).

        :param months: ``waas.installment`` of the line's invoice
        """
        self.ensure_one()
        if self.display_type != "product":
            return False
        if not self.waas_installment_id:
            return not self.currency_id.is_zero(self.price_subtotal)
        agreed = self.contract_line_id
        return (
            self.product_id != agreed.product_id
            or self.currency_id.compare_amounts(self.price_unit, agreed.price_unit) != 0
            or self.discount != agreed.discount
            # Several months of one price are summed: the total says how many.
            or (len(months) == 1 and self.quantity != agreed.quantity)
        )
