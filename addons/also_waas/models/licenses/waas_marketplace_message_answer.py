import random
from datetime import timedelta

from odoo import fields, models

from ...simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceMisconfigured,
)
from .waas_marketplace_message import OPEN

MIN_PAUSE_SECONDS = 30
MAX_PAUSE_SECONDS = 6 * 60 * 60


class WaasMarketplaceMessage(models.Model):
    """The answers of the marketplace: done, busy, refused."""

    _inherit = "waas.marketplace.message"

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
        """The request is done: note the provisioned seats."""
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
        """Why an answer cannot belong to this message, as a sentence, or False."""
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
            # The message is not the cause: it waits, and its failure is not counted.
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
        """The request was understood and refused: only a user can fix that."""
        self.marketplace_id._note_success()
        self.write({"error": problem, "failures": self.failures + 1})
        self._fail()

    def _fail(self):
        """Mark the message as failed, and notify a user."""
        self.state = "failed"
        user = self.marketplace_id.user_id
        if not user and self.license_id:
            user = self.license_id._get_responsible()
        todo_on = self.license_id or self.marketplace_id
        todo_on._waas_todo(
            "marketplace_refused",
            user,
            note=lambda env: env._(
                "%(message)s: %(error)s Fix it, then press Retry under WaaS > "
                "Licenses > Outbox.",
                message=self.with_env(env).display_name,
                error=self.error,
            ),
            add=True,
        )

    def _get_waiting_for(self):
        """What the message waits for, as a sentence, or False."""
        first = self.after_ids.filtered(lambda message: message.state in OPEN)[:1]
        if not first:
            return False
        return self.env._(
            "Waits for the seats that take its place: %(message)s.",
            message=first.display_name,
        )

    def _get_next_try(self, number, retry_after=None):
        """Pauses double, with a random part, so that many messages are not repeated at
        the same moment."""
        pause = min(MIN_PAUSE_SECONDS * 2 ** min(number - 1, 20), MAX_PAUSE_SECONDS)
        pause *= random.uniform(0.75, 1.25)
        if retry_after:
            pause = max(pause, min(retry_after, MAX_PAUSE_SECONDS))
        return fields.Datetime.now() + timedelta(seconds=pause)
