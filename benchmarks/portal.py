"""How many queries does a page of the portal need, and does it stay so?

Every page of our addons under /my, as the routing map knows them, is fetched over HTTP
by a reseller and by an end customer who are logged in, at few contracts and at many.
The queries are counted in the server. A page must need no more than the budget, and no
more at many contracts than at few.
"""

import json
import logging
import statistics
import threading
import time

import requests
from _portal_world import PASSWORD, PortalWorld
from werkzeug.serving import WSGIRequestHandler, make_server

from odoo import fields, http

BUDGET = 60
# A file lists all of a month, and the ORM reads what it lists by the thousand.
MORE_FOR_FILES = 5
ROUNDS = 7
TRIES = 60
SEARCHED = "other"  # in the name of one customer in two
CHATTY = "odoo.addons.base.models.ir_actions_report"
LAST_PAGE = 1_000_000
# A placeholder `contract_id` is an id of `waas.contract`, if it is not one of these.
MODELS = {
    "contract_id": "contract.contract",
    "order_id": "sale.order",
    "line_id": "sale.order.line",
    "device_id": "stock.lot",
    "lot_id": "stock.lot",
    "picking_id": "stock.picking",
    "invoice_id": "account.move",
    "request_id": "waas.hardware.request",
    "report_id": "waas.sellout.report",
}


def add_arguments(parser):
    parser.add_argument(
        "--contracts", type=int, nargs=2, default=(1_000, 20_000), metavar="N"
    )


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    env = env(context={**env.context, "tracking_disable": True})
    # What wkhtmltopdf says with every document.
    logging.getLogger(CHATTY).setLevel(logging.ERROR)
    measured, unreached = {}, []
    with Server() as server:
        print("Making the world …", flush=True)
        world = PortalWorld(env, server.url)
        for number in args.contracts:
            began = time.perf_counter()
            world.grow_to(number)
            seconds = time.perf_counter() - began
            print(f"{number} contracts (made in {seconds:.0f} s) …", flush=True)
            if not measured:
                pages, unreached = find_pages(env, server, world)
            measured[number] = {page: measure(server, world, *page) for page in pages}
    return tell(args.contracts, measured, unreached)


def measure(server, world, visitor, path):
    """:return: dict of ``queries`` and ``ms``, medians of some visits after a first"""
    session = server.log_in(world.logins[visitor])
    first = session.fetch(path)
    rounds = ROUNDS if first["ms"] < 1000 else 3
    visits = [session.fetch(path) for _round in range(rounds)]
    if any(visit["status"] != 200 for visit in visits):
        raise AssertionError(f"{path} failed for the {visitor}")
    return {
        name: statistics.median(visit[name] for visit in visits)
        for name in ("queries", "ms")
    }


def tell(numbers, measured, unreached):
    """Print the table and the verdict.

    :return: exit status
    """
    few, many = (measured[number] for number in numbers)
    print(f"\n{'':10}{'':48} {'queries':>15} {'ms':>15}")
    print(f"{'visitor':10}{'page':48} " + " ".join(f"{n:>7}" for n in numbers * 2))
    over, grown = [], []
    for page in few:
        visitor, path = page
        before, after = few[page], many[page]
        marks = ""
        if max(before["queries"], after["queries"]) > BUDGET:
            over.append(path)
            marks += f" more than {BUDGET}"
        more = MORE_FOR_FILES if path.endswith(("pdf", "xlsx")) else 0
        if after["queries"] > before["queries"] + more:
            grown.append(path)
            marks += " grows"
        print(
            f"{visitor:10}{path:48} {before['queries']:7.0f} {after['queries']:7.0f} "
            f"{before['ms']:7.0f} {after['ms']:7.0f}{marks and ' ✗' + marks}"
        )
    for route in unreached:
        print(f"✗ not measured, no record found for it: {route}")
    figures = {
        "contracts": list(numbers),
        "pages": len(few),
        "most_queries": max(
            page["queries"] for page in [*few.values(), *many.values()]
        ),
        "most_ms": round(max(page["ms"] for page in many.values())),
        "ms_growth": round(
            statistics.median(many[page]["ms"] / few[page]["ms"] for page in few), 2
        ),
        "over_budget": over,
        "grown": grown,
        "not_measured": unreached,
    }
    print(json.dumps(figures))
    return 1 if over or grown or unreached else 0


# === THE PAGES ===#


def find_pages(env, server, world):
    """All pages that a visitor can see, with the first record for which it is there.

    :return: list of pairs visitor, path; list of routes that nobody could see
    """
    pages, unreached = [], []
    for route, names in find_routes(env):
        is_there = False
        for visitor, login in world.logins.items():
            paths = find_page(env, server.log_in(login), route, names)
            is_there |= paths is not None
            pages += [(visitor, path) for path in paths or ()]
        if not is_there:
            unreached.append(route)
    return pages, unreached


