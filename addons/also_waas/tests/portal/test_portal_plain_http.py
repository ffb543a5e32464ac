"""Pages get what the models prepare for them, and no record (R1): the watching is done
by :class:`PlainPages`, in every test that opens a page of the portal."""

from odoo.tests import BaseCase, tagged

from ..sellout.common_sellout import SelloutCommon
from .common_portal_routes_http import EveryDoorCommon
from .plain_pages import find_other_values
from .portal_world import PortalHttpCommon

SELLOUT = "also_waas.portal_sellout"  # its lines need a world of their own


@tagged("post_install", "-at_install")
class TestFindingRecords(BaseCase):
    def test_what_is_not_plain_is_found_at_any_depth(self):
        other = object()
        for value in (
            other,
            [other],
            (1, {"a": other}),
            {"rows": [{"a": {other}}]},
            {other: "a"},
            lambda: other,
            (one for one in [other]),
        ):
            with self.subTest(value=repr(value)):
                self.assertTrue(list(find_other_values(value, "")))
        plain = {"a": [("b", 1, 2.0, None, False)], 3: {"c"}}
        self.assertFalse(list(find_other_values(plain, "")))


@tagged("post_install", "-at_install", "http", "slow")
class TestPlainPages(EveryDoorCommon):
    def _walk(self):
        """Open every page as those whom it is for, and those that need no log-in."""
        self._bill_commission()
        for party, user in (
            ("reseller", self.reseller_user),
            ("customer", self.customer_user),
        ):
            self._enter(user)
            for rule, door in self._doors("page"):
                if party in door.who:
                    self._try_door(rule, door)
        self._get("/my/waas/contracts/0")
        answer = self._post(f"/my/waas/agreements/{self.agreement.id}/sign")
        self._get(answer.headers["Location"])
        self._get("/waas/sign/wrong")
        self._get(f"/waas/certificate/{self.certificate.token}")

    def _get_pages(self):
        """The templates of ours that are whole pages."""
        views = (
            self.env["ir.ui.view"]
            .sudo()
            .search([("type", "=", "qweb"), ("key", "=like", "also\\_waas.%")])
        )
        layout = 't-call="portal.portal_layout"'
        return {view.key for view in views if layout in view.arch}

    def test_no_page_gets_a_record(self):
        self._walk()
        self.assertFalse(self.other_values)
        pages = self._get_pages()
        self.assertGreater(len(pages), 20)
        self.assertEqual(
            pages,
            {template for template, _values in self.rendered},
            "Every page was opened.",
        )
        lists = {name for name, values in self.rendered if "rows" in values}
        shown = {name for name, values in self.rendered if values.get("rows")}
        self.assertGreater(len(lists), 9)
        self.assertLessEqual(lists - {SELLOUT}, shown, "No list was empty.")


@tagged("post_install", "-at_install", "http")
class TestPlainSellout(SelloutCommon, PortalHttpCommon):
    def test_the_lines_of_the_sell_out_are_plain(self):
        self._rent(self._day(0))
        self._close()
        self._log_in(self.reseller_user)
        self._get("/my/waas/sellout")
        [(template, values)] = self.rendered
        self.assertEqual(template, SELLOUT)
        self.assertTrue(values["rows"])
        self.assertFalse(self.other_values)
