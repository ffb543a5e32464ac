from odoo import fields, models


class AccountMoveLine(models.Model):
    """Chapter 4, contract: which month of a contract an invoice line claims (R13)."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "waas.guarded.mixin", "waas.readable.mixin"]

    waas_installment_id = fields.Many2one(
        comodel_name="waas.installment",
        string="Installment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    waas_claim = fields.Integer(string="Claim", readonly=True, copy=False)
    waas_period_start = fields.Date(
        string="Period From", related="waas_installment_id.date_start"
    )
    waas_period_end = fields.Date(
        string="Period To", related="waas_installment_id.date_end"
    )

    # Whatever is started twice, killed or forged: the database takes one line for a
    # month of a contract line. A new claim needs the old one cancelled or credited.
    _unique_waas_claim = models.UniqueIndex(
        "(waas_installment_id, contract_line_id, waas_claim) "
        "WHERE waas_installment_id IS NOT NULL",
        "This month of the contract was invoiced already.",
    )

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
