"""No dead ends in the portal: nothing typed is lost, nothing is offered that is
refused, and a page that is looked at makes nothing."""

from urllib.parse import parse_qs, urlsplit

from odoo.tests import tagged

from .portal_world import PortalHttpCommon


@tagged("post_install", "-at_install", "http")
class TestPortalDeadEnds(PortalHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls._quote()
        cls.path = f"/my/waas/deals/{cls.draft.id}"

    def setUp(self):
        super().setUp()
        self._log_in(self.reseller_user)

    # === 8: NOTHING TYPED IS LOST ===#

    def _get_typed(self, **values):
        return {
            "term_id": self.terms[24].id,
            "route": "reseller",
            "reference": "PO 7",
            "service_name": "Training",
            "service_price": "85",
            "service_period": "once",
            **values,
        }

    def test_k8_every_button_keeps_all_that_was_typed(self):
        for button in ("change", "services", "send"):
            with self.subTest(button=button):
                draft = self._quote()
                answer = self._post(
                    f"/my/waas/deals/{draft.id}/{button}", **self._get_typed()
                )
                self.assertEqual(answer.status_code, 303, self._get_text(answer)[:500])
                draft.invalidate_recordset()
                self.assertRecordValues(
                    draft,
                    [
                        {
                            "waas_term_id": self.terms[24].id,
                            "waas_delivery_route": "reseller",
                            "client_order_ref": "PO 7",
                            "state": "sent" if button == "send" else "draft",
                        }
                    ],
                )
                self.assertEqual(draft.waas_reseller_service_ids.name, "Training")

    def test_k8_what_cannot_be_read_is_not_sent(self):
        answer = self._post(f"{self.path}/send", **self._get_typed(service_price="x"))
        self.assertEqual(answer.status_code, 422)
        self.assertIn("x is no price", self._get_text(answer))
        self.assertIn('value="Training"', answer.text)
        self.draft.invalidate_recordset()
        self.assertEqual(self.draft.state, "draft")
        self.assertFalse(self.draft.waas_submitted_on)

    def test_k8_what_was_typed_is_kept_when_the_deal_is_not_complete(self):
        self.draft.order_line.unlink()
        answer = self._post(f"{self.path}/send", **self._get_typed())
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Add a bundle.", self._get_text(answer))
        self.draft.invalidate_recordset()
        self.assertEqual(self.draft.waas_reseller_service_ids.name, "Training")

    def test_k8_all_fields_of_the_page_are_in_one_form(self):
        text = self._get(self.path).text
        for name in (
            "term_id",
            "route",
            "reference",
            "service_name",
            "service_price",
            "service_period",
        ):
            self.assertRegex(text, rf'<(input|select)[^>]*name="{name}"[^>]*')
            for tag in self._find_tags(text, name):
                self.assertIn('form="waas_deal"', tag)

    def _find_tags(self, text, name):
        return [tag for tag in text.split("<") if f'name="{name}"' in tag]

    # === 15: WHOSE DRAFT IT IS ===#

    def test_k15_the_partner_reads_what_also_drafts_and_changes_nothing(self):
        path = f"/my/waas/deals/{self.quotation.id}"
        page = self._get(path)
        text = self._get_text(page)
        self.assertIn("In Preparation", text)
        self.assertNotIn("Send us the quotation", text)
        for action in ("/change", "/services", "/send", "/withdraw", "/remove"):
            self.assertNotIn(f"{path}{action}", page.text)
        line = self.quotation.order_line.filtered(lambda one: one.waas_role == "bundle")
        before = self.quotation.read(["client_order_ref", "state", "order_line"])
        for action, values in (
            ("change", self._get_typed()),
            ("services", self._get_typed()),
            ("send", {}),
            ("withdraw", {}),
            ("bundle/save", {"line_id": line.id, "quantity": 5}),
            (f"bundle/{line.id}/remove", {}),
        ):
            with self.subTest(action=action):
                answer = self._post(f"{path}/{action}", **values)
                self.assertIn("We are preparing", self._get_text(answer))
        self.quotation.invalidate_recordset()
        self.assertEqual(
            self.quotation.read(["client_order_ref", "state", "order_line"]), before
        )
        self.assertEqual(line.product_uom_qty, 1)
        light = self.quotation.with_user(self.reseller_user)
        missing = light._waas_get_commission_light()["missing"]
        self.assertNotIn("reseller", [point["actor"] for point in missing])

    def test_k15_what_also_drafts_is_with_also(self):
        drafts = self._get("/my/waas/deals?filterby=draft").text
        with_also = self._get("/my/waas/deals?filterby=sent").text
        self.assertIn(self.draft.name, drafts)
        self.assertNotIn(self.quotation.name, drafts)
        self.assertIn(self.quotation.name, with_also)
        self.assertNotIn(self.draft.name, with_also)
        home = self._get_text(self._get("/my/waas"))
        self.assertRegex(home, r"Drafts: 1\s*, with us: 1")

    def test_k1_what_only_also_can_put_right_keeps_no_partner_from_sending(self):
        """The signatory's address is ALSO's to look at, the bank account as well."""
        self.draft.waas_signatory_id = self.signatory
        self.signatory.email = "ceo@partnerone.test"
        self.reseller.child_ids.email = "other@partnerone.test"
        self.customer.street = False
        self.draft.invalidate_recordset()
        self.assertTrue(
            {"signatory_domain", "customer"} <= set(self._get_codes(self.draft))
        )
        answer = self._post(f"{self.path}/send")
        self.assertEqual(answer.status_code, 303, self._get_text(answer)[:500])
        self.draft.invalidate_recordset()
        self.assertEqual(self.draft.state, "sent")

    # === 24, 33 ===#

    def test_k24_a_form_sent_after_the_session_expired_leads_back_to_its_page(self):
        self.authenticate(None, None)
        for path, page, back in (
            ("/my/waas/hardware/create", "/my/waas/hardware", "/my/waas/hardware"),
            (
                "/my/waas/deals/create",
                "/my/waas/deals/new?a=1",
                "/my/waas/deals/new?a=1",
            ),
            ("/my/waas/deals/create", "https://evil.test/my/waas", "/my/waas"),
            ("/my/waas/deals/create", None, "/my/waas"),
        ):
            with self.subTest(path=path, page=page):
                page = page and (
                    page if page.startswith("https") else f"{self.base_url()}{page}"
                )
                answer = self.url_open(
                    path,
                    data={"x": "1"},
                    headers={"Referer": page} if page else {},
                    allow_redirects=False,
                )
                self.assertEqual(answer.status_code, 303)
                location = answer.headers["Location"]
                self.assertIn("/web/login", location)
                self.assertEqual(self._get_redirect(location), back)

    def _get_redirect(self, location):
        [redirect] = parse_qs(urlsplit(location).query)["redirect"]
        return redirect

    def test_k33_rows_have_as_many_cells_as_their_header(self):
        self.customer.city = False
        text = self._get("/my/waas/customers").text
        row = next(
            row for row in text.split("<tr") if "o_also_waas_customer" in row[:60]
        )
        self.assertEqual(row.split("</tr>")[0].count("<td"), 5)
