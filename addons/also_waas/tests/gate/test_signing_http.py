import base64
import re
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import LockError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_signing_http import DRAWING, SigningHttpCommon


@tagged("post_install", "-at_install")
class TestSigningHttp(SigningHttpCommon):
    """R1: the signatory's page, from the mail to the signature, and what others try."""

    def _assert_gone(self, response):
        self.assertEqual(response.status_code, 404)
        self.assertIn("This link no longer works", response.text)

    def _get_session(self):
        # The server's own cookie comes after the one that the test began with.
        cookies = [c for c in self.opener.cookies if c.name == "session_id"]
        return cookies[-1].value

    def _without_secrets(self, page):
        text = re.sub(r'csrf_token: "[^"]*"', "", page.text)
        return text.replace("/waas/sign/nonsense", "").replace(self.path, "")

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
