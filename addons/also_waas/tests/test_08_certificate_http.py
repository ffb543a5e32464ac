from odoo.tests import tagged

from .common import WaasHttpCommon, WaasReturnCommon


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

    def test_wrong_addresses_find_nothing(self):
        for token in (
            self.token[:-1],
            self.token + "x",
            self.token.swapcase(),
            "A" * 32,
            "%25",
            "1",
            "x" * 5000,
        ):
            with self.subTest(token=token[:40]):
                page = self._get(token)
                self.assertEqual(page.status_code, 404)
                self.assertNotIn(self.certificate.name, page.text)

    def test_outsiders_cannot_ask_the_model(self):
        outsider = self._create_portal_user("outsider", self.signatory)
        self._log_in(outsider)
        self._assert_http_refuses(
            self._call("waas.certificate", "search_read", [], ["name"])
        )
        self._assert_http_refuses(
            self._call("waas.certificate", "read", self.certificate.ids, ["token"])
        )
