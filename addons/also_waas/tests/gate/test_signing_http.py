import base64
import io
import re
import struct
import zlib
from datetime import timedelta
from unittest.mock import patch

from PIL import Image

from odoo import fields
from odoo.exceptions import LockError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ..common.cases import SIGNATURE, WaasHttpCommon

DRAWING = SIGNATURE.decode()


def _draw(width, height, image_format="PNG"):
    """A picture of some size, in base64."""
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, image_format)
    return base64.b64encode(buffer.getvalue()).decode()


def _draw_bomb():
    """A few bytes that say they are 100 000 pixels wide and high."""

    def chunk(kind, content):
        body = kind + content
        return (
            struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
        )

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 1, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")
    return base64.b64encode(png + chunk(b"IEND", b"")).decode()


@tagged("post_install", "-at_install")
class TestSigningHttp(WaasHttpCommon):
    """R1: the signatory's page, from the mail to the signature, and what others try."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_auto_confirm = False
        cls.order = cls._create_order(quantity=1)
        cls.order.action_waas_send_agreements()
        cls.agreements = cls.order.waas_agreement_ids
        cls.path = f"/waas/sign/{cls._get_token(cls.order)}"

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    # === WHAT A BROWSER DOES ===#

    def _open(self, path="", **kwargs):
        return self.url_open(self.path + path, **kwargs)

    def _post(self, path, files=None, **data):
        """Send a form of the page, with the secret that the page put in it."""
        page = self._open().text
        token = re.search(r'name="csrf_token"\s+value="([^"]+)"', page)
        data["csrf_token"] = token[1] if token else ""
        return self._open(path, data=data, files=files)

    def _verify(self):
        self._post("/code")
        return self._post("/verify", code=self._get_code(self.order))

    def _accept(self, name="Ceo", signature=DRAWING):
        return self._post_json(f"{self.path}/accept", name=name, signature=signature)

    def _get_error(self, answer):
        self.assertNotIn("error", answer, "a traceback instead of a sentence")
        return answer["result"].get("error")

    def _assert_unsigned(self):
        self.agreements.invalidate_recordset()
        self.assertEqual(set(self.agreements.mapped("state")), {"sent"})

    def _assert_gone(self, response):
        self.assertEqual(response.status_code, 404)
        self.assertIn("This link no longer works", response.text)

    # === THE STORY ===#

    def test_r1_from_the_mail_to_both_signatures(self):
        page = self._open()
        self.assertEqual(page.status_code, 200)
        self.assertIn("The hardware stays ours.", page.text)
        self.assertIn(self.agreements[0].document_sha256, page.text)
        self.assertIn("Send me the code", page.text)
        self.assertIn("c…@customerone.test", page.text)
        self.assertNotIn("ceo@customerone.test", page.text)
        self.assertNotIn("I do not want to sign", page.text)

        self.assertIn("6 digits", self._post("/code").text)
        page = self._post("/verify", code=self._get_code(self.order))
        self.assertIn("I do not want to sign", page.text)

        answer = self._accept("  Ceo of\nCustomer One ")["result"]
        self.assertTrue(answer["force_refresh"])
        self.assertEqual(answer["redirect_url"], self.path)
        self.assertIn("Thank you, you have signed", self._open().text)
        agreement = self.agreements[0]
        agreement.invalidate_recordset()
        self.assertRecordValues(
            agreement,
            [
                {
                    "state": "customer_signed",
                    "customer_signed_by": "Ceo of Customer One",
                    "customer_code_checked": True,
                }
            ],
        )
        self.assertIn("127.0.0.1, python-requests", agreement.customer_signed_from)

        unsigned = self._open(f"/document/{agreement.id}")
        self.assertEqual(unsigned.content, base64.b64decode(agreement.document))
        self._also_signs(self.order)
        self.assertIn("We have signed too", self._open().text)
        signed = self._open(f"/document/{agreement.id}")
        self.assertEqual(signed.content, base64.b64decode(agreement.signed_document))
        self.assertEqual(signed.headers["Content-Type"], "application/pdf")

    def test_r1_refusing_needs_the_code_and_a_reason(self):
        self.assertIn("Type the code first", self._post("/refuse", reason="No").text)
        self._assert_unsigned()
        self._verify()
        self.assertIn("Tell us why", self._post("/refuse", reason=" ").text)
        self._assert_unsigned()
        page = self._post("/refuse", reason="<script>alert(1)</script>")
        self.assertIn("You have refused to sign", page.text)
        self.agreements.invalidate_recordset()
        self.assertEqual(set(self.agreements.mapped("state")), {"refused"})
        for messages in self.order.message_ids, self.agreements.message_ids:
            self.assertNotIn("<script>", "".join(messages.mapped("body")))
        self.assertNotIn("<script>alert", self._open().text)

    def test_r1_the_page_speaks_the_customers_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.customer.lang = "nl_NL"
        self.env.ref("also_waas.signing_page").update_field_translations(
            "arch_db", {"nl_NL": {"Send me the code": "Stuur mij de code"}}
        )
        self.order.action_waas_send_agreements()
        self.path = f"/waas/sign/{self._get_token(self.order)}"
        self.assertIn("Stuur mij de code", self._open().text)

    def test_r1_without_codes_where_the_company_wants_none(self):
        self.also.waas_signature_code = False
        self.assertIn("I do not want to sign", self._open().text)
        self.assertFalse(self._get_error(self._accept()))
        self.agreements.invalidate_recordset()
        self.assertEqual(
            self.agreements.mapped("customer_code_checked"), [False, False]
        )

    # === NO WAY AROUND THE CODE ===#

    def test_r1_signing_without_the_code_is_refused(self):
        self.assertEqual(
            self._get_error(self._accept()), "Type the code from our mail first."
        )
        self._assert_unsigned()

    def test_r1_a_wrong_code_opens_nothing(self):
        self._post("/code")
        code = self._get_code(self.order)
        wrong = f"{(int(code) + 1) % 10**6:06}"
        self.assertIn("This code is wrong", self._post("/verify", code=wrong).text)
        self.assertTrue(self._get_error(self._accept()))
        self.agreements.invalidate_recordset()
        for _try in range(4):
            self._post("/verify", code=wrong)
        page = self._post("/verify", code=code)
        self.assertIn("Too many wrong codes", page.text)
        self._assert_unsigned()

    def test_r1_the_code_opens_one_browser_only(self):
        self._verify()
        self.authenticate(None, None)
        self.assertTrue(self._get_error(self._accept()))
        self._assert_unsigned()

    def test_r1_a_session_known_before_the_code_signs_nothing(self):
        self._post("/code")
        fixed = self._get_session()
        self._post("/verify", code=self._get_code(self.order))
        self.assertNotEqual(self._get_session(), fixed)
        for cookie in list(self.opener.cookies):
            if cookie.name == "session_id":
                self.opener.cookies.clear(cookie.domain, cookie.path, cookie.name)
        self.opener.cookies["session_id"] = fixed
        self.assertTrue(self._get_error(self._accept()))
        self._assert_unsigned()

    def test_r1_who_is_logged_in_signs_and_stays_logged_in(self):
        name = self.signatory.name
        self._log_in(self._create_portal_user("customer_portal", self.signatory))
        # A test user renames its contact, and another name is another signatory.
        self.signatory.name = name
        self._verify()
        self.assertFalse(self._get_error(self._accept()))
        self.assertTrue(self.url_open("/my/home").url.endswith("/my/home"))

    def _get_session(self):
        # The server's own cookie comes after the one that the test began with.
        cookies = [c for c in self.opener.cookies if c.name == "session_id"]
        return cookies[-1].value

    def test_r1_a_code_lasts_half_an_hour_and_one_signature(self):
        self._verify()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            self.assertTrue(self._get_error(self._accept()))
        self.assertFalse(self._get_error(self._accept()))
        self.order.action_waas_send_agreements()
        self.path = f"/waas/sign/{self._get_token(self.order)}"
        self.assertEqual(
            self._get_error(self._accept()), "Type the code from our mail first."
        )

    def test_i11_of_signatures_that_arrive_together_the_first_counts(self):
        self._verify()
        with patch.object(
            self.env.registry["waas.agreement"],
            "lock_for_update",
            side_effect=LockError("somebody else has it"),
        ):
            error = self._get_error(self._accept())
        self.assertIn("has been signed already", error)
        self._assert_unsigned()
        self.assertFalse(self._get_error(self._accept()))
        # Taken again by Odoo after the other one, or pressed twice.
        for _again in range(2):
            error = self._get_error(self._accept())
            self.assertIn("has been signed already", error)

    def test_r1_a_code_for_one_link_does_not_open_another(self):
        self._verify()
        other = self._create_order(quantity=1)
        other.action_waas_send_agreements()
        answer = self._post_json(
            f"/waas/sign/{self._get_token(other)}/accept",
            name="Ceo",
            signature=DRAWING,
        )
        self.assertTrue(self._get_error(answer))

    def test_r1_what_is_void_cannot_be_signed(self):
        self._verify()
        self.agreements.sudo()._void("Changed")
        self.assertEqual(
            self._get_error(self._accept()), "There is nothing left to sign."
        )
        self.assertIn("no longer valid", self._open().text)

    # === NO OTHER WAY IN ===#

    @mute_logger("odoo.http")
    def test_r1_unknown_expired_and_replaced_links_look_the_same(self):
        pages = [self.url_open("/waas/sign/nonsense")]
        with freeze_time(fields.Datetime.now() + timedelta(days=15)):
            pages.append(self._open())
        self.order.action_waas_send_agreements()
        pages.append(self._open())
        for page in pages:
            self._assert_gone(page)
        self.assertEqual(len({self._without_secrets(page) for page in pages}), 1)
        for path in ("/code", "/verify", "/refuse"):
            self.assertEqual(self._post(path).status_code, 400)  # no form, no secret
        self._assert_gone(self._open(f"/document/{self.agreements[0].id}"))
        self.assertEqual(self._get_error(self._accept()), "This link no longer works.")

    def _without_secrets(self, page):
        text = re.sub(r'csrf_token: "[^"]*"', "", page.text)
        return text.replace("/waas/sign/nonsense", "").replace(self.path, "")

    def test_r1_a_document_of_another_link_is_not_found(self):
        other = self._create_order(quantity=1, partner_id=self.other_customer.id)
        other.action_waas_send_agreements()
        foreign = other.waas_agreement_ids[0]
        self._assert_gone(self._open(f"/document/{foreign.id}"))
        self._assert_gone(self._open("/document/0"))
        self.assertEqual(self._open("/document/x").status_code, 404)

    @mute_logger("odoo.http")
    def test_r1_a_form_of_another_site_is_refused(self):
        self._verify()
        for path in ("/code", "/verify", "/refuse"):
            self.assertEqual(self._open(path, data={"reason": "x"}).status_code, 400)
            self.assertEqual(self._open(path).status_code, 405)
        self._assert_unsigned()

    def test_the_address_stays_out_of_caches_and_other_sites(self):
        document = self._open(f"/document/{self.agreements[0].id}")
        gone = self.url_open("/waas/sign/nonsense")
        for response in (self._open(), document, gone):
            self.assertEqual(response.headers["Cache-Control"], "no-store")
            self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(response.headers["X-Robots-Tag"], "noindex")
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    # === HOSTILE INPUT ===#

    def test_hostile_names_and_drawings_get_a_sentence(self):
        self._verify()
        for name in (None, False, "", "  ", "\n\u202e", 1, ["Ceo"], {"a": 1}):
            error = self._get_error(self._accept(name))
            self.assertEqual(error, "Type your name.", name)
        self.assertEqual(
            self._get_error(self._accept("x" * 501)), "This name is too long."
        )
        for drawing in (None, False, "", 1, [DRAWING], {"a": 1}):
            error = self._get_error(self._accept(signature=drawing))
            self.assertEqual(error, "Draw your signature.", drawing)
        svg = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
        garbage = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 99).decode()
        gif = _draw(1, 1, "GIF")
        for drawing in (
            "no base64",
            "é",
            "////",
            svg,
            gif,
            garbage,
            _draw_bomb(),
            _draw(5000, 5000),
        ):
            error = self._get_error(self._accept(signature=drawing))
            self.assertEqual(
                error, "This is not a signature. Draw it again.", drawing[:30]
            )
        error = self._get_error(self._accept(signature="A" * (2 * 1024 * 1024 + 1)))
        self.assertEqual(error, "This signature is too large. Draw it again.")
        self._assert_unsigned()

    def test_a_hostile_name_stays_text(self):
        self._verify()
        name = "<script>alert(1)</script>\x00\ud800\u202e"
        self.assertFalse(self._get_error(self._accept(name)))
        self._also_signs(self.order)
        agreement = self.agreements[0]
        agreement.invalidate_recordset()
        self.assertEqual(agreement.customer_signed_by, "<script>alert(1)</script>")
        self.assertNotIn(b"<script>alert", base64.b64decode(agreement.signed_document))
        self.assertNotIn("<script>alert", self._open().text)

    def test_hostile_codes_get_a_sentence(self):
        self._post("/code")
        for code in ("", "abc", "x" * 10_000, "١٢٣٤٥٦", "\x00", "'; DROP TABLE x"):
            page = self._post("/verify", code=code)
            self.assertEqual(page.status_code, 200)
            self.assertRegex(page.text, "is wrong|Too many wrong")
        page = self._post("/verify", files={"code": ("code.txt", b"123456")})
        self.assertEqual(page.status_code, 200)
        self._verify()
        page = self._post("/refuse", files={"reason": ("reason.txt", b"No")})
        self.assertEqual(page.status_code, 200)
        self._assert_unsigned()

    def test_too_many_codes_get_a_sentence(self):
        link = self.env["waas.signing.link"].sudo()._find(self.path.split("/")[-1])
        link.codes_sent = 10
        self.assertIn("Too many codes", self._post("/code").text)
