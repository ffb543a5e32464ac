"""An ordinary invoice that claims months of a contract (R13)."""

from odoo import fields, models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "waas.guarded.mixin", "waas.readable.mixin"]

    waas_contract_id = fields.Many2one(
        comodel_name="contract.contract",
        string="WaaS Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        groups="base.group_user",
    )
    waas_former_installment_id = fields.Many2one(
        comodel_name="waas.installment",
        string="Formerly of Installment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="The month that this invoice claimed, and that was invoiced again since.",
        check_company=True,
    )
    waas_installment_ids = fields.One2many(
        comodel_name="waas.installment",
        inverse_name="move_id",
        string="Installments",
        readonly=True,
        groups="base.group_user",
    )

    def _fetch_duplicate_reference(self, matching_states=("draft", "posted")):
        """Two months of a contract, or of two contracts of one customer, cost the same
        and may be invoiced on one day: they are no duplicates. What claims the same
        month twice, no index lets in."""
        duplicates = super()._fetch_duplicate_reference(matching_states)
        return {
            move: others
            for move, found in duplicates.items()
            if (others := move._waas_leave_months_out(found))
        }

    def _waas_leave_months_out(self, found):
        origin_sudo = self._origin.sudo()  # whether it has a month is no secret
        if not origin_sudo.waas_contract_id:
            return found
        return found.filtered(lambda other: not other.sudo().waas_contract_id)

    def action_view_waas_contract(self):
        """Open the contract whose months this invoice claims."""
        self.ensure_one()
        return self.waas_contract_id._get_records_action()
