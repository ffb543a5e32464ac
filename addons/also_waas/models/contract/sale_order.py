"""Confirming a WaaS order makes its contract; delivering its devices starts it."""

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ...defaults import without_defaults


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "waas.mailed.mixin"]

    waas_contract_ids = fields.One2many(
        comodel_name="contract.contract",
        inverse_name="waas_order_id",
        string="Contract",
        groups="also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
        "account.group_account_invoice",
    )

    def action_view_waas_contract(self):
        """Open the contract that this order became."""
        self.ensure_one()
        return self.waas_contract_ids._get_records_action()

    def _action_confirm(self):
        waas_orders = self.filtered("is_waas")
        if not waas_orders:
            return super()._action_confirm()
        # Contracts are made by accountants; this one is made by the gate.
        contracts = without_defaults(self.env["contract.contract"].sudo())
        contracts.create(
            [order._waas_prepare_contract() for order in waas_orders]
        )._waas_ensure_signed_amount()
        result = super()._action_confirm()
        waas_orders._waas_tell_delivery()
        return result

    def _action_cancel(self):
        for contract in self.sudo().waas_contract_ids:  # only to look at their state
            if contract.waas_state == "running":
                raise UserError(
                    self.env._(
                        "%(order)s cannot be cancelled: its contract %(contract)s is "
                        "running. End the contract instead.",
                        order=contract.waas_order_id.name,
                        contract=contract.name,
                    )
                )
            if contract.waas_state == "ended":
                raise UserError(
                    contract._waas_get_ended_message(contract.waas_order_id)
                )
        # The right to cancel the order carries over to its contract.
        self.sudo().waas_contract_ids.write({"waas_state": "cancelled"})
        return super()._action_cancel()

    def _waas_needs_cancel_reason(self):
        """A contract that has begun is not cancelled at all."""
        contracts_sudo = self.sudo().waas_contract_ids  # only to look at their state
        begun = not {"running", "ended"}.isdisjoint(contracts_sudo.mapped("waas_state"))
        return not begun and super()._waas_needs_cancel_reason()

    def _waas_get_mailed(self):
        return self.filtered("is_waas")

    def _waas_get_signatory(self):
        return self.waas_signatory_id

    def _waas_prepare_contract(self):
        """Values of the contract: what was agreed, frozen (R10, R13)."""
        self.ensure_one()
        start = self.company_id._waas_today()  # planned; delivery decides
        number = (
            self.env["ir.sequence"]
            .with_company(self.company_id)
            .next_by_code("waas.contract")
        )
        return {
            "name": number,
            "code": number,
            "contract_type": "sale",
            "generation_type": "waas",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "invoice_partner_id": self.partner_invoice_id.id,
            "user_id": self.user_id.id,
            "pricelist_id": self.pricelist_id.id,
            "manual_currency_id": self.currency_id.id,
            "fiscal_position_id": self.fiscal_position_id.id,
            "payment_term_id": self.payment_term_id.id,
            "line_recurrence": True,
            "date": start,
            "date_start": start,
            "waas_state": "awaiting",
            "waas_order_id": self.id,
            "waas_reseller_id": self.waas_reseller_id.id,
            "waas_customer_id": self.partner_id.commercial_partner_id.id,
            "waas_term_id": self.waas_term_id.id,
            "waas_max_months": max(
                self.company_id.waas_max_months, self.waas_term_id.months
            ),
            "waas_monthly_amount": self.waas_monthly_amount,
            "waas_monthly_total": self.amount_total,
            "waas_total_amount": self.waas_total_amount,
            "contract_line_ids": [
                Command.create(line._waas_prepare_contract_line(start))
                for line in self.order_line
                if line._waas_is_priced()
            ],
        }

    def _waas_is_delivered(self):
        """Whether every device of the order is with the end customer."""
        self.ensure_one()
        devices = self.order_line._waas_get_device_lines()
        return bool(devices) and all(
            line.product_uom_id.compare(line.qty_delivered, line.product_uom_qty) >= 0
            for line in devices
        )

    def _waas_start_if_delivered(self, date):
        """Start the contract on the day its last device was delivered."""
        for order in self:
            contract = order.sudo().waas_contract_ids  # the warehouse cannot read it
            if contract.waas_state == "awaiting" and order._waas_is_delivered():
                contract._waas_activate(date)

    def _waas_tell_delivery(self):
        """Mail both parties where the devices will go (R2)."""
        template = self.env.ref("also_waas.mail_template_delivery")
        for order in self:
            for party in order.partner_id | order.waas_reseller_id:
                template._waas_queue_or_ask(
                    order, party, order.user_id or self.env.user, party_name=party.name
                )
