"""Agreements and credit checks of changes are not those of the order. An order may
follow on a contract that ends."""

from odoo import fields, models

from .waas_change_gate import GATE_GROUPS


class SaleOrder(models.Model):
    _inherit = "sale.order"

    waas_agreement_ids = fields.One2many(domain=[("change_id", "=", False)])
    waas_credit_check_ids = fields.One2many(domain=[("change_id", "=", False)])
    waas_all_agreement_ids = fields.One2many(
        comodel_name="waas.agreement",
        inverse_name="order_id",
        string="Agreements, with Those of Changes",
        readonly=True,
        groups=GATE_GROUPS,
    )
    waas_predecessor_id = fields.Many2one(
        comodel_name="contract.contract",
        string="Follows On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The contract that ends when this one takes its place; this is a new "
        "contract.",
    )
