"""One row of the ledger in a settlement, once (I5, I8)."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CommissionSettlementLine(models.Model):
    _name = "commission.settlement.line"
    _inherit = [
        "commission.settlement.line",
        "waas.guarded.mixin",
        "waas.readable.mixin",
    ]

    waas_commission_id = fields.Many2one(
        comodel_name="waas.commission",
        string="WaaS Commission",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    waas_event = fields.Selection(related="waas_commission_id.event", string="Event")
    waas_contract_id = fields.Many2one(
        related="waas_commission_id.contract_id", string="Contract"
    )
    waas_partner_id = fields.Many2one(
        related="waas_commission_id.partner_id", string="End Customer"
    )
    waas_product_id = fields.Many2one(
        related="waas_commission_id.product_id", string="Product"
    )
    waas_is_live = fields.Boolean(
        compute="_compute_waas_is_live",
        store=True,
        help="Its settlement was not cancelled.",
    )

    _unique_waas_commission = models.UniqueIndex(
        "(waas_commission_id) WHERE waas_is_live IS TRUE",
        "This commission is in a settlement already.",
    )

    @api.depends("settlement_id.state")
    def _compute_waas_is_live(self):
        for line in self:
            line.waas_is_live = line.settlement_id.state != "cancel"

    @api.constrains("waas_commission_id", "settled_amount", "settlement_id")
    def _check_waas_commission(self):
        """A settlement pays what the ledger says, to whom it says (I8)."""
        for line in self:
            settlement, commission = line.settlement_id, line.waas_commission_id
            if not settlement.is_waas and not commission:
                continue
            if not (
                settlement.is_waas
                and commission.reseller_id == settlement.agent_id
                and commission.company_id == settlement.company_id
                and commission.currency_id == settlement.currency_id
                and commission.currency_id.compare_amounts(
                    commission.amount, line.settled_amount
                )
                == 0
            ):
                raise ValidationError(
                    self.env._(
                        "A WaaS settlement holds rows of the commission ledger as they "
                        "are: settle with WaaS / Commission / Settle Commission."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._waas_ensure_open()
        return lines

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        self._waas_ensure_open()

    def _waas_ensure_open(self):
        for settlement in self.settlement_id.filtered("is_waas"):
            if settlement.state == "invoiced":
                raise UserError(
                    self.env._(
                        "%(settlement)s is billed: its lines stay. Delete or cancel "
                        "its bill first.",
                        settlement=settlement.name,
                    )
                )
