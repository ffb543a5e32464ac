"""Every door to the outside, tried by everybody it is not for.

``DOORS`` has one entry for each route of the addon. The routes are taken from Odoo's
own map: a new one without an entry, or an entry without a route, fails the first test.
"""

import itertools

from odoo.http import Controller
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.portal.controllers.portal import CustomerPortal

from ...controllers.portal.portal_waas import MAX_POST_BYTES
from .common_portal_routes_http import (
    DOORS,
    OWN_PAGES,
    RETURN,
    EveryDoorCommon,
)

MODULE = "odoo.addons.also_waas.controllers."


@tagged("post_install", "-at_install", "http", "slow")
class TestEveryDoor(EveryDoorCommon):
    def _get_module(self, rule):
        return getattr(rule.endpoint.func, "__module__", "")

    def _get_family(self, cls):
        yield cls
        for child in cls.__subclasses__():
            yield from self._get_family(child)

    def _assert_finds_nothing(self, user, own_pages=(), party=None, are_secret=True):
        """Every door that is not for this user is as if it were not there."""
        before = self._get_traces()
        self._enter(user)
        for rule, door in self._doors("page", "form", "json"):
            if party in door.who:
                continue
            with self.subTest(rule=rule, user=user.login):
                answer = self._try_door(rule, door)
                if are_secret or not door.is_list:
                    self._assert_hides(answer)
                if door.kind == "json":
                    self.assertIn("error", answer.json()["result"])
                elif door.is_list or rule in own_pages:
                    self.assertIn(answer.status_code, (200, 422), rule)
                elif "_id>" not in rule and door.kind == "form":
                    # Creating: what belongs to somebody else is not taken.
                    self.assertIn(answer.status_code, (404, 422), rule)
                else:
                    self.assertEqual(answer.status_code, 404)
        self.assertEqual(self._get_traces(), before)

    def _assert_hides(self, answer):
        for secret in self.secrets:
            self.assertNotIn(secret, answer.text)

    # === THE TABLE IS COMPLETE ===#

    def test_every_route_of_ours_is_in_the_table(self):
        routes = {
            rule.rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if self._get_module(rule).startswith(MODULE)
        }
        self.assertGreater(len(routes), 40)
        self.assertEqual(routes, set(DOORS))

    def test_controllers_do_not_take_each_others_methods(self):
        """Odoo makes one class of all the portal's controllers: helpers of the same
        name in two of ours would silently be one of them."""
        classes = {
            cls
            for cls in self._get_family(Controller)
            if cls.__module__.startswith(MODULE)
        }
        self.assertGreater(len(classes), 5)
        for one, other in itertools.combinations(sorted(classes, key=repr), 2):
            if issubclass(one, other) or issubclass(other, one):
                continue
            shared = {
                name
                for name in vars(one).keys() & vars(other).keys()
                if not name.startswith("__")
            }
            with self.subTest(one=one.__name__, other=other.__name__):
                self.assertFalse(shared)

    def test_helpers_of_controllers_are_named_as_ours(self):
        """Every addon of the database shares the class of the portal's controllers."""
        ours = [
            cls
            for cls in self._get_family(CustomerPortal)
            if cls.__module__.startswith(MODULE)
        ]
        self.assertGreater(len(ours), 5)
        for cls in ours:
            of_others = {
                name
                for base in cls.__mro__
                if not base.__module__.startswith(MODULE)
                for name in vars(base)
            }
            helpers = {name for name in vars(cls) if not name.startswith("__")}
            for name in helpers - of_others:
                with self.subTest(cls=cls.__name__, name=name):
                    self.assertRegex(name, "^_?waas_")

    def test_every_form_limits_what_is_posted(self):
        for rule in self.env["ir.http"].routing_map().iter_rules():
            door = DOORS.get(rule.rule)
            if door and rule.rule.startswith("/my/waas") and door.kind != "page":
                with self.subTest(rule.rule):
                    limit = rule.endpoint.routing.get("max_content_length")
                    self.assertEqual(limit, MAX_POST_BYTES)

    # === THE WRONG ONES ===#

    @mute_logger("odoo.http")
    def test_nobody_opens_no_door_of_the_portal(self):
        before = self._get_traces()
        self._enter(None)
        for rule, door in self._doors("page", "form", "json"):
            with self.subTest(rule):
                answer = self._try_door(rule, door)
                self._assert_hides(answer)
                if door.kind == "json":
                    error = answer.json()["error"]
                    self.assertIn("SessionExpired", error["data"]["name"])
                else:
                    self.assertEqual(answer.status_code, 303)
                    self.assertIn("/web/login", answer.headers["Location"])
        self.assertEqual(self._get_traces(), before)

    def test_a_stranger_and_another_customer_find_nothing(self):
        for user in (self.stranger_user, self.other_customer_user):
            self._assert_finds_nothing(user)

    def test_another_partner_finds_nothing(self):
        self._assert_finds_nothing(self.other_reseller_user, own_pages=OWN_PAGES)

    def test_the_partner_finds_nothing_that_is_the_customers(self):
        self._assert_finds_nothing(
            self.reseller_user, party="reseller", are_secret=False
        )

    def test_the_customer_finds_nothing_that_is_the_partners(self):
        self._assert_finds_nothing(
            self.customer_user, party="customer", are_secret=False
        )

    def test_a_secret_that_is_wrong_opens_nothing(self):
        for user in (None, self.reseller_user, self.stranger_user):
            self._enter(user)
            for rule, _door in self._doors("secret"):
                if rule.startswith("/my/orders"):
                    continue
                with self.subTest(rule):
                    path = self._fill(rule)
                    if rule.endswith("/accept"):
                        answer = self._post_json(path, name="x", signature="x")
                        self.assertIn("no longer works", answer["result"]["error"])
                        continue
                    answer = self.url_open(path, data={"csrf_token": self.token})
                    self._assert_hides(answer)
                    self.assertIn(answer.status_code, (401, 404, 405))

    # === THE RIGHT ONES ===#

    def test_the_right_ones_find_every_page(self):
        """Otherwise the table would pass with pages that nobody can open."""
        done = {
            f"{RETURN}/papers": self._fill(
                f"{RETURN}/papers", return_id=self.done_return.id
            )
        }
        for party, user in (
            ("reseller", self.reseller_user),
            ("customer", self.customer_user),
        ):
            self._enter(user)
            for rule, door in self._doors("page"):
                if party not in door.who:
                    continue
                with self.subTest(rule=rule, user=user.login):
                    answer = self._try_door(rule, door, path=done.get(rule))
                    self.assertEqual(answer.status_code, 200)

    # === ADDRESSES THAT ARE MADE UP ===#

    def test_numbers_that_cannot_be_are_not_found(self):
        impossible = (0, 2**31, 2**63, 10**30)
        for party, user in (
            ("reseller", self.reseller_user),
            ("customer", self.customer_user),
        ):
            self._enter(user)
            for rule, door in self._doors("page", "form"):
                names = [name for name in self.places if f":{name}>" in rule]
                if party not in door.who or not names or "page" in names:
                    continue
                for number in impossible:
                    path = self._fill(rule, **dict.fromkeys(names, number))
                    with self.subTest(path):
                        self.assertEqual(
                            self._try_door(rule, door, path).status_code, 404
                        )

    def test_pages_of_a_list_that_are_not_there_show_the_last_one(self):
        self._enter(self.reseller_user)
        for rule, door in self._doors("page"):
            if "<int:page>" in rule:
                for number in (0, 10**12):
                    path = self._fill(rule, page=number)
                    with self.subTest(path):
                        self.assertEqual(
                            self._try_door(rule, door, path).status_code, 200
                        )
