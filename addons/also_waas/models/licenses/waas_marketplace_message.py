import json
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError

CHANGES = ("order", "change", "cancel")
OPEN = ("pending", "sent", "failed")


class WaasMarketplaceMessage(models.Model):
    """A message to the marketplace, or from it (R9).

    An outgoing message is created with the change of the license, in one transaction,
    and a worker sends it afterwards: no change is lost, and no change is sent that was
    rolled back. Each message is sent in a transaction of its own, with its row locked.
    If the worker dies before the answer is noted, the message is sent again with the
    same key, and the marketplace recognises the same request. The messages of a license
    keep their order.
    """

    _name = "waas.marketplace.message"
    _description = "WaaS Marketplace Message"
    _inherit = ["waas.guarded.mixin"]
    _order = "id desc"
    _rec_name = "key"
    _check_company_auto = True

    marketplace_id = fields.Many2one(
        comodel_name="waas.marketplace",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="marketplace_id.company_id", store=True, index=True
    )
    license_id = fields.Many2one(
        comodel_name="waas.license",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    contract_id = fields.Many2one(related="license_id.contract_id", string="Contract")
    direction = fields.Selection(
        selection=[("out", "Sent by Us"), ("in", "Sent by the Marketplace")],
        default="out",
        required=True,
        readonly=True,
    )
    operation = fields.Selection(
        selection=[
            ("order", "Order"),
            ("change", "Change Seats"),
            ("cancel", "Cancel"),
            ("get", "Compare"),
            ("notify", "Notification"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(
        string="Idempotency Key",
        default=lambda self: uuid4().hex,
        required=True,
        readonly=True,
        copy=False,
        help="The same key again is the same request again: it is done once.",
    )
    external_id = fields.Char(string="Subscription", readonly=True)
    seats = fields.Integer(readonly=True, aggregator=None)
    revision = fields.Integer(readonly=True, aggregator=None)
    payload = fields.Text(readonly=True, help="The message, word for word.")
    after_ids = fields.Many2many(
        comodel_name="waas.marketplace.message",
        relation="waas_marketplace_message_after_rel",
        column1="message_id",
        column2="after_id",
        string="Depends On",
        readonly=True,
        help="Seats go when those that take their place are there.",
    )
    state = fields.Selection(
        selection=[
            ("pending", "Waiting"),
            ("sent", "Accepted, Not Done Yet"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("dropped", "Cancelled"),
        ],
        default="pending",
        required=True,
        readonly=True,
        index=True,
    )
    tries = fields.Integer(readonly=True, aggregator=None)
    failures = fields.Integer(readonly=True, aggregator=None)
    next_try = fields.Datetime(default=fields.Datetime.now, readonly=True)
    sent_on = fields.Datetime(string="Last Sent", readonly=True)
    sent_to = fields.Char(readonly=True)
    done_on = fields.Datetime(readonly=True)
    duration = fields.Float(
        string="Response Time (s)", readonly=True, digits=(8, 3), aggregator="avg"
    )
    error = fields.Char(string="Last Problem", readonly=True)
    is_refused = fields.Boolean(
        string="Refused",
        readonly=True,
        copy=False,
        help="The marketplace understood it and did nothing.",
    )
    answer = fields.Text(readonly=True, help="The answer of the receiver.")
    log = fields.Text(readonly=True, help="Each try, and its result.")

    _unique_key = models.UniqueIndex("(key)", "This message is there already.")
    _license_open = models.Index(
        "(license_id, id) WHERE state IN ('pending', 'sent', 'failed')"
    )
    _next = models.Index("(next_try, id) WHERE state IN ('pending', 'sent')")

    # === COMPUTE METHODS ===#

    @api.depends("operation", "license_id", "external_id")
    def _compute_display_name(self):
        operations = dict(self._fields["operation"]._description_selection(self.env))
        for message in self:
            about = message.license_id.display_name or message.external_id or ""
            message.display_name = f"{operations[message.operation]} {about}".strip()

    # === ACTIONS ===#

    def action_retry(self):
        """Send failed messages again, with their old keys: a request that was done is
        not done twice. A refused message is rebuilt with current values and a new
        key."""
        for message in self:
            message._ensure_manager()
            if message.state != "failed":
                raise UserError(
                    self.env._(
                        "%(message)s did not fail: there is nothing to try again.",
                        message=message.display_name,
                    )
                )
            message.sudo()._reopen()  # checked above; users cannot edit messages
        return True

    def action_send_now(self):
        """Send waiting messages now, without waiting for the end of their pause."""
        for message in self:
            message._ensure_manager()
            if message.state not in ("pending", "sent"):
                raise UserError(
                    self.env._(
                        "%(message)s does not wait to be sent.",
                        message=message.display_name,
                    )
                )
            message.sudo().next_try = fields.Datetime.now()  # checked above
        self.marketplace_id.sudo()._resume()
        return True

    def action_drop(self):
        """Give up a failed message, and those of its license that wait behind it. What
        is missing then shows in the differences, with a button that requests it."""
        for message in self:
            message._ensure_manager()
            if message.state != "failed":
                raise UserError(
                    self.env._(
                        "%(message)s did not fail: only failed messages are given up.",
                        message=message.display_name,
                    )
                )
            message.sudo()._drop()  # checked above
        return True

    def action_view_license(self):
        """Open the license this is about."""
        self.ensure_one()
        return self.license_id._get_records_action()

    def _ensure_manager(self):
        self.check_access("read")
        self.marketplace_id._ensure_manager()

    def _reopen(self):
        correction = self._prepare_correction()
        if correction:
            self._note_log(
                self.env._("refused as it was: %(payload)s", payload=self.payload)
            )
        self.write(
            {
                "state": "pending",
                "failures": 0,
                "next_try": fields.Datetime.now(),
                # The next request may be done without an answer.
                "is_refused": False,
                **correction,
            }
        )
        self._note_log(self.env._("%(user)s has it tried again", user=self._get_who()))
        self._clear_todo()
        self.marketplace_id._wake()

    def _prepare_correction(self):
        """Rebuild a refused message with current values: its cause was fixed. A key
        stands for one request, so another content gets another key. A request that may
        have been done without an answer keeps its content."""
        if not self.is_refused or not self.license_id:
            return {}
        asked = {"seats": self.seats, "revision": self.revision}
        payload = self._dump(
            {**self.license_id._prepare_payload(self.operation), **asked}
        )
        if payload == self.payload:
            return {}
        return {"payload": payload, "key": uuid4().hex}

    def _drop(self):
        behind = self.search(
            [
                ("license_id", "=", self.license_id.id),
                ("license_id", "!=", False),
                ("id", ">", self.id),
                ("state", "in", OPEN),
            ]
        )
        for message in self | behind:
            message.state = "dropped"
            message._note_log(self.env._("%(user)s gave it up", user=self._get_who()))
        self._clear_todo()
        self.marketplace_id._wake()

    def _get_who(self):
        return self.env.user.name

    def _clear_todo(self):
        todo_on = self.license_id or self.marketplace_id
        todo_on._waas_todo_drop("marketplace_refused")

    # === QUEUE ===#

    @api.model
    def _enqueue(self, marketplace, operation, payload, **values):
        """Queue a message to the marketplace, to be sent after this transaction."""
        message = self.create(
            {
                "marketplace_id": marketplace.id,
                "operation": operation,
                "payload": self._dump(payload),
                "seats": payload.get("seats", 0),
                "revision": payload.get("revision", 0),
                **values,
            }
        )
        marketplace._wake()
        return message

    def _dump(self, data):
        return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False)

    def _note_log(self, text):
        self.log = f"{self.log or ''}{fields.Datetime.now()} {text}\n"
