from odoo import fields, models


class AccountMove(models.Model):
    """Chapter 4, contract: an ordinary invoice that claims months of a contract
    (R13)."""

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
    )
    waas_installment_ids = fields.One2many(
        comodel_name="waas.installment",
        inverse_name="move_id",
        string="Installments",
        readonly=True,
        groups="base.group_user",
    )

    def action_view_waas_contract(self):
        """Open the contract whose months this invoice claims."""
        self.ensure_one()
        return self.waas_contract_id._get_records_action()
