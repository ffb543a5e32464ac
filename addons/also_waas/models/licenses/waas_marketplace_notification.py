import hashlib
import hmac
import json

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL, mute_logger

from ...marketplace_client import Subscription, is_storable

# Older notifications are refused: they may be replayed.
MAX_AGE_SECONDS = 300


class WaasMarketplace(models.Model):
    """Notifications of the marketplace (R9).

    A notification is JSON: ``{"id": "…", "subscription": {…}}``, the subscription as in
    an answer. Its header ``X-Marketplace-Signature: t=<seconds since 1970>,v1=<hex>``
    signs ``<t>.<body>`` with HMAC-SHA256 and the notification secret.
    """

    _inherit = "waas.marketplace"

    @api.model
    def _find_sender(self, signature, body, now):
        """The marketplace whose secret signed a notification.

        :param str signature: the header
        :param bytes body: as it was received
        :param float now: seconds since 1970
        :return: ``waas.marketplace``, empty when the signature is forged or old
        """
        moment, digest = self._split_signature(signature)
        if moment is None or abs(now - moment) > MAX_AGE_SECONDS:
            return self.browse()
        sender = self.browse()
        with_secret = self.search([("notify_secret", "!=", False)])
        for marketplace in with_secret.filtered("notify_secret"):
            expected = marketplace._sign(moment, body)
            if hmac.compare_digest(expected.encode(), digest.encode()):
                sender = marketplace
        return sender

    def _split_signature(self, signature):
        parts = dict(
            part.strip().partition("=")[::2] for part in (signature or "").split(",")
        )
        moment = parts.get("t", "")
        if not (moment.isascii() and moment.isdigit() and len(moment) < 12):
            return None, ""
        return int(moment), parts.get("v1", "")

    def _sign(self, moment, body):
        return hmac.new(
            self.notify_secret.encode(), f"{moment}.".encode() + body, hashlib.sha256
        ).hexdigest()

    def _receive(self, body):
        """Process a notification: once, also when it is received repeatedly.

        :param bytes body: of a sender that was verified
        :raises ValueError: when it is no notification, with the reason
        """
        self.ensure_one()
        event_id, subscription = self._parse_notification(body)
        message = self._note_notification(event_id, subscription)
        if not message:
            return
        license_ = self._find_license(subscription)
        message.license_id = license_
        if not license_:
            message._note_log(self.env._("no license of ours; the check will show it"))
            return
        self.env.cr.execute(
            SQL("SELECT FROM waas_license WHERE id = %s FOR NO KEY UPDATE", license_.id)
        )
        license_._note_subscription(subscription)
        license_._note_done_by(subscription)

    def _parse_notification(self, body):
        try:
            data = json.loads(body)
        except RecursionError as error:
            raise ValueError("it has no end") from error
        event_id = data.get("id") if isinstance(data, dict) else None
        if not isinstance(event_id, str) or not event_id or not is_storable(event_id):
            raise ValueError("id is not a text")
        return event_id, Subscription.parse(data.get("subscription"))

    def _note_notification(self, event_id, subscription):
        """The message of a notification. None when it was received before, also while
        another worker processes it."""
        messages = self.env["waas.marketplace.message"]
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return messages.create(
                    {
                        "marketplace_id": self.id,
                        "direction": "in",
                        "operation": "notify",
                        "key": f"in:{self.id}:{event_id}",
                        "external_id": subscription.id,
                        "seats": subscription.seats,
                        "revision": subscription.revision,
                        "answer": messages._dump(subscription._asdict()),
                        "state": "done",
                        "done_on": fields.Datetime.now(),
                    }
                )
        except UniqueViolation:
            return None

    def _find_license(self, subscription):
        """The license of a subscription, found by its reference, which is ours."""
        return self.env["waas.license"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("channel", "=", "marketplace"),
                ("reference", "=", subscription.reference),
                ("external_id", "in", (subscription.id, False)),
            ],
            limit=1,
        )
