import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...checked_numbers import is_creditor_identifier, is_iban
from ...defaults import without_defaults
from ..common.waas_gate_mixin import Way
from .waas_agreement import LIVE_STATES

# In the context of a confirmation that went through the gate. An object, not True: what
# a caller from outside puts in the context is compared by identity and never this.
CONFIRMING = object()
# The same, of a cancellation that went through its own method.
CANCELLING = object()
# Who may read what hangs on an order: another employee's read() must not stumble on it.
GATE_GROUPS = (
    "also_waas.group_waas_user,also_waas.group_waas_credit_officer,"
    "account.group_account_invoice"
)


class SaleOrder(models.Model):
    """No WaaS order is confirmed before the end customer's credit is approved and all
    agreements are signed by both (R1), from whatever door."""

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
    waas_signatory_id = fields.Many2one(
        comodel_name="res.partner",
        string="Signatory",
        compute="_compute_waas_signatory_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'child_of', partner_id), ('email', '!=', False)]",
        help="Who signs for the end customer. The mail with the signing link goes to "
        "this person only.",
    )
    waas_agreement_state = fields.Selection(
        selection=[
            ("none", "To Send"),
            ("sent", "With the End Customer"),
            ("customer_signed", "Waiting for ALSO"),
            ("signed", "Signed by Both"),
            ("refused", "Refused"),
        ],
        string="Signatures",
        compute="_compute_waas_agreement_state",
        store=True,
        groups="base.group_user",
    )

    waas_can_request_credit = fields.Boolean(
        compute="_compute_waas_can_request_credit", groups="base.group_user"
    )

    waas_can_send_agreements = fields.Boolean(
        compute="_compute_waas_can_request_credit", groups="base.group_user"
    )

    # === COMPUTE METHODS ===#

    @api.depends(lambda self: self._waas_get_gate_triggers())
    def _compute_waas_is_blocked(self):
        return super()._compute_waas_is_blocked()

    @api.depends(lambda self: self._waas_get_gate_triggers())
    def _compute_waas_gate(self):
        return super()._compute_waas_gate()

    @api.model
    def _waas_get_gate_triggers(self):
        """What opens or shuts the gate step by step; a reload shows the rest."""
        return (
            "state",
            "waas_agreement_ids.state",
            "partner_id.commercial_partner_id.waas_credit_check_ids.state",
        )

    @api.depends(lambda self: self._waas_get_gate_triggers())
    def _compute_waas_can_request_credit(self):
        """Whether the next step for the credit is to ask for a check, and whether the
        deal can be signed as it is."""
        for order in self:
            blockers = order._waas_get_blockers()
            order.waas_can_request_credit = any(
                blocker.code.startswith("credit_") and blocker.actor == "sales"
                for blocker in blockers
            ) and not any(blocker.code == "customer" for blocker in blockers)
            order.waas_can_send_agreements = (
                order.is_waas
                and order.state in ("draft", "sent")
                and not any(order._waas_get_deal_problems())
            )

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

    # === CONSTRAINT METHODS ===#

    @api.constrains("waas_signatory_id", "partner_id", "waas_reseller_id")
    def _check_waas_signatory(self):
        for order in self.filtered(lambda order: order.waas_signatory_id):
            code, problem = order._waas_find_signatory_problem() or (None, None)
            if code == "signatory":
                raise ValidationError(problem)

    @api.constrains("state")
    def _check_waas_gate(self):
        """The last door: a plain write of the state. Also with everything signed it is
        none: no contract and no delivery would come of it, and deals that lean on the
        same credit would not see each other."""
        if self.env.context.get("waas_confirming") is CONFIRMING:
            return  # the gate has answered a moment ago
        for order in self:
            if order.is_waas and order.state == "sale":
                if points := order._waas_get_open_points():
                    raise ValidationError(order._waas_get_gate_message(points))
                raise ValidationError(
                    self.env._(
                        "Confirm %(order)s with its button: its contract and its "
                        "delivery are made then.",
                        order=order.name,
                    )
                )

    # === CRUD METHODS ===#

    def write(self, vals):
        if vals.get("state", "sale") != "sale":
            self._waas_ensure_leaves_by_method()
        result = super().write(vals)
        if "waas_signatory_id" in vals:
            self.filtered("is_waas")._waas_deal_changed()
        return result

    def _waas_ensure_leaves_by_method(self):
        """A confirmed order has a contract and deliveries: only its own method takes
        it back, and them with it."""
        if self.env.context.get("waas_cancelling") is CANCELLING:
            return
        for order in self:
            if order.is_waas and order.state == "sale":
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed and signed: its state cannot be "
                        "edited. Press Cancel, as long as nothing is delivered.",
                        order=order.name,
                    )
                )

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
        waiting = self.waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "customer_signed"
        )
        if not waiting:
            raise UserError(
                self.env._(
                    "No agreement of %(order)s waits for ALSO: the end customer signs "
                    "first, or both have signed.",
                    order=self.name,
                )
            )
        return waiting.action_countersign()

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

    def action_confirm(self):
        """Confirm; deals that lean on the same approval at the same moment cannot all
        pass."""
        waas_orders = self.filtered("is_waas")
        # Before the gate answers: it tells of credit.
        waas_orders.check_access("write")
        for order in waas_orders:
            # One by one: the contract of one is exposure for the next.
            order._waas_claim_credit()
            order._waas_refresh_amounts()
            # Nothing that a caller proposes reaches what is made now.
            confirming = without_defaults(order).with_context(
                waas_confirming=CONFIRMING, waas_exposures=None
            )
            super(SaleOrder, confirming).action_confirm()
        if others := self - waas_orders:
            return super(SaleOrder, others).action_confirm()
        return True

    # === BUSINESS METHODS ===#

    def _confirmation_error_message(self):
        """The hard door: every caller of ``action_confirm``."""
        if message := super()._confirmation_error_message():
            return message
        if self.is_waas and (points := self._waas_get_open_points()):
            return self._waas_get_gate_message(points)
        return False

    def _validate_order(self):
        """The soft door, portal acceptance: keep the signature, do not confirm."""
        blocked = self.filtered(
            lambda order: order.is_waas and order._waas_get_open_points()
        )
        for order in blocked:
            order._waas_tell(
                order._waas_get_gate_message(order._waas_get_open_points())
            )
        if ready := self - blocked:
            return super(SaleOrder, ready)._validate_order()
        return None

    def _is_confirmation_amount_reached(self):
        """The soft door, payment: a payment alone never confirms a rental."""
        if self.is_waas and self._waas_get_open_points():
            return False
        return super()._is_confirmation_amount_reached()

    def _action_confirm(self):
        result = super()._action_confirm()
        self.filtered("is_waas")._waas_drop_gate_todos()
        return result

    def _waas_drop_gate_todos(self):
        """Hook: nothing that the gate waited for is left to do."""
        self._waas_todo_drop(
            "confirm", "countersign", "refused", "unsigned", "signing_mail"
        )

    def _action_cancel(self):
        waas_orders = self.filtered("is_waas")
        # The right to cancel the order carries over to what hangs on it.
        waas_orders.sudo().waas_agreement_ids._void(
            self.env._("The order was cancelled.")
        )
        waas_orders.sudo().waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )._withdraw()
        waas_orders._waas_drop_gate_todos()
        cancelling = self.with_context(waas_cancelling=CANCELLING)
        return super(SaleOrder, cancelling)._action_cancel()

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
                    self.env._("Sign for ALSO"), "action_waas_countersign", manager
                ),
            }
        )

    def _waas_get_open_points(self):
        return [
            *super()._waas_get_open_points(),
            *self._waas_get_credit_points(),
            *self._waas_get_agreement_points(),
        ]

    def _waas_get_deal_problems(self):
        """A customer whom one can sign with, a signatory without doubt, and for a
        mandate the account to debit."""
        yield from super()._waas_get_deal_problems()
        if problem := self._waas_get_customer_problem():
            yield "customer", problem
        if found := self._waas_find_signatory_problem():
            yield found
        if self.partner_id and self._waas_has_mandate():
            yield from self._waas_get_mandate_problems()

    @api.model
    def _waas_get_actor(self, code):
        # What is true of all deals is for those who sign for ALSO.
        if code == "creditor_identifier":
            return "also"
        return super()._waas_get_actor(code)

    def _waas_get_customer_problem(self):
        """Whom ALSO rents to: a company, at an address. A name is nobody whose credit
        can be checked (R1, R13)."""
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
                    "Enter the bank account of %(customer)s: the direct debit mandate "
                    "is about it.",
                    customer=customer.display_name,
                ),
            )
        elif not is_iban(account.acc_number):
            yield (
                "bank_account",
                self.env._(
                    "%(account)s of %(customer)s is no valid IBAN of an account that "
                    "SEPA debits, and the direct debit mandate is about it: ask the "
                    "customer and correct it.",
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

    def _waas_get_gate_message(self, points):
        return self.env._(
            "%(order)s cannot be confirmed yet:\n%(points)s",
            order=self.name,
            points="\n".join(f"- {point.message}" for point in points),
        )

    # === A DEAL ===#

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
        """Compute the amounts anew: whoever may write an order may have written its
        totals as well, and the gate, the agreements and the contract rest on them."""
        for records, names in (
            (self.order_line, ("price_subtotal", "waas_commission")),
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
                # Whatever somebody calls a delivery: what is rented counts.
                if line.waas_role or not (line.display_type or line._is_delivery())
            ),
        }
        canonical = json.dumps(deal, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _waas_deal_changed(self):
        """Signatures under another deal are void (R1)."""
        result = super()._waas_deal_changed()
        for order in self:
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

    def _waas_try_confirm(self):
        """Confirm what has nothing missing any more, where the company wants that.

        What brought the last missing thing, a signature or a decision, stays also when
        something else keeps the order from being confirmed; sales is told.
        """
        for order in self:
            if (
                not order.is_waas
                or order.state not in ("draft", "sent")
                or not order.company_id.waas_auto_confirm
                # A signature is what is missing most often, and soon looked up.
                or order._waas_get_agreement_points()
                or order._waas_get_open_points()
            ):
                continue
            try:
                with self.env.cr.savepoint():
                    order.action_confirm()
            except UserError as error:
                order._waas_tell(
                    self.env._(
                        "%(order)s could not be confirmed by itself: %(error)s",
                        order=order.name,
                        error=str(error),
                    )
                )
                order._waas_todo("confirm", order.user_id, note=str(error))
