from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.tests import common

from ... import batches
from ..common.cases import WaasCommon
from .marketplace_server import KEY, MarketplaceServer

# For what does not answer. Everything else has the time that a busy machine needs.
SHORT_TIMEOUT = 0.4


class MarketplaceCommon(WaasCommon):
    """The world of the tests, with a marketplace that can be reached."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = MarketplaceServer()
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.office_basic.waas_marketplace_sku = "BASIC"
        cls.office_premium.waas_marketplace_sku = "PREMIUM"
        cls.office_basic.standard_price = 4.0
        cls.marketplace = cls._create_marketplace()

    @classmethod
    def _create_marketplace(cls, **values):
        # As an administrator does.
        return (
            cls.env["waas.marketplace"]
            .sudo()
            .create(
                {
                    "company_id": cls.also.id,
                    "base_url": cls.server.url,
                    "api_key": KEY,
                    "notify_secret": "a secret",
                    "timeout": 60,
                    "user_id": cls.manager.id,
                    **values,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.server.forget()
        self.server.mishaps.clear()
        self.server.key = KEY

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Let the client have its own, short timeout towards our server."""
        if request.url.startswith(cls.server.url):
            return common._super_send(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    # === WHAT PEOPLE AND WORKERS DO ===#

    @classmethod
    def _create_licensed(cls, quantity=5, start=None, **values):
        """A running contract, its licenses started.

        It skips the gate and the delivery: other tests are about them.
        """
        start = start or fields.Date.context_today(cls.env.user)
        contract_sudo = cls._create_contract(start, quantity=quantity, **values)
        contract_sudo._waas_make_licenses()
        contract_sudo.waas_license_ids._start(start)
        return contract_sudo

    @contextmanager
    def _as_worker(self):
        """Let a worker work inside the transaction of the test."""
        with (
            patch.object(batches, "begin_transaction", lambda cr: None),
            patch.object(self.env.cr, "commit", self.env.flush_all),
        ):
            yield self.env["waas.marketplace.message"].with_user(SUPERUSER_ID).sudo()

    def _send(self):
        """Send everything that is due now."""
        with self._as_worker() as messages:
            messages._cron_send()

    def _wait(self):
        """Let every pause be over."""
        self.env["waas.marketplace.message"].sudo().search(
            [("state", "in", ("pending", "sent"))]
        ).next_try = fields.Datetime.now()
        self.marketplace.paused_until = False

    def _send_all(self, rounds=30):
        """Send, and wait for the end of the pauses, until nothing is left to send."""
        for _round in range(rounds):
            self._wait()
            self._send()
            if not self._get_messages("pending", "sent"):
                return

    def _get_messages(self, *states):
        return self.env["waas.marketplace.message"].search(
            [("state", "in", states), ("direction", "=", "out")], order="id"
        )

    def _apply(self):
        """What is planned for today, as the scheduler does it."""
        self.env["waas.license"].sudo()._cron_apply()

    def _check(self):
        """The daily check."""
        with self._as_worker():
            self.env["waas.license.check"].sudo()._cron_check()

    def _get_differences(self):
        return self.env["waas.license.check"].search(
            [("state", "=", "open"), ("company_id", "=", self.also.id)], order="id"
        )

    def _assert_same_seats(self, licenses):
        """Marketplace and contract say the same, and we know it."""
        for license_ in licenses:
            there = self.server.get_seats(license_.reference)
            self.assertEqual(there, license_._get_target(), license_.display_name)
            self.assertEqual(license_.provisioned_seats, there)

    @classmethod
    def _day(cls, text):
        return date.fromisoformat(text)
