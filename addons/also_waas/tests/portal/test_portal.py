from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_world import PortalHttpCommon


@tagged("post_install", "-at_install", "http")
class TestPortalDoors(PortalHttpCommon):
    """Each page is tried as whom it is not for."""

    def setUp(self):
        super().setUp()
        order, contract, line = (
            self.quotation.id,
            self.contract.id,
            self.quotation.order_line[0].id,
        )
        self.reseller_pages = [
            "/my/waas/prices",
            "/my/waas/prices/pdf",
            "/my/waas/prices/xlsx",
            "/my/waas/deals",
            "/my/waas/deals/new",
            "/my/waas/customers",
            f"/my/waas/deals/{order}",
            f"/my/waas/deals/{order}/bundle",
            f"/my/waas/deals/{order}/bundle/{line}",
            "/my/waas/hardware",
        ]
        self.deal_posts = [
            f"/my/waas/deals/{order}/{action}"
            for action in (
                "change",
                "services",
                "bundle/save",
                f"bundle/{line}/remove",
                "send",
                "withdraw",
            )
        ]
        self.contract_page = f"/my/waas/contracts/{contract}"

    def test_nobody_gets_to_the_log_in_page(self):
        self.authenticate(None, None)
        for page in [*self.reseller_pages, self.contract_page, "/my/waas"]:
            with self.subTest(page):
                answer = self._get(page)
                self.assertEqual(answer.status_code, 303)
                self.assertIn("/web/login", answer.headers["Location"])

    def test_end_customers_and_strangers_find_no_page_of_partners(self):
        for user in (self.customer_user, self.stranger_user):
            self._log_in(user)
            for page in self.reseller_pages:
                with self.subTest(page=page, user=user.login):
                    self.assertEqual(self._get(page).status_code, 404)
            for page in self.deal_posts:
                with self.subTest(page=page, user=user.login):
                    self.assertEqual(self._post(page).status_code, 404)
        self.assertEqual(self.quotation.state, "draft")
        self.assertTrue(self.quotation.order_line)

    def test_another_partner_finds_nothing_of_this_deal(self):
        self._log_in(self.other_reseller_user)
        for page in self.reseller_pages[6:9]:
            with self.subTest(page):
                self.assertEqual(self._get(page).status_code, 404)
        for page in self.deal_posts:
            with self.subTest(page):
                self.assertEqual(self._post(page).status_code, 404)
        self.assertEqual(self._get(self.contract_page).status_code, 404)
        answer = self._post_json(
            f"/my/waas/deals/{self.quotation.id}/price",
            bundle_id=self.bundle.id,
            quantity=1,
        )
        self.assertIn("not there", answer["result"]["error"])
        self.assertNotIn(self.quotation.name, self._get("/my/waas/deals").text)
        self.assertEqual(self.quotation.state, "draft")

    def test_a_line_of_another_deal_is_not_removed(self):
        self._log_in(self.reseller_user)
        line = self.other_order.order_line[0]
        answer = self._post(
            f"/my/waas/deals/{self.quotation.id}/bundle/{line.id}/remove"
        )
        self.assertEqual(answer.status_code, 404)
        self.assertTrue(line.exists())

    def test_a_stranger_finds_no_contract(self):
        for user in (self.stranger_user, self.other_customer_user):
            self._log_in(user)
            self.assertEqual(self._get(self.contract_page).status_code, 404)
            self.assertNotIn(self.contract.name, self._get("/my/waas/contracts").text)

    @mute_logger("odoo.http")
    def test_a_form_without_its_token_is_refused(self):
        self._log_in(self.reseller_user)
        for page in self.deal_posts:
            with self.subTest(page):
                answer = self.url_open(page, data={"x": "1"}, allow_redirects=False)
                self.assertEqual(answer.status_code, 400)

    def test_what_does_not_exist_looks_like_what_is_not_yours(self):
        self._log_in(self.reseller_user)
        foreign = self._get(f"/my/waas/deals/{self.other_order.id}")
        missing = self._get("/my/waas/deals/99999999")
        self.assertEqual(foreign.status_code, missing.status_code)
        self.assertEqual(self._get_text(foreign), self._get_text(missing))

    def test_strange_arguments_fall_back(self):
        self._log_in(self.reseller_user)
        for query in (
            "sortby=x&filterby=y",
            "search=%27%3B+DROP+TABLE+sale_order%3B--",
            "search=" + "x" * 5000,
            "page=-1",
        ):
            with self.subTest(query[:40]):
                for page in ("/my/waas/deals", "/my/waas/contracts"):
                    self.assertEqual(self._get(f"{page}?{query}").status_code, 200)
