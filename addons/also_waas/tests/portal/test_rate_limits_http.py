from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers.portal.portal_waas import MAX_POST_BYTES
from .common_portal_routes_http import EveryDoorCommon

SCRIPT = "<script>alert('x')</script>"


@tagged("post_install", "-at_install", "http", "slow")
class TestRateLimits(EveryDoorCommon):
    """How often an entry point may be called."""

    def _try_hostile(self, user, rule, values):
        """One post, then everything is as before."""
        self._enter(user)
        data = {"csrf_token": self.token, **values}
        answer = self.url_open(self._fill(rule), data=data, allow_redirects=False)
        self.assertIn(answer.status_code, (200, 303, 404, 413, 422), rule)
        self.assertNotIn(SCRIPT, answer.text)
        if answer.status_code == 303:
            shown = self.url_open(answer.headers["Location"])
            self.assertLess(shown.status_code, 500)
            self.assertNotIn(SCRIPT, shown.text)

    def _get_field_names(self):
        """Every name that a form of the portal has."""
        slot, option = self.office_slot.id, self.monitor_option.id
        return (
            *("customer", "name", "vat", "street", "zip", "city", "contact_name"),
            *("contact_email", "country_id", "term_id", "route", "reference"),
            *("service_name", "service_price", "service_period", "quantity"),
            *("bundle_id", "line_id", f"upgrade_{slot}", f"option_{option}"),
            *("manufacturer_name", "description", "reason", "months", "note"),
            *("choice", "device", "method", "accepted", "accepted_by", "address_id"),
            *("contact", "phone", "date", "part", "contract_id"),
        )

    def _count_all(self):
        """The records of every model of ours, and of those in which we make some."""
        self.env.flush_all()
        self.env.invalidate_all()
        made = ("sale.order", "sale.order.line", "account.move", "mail.mail")
        return {
            name: self.env[name].sudo().with_context(active_test=False).search_count([])
            for name, model in self.env.registry.items()
            if not (model._abstract or model._transient)
            and model._auto
            and (name in made or name.startswith("waas."))
            and name != "waas.rate.limit"  # counts visits, for a day
        }

    def test_lists_take_any_search(self):
        for user in (self.reseller_user, self.customer_user):
            self._enter(user)
            for rule, door in self._doors("page"):
                if "_id>" in rule or "_type>" in rule:
                    continue
                for search in (
                    "%00",
                    "%27%3B+DROP+TABLE+sale_order%3B--",
                    "%25_%5C",
                    "%3Cscript%3Ealert(%27x%27)%3C/script%3E",
                    "x" * 3000,
                ):
                    path = f"{self._fill(rule)}?search={search}&sortby={search}"
                    path += f"&filterby={search}&contract_id={search}&page={search}"
                    with self.subTest(rule=rule, search=search[:30]):
                        answer = self._try_door(rule, door, path)
                        self.assertIn(answer.status_code, (200, 404))
                        self.assertNotIn(SCRIPT, answer.text)

    def test_forms_take_anything_and_break_on_nothing(self):
        hostile = (
            SCRIPT,
            "'; DROP TABLE sale_order; --",
            "\x00\x1b[31m",
            "9" * 40,
            "-1",
            "NaN",
            "x" * 20_000,
            "{'a': [1]}",
        )
        names = self._get_field_names()
        for party, user in (
            ("reseller", self.reseller_user),
            ("customer", self.customer_user),
        ):
            for rule, door in self._doors("form"):
                if party not in door.who:
                    continue
                for value in hostile:
                    with self.subTest(rule=rule, user=user.login, value=value[:30]):
                        self._try_hostile(user, rule, dict.fromkeys(names, value))

    def test_a_form_that_is_too_large_is_refused_unread(self):
        self._enter(self.reseller_user)
        for rule, door in self._doors("form", "json"):
            if "reseller" not in door.who:
                continue
            with self.subTest(rule), mute_logger("odoo.http"):
                answer = self.url_open(
                    self._fill(rule),
                    data={"csrf_token": self.token, "note": "x" * (MAX_POST_BYTES + 1)},
                    allow_redirects=False,
                )
                self.assertGreaterEqual(answer.status_code, 400)
                self.assertLess(answer.status_code, 500)

    def test_a_file_is_no_text(self):
        self._enter(self.reseller_user)
        answer = self.url_open(
            "/my/waas/hardware/create",
            data={"csrf_token": self.token, "quantity": "1"},
            files={
                "manufacturer_name": ("x.txt", b"a file"),
                "description": ("y.txt", b"a file"),
            },
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 422)
        self.assertNotIn("FileStorage", answer.text)

    @mute_logger("odoo.http")
    def test_a_form_without_its_token_is_refused(self):
        for party, user in (
            ("reseller", self.reseller_user),
            ("customer", self.customer_user),
        ):
            self._enter(user)
            before = self._get_traces()
            for rule, door in self._doors("form"):
                if party not in door.who:
                    continue
                for token in ({}, {"csrf_token": "x" * 40}):
                    with self.subTest(rule):
                        answer = self.url_open(
                            self._fill(rule),
                            data={"x": "1", **token},
                            allow_redirects=False,
                        )
                        self.assertEqual(answer.status_code, 400)
            self.assertEqual(self._get_traces(), before)

    def test_forms_are_posted_never_fetched(self):
        self._enter(self.customer_user)
        before = self._get_traces()
        for rule, _door in self._doors("form"):
            with self.subTest(rule):
                answer = self.url_open(self._fill(rule), allow_redirects=False)
                self.assertIn(answer.status_code, (404, 405))
        self.assertEqual(self._get_traces(), before)

    # === HOW OFTEN ===#

    def test_nobody_books_or_asks_by_the_thousand(self):
        models = "odoo.addons.also_waas.models.portal."
        with (
            patch(f"{models}waas_return_book.RETURNS_PER_DAY", 1),
            patch(f"{models}waas_hardware_request.REQUESTS_PER_DAY", 1),
        ):
            self._enter(self.customer_user)
            answer = self.url_open(
                "/my/waas/returns/create",
                data={
                    "csrf_token": self.token,
                    "device": self.devices[2].id,
                    **self._get_pickup(),
                },
                allow_redirects=False,
            )
            self.assertEqual(answer.status_code, 422)
            self.assertIn("within a day", answer.text)
            self._enter(self.reseller_user)
            answer = self.url_open(
                "/my/waas/hardware/create",
                data={
                    "csrf_token": self.token,
                    "manufacturer_name": "x",
                    "description": "y",
                    "quantity": 1,
                },
                allow_redirects=False,
            )
            self.assertEqual(answer.status_code, 422)
            self.assertIn("within a day", answer.text)

    # === LOOKING LEAVES NOTHING BEHIND ===#

    def test_k2_no_page_makes_anything(self):
        """Every page, as everybody it is for."""
        for user in (self.reseller_user, self.customer_user):
            self._enter(user)
            before, seen = self._count_all(), 0
            for rule, door in self._doors("page"):
                answer = self._try_door(rule, door)
                seen += answer.status_code == 200
            with self.subTest(user=user.login):
                self.assertGreater(seen, 5)
                self.assertEqual(self._count_all(), before)
