"""What a contract has earned its reseller (R1, R8)."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..gate.sale_order import GATE_GROUPS
from .waas_commission import READER_GROUPS


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_commission_ids = fields.One2many(
        comodel_name="waas.commission",
        inverse_name="contract_id",
        string="Commission",
        readonly=True,
        groups=READER_GROUPS,
    )
    waas_commission_light = fields.Selection(
        related="waas_order_id.waas_commission_light", groups=GATE_GROUPS
    )
    waas_commission_html = fields.Html(
        related="waas_order_id.waas_commission_html",
        string="Partner's Commission",
        groups=GATE_GROUPS,
    )

    def action_view_waas_commission(self):
        """Open what this contract has earned its reseller."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.waas_commission_action"
        )
        return {**action, "domain": [("contract_id", "=", self.id)], "context": {}}

    def _waas_accrue(self, event, source, earnings, moment=None):
        """Book the commission of an event of this contract, once (R1, R8).

        For the methods of later chapters: the caller has made sure that credit
        is approved and all agreements are signed by both.

        :param str event: ``new``, ``extension``, ``upgrade`` or ``seats``
        :param source: the order or change; the same one never earns twice
        :param earnings: list of ``waas_commission.Earning``
        :param datetime moment: when the last condition was met; now when left out
        :return: the new ``waas.commission``
        :raises UserError: when the contract was cancelled
        """
        self.ensure_one()
        # Booked by the system, whichever user caused it.
        if self.sudo().waas_state == "cancelled":
            raise UserError(
                self.env._(
                    "%(contract)s was cancelled: it earns no commission any more.",
                    # Booked by the system, whichever user caused it.
                    contract=self.sudo().name,
                )
            )
        # Users cannot write the ledger: a forged row would be paid.
        commissions_sudo = self.env["waas.commission"].sudo()
        rows_sudo = commissions_sudo._accrue(
            self.sudo(), event, source, earnings, moment or fields.Datetime.now()
        )
        rows_sudo.reseller_id._waas_become_agent()
        return rows_sudo
