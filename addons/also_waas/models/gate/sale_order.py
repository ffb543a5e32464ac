"""No WaaS order is confirmed before the end customer's credit is approved and all
agreements are signed by both (R1), whatever the entry point."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...checked_numbers import is_creditor_identifier, is_iban
from ..common.waas_blocker_mixin import Way
from .waas_agreement import LIVE_STATES
from .waas_deal_mixin_credit import CREDIT_CODES
from .waas_deal_mixin_signatures import SIGNATURE_CODES

# Who may read what hangs on an order: another employee's read() must not stumble on it.
GATE_GROUPS = (
    "also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
    "account.group_account_invoice"
)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "waas.deal.mixin"]

    waas_agreement_ids = fields.One2many(
        comodel_name="waas.agreement",
        inverse_name="order_id",
        string="Agreements",
        groups=GATE_GROUPS,
    )
    waas_credit_check_ids = fields.One2many(
        comodel_name="waas.credit.check",
        inverse_name="order_id",
        string="Credit Checks",
        groups=GATE_GROUPS,
    )
    waas_agreement_state = fields.Selection(
        selection=[
            ("none", "To Send"),
            ("sent", "With the End Customer"),
            ("customer_signed", "Waiting for Countersignature"),
            ("signed", "Signed by Both"),
            ("refused", "Refused"),
        ],
        string="Signatures",
        compute="_compute_waas_agreement_state",
        store=True,
        groups="base.group_user",
    )

    waas_can_request_credit = fields.Boolean(
        compute="_compute_waas_blockers", groups="base.group_user"
    )
    waas_can_send_agreements = fields.Boolean(
        compute="_compute_waas_blockers", groups="base.group_user"
    )

    # === COMPUTE METHODS ===#

    @api.model
    def _waas_get_blocker_triggers(self):
        return (
            *super()._waas_get_blocker_triggers(),
            "waas_agreement_ids.state",
            "partner_id.commercial_partner_id.waas_credit_check_ids.state",
        )

    def _waas_show_blockers(self, blockers):
        """Also whether the next step for the credit is to ask for a check, and whether
        the deal can be signed as it is."""
        result = super()._waas_show_blockers(blockers)
        codes = {blocker.code for blocker in blockers}
        self.waas_can_request_credit = (
            self._waas_must_request_credit(blockers) and "customer" not in codes
        )
        self.waas_can_send_agreements = (
            self.is_waas
            and self.state in ("draft", "sent")
            and codes <= CREDIT_CODES | SIGNATURE_CODES
        )
        return result

    @api.depends("is_waas", "waas_agreement_ids.state")
    def _compute_waas_agreement_state(self):
        for order in self:
            live = order.waas_agreement_ids.filtered(
                lambda agreement: agreement.state in LIVE_STATES
            )
            states = set(live.mapped("state"))
            if not order.is_waas:
                order.waas_agreement_state = False
            elif live:
                order.waas_agreement_state = next(
                    state for state in LIVE_STATES if state in states
                )
            else:
                refused = order._waas_get_refused_agreement()
                order.waas_agreement_state = "refused" if refused else "none"

    # === ACTIONS ===#

    def action_waas_view_customer(self):
        """Open the end customer, to complete what is known of it."""
        self.ensure_one()
        return self.partner_id.commercial_partner_id._get_records_action(
            name=self.env._("End Customer"), target="new"
        )

    def action_waas_complete_mandate(self):
        """Open the window for the two numbers of the direct debit mandate."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Direct Debit Mandate"),
            "res_model": "waas.mandate.complete",
            "view_mode": "form",
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def action_waas_request_credit(self):
        """Ask for the credit check that this deal needs (R1)."""
        for order in self:
            order._waas_ensure_may_prepare()
            if problem := order._waas_get_customer_problem():
                raise UserError(problem)
            order._waas_refresh_amounts()
            self.env["waas.credit.check"]._request(order)
            order.message_post(body=self.env._("Credit check requested."))
        return True

    def action_waas_send_agreements(self):
        """Freeze the agreements and mail the signing link to the signatory (R1).

        :raises UserError: when the quotation is not complete or the signatory cannot
            be reached
        """
        for order in self:
            order._waas_send_agreements()
        return True

    def action_waas_countersign(self):
        """Open ALSO's signature for all agreements that wait for it."""
        self.ensure_one()
        return self._waas_countersign()

    def action_view_waas_agreements(self):
        """Open the agreements of this order, void ones included."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Agreements of %(order)s", order=self.name),
            "res_model": "waas.agreement",
            "view_mode": "list,form",
            "domain": [("order_id", "=", self.id)],
        }

    def action_view_waas_credit_checks(self):
        """Open the history of the end customer's credit checks."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Credit Checks of %(customer)s",
                customer=self.partner_id.commercial_partner_id.display_name,
            ),
            "res_model": "waas.credit.check",
            "view_mode": "list,form",
            "domain": [
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        }

    # === BUSINESS METHODS ===#

    def _waas_get_ways(self):
        manager = "also_waas.group_waas_manager"
        request = Way(self.env._("Request Credit Check"), "action_waas_request_credit")
        send = Way(self.env._("Send Agreements"), "action_waas_send_agreements")
        customer = Way(self.env._("Open End Customer"), "action_waas_view_customer")
        return (
            super()._waas_get_ways()
            | self._waas_get_deal_ways()
            | self._waas_get_sales_ways(request, send)
            | {
                "customer": customer,
                "bank_account": Way(
                    self.env._("Enter Bank Account"), "action_waas_complete_mandate"
                ),
                "creditor_identifier": Way(
                    self.env._("Enter Creditor Identifier"),
                    "action_waas_complete_mandate",
                    manager,
                ),
                "company_signature": Way(
                    self.env._("Countersign"), "action_waas_countersign", manager
                ),
            }
        )

    def _waas_get_known(self):
        return self._waas_look_up()

    def _waas_get_parties(self):
        return super()._waas_get_parties() | self.waas_signatory_id

    def _waas_get_open_points(self, known=None):
        return [
            *super()._waas_get_open_points(known),
            *self._waas_get_credit_points(known),
            *self._waas_get_agreement_points(),
        ]

    def _waas_get_deal_problems(self, known=None):
        """A customer whom one can sign with, a signatory without doubt, and for a
        mandate the account to debit."""
        yield from super()._waas_get_deal_problems(known)
        if problem := self._waas_get_customer_problem():
            yield "customer", problem
        if found := self._waas_find_signatory_problem(known):
            yield found
        if self.partner_id and self._waas_has_mandate():
            yield from self._waas_get_mandate_problems()

    @api.model
    def _waas_get_actor(self, code):
        # What is true of all deals is for those who sign for ALSO.
        if code == "creditor_identifier":
            return "also"
        return super()._waas_get_actor(code)

    @api.model
    def _waas_get_public_message(self, code):
        if code == "bank_account":
            return self.env._(
                "We need the bank account of the end customer for the direct debit."
            )
        return super()._waas_get_public_message(code)

    def _waas_get_customer_problem(self):
        """Whom ALSO rents to: a company, at an address. The credit of a mere
        name cannot be checked (R1, R13)."""
        customer = self.partner_id.commercial_partner_id
        if not customer:
            return False
        if not customer.is_company:
            return self.env._(
                "%(customer)s is entered as a person: tick 'Company' on its form. WaaS "
                "is rented by companies.",
                customer=customer.display_name,
            )
        if not (customer.street and customer.city and customer.country_id):
            return self.env._(
                "Enter the address of %(customer)s: street, city and country.",
                customer=customer.display_name,
            )
        return False

    def _waas_get_mandate_problems(self):
        """A mandate is worth what its two numbers are: both can exist (R1)."""
        customer = self.partner_id.commercial_partner_id
        account = self._waas_get_debited_account()
        if not account:
            yield (
                "bank_account",
                self.env._(
                    "Enter the bank account of %(customer)s: the direct debit "
                    "mandate names it.",
                    customer=customer.display_name,
                ),
            )
        elif not is_iban(account.acc_number):
            yield (
                "bank_account",
                self.env._(
                    "%(account)s of %(customer)s is no valid IBAN of an account "
                    "that SEPA debits, and the direct debit mandate names it: ask "
                    "the customer and correct it.",
                    account=account.acc_number,
                    customer=customer.display_name,
                ),
            )
        # Settings are for managers; that the number is there is no secret.
        if not is_creditor_identifier(self.company_id.sudo().waas_creditor_identifier):
            yield (
                "creditor_identifier",
                self.env._(
                    "%(company)s has no valid SEPA creditor identifier, and the direct "
                    "debit mandate names it: have a WaaS manager enter it.",
                    company=self.company_id.name,
                ),
            )
