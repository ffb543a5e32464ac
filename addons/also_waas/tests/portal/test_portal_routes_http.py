"""Every door to the outside, tried by everybody it is not for.

``DOORS`` has one entry for each route of the addon. The routes are taken from Odoo's
own map: a new one without an entry, or an entry without a route, fails the first test.
"""

import itertools
from typing import NamedTuple
from unittest.mock import patch

from odoo.http import Controller
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.portal.controllers.portal import CustomerPortal

from ...controllers.portal.portal_waas import MAX_POST_BYTES
from .portal_world import PortalWorldCommon

MODULE = "odoo.addons.also_waas.controllers."
RESELLER = frozenset(("reseller",))
CUSTOMER = frozenset(("customer",))
BOTH = RESELLER | CUSTOMER
SCRIPT = "<script>alert('x')</script>"


class Door(NamedTuple):
    """What a route is, and whom it is for."""

    # page, form, json; secret: opened by what is in the address or header; open: tells
    # nothing of anybody
    kind: str
    who: frozenset = frozenset()  # whose it is; of a list: who has one
    is_list: bool = False  # others find a list of their own, which is empty
    values: dict = {}  # what a form needs to be understood


def page(who, **values):
    return Door("page", who, **values)


def form(who, **values):
    return Door("form", who, values=values)


CONTRACT = "/my/waas/contracts/<int:contract_id>"
DEAL = "/my/waas/deals/<int:order_id>"
RETURN = "/my/waas/returns/<int:return_id>"
SIGN = "/waas/sign/<string:token>"
DOORS = {
    # Lists: everybody has one of their own.
    "/my/waas": page(BOTH, is_list=True),
    "/my/waas/contracts": page(BOTH, is_list=True),
    "/my/waas/contracts/page/<int:page>": page(BOTH, is_list=True),
    "/my/waas/devices": page(BOTH, is_list=True),
    "/my/waas/devices/page/<int:page>": page(BOTH, is_list=True),
    "/my/waas/returns": page(BOTH, is_list=True),
    "/my/waas/returns/page/<int:page>": page(BOTH, is_list=True),
    "/my/waas/returns/new": page(BOTH, is_list=True),
    "/my/waas/agreements": page(CUSTOMER, is_list=True),
    "/my/waas/agreements/page/<int:page>": page(CUSTOMER, is_list=True),
    "/my/waas/certificates": page(CUSTOMER, is_list=True),
    "/my/waas/certificates/page/<int:page>": page(CUSTOMER, is_list=True),
    # A contract, for both its parties.
    CONTRACT: page(BOTH),
    f"{CONTRACT}/extend": page(BOTH),
    f"{CONTRACT}/upgrade": page(BOTH),
    f"{CONTRACT}/leave": page(CUSTOMER),
    f"{CONTRACT}/ask/<any(extend,upgrade,leave):kind>": form(BOTH),
    f"{CONTRACT}/end": form(CUSTOMER, choice="return"),
    # Returns, for both parties; who bears it says yes to it.
    "/my/waas/returns/create": form(BOTH),
    RETURN: page(BOTH),
    f"{RETURN}/choose": form(CUSTOMER, method="self"),
    f"{RETURN}/cancel": form(BOTH),
    f"{RETURN}/papers": page(BOTH),
    # Papers of the end customer.
    "/my/waas/agreements/<int:agreement_id>/pdf": page(CUSTOMER),
    "/my/waas/agreements/<int:agreement_id>/sign": form(CUSTOMER),
    "/my/waas/certificates/<int:certificate_id>/pdf": page(CUSTOMER),
    # The partner's own.
    "/my/waas/prices": page(RESELLER),
    "/my/waas/prices/<any(pdf,xlsx):file_type>": page(RESELLER),
    "/my/waas/deals": page(RESELLER),
    "/my/waas/deals/page/<int:page>": page(RESELLER),
    "/my/waas/deals/new": page(RESELLER),
    "/my/waas/deals/create": form(RESELLER),
    "/my/waas/customers": page(RESELLER),
    "/my/waas/customers/page/<int:page>": page(RESELLER),
    "/my/waas/hardware": page(RESELLER),
    "/my/waas/hardware/page/<int:page>": page(RESELLER),
    "/my/waas/hardware/create": form(RESELLER),
    "/my/waas/hardware/<int:request_id>/withdraw": form(RESELLER),
    "/my/waas/commission": page(RESELLER),
    "/my/waas/commission/page/<int:page>": page(RESELLER),
    "/my/waas/commission/<int:year>/<int:month>/<any(pdf,xlsx):file_type>": page(
        RESELLER
    ),
    "/my/waas/bills": page(RESELLER),
    "/my/waas/bills/page/<int:page>": page(RESELLER),
    "/my/waas/sellout": page(RESELLER),
    "/my/waas/sellout/page/<int:page>": page(RESELLER),
    "/my/waas/sellout/xlsx": page(RESELLER),
    DEAL: page(RESELLER),
    f"{DEAL}/change": form(RESELLER),
    f"{DEAL}/services": form(RESELLER, service_name="x", service_price="1"),
    f"{DEAL}/bundle": page(RESELLER),
    f"{DEAL}/bundle/<int:line_id>": page(RESELLER),
    f"{DEAL}/bundle/save": form(RESELLER),
    f"{DEAL}/bundle/<int:line_id>/remove": form(RESELLER),
    f"{DEAL}/price": Door("json", RESELLER),
    f"{DEAL}/send": form(RESELLER),
    f"{DEAL}/withdraw": form(RESELLER),
    # Opened by a secret, whoever is logged in: test_signing_http,
    # test_certificate_http, test_marketplace and test_offer_http try the right ones.
    SIGN: Door("secret"),
    f"{SIGN}/code": Door("secret"),
    f"{SIGN}/verify": Door("secret"),
    f"{SIGN}/accept": Door("secret"),
    f"{SIGN}/refuse": Door("secret"),
    f"{SIGN}/document/<int:agreement_id>": Door("secret"),
    "/waas/certificate/<string:token>": Door("secret"),
    "/waas/marketplace/notify": Door("secret"),
    "/waas/offer/v1": Door("secret"),
    "/waas/health": Door("open"),
    # Odoo's own, narrowed by ours: test_portal_http.
    "/my/orders/<int:order_id>/accept": Door("secret"),
    "/my/orders/<int:order_id>/decline": Door("secret"),
}
# Partner Two has a whole portal of its own, with lists that look like partner One's.
OWN_PAGES = tuple(
    rule
    for rule, door in DOORS.items()
    if rule.startswith("/my/waas") and "_id>" not in rule
)


