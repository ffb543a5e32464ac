"""The fee of a pick-up, and the claim for what did not come back (R15)."""

from odoo import fields, models
from odoo.tools import format_amount


class AccountMove(models.Model):
    _inherit = "account.move"

    waas_return_id = fields.Many2one(
        comodel_name="waas.return",
        string="WaaS Return",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        groups="base.group_user",
    )

    def _waas_are_ours(self):
        # That an invoice belongs to a return is no secret.
        return super()._waas_are_ours() or bool(self.sudo().waas_return_id)

    def _waas_get_posting_problem(self):
        return super()._waas_get_posting_problem() or (
            self.move_type == "out_invoice"
            and self.waas_return_id
            and self._waas_get_return_problem()
        )

    def _waas_get_return_problem(self):
        """Why this invoice is not what its return says, or False: it goes to the
        customer of the return, and a fee is what was agreed (R13, R15)."""
        record = self.waas_return_id.sudo()  # accountants need not read returns
        customer = record.partner_id.commercial_partner_id
        if self.commercial_partner_id != customer:
            return self._waas_get_party_problem(customer)
        if record.fee_move_id == self and self.currency_id.compare_amounts(
            self.amount_untaxed, record.fee_frozen
        ):
            return self.env._(
                "%(invoice)s is %(found)s without VAT, and %(amount)s was agreed for "
                "the pick-up: undo the change, or credit it.",
                invoice=self.display_name,
                found=format_amount(self.env, self.amount_untaxed, self.currency_id),
                amount=format_amount(self.env, record.fee_frozen, self.currency_id),
            )
        return False
