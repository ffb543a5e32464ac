import tempfile
import threading
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from odoo.addons.also_simpleapi_server.server.marketplace import RESELLER

from ...simpleapi import values
from ...simpleapi.client import get_url_problem
from ...simpleapi.faults import read_fault
from ...simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceMisconfigured,
    MarketplaceRefused,
)
from ...simpleapi.profile import DEFAULT, SimpleApiProfile
from ...simpleapi.sessions import MemorySessions
from .certificates import make_certificate
from .common_simpleapi import QUICK, SimpleApiCase


class TestSimpleApiSession(SimpleApiCase):
    def test_01_one_login_for_a_hundred_calls(self):
        server = self._serve()
        sessions = MemorySessions()
        for _worker in range(4):
            client = self._connect(server, sessions)
            for _call in range(25):
                client.call("GetCompany")
        self.assertEqual(server.calls.count("GetSessionToken"), 1)
        self.assertFalse(server.mistakes)

    def test_02_a_wrong_password_is_not_tried_a_hundred_times(self):
        server = self._serve()
        sessions = MemorySessions()
        client = self._connect(server, sessions, password="wrong")
        for _call in range(5):
            with self.assertRaises(MarketplaceMisconfigured) as caught:
                client.call("GetCompany")
        self.assertIn("login failed twice", str(caught.exception))
        self.assertEqual(server.calls, ["GetSessionToken"] * 2)
        sessions.forget()
        self.assertTrue(self._connect(server, sessions).call("GetCompany"))

    def test_03_a_user_with_a_second_factor(self):
        server = self._serve()
        server.marketplace.users_with_mfa = set(server.marketplace.users)
        with self.assertRaisesRegex(MarketplaceMisconfigured, "second factor"):
            self._connect(server).call("GetCompany")

    def test_04_a_session_expires_between_two_calls(self):
        for strictness in ({}, {"expiry": 401}, {"fault_shape": "B"}):  # 6 as well
            with self.subTest(**strictness):
                server = self._serve(**strictness)
                client = self._connect(server)
                client.call("GetCompany")
                server.marketplace.clock.go(hours=1)
                self.assertTrue(client.call("GetCompany"))
                self.assertEqual(server.calls.count("GetSessionToken"), 2)

    def test_05_a_session_expires_during_a_purchase(self):
        server = self._serve()
        client = self._connect(server)
        company_id, tenant_id = self._make_customer(client)
        server.mishaps.append("expired")
        bought = self._buy(client, company_id, tenant_id)
        self.assertEqual(bought["PurchaseOrderNumber"], "WAAS-1")
        self.assertEqual(self._count_bought(server), 2)  # with the tenant

    def test_07_sessions_that_end_as_soon_as_they_begin(self):
        server = self._serve()
        client = self._connect(server)
        server.mishaps += ["expired"] * 10
        with self.assertRaisesRegex(MarketplaceBusy, "as soon as"):
            client.call("GetCompany")
        self.assertEqual(server.calls.count("GetSessionToken"), 2)

    def test_08_a_second_login_that_ends_the_first_session(self):
        """Workers share a token; who finds it stale takes that of the other."""
        server = self._serve()
        sessions = MemorySessions()
        first, second = (self._connect(server, sessions) for _worker in range(2))
        first.call("GetCompany")
        server.marketplace.sessions.clear()
        workers = [
            threading.Thread(target=client.call, args=("GetCompany",))
            for client in (first, second)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertLessEqual(server.calls.count("GetSessionToken"), 3)
        self.assertTrue(first.call("GetCompany"))

    def test_09_too_many_logins_lock_us_out(self):
        server = self._serve()
        server.marketplace.most_logins = 3
        for _login in range(3):
            self._connect(server).call("GetCompany")
        with self.assertRaises(MarketplaceBusy) as caught:
            self._connect(server).call("GetCompany")
        self.assertTrue(caught.exception.is_shared)
        self.assertEqual(caught.exception.retry_after, DEFAULT.pause_403)

    def test_10_the_token_has_its_prefix(self):
        for scheme in ("CCPSessionId", ""):
            with self.subTest(scheme=scheme):
                server = self._serve(auth_scheme=scheme)
                right = QUICK.override(auth_scheme=scheme)
                wrong = QUICK.override(auth_scheme="" if scheme else "CCPSessionId")
                self.assertTrue(self._connect(server, profile=right).call("GetCompany"))
                with self.assertRaises(MarketplaceBusy):
                    self._connect(server, profile=wrong).call("GetCompany")


class TestSimpleApiAnswers(SimpleApiCase):
    def test_11_too_fast(self):
        server = self._serve()
        client = self._connect(server)
        server.mishaps += ["slow_down", "429"]
        pauses = []
        for _call in range(2):
            with self.assertRaises(MarketplaceBusy) as caught:
                client.call("GetCompany")
            pauses.append(caught.exception.retry_after)
        self.assertEqual(pauses, [8, DEFAULT.pause_429])

    def test_12_answers_of_every_kind(self):
        """Reads: whoever asks again does no harm."""
        expected = {
            "fault_with_200": MarketplaceRefused,
            "cut_fault": MarketplaceBusy,
            "bomb": MarketplaceBusy,
            "large_fault": MarketplaceBusy,
            "502": MarketplaceBusy,
            "503": MarketplaceBusy,
            "html": MarketplaceBusy,
            "half": MarketplaceBusy,
            "reset": MarketplaceBusy,
            "hang": MarketplaceBusy,
            "trickle": MarketplaceBusy,
            "404": MarketplaceMisconfigured,
            "redirect": MarketplaceMisconfigured,
            "echo": MarketplaceRefused,
        }
        server = self._serve()
        client = self._connect(server)
        for mishap, error in expected.items():
            with self.subTest(mishap=mishap):
                server.mishaps.append(mishap)
                with self.assertRaises(error) as caught:
                    client.call("GetCompany")
                self.assertIs(type(caught.exception), error)
                self.assertLessEqual(len(str(caught.exception)), 400)

    def test_12_nothing_is_an_answer(self):
        for void in ("", "null"):
            with self.subTest(void=void):
                server = self._serve(void=void)
                self.assertIsNone(self._connect(server).call("PingPong"))

    def test_13_an_object_where_a_list_is_declared(self):
        for as_object in (False, True):
            server = self._serve(company_as_object=as_object)
            [company] = values.as_list(self._connect(server).call("GetCompany"))
            self.assertEqual(company["AccountId"], RESELLER)

    def test_15_dates_and_numbers(self):
        moments = {
            "2027-01-03T11:22:33": datetime(2027, 1, 3, 11, 22, 33),
            "2027-01-03T11:22:33.4": datetime(2027, 1, 3, 11, 22, 33, 400_000),
            "2027-01-03T11:22:33.46": datetime(2027, 1, 3, 11, 22, 33, 460_000),
            "2027-01-03T11:22:33.456": datetime(2027, 1, 3, 11, 22, 33, 456_000),
            "2027-01-03": datetime(2027, 1, 3),
            "/Date(1799000000000+0100)/": datetime(2027, 1, 3, 18, 13, 20),
            None: None,
            "": None,
        }
        for written, moment in moments.items():
            self.assertEqual(values.parse_moment(written), moment)
        for wrong in ("soon", 5, "2027-13-01", "01/02/2027"):
            with self.assertRaises(ValueError):
                values.parse_moment(wrong)
        self.assertEqual([values.parse_whole(one) for one in (5, "5", "5.0")], [5] * 3)
        for wrong in (5.5, None, True, "NaN", "1e99", [], "x"):
            with self.assertRaises(ValueError):
                values.parse_whole(wrong)
        self.assertEqual(
            values.parse_charge_days("01.02.2027 - 01.03.2027"),
            (datetime(2027, 2, 1).date(), datetime(2027, 3, 1).date()),
        )
        self.assertIsNone(values.parse_charge_days("01.03.2027 - 01.02.2027"))
        self.assertIsNone(values.parse_billing_month("13/2027"))

    def test_16_a_wrong_name_is_a_fault(self):
        server = self._serve()
        client = self._connect(server)
        with self.assertRaisesRegex(MarketplaceRefused, "cannot be read"):
            client.call("GetSubscription", AccountId=5)
        self.assertTrue(server.mistakes)
        with self.assertRaises(ValueError):
            client.call("CancelSubscription", accountId=5)

    def test_prices_are_decimals(self):
        server = self._serve()
        client = self._connect(server)
        bought = self._buy(client, *self._make_customer(client))
        [item] = bought["PriceableItems"]
        self.assertEqual(item["PurchasePrice"], Decimal("5.0"))
        self.assertIsInstance(item["PurchasePrice"], Decimal)
        self.assertFalse(server.mistakes)

    def test_43_nobody_else_gets_the_password(self):
        server = self._serve()
        client = self._connect(server)
        server.mishaps.append("redirect")
        with self.assertRaisesRegex(MarketplaceMisconfigured, "302"):
            client.call("GetCompany")
        with tempfile.TemporaryDirectory() as folder:
            certificate = Path(folder) / "certificate.pem"
            certificate.write_bytes(make_certificate())
            server = self._serve(str(certificate))
            with self.assertRaisesRegex(MarketplaceMisconfigured, "certificate"):
                self._connect(server).call("GetCompany")
            self.assertFalse(server.calls)
            trusting = self._connect(server, certificates=str(certificate))
            self.assertTrue(trusting.call("GetCompany"))
        for wrong in ("http://marketplace.also.nl", "https://a:b@x", "x", "https://[1"):
            self.assertTrue(get_url_problem(wrong))
        self.assertFalse(get_url_problem("https://marketplace.also.nl"))

    def test_44_a_message_that_repeats_what_is_secret(self):
        server = self._serve()
        client = self._connect(server)
        client.call("GetCompany")
        [(user, password)] = server.marketplace.users.items()
        [token] = server.marketplace.sessions
        server.mishaps.append("echo")
        with self.assertRaises(MarketplaceRefused) as caught:
            client.call("GetCompany")
        said = str(caught.exception)
        self.assertEqual(said, "User *** with *** and *** may not.")
        for secret in (user, password, token):
            self.assertNotIn(secret, said)

    def test_faults_of_both_shapes(self):
        for shape in ("A", "B"):
            server = self._serve(fault_shape=shape)
            with self.assertRaisesRegex(MarketplaceRefused, "is no service"):
                self._connect(server).call("GetSubscription", accountId=RESELLER)
        self.assertIsNone(read_fault(b"<html/>", 1000))
        self.assertIsNone(read_fault(b"", 1000))
        self.assertIsNone(read_fault(b"<Fault>" + b"x" * 1000, 1000))

    def test_what_we_assume_can_be_overridden(self):
        self.assertEqual(SimpleApiProfile().override(invoice_day=5).invoice_day, 5)
        with self.assertRaises(TypeError):
            DEFAULT.override(no_such_value=1)
