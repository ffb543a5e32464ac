import hashlib
import hmac
import json
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.cases import WaasHttpCommon
from .marketplace_common import MarketplaceCommon

# What may go wrong with any request, without waiting for a timeout.
MISHAPS = (
    *(None,) * 6,
    "reset",
    "500",
    "503",
    "garbage",
    "409",
    "429",
    "done_reset",
    "done_500",
    "done_garbage",
)


@tagged("post_install", "-at_install")
class TestMarketplaceGenerated(MarketplaceCommon):
    """R9: whatever is changed, and whatever goes wrong with whichever request: in the
    end the marketplace has the seats of the contract, and no subscription twice."""

    steps = st.lists(
        st.one_of(
            st.tuples(st.just("change"), st.integers(0, 1), st.integers(-3, 4)),
            st.tuples(st.just("switch"), st.just(0), st.integers(1, 3)),
            st.tuples(st.just("send"), st.just(0), st.just(0)),
            st.tuples(st.just("notify"), st.just(0), st.just(0)),
            st.tuples(st.just("end"), st.integers(0, 1), st.just(0)),
        ),
        max_size=8,
    )

    def setUp(self):
        super().setUp()
        today = fields.Date.context_today(self.env.user)
        self.contracts = [
            self._create_contract(today, quantity=quantity) for quantity in (4, 2)
        ]

    @settings(
        deadline=None,
        max_examples=20,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(steps, st.lists(st.sampled_from(MISHAPS), max_size=20))
    def test_r9_in_the_end_both_have_the_same_seats(self, steps, mishaps):
        with self._undone():
            self.server.forget()
            self.server.mishaps.clear()
            self.server.mishaps.extend(mishaps)
            for contract in self.contracts:
                contract._waas_make_licenses()._start(contract.date_start)
            for action, index, number in steps:
                self._do(action, self.contracts[index], number)
            self._send_all(rounds=60)
            licenses = self.env["waas.license"].union(
                *(contract.waas_license_ids for contract in self.contracts)
            )
            self.assertFalse(self._get_messages("pending", "sent", "failed"))
            self._assert_same_seats(licenses)
            self._assert_nothing_twice(licenses)

    def _do(self, action, contract, number):
        today = fields.Date.context_today(contract)
        running = contract.waas_license_ids.filtered(
            lambda license_: not license_.date_cancel
        )
        if action == "send":
            self._wait()
            self._send()
        elif action == "notify":
            self._notify_all()
        elif action == "end" and contract.waas_state == "running":
            contract._waas_end()
        elif action == "change" and running and running[0].seats + number >= 0:
            running[0]._change_by(number, today)
        elif action == "switch" and number <= sum(
            running.filtered(
                lambda license_: license_.product_id == self.office_basic
            ).mapped("seats")
        ):
            contract._waas_switch_license(
                self.office_basic, self.office_premium, number, today
            )

    def _notify_all(self):
        """The marketplace says what it has, each of it twice."""
        for data in list(self.server.subscriptions.values()) * 2:
            self.marketplace.sudo()._receive(
                json.dumps(
                    {"id": f"{data['id']}:{data['revision']}", "subscription": data}
                ).encode()
            )

    def _assert_nothing_twice(self, licenses):
        for license_ in licenses:
            alive = [
                subscription
                for subscription in self.server.subscriptions.values()
                if subscription["reference"] == license_.reference
                and subscription["status"] == "active"
            ]
            self.assertEqual(len(alive), 1 if license_._get_target() else 0)


@tagged("post_install", "-at_install")
class TestMarketplaceNotification(MarketplaceCommon, WaasHttpCommon):
    """R9: the marketplace says by itself what changed, signed, once."""

    def setUp(self):
        super().setUp()
        self.license = self._create_licensed(5).waas_license_ids
        self.message = self._get_messages("pending")

    def _prepare(self, **values):
        return {
            "id": "event-1",
            "subscription": {
                "id": "sub-1",
                "reference": self.license.reference,
                "sku": "BASIC",
                "seats": 5,
                "status": "active",
                "revision": 1,
                **values,
            },
        }

    def _post(self, data, secret="a secret", age=0):
        body = data if isinstance(data, bytes) else json.dumps(data).encode()
        moment = int(time.time()) - age
        digest = hmac.new(
            secret.encode(), f"{moment}.".encode() + body, hashlib.sha256
        ).hexdigest()
        response = self.url_open(
            "/waas/marketplace/notify",
            method="POST",
            data=body,
            headers={
                "Content-Type": "application/json",
                "X-Marketplace-Signature": f"t={moment},v1={digest}",
            },
        )
        self.env.invalidate_all()
        return response

    def _get_notifications(self):
        return self.env["waas.marketplace.message"].search([("direction", "=", "in")])

    def test_r9_a_notification_answers_what_was_accepted(self):
        self.server.mishaps.append("202")
        self._send()
        self.assertEqual(self._post(self._prepare()).status_code, 200)
        self.assertEqual(self.message.state, "done")
        self.assertRecordValues(
            self.license,
            [{"state": "active", "provisioned_seats": 5, "external_id": "sub-1"}],
        )
        self.assertEqual(self._get_notifications().license_id, self.license)

    def test_r9_the_same_notification_does_nothing_the_second_time(self):
        self._send()
        known = self.license.external_id
        data = self._prepare(id=known, seats=9, revision=2)
        for _time in range(3):
            self.assertEqual(self._post(data).status_code, 200)
        self.assertEqual(len(self._get_notifications()), 1)
        self.assertEqual(self.license.provisioned_seats, 9)

    def test_r9_late_news_is_no_news(self):
        self._send()
        known = self.license.external_id
        self._post({**self._prepare(id=known, seats=9, revision=3), "id": "new"})
        self._post({**self._prepare(id=known, seats=7, revision=2), "id": "old"})
        self.assertEqual(self.license.provisioned_seats, 9)

    def test_r9_a_forged_notification_is_refused(self):
        self.assertEqual(self._post(self._prepare(), secret="guessed").status_code, 401)
        self.assertEqual(self._post(self._prepare(), secret="").status_code, 401)
        for header in ("", "t=1,v1=", "t=x,v1=y", "nonsense", "t=²,v1=é"):
            response = self.url_open(
                "/waas/marketplace/notify",
                data=b"{}",
                headers={"X-Marketplace-Signature": header.encode()},
            )
            self.assertEqual(response.status_code, 401, header)
        self.assertFalse(self._get_notifications())

    def test_r9_a_recorded_notification_is_refused(self):
        self.assertEqual(self._post(self._prepare(), age=3600).status_code, 401)
        self.assertEqual(self._post(self._prepare(), age=-3600).status_code, 401)
        self.assertFalse(self._get_notifications())

    def test_r9_a_marketplace_without_secret_hears_nothing(self):
        self.marketplace.sudo().notify_secret = False
        self.assertEqual(self._post(self._prepare(), secret="").status_code, 401)

    def test_r9_what_is_no_notification_is_refused(self):
        for data in (
            b"",
            b"no json",
            b"[]",
            b"\xff",
            {"id": "x"},
            {"id": "", "subscription": {}},
            {**self._prepare(), "id": "x\0y"},
            self._prepare(seats=True),
            self._prepare(seats=10**12),
            self._prepare(status="odd"),
            self._prepare(id=""),
        ):
            with self.subTest(data=data), mute_logger("odoo.http"):
                self.assertEqual(self._post(data).status_code, 400)
        self.assertFalse(self._get_notifications())

    def test_r9_too_much_is_refused(self):
        with mute_logger("odoo.http"):
            response = self._post(b" " * (65 * 1024))
        self.assertEqual(response.status_code, 413)

    def test_r9_news_of_an_unknown_subscription_is_noted(self):
        data = self._prepare(reference="somebody")
        self.assertEqual(self._post(data).status_code, 200)
        self.assertFalse(self._get_notifications().license_id)
        self.assertEqual(self.license.provisioned_seats, 0)

    def test_r9_a_get_is_no_notification(self):
        with mute_logger("odoo.http"):
            response = self.url_open("/waas/marketplace/notify")
        self.assertEqual(response.status_code, 405)
