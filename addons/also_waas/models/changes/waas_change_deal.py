import hashlib
import json

from odoo import api, fields, models


class WaasChange(models.Model):
    """A change as a deal: what is agreed, and what both sign (R1)."""

    _inherit = "waas.change"

    waas_signatory_id = fields.Many2one(ondelete="restrict")

    @api.depends("contract_id")
    def _compute_waas_signatory_id(self):
        """Proposes who signed the contract."""
        for change in self:
            # One field of the order, for users who prepare its change.
            order_sudo = change.contract_id.sudo().waas_order_id
            change.waas_signatory_id = order_sudo.waas_signatory_id

    def _waas_get_credit_amount(self):
        """By how much the exposure grows, with VAT, in the company's currency."""
        self.ensure_one()
        return self.currency_id._convert(
            max(self.growth_total, 0.0),
            self.company_id.currency_id,
            self.company_id,
            self.company_id._waas_today(),
        )

    def _waas_get_fingerprint(self):
        """Hash of everything that is agreed: what changes, from when, for how much."""
        self.ensure_one()
        deal = {
            "contract": self.contract_id.id,
            "parties": self._waas_describe_parties(),
            "kind": self.kind,
            "date": str(self.effective_date),
            "monthly": f"{self.monthly_after:.6f}",
            "total": f"{self.total_after:.6f}",
            "lines": sorted(
                (
                    line.product_id.id,
                    line.slot_id.id,
                    line.bundle_line_id.id,
                    line.quantity,
                    f"{line.price_unit:.6f}",
                )
                for line in self.line_ids
            ),
        }
        return hashlib.sha256(json.dumps(deal, sort_keys=True).encode()).hexdigest()

    def _waas_prepare_agreement(self):
        return {"order_id": self.order_id.id, "change_id": self.id}

    def _waas_prepare_amounts(self):
        return {
            "monthly_amount": self.monthly_after,
            "total_amount": self.total_after,
        }

    def _waas_prepare_credit_check(self):
        return {"order_id": self.order_id.id, "change_id": self.id}

    def _waas_get_agreement_templates(self):
        return self.env["waas.agreement.template"]._find_change(self.company_id)

    def _waas_get_link_template(self):
        return "also_waas.mail_template_change_link"
