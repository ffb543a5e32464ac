from odoo import fields, models


class AccountMove(models.Model):
    """Chapter 8, returns: the fee of a pick-up, and the claim for what did not come
    back (R15)."""

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
