from odoo import api, fields, models
from odoo.exceptions import UserError

from .waas_marketplace_message import CHANGES, OPEN


class WaasLicense(models.Model):
    """The requests of a license to the marketplace, and the answers (R9)."""

    _inherit = "waas.license"

    outbox_ids = fields.One2many(
        comodel_name="waas.marketplace.message",
        inverse_name="license_id",
        string="Marketplace Messages",
        readonly=True,
        groups="also_waas.group_waas_user",
    )
    revision = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Counts the requests. The marketplace refuses a request that is older "
        "than the last one it carried out.",
    )
    known_revision = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="Of the latest message from the marketplace: older messages are ignored.",
    )
    unit_price = fields.Monetary(
        string="Cost per Seat",
        readonly=True,
        copy=False,
        help="What the marketplace charges per seat and month.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    _state_check = models.Index(
        "(company_id, state) WHERE channel = 'marketplace' AND state != 'ended'"
    )

    # === COMPUTE METHODS ===#

    @api.depends("outbox_ids.state")
    def _compute_state(self):
        return super()._compute_state()

    def _get_state(self):
        state = super()._get_state()
        if self.channel != "marketplace":
            return state
        messages = self._get_changes()
        states = set(messages.mapped("state"))
        if "failed" in states:
            return "failed"
        if states.isdisjoint(OPEN):
            return self._get_state_without_message(state, messages)
        if state == "active":
            return "changing"
        return "cancelling" if state == "ended" else state

    def _get_state_without_message(self, state, messages):
        """No message is open: what differs was given up, or was not requested yet."""
        if state in ("active", "ended", "to_provision"):
            return state
        if not messages:
            return "to_provision"
        return "failed"

    def _get_changes(self):
        """The requests of this license, without those that were given up long ago."""
        return self.outbox_ids.filtered(lambda message: message.operation in CHANGES)

    @api.depends("outbox_ids.error", "sku", "seats", "provisioned_seats")
    def _compute_problem(self):
        return super()._compute_problem()

    def _get_problem(self):
        if self.channel != "marketplace" or self.state in ("active", "ended"):
            return super()._get_problem()
        if problem := self._get_setup_problem():
            return problem
        waiting = self._get_changes().filtered(lambda message: message.state in OPEN)
        first = waiting.sorted("id")[:1]
        if not first and self.state == "failed":
            return self.env._(
                "The marketplace has %(found)s seats instead of %(agreed)s: see WaaS > "
                "Licenses > Differences.",
                found=self.provisioned_seats,
                agreed=self._get_target(),
            )
        return first.error or first._get_waiting_for()

    def _get_setup_problem(self):
        """Why the license cannot request anything, as a sentence, or False."""
        if not self.sku:
            return self.env._(
                "%(product)s has no marketplace SKU: enter it on the product, or sell "
                "it through another channel.",
                product=self.product_id.name,
            )
        # Only whether there is one, not its content.
        if not self.env["waas.marketplace"].sudo()._get_for(self.company_id):
            return self.env._(
                "%(company)s has no marketplace: an administrator adds it under WaaS > "
                "Configuration > Marketplace.",
                company=self.company_id.name,
            )
        return False

    # === ACTIONS ===#

    def action_ask_again(self):
        """Request what the contract says, also after a request was given up."""
        for license_ in self:
            license_._ensure_user()
            license_._ensure_can_ask_again()
            license_.sudo()._ask()  # checked above
        return True

    def _ensure_can_ask_again(self):
        self.env["waas.marketplace"]._ensure_manager()
        if problem := self._get_ask_problem():
            raise UserError(problem)

    def action_view_messages(self):
        """Open the messages about this license."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_marketplace_message_action"
            ),
            "domain": [("license_id", "=", self.id)],
        }

    # === REQUESTS ===#

    def _sync(self):
        """Request what was not requested yet. Messages that add seats go first: those
        that remove seats wait for them."""
        for license_ in self.sorted(
            lambda license_: license_._get_target() <= license_._get_asked_seats()
        ):
            if license_._wants_to_ask():
                license_._ask()
        return super()._sync()

    def _wants_to_ask(self):
        return (
            self.channel == "marketplace"
            and self._get_target() != self._get_asked_seats()
            and not self._was_given_up()
            and not self._get_setup_problem()
        )

    def _was_given_up(self):
        """Whether a user gave up the same request: only a user repeats it."""
        last = self._get_changes().sorted("id")[-1:]
        return last.state == "dropped" and last.seats == self._get_target()

    def _get_asked_seats(self):
        """The seats that were requested last, whether done or not."""
        return self._get_last_change().seats

    def _get_last_change(self):
        """The last request, without those that were given up."""
        asked = self._get_changes().filtered(lambda message: message.state != "dropped")
        return asked.sorted("id")[-1:]

    def _ask(self):
        """Create a message that brings the marketplace to what the contract says."""
        self.ensure_one()
        self.revision += 1
        operation = self._get_operation()
        self.env["waas.marketplace.message"]._enqueue(
            self.env["waas.marketplace"]._get_for(self.company_id),
            operation,
            self._prepare_payload(operation),
            license_id=self.id,
            after_ids=self._get_messages_before().ids,
        )

    def _get_operation(self):
        """A cancelled subscription stays cancelled: further seats are a new order."""
        if not self._get_target():
            return "cancel"
        last = self._get_last_change()
        if last:
            return "order" if last.operation == "cancel" else "change"
        return "change" if self.external_id and self.provisioned_seats else "order"

    def _get_messages_before(self):
        """While a contract runs, seats are removed only after others were added: users
        keep their mailbox during an upgrade (R7)."""
        nothing = self.env["waas.marketplace.message"]
        if (
            self._get_target() >= self._get_asked_seats()
            or self.contract_id.waas_state != "running"
        ):
            return nothing
        return nothing.search(
            [
                ("license_id.contract_id", "=", self.contract_id.id),
                ("license_id", "!=", self.id),
                ("operation", "in", ("order", "change")),
                ("state", "in", OPEN),
            ]
        )

    def _prepare_payload(self, operation):
        """The payload of the request; see ``marketplace_client``."""
        payload = {"seats": self._get_target(), "revision": self.revision}
        if operation != "order":
            return payload
        customer = self.partner_id.commercial_partner_id
        return {
            **payload,
            "reference": self.reference,
            "sku": self.sku,
            "contract": self.contract_id.name,
            "customer": {
                "reference": f"{customer.id}",
                "name": customer.name,
                "email": self.partner_id.email or customer.email or "",
                "country": customer.country_id.code or "",
                "vat": customer.vat or "",
            },
        }

    def _get_ask_problem(self):
        """Why a repeated request is useless now, as a sentence, or False."""
        if self.channel != "marketplace":
            return self.env._(
                "%(license)s does not come from the marketplace.",
                license=self.display_name,
            )
        if problem := self._get_setup_problem():
            return problem
        if waiting := self._get_changes().filtered(
            lambda message: message.state in OPEN
        ):
            return self.env._(
                "%(message)s is under way: retry it or give it up in the outbox first.",
                message=waiting[0].display_name,
            )
        return False

    # === ANSWERS ===#

    def _note_subscription(self, subscription):
        """Note the state of a subscription, unless a newer one is known.

        :param subscription: ``marketplace_client.Subscription``
        """
        for license_ in self:
            if license_._knows_better(subscription):
                continue
            values = {
                "known_revision": subscription.revision,
                "external_id": subscription.id,
                "unit_price": subscription.unit_price or 0.0,
            }
            # The daily check mostly confirms what is known.
            if any(license_[name] != value for name, value in values.items()):
                license_.write(values)
            license_._note_seats(subscription.seats)

    def _knows_better(self, subscription):
        return subscription.revision < self.known_revision
