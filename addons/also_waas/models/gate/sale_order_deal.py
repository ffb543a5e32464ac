"""A quotation as a deal: what is agreed, and what both sign (R1)."""

import hashlib
import json

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .waas_agreement import LIVE_STATES


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === THE SIGNATORY ===#

    @api.depends("is_waas", "partner_id")
    def _compute_waas_signatory_id(self):
        for order in self:
            partner = order.partner_id
            if not order.is_waas or not partner:
                order.waas_signatory_id = False
            elif (
                order.waas_signatory_id.commercial_partner_id
                != partner.commercial_partner_id
            ):
                people = partner.child_ids.filtered(
                    lambda contact: contact.type == "contact" and contact.email
                )
                order.waas_signatory_id = people[:1] or partner

    @api.constrains("waas_signatory_id", "partner_id", "waas_reseller_id")
    def _check_waas_signatory(self):
        for order in self.filtered(lambda order: order.waas_signatory_id):
            code, problem = order._waas_find_signatory_problem() or (None, None)
            if code == "signatory":
                raise ValidationError(problem)

    def write(self, vals):
        result = super().write(vals)
        if "waas_signatory_id" in vals:
            self.filtered("is_waas")._waas_deal_changed()
        return result

    # === WHAT IS AGREED ===#

    def _waas_prepare_agreement(self):
        return {"order_id": self.id}

    def _waas_prepare_amounts(self):
        return {
            "monthly_amount": self.waas_monthly_amount,
            "total_amount": self.waas_total_amount,
        }

    def _waas_prepare_credit_check(self):
        return {"order_id": self.id}

    def _waas_get_agreement_templates(self):
        return self.env["waas.agreement.template"]._find(self.company_id)

    def _waas_has_mandate(self):
        templates = self.env["waas.agreement.template"]
        return templates._has_mandate(self.company_id.id)

    def _waas_get_link_template(self):
        return "also_waas.mail_template_signing_link"

    def _waas_get_credit_amount(self):
        """The contract total with VAT, in the company's currency."""
        self.ensure_one()
        return self.currency_id._convert(
            self._waas_get_total(self.amount_total),
            self.company_id.currency_id,
            self.company_id,
            self.company_id._waas_today(),
        )

    def _waas_refresh_amounts(self):
        """Recompute the amounts. Users who write an order can write its totals as well,
        and the gate, the agreements and the contract rest on them."""
        for records, names in (
            (self.order_line, ("price_subtotal", "waas_commission_amount")),
            (
                self,
                (
                    "amount_untaxed",
                    "amount_tax",
                    "amount_total",
                    "waas_monthly_amount",
                    "waas_total_amount",
                    "waas_commission_amount",
                ),
            ),
        ):
            for name in names:
                self.env.add_to_compute(records._fields[name], records)

    def _waas_get_fingerprint(self):
        """Hash of everything that is agreed: parties, term and money."""
        self.ensure_one()
        deal = {
            "parties": self._waas_describe_parties(),
            "invoice": self.partner_invoice_id._waas_describe_party(),
            "route": self.waas_delivery_route,
            "delivery": self.partner_shipping_id._waas_describe_party(),
            "company": self.company_id.id,
            "currency": self.currency_id.name,
            "months": self.waas_term_id.months,
            "payment_term": self.payment_term_id.id,
            "lines": sorted(
                (
                    line.waas_role or "",
                    line.product_id.id,
                    line.product_uom_id.id,
                    f"{line.product_uom_qty:.4f}",
                    f"{line.price_unit:.6f}",
                    f"{line.discount:.4f}",
                    sorted(line.tax_ids.ids),
                )
                for line in self.order_line
                # What is rented counts, also where it is marked as a delivery.
                if line.waas_role or not (line.display_type or line._is_delivery())
            ),
        }
        canonical = json.dumps(deal, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _waas_deal_changed(self):
        """Signatures under another deal are void (R1)."""
        result = super()._waas_deal_changed()
        for order in self:
            # Agreements are written by their own methods only.
            live_sudo = order.sudo().waas_agreement_ids.filtered(
                lambda agreement: agreement.state in LIVE_STATES
            )
            if order.state not in ("draft", "sent") or not live_sudo:
                continue
            if live_sudo[0].fingerprint == order._waas_get_fingerprint():
                continue
            live_sudo._void(self.env._("The deal changed after it was sent."))
            order.message_post(
                body=self.env._(
                    "The deal has changed: signatures are void. Send the agreements "
                    "again."
                )
            )
        return result

    def _waas_ensure_can_be_signed(self):
        """Refuse to send what is not complete."""
        if problems := [message for _code, message in self._waas_get_deal_problems()]:
            raise UserError(
                self.env._(
                    "The agreements of %(order)s cannot be sent yet:\n%(problems)s",
                    order=self.name,
                    problems="\n".join(f"- {problem}" for problem in problems),
                )
            )

    def _waas_send_agreements(self):
        self.ensure_one()
        self._waas_ensure_may_prepare()
        self._waas_refresh_amounts()
        self._waas_ensure_can_be_signed()
        self._waas_issue_agreements()
        if self.state == "draft":
            self.action_quotation_sent()
