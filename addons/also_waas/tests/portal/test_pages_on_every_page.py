from odoo.tests import tagged

from .portal_world import PortalWorldCommon


@tagged("post_install", "-at_install", "http")
class TestPagesOnEveryPage(PortalWorldCommon):
    """On every page."""

    def test_r8_no_page_names_the_commission_to_the_end_customer(self):
        self._log_in(self.customer_user)
        for path in (
            "/my/waas",
            "/my/waas/contracts",
            f"/my/waas/contracts/{self.contract.id}",
            f"/my/waas/contracts/{self.contract.id}/upgrade",
            f"/my/waas/contracts/{self.contract.id}/leave",
            "/my/waas/devices",
            "/my/waas/returns",
            "/my/waas/agreements",
        ):
            with self.subTest(path):
                page = self._get(path)
                self.assertEqual(page.status_code, 200)
                self.assertNotIn("ommission", page.text)
                self.assertNotIn("1,234.56", page.text)

    def test_empty_lists_say_so(self):
        self._log_in(self.stranger_user)
        for path, text in (
            ("/my/waas/contracts", "There is no contract here."),
            ("/my/waas/devices", "There is no device here."),
            ("/my/waas/returns", "There is no return here."),
            ("/my/waas/returns/new", "There is no device to return"),
            ("/my/waas/agreements", "There is no agreement here."),
            ("/my/waas/certificates", "There is no certificate yet."),
        ):
            with self.subTest(path):
                self.assertIn(text, self._get_text(self._get(path)))
        self._log_in(self.other_reseller_user)
        for path, text in (
            ("/my/waas/sellout", "Nothing was reported here yet."),
            ("/my/waas/bills", "There is no bill here."),
            ("/my/waas/hardware", "You have not asked for other hardware yet."),
        ):
            with self.subTest(path):
                self.assertIn(text, self._get_text(self._get(path)))
