import os
import socket
import tempfile
import threading
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase

from ...marketplace_client import MarketplaceClient, Subscription
from ...simpleapi.client import get_url_problem
from ...simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceMisconfigured,
    MarketplaceRefused,
)
from .certificates import make_certificate
from .marketplace_server import KEY, MarketplaceServer


class TestMarketplaceClient(BaseCase):
    """The client alone, without a database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = MarketplaceServer()
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)

    def _connect(self, **values):
        return MarketplaceClient(
            **{"base_url": self.server.url, "key": KEY, "timeout": 15, **values}
        )

    def _order(self, client, key="k1", **values):
        payload = {"reference": "r", "sku": "A", "seats": 2, "revision": 1, **values}
        return client.order(key, payload)

    def test_the_same_key_is_the_same_request(self):
        self.server.forget()
        with self._connect() as client:
            first = self._order(client)
            self.assertEqual(self._order(client), first)
            other = self._order(client, "k2", reference="other")
            self.assertNotEqual(other.id, first.id)
            changed = client.change("k3", first.id, {"seats": 7, "revision": 2})
            self.assertEqual(changed.seats, 7)
            ended = client.cancel("k4", first.id, {"seats": 0, "revision": 3})
            self.assertFalse(ended.is_active or ended.seats)
            with self.assertRaisesRegex(MarketplaceRefused, "Something newer"):
                client.change("k5", first.id, {"seats": 9, "revision": 1})
            self.assertEqual(len(list(client.list_subscriptions())), 2)

    def test_errors_are_sentences(self):
        self.server.forget()
        with self._connect(key="wrong") as client:
            with self.assertRaisesRegex(MarketplaceMisconfigured, "Who are you"):
                client.ping()
        with self._connect() as client:
            with self.assertRaisesRegex(MarketplaceRefused, "404: No such subscr"):
                client.change("k", "nothing", {"seats": 1, "revision": 1})
        with self._connect(base_url="http://127.0.0.1:9") as client:
            with self.assertRaisesRegex(MarketplaceBusy, "cannot be reached"):
                client.ping()

    def test_the_key_goes_to_nobody_who_cannot_prove_who_it_is(self):
        """A certificate that nobody vouches for; trusted, it serves."""
        server = MarketplaceServer()
        with tempfile.TemporaryDirectory() as folder:
            certificate = Path(folder) / "certificate.pem"
            certificate.write_bytes(make_certificate())
            server.start_tls(certificate)
            self.addCleanup(server.stop)
            url = server.url.replace("http://", "https://")
            with self._connect(base_url=url) as client:
                with self.assertRaisesRegex(MarketplaceMisconfigured, "certificate"):
                    client.ping()
            self.assertFalse(server.requests)
            with (
                patch.dict(os.environ, REQUESTS_CA_BUNDLE=str(certificate)),
                self._connect(base_url=url) as client,
            ):
                client.ping()
        self.assertTrue(server.requests)

    def test_a_connection_that_breaks_off_is_no_wrong_certificate(self):
        """As while the marketplace starts anew."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def hang_up():
            for _try in range(2):
                connection, _address = listener.accept()
                connection.recv(16)
                connection.shutdown(socket.SHUT_RDWR)
                connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with self._connect(base_url=url) as client:
            with self.assertRaisesRegex(MarketplaceBusy, "broke off"):
                client.ping()

    def test_a_key_that_no_request_can_carry(self):
        for key in (f"{KEY}\u200b", f"{KEY}\n", "ключ"):
            with self.assertRaisesRegex(MarketplaceMisconfigured, "enter it again"):
                self._connect(key=key)

    def test_addresses(self):
        for url in (
            "https://marketplace.test",
            "https://marketplace.test:8443/api",
            "http://localhost:8080",
            "http://127.0.0.1",
        ):
            self.assertIsNone(get_url_problem(url), url)
        for url in (
            "http://marketplace.test",
            "ftp://marketplace.test",
            "http://localhost.evil.test",
            "https://user:secret@marketplace.test",
            "https://marketplace.test?x=1",
            "https://",
            "https://marketplace.test:port",
            "https://[",
            "marketplace.test",
            "",
        ):
            self.assertTrue(get_url_problem(url), url)

    def test_what_is_no_subscription(self):
        good = {
            "id": "1",
            "reference": "r",
            "sku": "A",
            "seats": 2,
            "status": "active",
            "revision": 1,
        }
        self.assertEqual(Subscription.parse(good).seats, 2)
        self.assertEqual(Subscription.parse({**good, "status": "cancelled"}).seats, 0)
        for name, value in (
            ("id", ""),
            ("id", 1),
            ("sku", None),
            ("reference", "x\0"),
            ("seats", -1),
            ("seats", 1.5),
            ("seats", True),
            ("revision", "1"),
            ("status", "odd"),
            ("unit_price", float("nan")),
            ("unit_price", float("inf")),
            ("unit_price", -1),
            ("unit_price", 10**400),
            ("sku", "\ud800"),
            ("unit_price", "4"),
        ):
            with self.subTest(name=name, value=value), self.assertRaises(ValueError):
                Subscription.parse({**good, name: value})
