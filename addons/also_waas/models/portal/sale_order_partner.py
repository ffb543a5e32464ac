"""A partner completes, sends and withdraws its quotation."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...outside import find_same
from ..gate.waas_agreement import LIVE_STATES

# More quotations in an hour are automated.
QUOTES_PER_HOUR = 30
MAX_BUNDLES = 50
MAX_WORKPLACES = 9999
MAX_SERVICES = 10
MAX_SERVICE_NAME = 120


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    @api.private
    def _waas_quote(self, reseller, customer, values):
        """Create a quotation for a partner.

        :param reseller: ``res.partner``, company of the user who is logged in
        :param customer: ``res.partner``, one of the reseller's end customers
        :param dict values: ``waas_term_id``, ``waas_delivery_route``,
            ``client_order_ref``
        :return: the order, as superuser
        :raises UserError: when the customer is not one of the partner's, or too many
            quotations were created
        """
        if not reseller._waas_find_customer(customer.id):
            raise UserError(self.env._("Choose one of your own end customers."))
        orders_sudo = self.sudo()
        quotation = {
            "is_waas": True,
            "company_id": self.env.company.id,
            "partner_id": customer.id,
            "waas_reseller_id": reseller.id,
            **self._waas_check_header(values),
        }
        # A quotation that was continued is no duplicate of the form.
        if same_sudo := find_same(
            orders_sudo.browse(),
            quotation,
            ("state", "=", "draft"),
            ("order_line", "=", False),
        ):
            return same_sudo
        self.env["waas.form.lock"]._take(self.env.user)
        made = orders_sudo.search_count(
            [
                ("is_waas", "=", True),
                ("create_uid", "=", self.env.uid),
                ("create_date", ">", fields.Datetime.now() - timedelta(hours=1)),
            ]
        )
        if made >= QUOTES_PER_HOUR:
            raise UserError(
                self.env._(
                    "You have made %(number)s quotations within an hour: go on a "
                    "little later.",
                    number=made,
                )
            )
        return orders_sudo.create(
            {
                **quotation,
                "user_id": self._waas_get_back_office(reseller).id,
            }
        )

    @api.private
    def _waas_change_header(self, values):
        """Change term, delivery route and reference of a draft."""
        self._waas_ensure_partner_draft()
        self.write(self._waas_check_header(values))

    @api.model
    def _waas_check_header(self, values):
        term = values.get("waas_term_id")
        if not term or not term.exists() or not term.active:
            raise UserError(self.env._("Choose a term."))
        routes = dict(self._fields["waas_delivery_route"].selection)
        if values.get("waas_delivery_route") not in routes:
            raise UserError(
                self.env._("Choose how we deliver: via you, or to the end customer.")
            )
        return {
            "waas_term_id": term.id,
            "waas_delivery_route": values["waas_delivery_route"],
            "client_order_ref": str(values.get("client_order_ref") or "").strip()[:80],
        }

    @api.private
    def _waas_put_bundle(self, line, bundle, quantity, upgrades, options):
        """Add a bundle to a draft, or change an existing one.

        :param line: bundle line of this order, or an empty record set
        """
        self._waas_ensure_partner_draft()
        if not 0 < quantity <= MAX_WORKPLACES or any(
            not 0 <= number <= MAX_WORKPLACES for number in options.values()
        ):
            raise UserError(
                self.env._(
                    "Choose a number between 1 and %(limit)s.", limit=MAX_WORKPLACES
                )
            )
        options = {option: number for option, number in options.items() if number}
        bundles = self.order_line.filtered(lambda line: line.waas_role == "bundle")
        if not line and len(bundles) >= MAX_BUNDLES:
            raise UserError(
                self.env._("Add %(limit)s bundles at most.", limit=MAX_BUNDLES)
            )
        if line:
            line.product_uom_qty = quantity
            line._waas_set_configuration(upgrades, options)
        elif not self._waas_has_just_got(bundle, quantity, upgrades, options):
            self.env["waas.form.lock"]._take(self)
            self._waas_add_bundle(bundle, quantity, upgrades, options)

    def _waas_has_just_got(self, bundle, quantity, upgrades, options):
        """Whether the same form added the same bundle a moment ago."""
        values = {
            "order_id": self.id,
            "product_id": bundle.id,
            "product_uom_qty": quantity,
        }
        return any(
            line._waas_get_configuration() == (upgrades, options)
            for line in find_same(self.order_line.browse(), values, limit=None)
        )

    @api.private
    def _waas_remove_bundle(self, line):
        """Remove a bundle with its components from a draft."""
        self._waas_ensure_partner_draft()
        line.unlink()

    @api.private
    def _waas_set_services(self, services):
        """Save the services that the partner itself offers and invoices (R6).

        :param list services: tuples (name, price, ``once`` or ``month``)
        """
        self._waas_ensure_partner_draft()
        if len(services) > MAX_SERVICES:
            raise UserError(
                self.env._("List %(limit)s services at most.", limit=MAX_SERVICES)
            )
        self.env["waas.form.lock"]._take(self)
        self.waas_reseller_service_ids.unlink()
        self.env["waas.reseller.service"].create(
            [
                {
                    "order_id": self.id,
                    "name": name[:MAX_SERVICE_NAME],
                    "price": price,
                    "period": period if period in ("once", "month") else "once",
                }
                for name, price, period in services
            ]
        )

    @api.private
    def _waas_submit(self):
        """Send a draft to the back office, which checks the credit and sends the
        agreements.

        :raises UserError: when something is missing, with what it is
        """
        self._waas_ensure_partner_draft()
        own = [message for _code, message in self._waas_get_own_problems()]
        if own:
            raise UserError("\n".join(own))
        self.waas_submitted_on = fields.Datetime.now()
        self.action_quotation_sent()
        if any(
            blocker.code.startswith("credit_") and blocker.actor == "sales"
            for blocker in self._waas_get_blockers()
        ):
            self.action_waas_request_credit()
        partner = self.waas_reseller_id.name
        self._waas_todo(
            "deal_submitted",
            self.user_id,
            summary=lambda env: env._("%(partner)s handed in a deal", partner=partner),
        )

    @api.private
    def _waas_withdraw(self):
        """Withdraw a quotation that is not confirmed."""
        if self.state == "cancel":
            return  # the button was pressed twice
        if self.state == "draft":
            self._waas_ensure_partner_draft()
        elif self.state != "sent":
            raise UserError(
                self.env._(
                    "%(order)s is confirmed: it cannot be withdrawn any more.",
                    order=self.name,
                )
            )
        if self._waas_needs_cancel_reason():
            raise UserError(
                self.env._(
                    "Both have signed %(order)s, so it cannot be withdrawn any more: "
                    "talk to your contact.",
                    order=self.name,
                )
            )
        self.message_post(body=self.env._("Withdrawn by the partner."))
        self._action_cancel()

    @api.model
    @api.private
    def _waas_get_partner_draft_domain(self):
        """Drafts that a portal user created, see :meth:`_waas_is_partner_draft`."""
        # Portal users cannot read users; whether one is a portal user is public.
        outside = Domain("create_uid", "any!", [("share", "=", True)])
        return Domain("state", "=", "draft") & outside

    @api.model
    @api.private
    def _waas_get_with_also_domain(self):
        """Deals of the back office: sent to it, or created by it."""
        open_deals = Domain("state", "in", ("draft", "sent"))
        return open_deals & ~self._waas_get_partner_draft_domain()

    @api.private
    def _waas_is_partner_draft(self):
        """A draft that a portal user created. A draft of the back office is completed
        and sent there: the partner can read it."""
        self.ensure_one()
        # Its creator decides, but is not shown.
        return self.state == "draft" and self.sudo().create_uid.share

    def _waas_ensure_partner_draft(self):
        if self.state == "draft" and not self._waas_is_partner_draft():
            raise UserError(
                self.env._(
                    "We are preparing %(order)s: ask your contact to change it, or "
                    "make a quotation of your own.",
                    order=self.name,
                )
            )
        if self.state == "cancel":
            raise UserError(
                self.env._(
                    "%(order)s is cancelled: make another quotation.", order=self.name
                )
            )
        if self.state == "sale":
            raise UserError(
                self.env._(
                    "%(order)s is confirmed and stays as it was agreed: ask for a "
                    "change on the page of its contract.",
                    order=self.name,
                )
            )
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(order)s is with us: withdraw it to make another one, or ask "
                    "us to change it.",
                    order=self.name,
                )
            )

    @api.model
    def _waas_get_back_office(self, reseller):
        """The internal user who is responsible for a partner's deals: its account
        manager, if that user works for the company, else a manager."""
        company = self.env.company
        # A user of the back office, for a to-do.
        managers_sudo = self.env.ref("also_waas.group_waas_manager").sudo()
        # A user of the back office, for a to-do.
        own = reseller.sudo().user_id._waas_works_for(company)
        return own or managers_sudo.all_user_ids._waas_works_for(company)[:1]

    def _waas_get_settled_todos(self):
        settled = super()._waas_get_settled_todos()
        if self.waas_submitted_on and self._waas_is_sent_to_sign():
            settled.append("deal_submitted")
        return settled

    def _waas_is_sent_to_sign(self):
        # The state of the signatures decides, but is not shown.
        states = self.sudo().waas_agreement_ids.mapped("state")
        return not set(states).isdisjoint(LIVE_STATES)

    def _waas_drop_gate_todos(self):
        self._waas_todo_drop("deal_submitted")
        return super()._waas_drop_gate_todos()
