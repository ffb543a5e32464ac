"""Contacts that are merged stay parties of their deals."""

from odoo import models
from odoo.exceptions import UserError


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        """A merge bypasses the constraints of the models: the parties of deals are
        checked afterwards."""
        deals_sudo = self._waas_find_deals(partner_ids)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        deals_sudo.invalidate_recordset()
        for deal_sudo in deals_sudo:
            if problem := self._waas_get_deal_problem(deal_sudo):
                raise UserError(
                    self.env._(
                        "These contacts are not merged, because of deal %(deal)s: "
                        "%(problem)s",
                        deal=deal_sudo.name,
                        problem=problem,
                    )
                )
        return result

    def _waas_find_deals(self, partner_ids):
        """Deals of these contacts and those below them that are in order now, as
        superuser: users who merge contacts need not read deals."""
        deals_sudo = self.env["sale.order"].sudo()
        return deals_sudo.search(
            [
                ("is_waas", "=", True),
                ("state", "!=", "cancel"),
                "|",
                "|",
                "|",
                ("partner_id", "child_of", partner_ids),
                ("waas_reseller_id", "child_of", partner_ids),
                ("partner_invoice_id", "in", partner_ids),
                ("partner_shipping_id", "in", partner_ids),
            ]
        ).filtered(lambda deal: not self._waas_get_deal_problem(deal))

    def _waas_get_deal_problem(self, deal):
        return deal._waas_get_party_problem() or deal._waas_get_delivery_problem(
            deal.partner_shipping_id
        )
