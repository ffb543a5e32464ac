import re
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ...controllers.returns import certificate
from ..common.cases import WaasHttpCommon
from ..common.cases_returns import WaasReturnCommon


@tagged("post_install", "-at_install")
class TestCertificateHttp(WaasReturnCommon, WaasHttpCommon):
    """R15: anyone with the certificate can check it, and learns nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record = cls._create_return(cls.devices)
        cls._receive(cls.record, cls.devices)
        cls._certify(cls.devices)
        cls.certificate = cls.record.certificate_ids
        cls.token = cls.certificate.sudo().token

    def _get(self, token):
        return self.url_open(f"/waas/certificate/{token}")

    def test_r15_a_valid_certificate_is_confirmed(self):
        page = self._get(self.token)
        self.assertEqual(page.status_code, 200)
        for text in (
            "o_also_waas_valid",
            self.certificate.name,
            self.certificate.content_sha256,
            "NIST SP 800-88",
        ):
            self.assertIn(text, page.text)
        self.assertEqual(page.headers["Cache-Control"], "no-store")

    def test_r15_the_page_reveals_nothing_else(self):
        page = self._get(self.token)
        for secret in (
            self.customer.name,
            self.contract.name,
            self.record.name,
            self.processor.name,
            *self.devices.mapped("name"),
        ):
            self.assertNotIn(secret, page.text)

    def test_r15_a_withdrawn_certificate_no_longer_counts(self):
        self.certificate.with_user(self.manager).action_withdraw()
        page = self._get(self.token)
        self.assertIn("o_also_waas_invalid", page.text)
        self.assertNotIn("o_also_waas_valid", page.text)

    HOSTILE = (
        "A" * 32,
        "%25",
        "1",
        "x" * 5000,
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "'%20OR%20'1'%3D'1",
        "x'%3B%20DROP%20TABLE%20waas_certificate%3B--",
        "%7B%7B7*7%7D%7D",
        "%00" * 16,
        "%F0%9F%94%92" * 8,
        "%D9%A1" * 32,
        "..%2F..%2Fetc%2Fpasswd",
        "*" * 32,
        "%" * 32,
        "_" * 32,
    )

    def test_wrong_addresses_find_nothing(self):
        for token in (
            self.token[:-1],
            self.token + "x",
            self.token.swapcase(),
            *self.HOSTILE,
        ):
            with self.subTest(token=token[:40]):
                page = self._get(token)
                self.assertIn(page.status_code, (400, 404))
                self.assertNotIn(self.certificate.name, page.text)
                self.assertNotIn("<script>alert", page.text)
                self.assertNotIn("Traceback", page.text)
        self.assertIn("o_also_waas_valid", self._get(self.token).text)

    def _strip(self, page, token):
        """A page without what is of this one request."""
        text = page.text.replace(token, "TOKEN")
        return re.sub(r"csrf_token: \"\w+\"|value=\"\w{40,}\"", "", text)

    def test_a_token_that_nobody_has_looks_like_one_that_cannot_be(self):
        unknown, malformed = "A" * 32, "no-token"
        pages = {token: self._get(token) for token in (unknown, malformed)}
        self.assertEqual({page.status_code for page in pages.values()}, {404})
        self.assertEqual(
            self._strip(pages[unknown], unknown),
            self._strip(pages[malformed], malformed),
        )
        headers = [
            {name for name in page.headers if name != "Set-Cookie"}
            for page in pages.values()
        ]
        self.assertEqual(*headers)

    def test_what_cannot_be_a_token_is_not_looked_for(self):
        with self.assertQueryCount(0):
            for token in "no-token", "x" * 5000, "٣" * 32, None, 7, ["x" * 32]:
                self.assertFalse(self.env["waas.certificate"].sudo()._find(token))
        with self.assertQueryCount(1):
            self.assertFalse(self.env["waas.certificate"].sudo()._find("A" * 32))

    def test_an_address_asks_so_often_and_no_more(self):
        """Whatever it asks for: a valid certificate is no exception, or a refusal would
        tell it from others."""
        with patch.object(certificate, "PAGES", 3):
            for token in (self.token, "A" * 32, "no-token"):
                self.assertNotEqual(self._get(token).status_code, 429)
            for token in (self.token, "A" * 32, "no-token"):
                page = self._get(token)
                self.assertEqual(page.status_code, 429)
                self.assertEqual(page.headers["Retry-After"], "600")
                self.assertNotIn(self.certificate.name, page.text)
            with freeze_time(datetime.now() + timedelta(minutes=11)):
                self.assertTrue(self._allow("127.0.0.1", 3))

    def _allow(self, address, limit):
        limits_sudo = self.env["waas.rate.limit"].sudo()
        return limits_sudo._allow("certificate", address, limit, 10)

    def test_addresses_are_counted_apart_and_not_kept(self):
        for address in "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:0:1::1":
            with self.subTest(address=address):
                self.assertTrue(self._allow(address, 2))
                self.assertTrue(self._allow(address, 2))
                self.assertFalse(self._allow(address, 2))
        # Of the same network, or the same address in another way.
        for address in "2001:db8::ffff", "::ffff:192.0.2.1":
            self.assertFalse(self._allow(address, 2))
        rows = self.env["waas.rate.limit"].sudo().search([])
        self.assertFalse(rows.filtered(lambda row: "192.0" in row.address_hash))

    def test_counted_requests_are_swept_away(self):
        self._allow("192.0.2.1", 1)
        limits_sudo = self.env["waas.rate.limit"].sudo()
        rows = limits_sudo.search([])
        limits_sudo._gc_requests()
        self.assertTrue(rows.exists())
        with freeze_time(datetime.now() + timedelta(hours=2)):
            self.assertEqual(limits_sudo._gc_requests(), (len(rows), False))
        self.assertFalse(rows.exists())

    def test_outsiders_cannot_ask_the_model(self):
        outsider = self._create_portal_user("outsider", self.signatory)
        self._log_in(outsider)
        self._assert_http_refuses(
            self._call("waas.certificate", "search_read", [], ["name"])
        )
        self._assert_http_refuses(
            self._call("waas.certificate", "read", self.certificate.ids, ["token"])
        )