@tagged("post_install", "-at_install", "http", "slow")
class TestEveryDoor(PortalWorldCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = {
            "order_id": cls.quotation.id,
            "line_id": cls.quotation.order_line[0].id,
            "contract_id": cls.contract.id,
            "return_id": cls.open_return.id,
            "agreement_id": cls.agreement.id,
            "certificate_id": cls.certificate.id,
            "request_id": cls.hardware_request.id,
            "page": 1,
            "year": 2026,
            "month": 1,
            "<any(pdf,xlsx):file_type>": "xlsx",
            "<any(extend,upgrade,leave):kind>": "extend",
            "token": "x" * 32,
        }
        # What tells that a page shows something of the two deals.
        cls.secrets = (
            "Customer One",
            cls.quotation.name,
            cls.contract.name,
            cls.device_contract.name,
            cls.devices[1].name,
            cls.done_return.name,
            cls.open_return.name,
            cls.certificate.name,
            cls.agreement.name,
            "Newmake",
        )

    # === HOW A DOOR IS TRIED ===#

    def _fill(self, rule, **places):
        """The address of a route, with the records of this world."""
        path = rule
        for name, value in {**self.places, **places}.items():
            for pattern in (name, f"<int:{name}>", f"<string:{name}>"):
                if pattern.startswith("<"):
                    path = path.replace(pattern, str(value))
        return path

    def _try_door(self, rule, door, path=None, **values):
        path = path or self._fill(rule)
        if door.kind == "form":
            data = {"csrf_token": self.token, **door.values, **values}
            return self.url_open(path, data=data, allow_redirects=False)
        if door.kind == "json":
            return self.url_open(
                path, json={"jsonrpc": "2.0", "params": {"bundle_id": self.bundle.id}}
            )
        return self.url_open(path, allow_redirects=False)

    def _enter(self, user):
        self._log_in(user) if user else self.authenticate(None, None)
        self.token = self._get_csrf_token()

    def _doors(self, *kinds):
        for rule, door in DOORS.items():
            if door.kind in kinds:
                yield rule, door

    def _get_traces(self):
        """Everything that a successful post would leave."""
        self.env.invalidate_all()
        names = (
            "sale.order",
            "sale.order.line",
            "waas.change",
            "waas.return",
            "waas.return.line",
            "waas.hardware.request",
            "waas.reseller.service",
            "waas.signing.link",
            "res.partner",
            "mail.mail",
        )
        counts = {name: self.env[name].sudo().search_count([]) for name in names}
        return {
            **counts,
            "order": (self.quotation.state, self.quotation.client_order_ref),
            "return": (self.open_return.state, self.open_return.accepted_by),
            "contract": self.contract.sudo().waas_end_choice,
            "request": self.hardware_request.state,
        }

    # === THE TABLE IS COMPLETE ===#

    def test_every_route_of_ours_is_in_the_table(self):
        routes = {
            rule.rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if self._get_module(rule).startswith(MODULE)
        }
        self.assertGreater(len(routes), 40)
        self.assertEqual(routes, set(DOORS))

    def _get_module(self, rule):
        return getattr(rule.endpoint.func, "__module__", "")

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

    def _get_family(self, cls):
        yield cls
        for child in cls.__subclasses__():
            yield from self._get_family(child)

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

    # === HOSTILE INPUT ===#

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
