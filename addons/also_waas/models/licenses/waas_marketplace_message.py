import json
import logging
import random
import time
from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...marketplace_client import (
    MarketplaceBusy,
    MarketplaceError,
    MarketplaceMisconfigured,
    MarketplaceRefused,
)

_logger = logging.getLogger(__name__)

CHANGES = ("order", "change", "cancel")
OPEN = ("pending", "sent", "failed")
MIN_PAUSE_SECONDS = 30
MAX_PAUSE_SECONDS = 6 * 60 * 60


class WaasMarketplaceMessage(models.Model):
    """One thing said to the marketplace, or by it (R9).

    What goes out is written with the change of the license, in one transaction, and
    sent after it by a worker: so no change is lost, and none is sent that was undone. A
    message is sent in a transaction of its own, its row locked; if the worker dies
    before the answer is noted, the same message is sent again under the same key, which
    the marketplace takes for the same request. The messages of a license go in their
    order.
    """

    _name = "waas.marketplace.message"
    _description = "WaaS Marketplace Message"
    _inherit = ["waas.guarded.mixin"]
    _order = "id desc"
    _rec_name = "key"

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
    payload = fields.Text(readonly=True, help="What was said, word for word.")
    after_ids = fields.Many2many(
        comodel_name="waas.marketplace.message",
        relation="waas_marketplace_message_after_rel",
        column1="message_id",
        column2="after_id",
        string="Waits For",
        readonly=True,
        help="Seats go when those that take their place are there.",
    )
    state = fields.Selection(
        selection=[
            ("pending", "Waiting"),
            ("sent", "Accepted, Not Done Yet"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("dropped", "Given Up"),
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
        string="Answer Took (s)", readonly=True, digits=(8, 3), aggregator="avg"
    )
    error = fields.Char(string="Last Problem", readonly=True)
    is_refused = fields.Boolean(
        string="Refused",
        readonly=True,
        copy=False,
        help="The marketplace understood it and did nothing.",
    )
    answer = fields.Text(readonly=True, help="What came back.")
    log = fields.Text(readonly=True, help="Each try, and what came of it.")

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
        """Send failed messages again, under their old keys: what was done is not done
        twice. What was refused says what is right by now, under a new key."""
        for message in self:
            message._ensure_manager()
            if message.state != "failed":
                raise UserError(
                    self.env._(
                        "%(message)s did not fail: there is nothing to try again.",
                        message=message.display_name,
                    )
                )
            message.sudo()._reopen()  # checked; nobody writes on messages by hand
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
            message.sudo().next_try = fields.Datetime.now()  # checked
        self.marketplace_id.sudo()._resume()
        return True

    def action_drop(self):
        """Give a failed message up, and those of its license that wait behind it. What
        is missing then shows in the differences, with a button that asks for it."""
        for message in self:
            message._ensure_manager()
            if message.state != "failed":
                raise UserError(
                    self.env._(
                        "%(message)s did not fail: only failed messages are given up.",
                        message=message.display_name,
                    )
                )
            message.sudo()._drop()  # checked
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
            self._note_log(self.env._("refused as it was: %s", self.payload))
        self.write(
            {
                "state": "pending",
                "failures": 0,
                "next_try": fields.Datetime.now(),
                # Whatever comes next may be done without an answer.
                "is_refused": False,
                **correction,
            }
        )
        self._note_log(self.env._("%(user)s has it tried again", user=self._get_who()))
        self._clear_todo()
        self.marketplace_id._wake()

    def _prepare_correction(self):
        """Say a refused message in the words of today: somebody mended what was wrong.
        A key stands for one request, so other words have another key. What may have
        been done, without an answer, is never said otherwise."""
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

    # === WRITING ===#

    @api.model
    def _enqueue(self, marketplace, operation, payload, **values):
        """Say something to the marketplace, after this transaction."""
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

    # === SENDING ===#

    @api.model
    def _cron_send(self):
        """Send what waits, one message to a transaction, until nothing is left or the
        scheduler's time is over."""
        cron = self.env["ir.cron"]
        while message := self._claim():
            message._send()
            if not cron._commit_progress(1, remaining=self._count_due()):
                return
        self._schedule_next()
        cron._commit_progress(remaining=0)

    def _begin_transaction(self):
        """See what others committed meanwhile: an answer is noted on the license as it
        is then, not as it was before the call."""
        self.env.cr.rollback()
        self.env.cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")

    def _claim(self):
        """Lock the next message that no other worker holds and nothing keeps back."""
        self._begin_transaction()
        rows = self.env.execute_query(
            SQL(
                "%s ORDER BY message.next_try, message.id LIMIT 1 "
                "FOR NO KEY UPDATE OF message SKIP LOCKED",
                self._get_due_query(SQL("message.id")),
            )
        )
        return self.browse(id_ for (id_,) in rows)

    def _count_due(self):
        [(number,)] = self.env.execute_query(self._get_due_query(SQL("count(*)")))
        return number

    def _get_due_query(self, what):
        """Messages to send now: the first of their license that is not done, after
        those they wait for, and while their marketplace is not paused."""
        self.env.flush_all()
        return SQL(
            """
            SELECT %(what)s
              FROM waas_marketplace_message message
              JOIN waas_marketplace marketplace
                ON marketplace.id = message.marketplace_id
             WHERE message.state IN ('pending', 'sent')
               AND message.direction = 'out'
               AND message.next_try <= %(now)s
               AND marketplace.active
               AND (marketplace.paused_until IS NULL
                    OR marketplace.paused_until <= %(now)s)
               AND NOT EXISTS (
                   SELECT FROM waas_marketplace_message earlier
                    WHERE earlier.license_id = message.license_id
                      AND earlier.id < message.id
                      AND earlier.state IN ('pending', 'sent', 'failed'))
               AND NOT EXISTS (
                   SELECT FROM waas_marketplace_message_after_rel rel
                     JOIN waas_marketplace_message first ON first.id = rel.after_id
                    WHERE rel.message_id = message.id
                      AND first.state IN ('pending', 'sent', 'failed'))
            """,
            what=what,
            now=fields.Datetime.now(),
        )

    @api.model
    def _schedule_next(self):
        """Call the worker when the next pause is over."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT min(greatest(message.next_try, marketplace.paused_until)) "
                "FROM waas_marketplace_message message "
                "JOIN waas_marketplace marketplace "
                "ON marketplace.id = message.marketplace_id "
                "WHERE message.state IN ('pending', 'sent') AND marketplace.active"
            )
        )
        [(moment,)] = rows
        if moment and moment > fields.Datetime.now():
            self.env.ref("also_waas.ir_cron_waas_marketplace")._trigger(moment)

    def _send(self):
        """Say it, and note what came back. The caller holds the row, and commits."""
        self.ensure_one()
        started = time.monotonic()
        error = subscription = None
        try:
            subscription = self._call()
        except MarketplaceError as caught:
            error = caught
        except Exception as caught:  # noqa: BLE001 - it must not keep the others back
            _logger.exception("Message %s could not be sent", self.key)
            error = MarketplaceBusy(
                self.env._(
                    "It could not be sent (%(error)s): see the log of the server.",
                    error=type(caught).__name__,
                ),
                is_shared=False,
            )
        duration = time.monotonic() - started
        self._see_what_changed()
        self.write(
            {
                "tries": self.tries + 1,
                "sent_on": fields.Datetime.now(),
                "sent_to": self.marketplace_id.base_url,
                "duration": duration,
            }
        )
        if error:
            self._note_error(error)
        else:
            self._note_answer(subscription)

    def _call(self):
        """The call itself, through the client.

        :return: ``Subscription``; None: accepted, not done yet
        """
        payload = json.loads(self.payload)
        with self.marketplace_id._get_client() as client:
            if self.operation == "order":
                return client.order(self.key, payload)
            subscription_id = self.external_id or self.license_id.external_id
            if not subscription_id:
                raise MarketplaceRefused(
                    self.env._(
                        "The order of these seats was given up: there is nothing to "
                        "change. Give this message up too."
                    )
                )
            call = client.change if self.operation == "change" else client.cancel
            return call(self.key, subscription_id, payload)

    def _see_what_changed(self):
        """A call takes time. Hold the license from here to the commit, as it is now."""
        self.env.flush_all()
        self.env.invalidate_all()
        if self.license_id:
            self.env.cr.execute(
                SQL(
                    "SELECT FROM waas_license WHERE id = %s FOR NO KEY UPDATE",
                    self.license_id.id,
                )
            )

    # === WHAT CAME BACK ===#

    def _note_answer(self, subscription):
        self.marketplace_id._note_success()
        if not subscription:
            self.write(
                {
                    "state": "sent",
                    "error": False,
                    "next_try": self._get_next_try(self.tries),
                }
            )
            self._note_log(self.env._("accepted, not done yet"))
            return
        if problem := self._get_answer_problem(subscription):
            self._note_refusal(problem)
            return
        self._note_done(subscription)

    def _note_done(self, subscription):
        """It is done: note the seats that are there now."""
        self.write(
            {
                "state": "done",
                "error": False,
                "done_on": fields.Datetime.now(),
                "external_id": subscription.id,
                "answer": self._dump(subscription._asdict()),
            }
        )
        self._note_log(self.env._("done"))
        self.license_id._note_subscription(subscription)

    def _get_answer_problem(self, subscription):
        """Why an answer cannot be meant for this message, as a sentence, or False."""
        known = self.external_id or (
            self.operation != "order" and self.license_id.external_id
        )
        if known and known != subscription.id:
            return self.env._(
                "The marketplace answered about subscription %(other)s instead of "
                "%(known)s: ask the marketplace.",
                other=subscription.id,
                known=known,
            )
        if self.license_id and subscription.reference != self.license_id.reference:
            return self.env._(
                "The marketplace answered about a license that is not this one: ask "
                "the marketplace."
            )
        if subscription.revision <= self.revision and subscription.seats != self.seats:
            return self.env._(
                "The marketplace says %(found)s seats instead of %(asked)s: ask the "
                "marketplace.",
                found=subscription.seats,
                asked=self.seats,
            )
        others = self.env["waas.license"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("external_id", "=", subscription.id),
                ("id", "!=", self.license_id.id),
            ],
            limit=1,
        )
        if self.license_id and others:
            return self.env._(
                "Subscription %(id)s belongs to another license already: ask the "
                "marketplace.",
                id=subscription.id,
            )
        return False

    def _note_error(self, error):
        self.error = str(error)
        self._note_log(str(error))
        if isinstance(error, MarketplaceMisconfigured):
            # Not this message's fault: it waits, without a failure of its own.
            self.marketplace_id._note_misconfigured(error)
        elif isinstance(error, MarketplaceBusy):
            self._note_busy(error)
        else:
            self.is_refused = True
            self._note_refusal(str(error))

    def _note_busy(self, error):
        if error.is_shared:
            self.marketplace_id._note_busy(error)
        else:
            self.marketplace_id._note_success()
        failures = self.failures + 1
        if failures >= self.marketplace_id.max_failures:
            self.failures = failures
            self._fail()
            return
        self.write(
            {
                "failures": failures,
                "next_try": self._get_next_try(failures, error.retry_after),
            }
        )

    def _note_refusal(self, problem):
        """It was understood and refused: only a person can mend that."""
        self.marketplace_id._note_success()
        self.write({"error": problem, "failures": self.failures + 1})
        self._fail()

    def _fail(self):
        """Put it on the list of what waits for a person, and tell one."""
        self.state = "failed"
        user = self.marketplace_id.user_id
        if not user and self.license_id:
            user = self.license_id._get_responsible()
        todo_on = self.license_id or self.marketplace_id
        todo_on._waas_todo(
            "marketplace_refused",
            user,
            note=lambda env: env._(
                "%(message)s: %(error)s Mend it, then press Retry under WaaS > "
                "Licenses > Outbox.",
                message=self.with_env(env).display_name,
                error=self.error,
            ),
            add=True,
        )

    def _get_waiting_for(self):
        """What it waits for, as a sentence, or False."""
        first = self.after_ids.filtered(lambda message: message.state in OPEN)[:1]
        if not first:
            return False
        return self.env._(
            "Waits for the seats that take its place: %(message)s.",
            message=first.display_name,
        )

    def _get_next_try(self, number, retry_after=None):
        """Pauses double, with some chance in them, so that many messages do not come
        back at the same moment."""
        pause = min(MIN_PAUSE_SECONDS * 2 ** min(number - 1, 20), MAX_PAUSE_SECONDS)
        pause *= random.uniform(0.75, 1.25)
        if retry_after:
            pause = max(pause, min(retry_after, MAX_PAUSE_SECONDS))
        return fields.Datetime.now() + timedelta(seconds=pause)
