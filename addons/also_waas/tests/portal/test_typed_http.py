"""F5: whatever is typed into a form of the portal, or sent instead of it, is read or
answered with a sentence."""

import random

from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_world import PortalWorldCommon

ANSWERS = {200, 303, 404, 413, 422, 429}
# No two parts are alike, so that nothing packs it: an index would not take it.
LONG = "".join(map(chr, random.Random(7).choices(range(0x21, 0x2000), k=10_000)))
ODD = {
    "signs": "\x00\U0001f600\u202e\u00a0<b>=1+1\r\n'\"%s{{7*7}}\ufeff",
    "long": LONG,
    "digits": "9" * 400,
    "list": ["1", "2"],
}


@tagged("post_install", "-at_install", "http")
class TestPortalTyped(PortalWorldCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls._quote()

    def _try_form(self, path, **form):
        """Post a form with one odd field after the other."""
        token = self._get_csrf_token()

        def post(**data):
            data = {"csrf_token": token, **data}
            return self.url_open(path, data=data, allow_redirects=False)

        for name in form:
            for kind, odd in ODD.items():
                with self.subTest(path=path, name=name, kind=kind):
                    answer = post(**{**form, name: odd})
                    self.assertIn(answer.status_code, ANSWERS)
        with self.subTest(path=path, kind="files"):
            answer = self.url_open(
                path,
                data={"csrf_token": token},
                files={name: ("x.txt", b"\x00\xff") for name in form},
                allow_redirects=False,
            )
            self.assertIn(answer.status_code, ANSWERS)
        with self.subTest(path=path, kind="names"):
            names = ("self", "cls", "env", "request", "args", "kwargs", "posted")
            answer = post(**{**form, **dict.fromkeys(names, "1")})
            self.assertIn(answer.status_code, ANSWERS)

    @mute_logger("odoo.http")
    def test_f5_forms_of_the_partner(self):
        self._log_in(self.reseller_user)
        deal = f"/my/waas/deals/{self.draft.id}"
        self._try_form(
            "/my/waas/deals/create",
            customer="new",
            name="Fresh B.V.",
            vat="",
            street="Street 1",
            zip="1000 AA",
            city="Amsterdam",
            country_id=self.env.ref("base.nl").id,
            contact_name="Ann",
            contact_email="ann@fresh.test",
            term_id=self.terms[36].id,
            route="customer",
            reference="PO 7",
        )
        self._try_form(
            f"{deal}/change",
            term_id=self.terms[36].id,
            route="customer",
            reference="PO 7",
            service_name="Training",
            service_price="85",
            service_period="once",
        )
        self._try_form(
            f"{deal}/bundle/save", line_id=0, bundle_id=self.bundle.id, quantity=1
        )
        self._try_form(
            "/my/waas/hardware/create",
            manufacturer_name="Make",
            description="Model",
            quantity=1,
            reason="Cheap",
        )
        self._try_form(
            "/my/waas/returns/create",
            device=self.devices[2].id,
            **self._get_pickup(note="Ring twice", contract_id="1"),
        )

    @mute_logger("odoo.http")
    def test_f5_forms_of_the_end_customer(self):
        self._log_in(self.customer_user)
        contract = f"/my/waas/contracts/{self.device_contract.id}"
        self._try_form(f"{contract}/end", choice="return")
        self._try_form(f"{contract}/ask/upgrade", note="Please")
        self._try_form(f"{contract}/ask/extend", months="12", note="Please")
        self._try_form(
            f"/my/waas/returns/{self.open_return.id}/choose",
            **self._get_pickup(accepted="1", accepted_by="Ann", note="Now"),
        )
        self._try_form(f"{contract}/ask/leave", note="Please")

    @mute_logger("odoo.http")
    def test_f5_forms_of_the_signatory(self):
        path = f"/waas/sign/{self._get_token(self.quotation)}"
        self.authenticate(None, None)
        self._try_form(f"{path}/verify", code="123456")
        self._try_form(f"{path}/refuse", reason="No")
        for odd in (*ODD.values(), None, True, 1.5, {"a": []}):
            for name in ("name", "signature"):
                with self.subTest(odd=str(odd)[:20], name=name):
                    typed = {"name": "Ann", "signature": "AAAA", name: odd}
                    answer = self._post_json(f"{path}/accept", **typed)
                    self.assertIn("error", answer["result"])

    def test_f5_a_live_price_takes_what_comes(self):
        self._log_in(self.reseller_user)
        for odd in (*ODD.values(), None, True, 1.5, {"a": []}):
            for name in ("bundle_id", "quantity", f"upgrade_{self.bundle.id}", "cls"):
                with self.subTest(odd=str(odd)[:20], name=name):
                    choice = {"bundle_id": self.bundle.id, "quantity": 1, name: odd}
                    answer = self._post_json(
                        f"/my/waas/deals/{self.draft.id}/price", **choice
                    )
                    self.assertIn("result", answer)

    @mute_logger("odoo.http")
    def test_f7_a_page_that_names_no_address_leads_home(self):
        for referrer in ("http://[", "http://[::1", "//\x01", "%ff", "x" * 4000):
            answer = self.url_open(
                f"/my/waas/deals/{self.draft.id}/change",
                data={"reference": "PO 7"},
                headers={"Referer": referrer},
                allow_redirects=False,
            )
            with self.subTest(referrer=referrer[:20]):
                self.assertLess(answer.status_code, 500)
