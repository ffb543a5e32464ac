from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Chapter 4, contract: an ordinary invoice that claims months of a contract
    (R13)."""

    _name = "account.move"
    _inherit = ["account.move", "waas.readable.mixin"]

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
    waas_installment_ids = fields.One2many(
        comodel_name="waas.installment",
        inverse_name="move_id",
        string="Installments",
        readonly=True,
        groups="base.group_user",
    )

    def button_draft(self):
        """A cancelled invoice stays cancelled once its month was invoiced again."""
        lines = self.filtered(lambda move: move.state == "cancel").line_ids
        for line in lines.filtered("waas_installment_id"):
            installment = line.waas_installment_id
            if installment.claim != line.waas_claim:
                raise UserError(
                    self.env._(
                        "%(installment)s is invoiced again: %(invoice)s stays "
                        "cancelled.",
                        installment=installment.display_name,
                        invoice=line.move_id.display_name,
                    )
                )
        return super().button_draft()

    def action_view_waas_contract(self):
        """Open the contract whose months this invoice claims."""
        self.ensure_one()
        return self.waas_contract_id._get_records_action()
