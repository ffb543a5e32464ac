import json
import logging
import time

from odoo import api, fields, models
from odoo.tools import SQL

from ... import batches
from ...simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceError,
    MarketplaceRefused,
)

_logger = logging.getLogger(__name__)


class WaasMarketplaceMessage(models.Model):
    """Messages are sent one by one, in the order of each license."""

    _inherit = "waas.marketplace.message"

    @api.model
    def _cron_send(self):
        """Send waiting messages, one per transaction, until all are sent or the time of
        the scheduler is over."""
        cron = self.env["ir.cron"]
        while message := self._lock_next():
            message._send()
            if not cron._commit_progress(1, remaining=self._count_due()):
                return
        self._schedule_next()
        cron._commit_progress(remaining=0)

    def _lock_next(self):
        """Lock the next message that is due and that no other worker holds."""
        # The answer is noted on the license as it is then, not as it was before.
        batches.begin_transaction(self.env.cr)
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
        """Messages to send now: the first open one of each license, after those that it
        waits for, while its marketplace is not paused."""
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
        """Trigger the worker when the next pause is over."""
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
        """Send the message, and note the answer. The caller holds the row lock, and
        commits."""
        self.ensure_one()
        started = time.monotonic()
        error = subscription = None
        try:
            subscription = self._call()
        except MarketplaceError as caught:
            error = caught
        except Exception as caught:  # noqa: BLE001 - errors must not stop the others
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
        """The request itself, through the client.

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
        """Refresh after the request, which takes time, and lock the license until the
        commit."""
        self.env.flush_all()
        self.env.invalidate_all()
        if self.license_id:
            self.env.cr.execute(
                SQL(
                    "SELECT FROM waas_license WHERE id = %s FOR NO KEY UPDATE",
                    self.license_id.id,
                )
            )