def find_routes(env):
    """The pages of our addons for people who are logged in.

    :return: list of pairs route, list of its placeholders
    """
    ir_http = env["ir.http"]
    modules = sorted(env.registry._init_modules)
    converters = ir_http._get_converters()
    routes = {}
    for url, endpoint in http._generate_routing_rules(modules, False, converters):
        routing = endpoint.routing
        if (
            url.startswith("/my/")
            and endpoint.func.__module__.startswith("odoo.addons.also_waas")
            and routing["type"] == "http"
            and routing["auth"] == "user"
            and "GET" in (routing["methods"] or ["GET"])
        ):
            for path, placeholders in read_placeholders(url):
                routes[path] = placeholders
    return sorted(routes.items())


def read_placeholders(url):
    """The placeholders of a route; where one has a few choices, a route for each.

    :return: list of pairs route, list of names of placeholders
    """
    before, bracket, rest = url.partition("<")
    if not bracket:
        return [(url, [])]
    placeholder, _bracket, rest = rest.partition(">")
    converter, _colon, name = placeholder.rpartition(":")
    if converter.startswith("any("):
        choices = converter.removeprefix("any(").removesuffix(")").split(",")
        names = []
    else:
        choices, names = [f"{{{name}}}"], [name]
    return [
        (before + choice.strip() + path, names + others)
        for choice in choices
        for path, others in read_placeholders(rest)
    ]


def find_page(env, session, route, names):
    """The page for the first record that the visitor can see; if it has a search box,
    once more with the result of a search.

    :return: list of paths, empty if it only leads elsewhere; None if there is no record
    """
    for values in get_candidates(env, names):
        path = route.format(**values)
        page = session.fetch(path)
        if 300 <= page["status"] < 400:
            return []
        if page["status"] == 200:
            searched = page["searchable"] and "page" not in names
            return [path, f"{path}?search={SEARCHED}"] if searched else [path]
    return None


def get_candidates(env, names, known=()):
    """Values for the placeholders of a route, likely ones first.

    :return: iterator of dicts
    """
    known = dict(known)
    if not names:
        yield known
        return
    name, *others = names
    for value in get_values(env, name, known):
        yield from get_candidates(env, others, {**known, name: value})


def get_values(env, name, known):
    today = fields.Date.context_today(env.company)
    plain = {"page": LAST_PAGE, "year": today.year, "month": today.month}
    if name in plain:
        return [plain[name]]
    model = MODELS.get(name) or f"waas.{name.removesuffix('_id')}"
    if model not in env:
        return []
    belongs = [
        (field, "=", value) for field, value in known.items() if field in env[model]
    ]
    return env[model].search(belongs, order="id", limit=TRIES).ids


# === THE SERVER ===#


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *args):
        """The pages of a benchmark are not news."""


class Server:
    """Odoo over HTTP in a thread of this process, which tells the number of queries
    in a header."""

    def __enter__(self):
        self.wsgi = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=Quiet
        )
        self.url = f"http://127.0.0.1:{self.wsgi.server_port}"
        self.sessions = {}
        self.thread = threading.Thread(target=self.wsgi.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *exception):
        self.wsgi.shutdown()
        self.thread.join()

    def _answer(self, environ, start_response):
        def start(status, headers, exc_info=None):
            # Odoo counts by thread, and has done all of a page when it starts to send.
            count = threading.current_thread().query_count
            return start_response(
                status, [*headers, ("X-Queries", str(count))], exc_info
            )

        return http.root(environ, start)

    def log_in(self, login):
        if login not in self.sessions:
            self.sessions[login] = Session(self.url, login)
        return self.sessions[login]


class Session:
    """Somebody who is logged in."""

    def __init__(self, url, login):
        self.url = url
        self.client = requests.Session()
        self.client.trust_env = False
        page = self.client.get(f"{url}/web/login").text
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = self.client.post(
            f"{url}/web/login",
            {"login": login, "password": PASSWORD, "csrf_token": token},
        )
        if "/my" not in answer.url:
            raise AssertionError(f"{login} could not log in: {answer.url}")

    def fetch(self, path):
        """:return: dict of ``status``, ``queries``, ``ms``"""
        began = time.perf_counter()
        answer = self.client.get(self.url + path, allow_redirects=False)
        return {
            "status": answer.status_code,
            "ms": (time.perf_counter() - began) * 1000,
            "queries": int(answer.headers["X-Queries"]),
            "searchable": b'name="search"' in answer.content,
        }
