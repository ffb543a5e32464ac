"""Does the office stay as fast with a hundred thousand contracts as with two thousand?

Every menu of ours is opened as a WaaS manager opens it, at few contracts and at many:
its views with their own fields, each filter, group and search, the form of a record in
each state. Every scheduled action of ours works on what there is, on one deal more,
and on nothing. A page asks the database no more queries than the budget, and as many at
few contracts as at many; what it takes beside counting and sorting stays. A scheduled
action costs what its own work costs.
"""

import json
import statistics
import time
import traceback
from collections import defaultdict

from _growth import ensure, get_memory_mb, reset_peak_mb
from _office_pages import find_steps, read_form
from _office_world import OfficeWorld
from dateutil.relativedelta import relativedelta
from portal import Server

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry

BUDGET = 60
GROWTH = 1.5
JOB_GROWTH = 1.15
MORE_MB = 100
# So little time says nothing about growth.
FLOOR_MS = 60
LONGEST_LIST_MS = 1_000
ROUNDS = 3
TERM_SECONDS = 3
# An order of few bundle lines costs as much a line as one of many.
LINES = (30, 300)
# At once it has little to do: a deal of last month, beside all that was told before.
KNOWS_MOST = "also_waas.ir_cron_waas_sellout"
# What they look at is all that is open, however little became of it.
REVIEWS = {
    "also_waas.ir_cron_waas_next_actor",
    "also_waas.ir_cron_waas_change_next_actor",
    "also_waas.ir_cron_waas_license",
    "also_waas.ir_cron_waas_license_check",
}
MENU = "also_waas.also_waas_menu_root"


def add_arguments(parser):
    parser.add_argument(
        "--contracts", type=int, nargs="+", default=(2_000, 20_000), metavar="N"
    )
    parser.add_argument("--only", default="", help="steps with this in their name")
    parser.add_argument("--pages", action="store_true", help="nothing but pages")


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    env = env(context={**env.context, "tracking_disable": True})
    with Server() as server:
        print("Making the world …", flush=True)
        world = OfficeWorld(env, server.url)
    office = Office(world, args)
    for number in args.contracts:
        began = time.perf_counter()
        world.grow_to(number)
        seconds = time.perf_counter() - began
        print(f"{number} contracts (made in {seconds:.0f} s) …", flush=True)
        office.measure(number)
    return office.tell()


class Office:
    """What was measured, by step and number of contracts."""

    def __init__(self, world, args):
        self.world = world
        self.database = world.env.cr.dbname
        self.numbers = args.contracts
        self.only = args.only
        self.only_pages = args.pages
        self.measured = defaultdict(dict)
        self.failed = []

    def measure(self, number):
        self.number = number
        if not self.only_pages:
            self._measure_jobs()
            for lines in LINES:
                self._measure_order(lines)
        with self._open(self.world.manager.id) as env:
            steps = find_steps(env, self.world.env.ref(MENU).id)
        for step in steps:
            if self.only in step.name:
                self._measure_page(step)

    # === PAGES ===#

    def _measure_page(self, step):
        user_id = self.world.manager.id
        try:
            self._sample(step.ask, user_id)  # what any page has looked up before
            samples = [self._sample(step.ask, user_id)]
            if samples[0]["ms"] < 1000:
                samples += [self._sample(step.ask, user_id) for _r in range(ROUNDS - 1)]
            bare = self._sample(step.bare, user_id) if step.bare else {"ms": 0.0}
        except Exception:  # noqa: BLE001 - the other pages are measured
            print(f"✗ {step.name}\n{traceback.format_exc(limit=-2)}", flush=True)
            self.failed.append(step.name)
            return
        sample = {
            name: statistics.median(sample[name] for sample in samples)
            for name in samples[0]
        }
        self._note("page", step.name, {**sample, "bare": bare["ms"]})

    # === JOBS ===#

    def _measure_jobs(self):
        jobs = find_jobs(self.world.env)
        with self._open() as env:
            last_month = self.world.now - relativedelta(months=1)
            self.world.make_deal(env, last_month.replace(day=10))
        for name in jobs:
            self._measure_job(name, "little" if name == KNOWS_MOST else "all")
        with self._open() as env:
            self.world.make_deal(env, self.world.now)
        for name in jobs:
            if name != KNOWS_MOST:
                self._measure_job(name, "little")
        for name in jobs:
            self._measure_job(name, "nothing")
        self.world.env.cr.execute("ANALYZE")
        self.world.env.cr.commit()

    def _measure_job(self, name, kind):
        if self.only not in name:
            return

        def work(env):
            env.ref(name).ir_actions_server_id.run()
            env.cr.commit()

        try:
            sample = self._sample(work, SUPERUSER_ID)
        except Exception:  # noqa: BLE001 - the others are measured
            print(f"✗ {name}\n{traceback.format_exc(limit=-4)}", flush=True)
            self.failed.append(name)
            return
        print(f"  {name} {kind}: {sample['ms']:.0f} ms", flush=True)
        kind = "all" if name in REVIEWS else kind
        self._note(f"job {kind}", name.partition(".")[2], sample)

    # === A LARGE ORDER ===#

    def _measure_order(self, lines):
        """It changes its term, and is confirmed; nothing of it is kept."""
        with self._open() as env:
            order, confirm = self.world.make_signed(env, lines)
            env.flush_all()
            env.invalidate_all()
            draft = order.with_user(self.world.manager)
            form = read_form(draft)
            term = env["waas.term"].search([("id", "!=", order.waas_term_id.id)])[0]
            changed = {"waas_term_id": term.id}
            self._note(
                "term",
                f"change in an order of {lines} bundles",
                take(env, lambda: draft.onchange(changed, list(changed), form)),
            )
            env.invalidate_all()
            sample = take(env, lambda: (confirm(), env.flush_all()))
            ensure(order.state == "sale", "The large order was not confirmed.")
        each = {name: sample[name] / lines for name in ("ms", "queries")}
        self._note("order", f"confirm {lines} bundles, each", {**sample, **each})

    def _note(self, kind, name, sample):
        self.measured[kind, name][self.number] = {"bare": 0.0, **sample}

    # === MEASURING ===#

    def _open(self, user_id=SUPERUSER_ID):
        return Transaction(self.database, user_id)

    def _sample(self, ask, user_id):
        """:return: dict of ``ms``, ``queries`` and ``mb``, from a cold cache"""
        with self._open(user_id) as env:
            env.user.has_group("base.group_user")
            return take(env, lambda: ask(env))

    # === TELLING ===#

    def tell(self):
        """Print the table and the verdict.

        :return: exit status
        """
        few, many = self.numbers[0], self.numbers[-1]
        rows = [
            (kind, name, found[few], found[many])
            for (kind, name), found in self.measured.items()
            if few in found and many in found
        ]
        missed = []
        print(f"\n{'':12}{'':70} {'queries':>13} {'ms':>15} {'sorting':>15} {'MB':>9}")
        rows.sort(key=lambda row: row[3]["ms"])
        for kind, name, before, after in rows:
            marks = self._judge(kind, before, after)
            if marks:
                missed.append(f"{kind} {name}: {', '.join(marks)}")
            print(
                f"{kind:12}{name[:70]:70} "
                f"{before['queries']:6.0f} {after['queries']:6.0f} "
                f"{before['ms']:7.0f} {after['ms']:7.0f} "
                f"{before['bare']:7.0f} {after['bare']:7.0f} "
                f"{before['mb']:4.0f} {after['mb']:4.0f}"
                + "".join(f" ✗ {mark}" for mark in marks)
            )
        missed += self._find_not_linear()
        pages = [row for row in rows if row[0] == "page"]
        figures = {
            "contracts": list(self.numbers),
            "pages": len(pages),
            "most_queries": max(
                (page[key]["queries"] for page in pages for key in (2, 3)), default=0
            ),
            "most_ms": round(max((page[3]["ms"] for page in pages), default=0)),
            "missed": missed,
            "failed": sorted(set(self.failed)),
        }
        print(json.dumps(figures, ensure_ascii=False))
        return 1 if missed or self.failed else 0

    def _find_not_linear(self):
        """An order of many bundles that costs more for each than one of few."""
        few, many = (
            self.measured.get(("order", f"confirm {lines} bundles, each"), {}).get(
                self.numbers[-1]
            )
            for lines in LINES
        )
        if not few or many["ms"] <= few["ms"] * JOB_GROWTH:
            return []
        words = f"order of {LINES[1]}: {many['ms'] / few['ms']:.2f} times a bundle"
        print(f"✗ {words}")
        return [words]

    def _judge(self, kind, before, after):
        marks = []
        rest = max(after["ms"] - after["bare"], 0.0)
        rest_before = max(before["ms"] - before["bare"], FLOOR_MS)
        growth = rest / rest_before
        if kind == "page":
            if max(before["queries"], after["queries"]) > BUDGET:
                marks.append(f"more than {BUDGET} queries")
            if after["queries"] > before["queries"]:
                marks.append("more queries")
            if growth > GROWTH:
                marks.append(f"grows {growth:.1f} times")
            if after["bare"] > LONGEST_LIST_MS:
                marks.append("slow to count and sort")
            return marks
        if kind == "term":
            return ["slow"] if after["ms"] > TERM_SECONDS * 1000 else []
        if kind == "order":
            if after["queries"] > BUDGET:
                marks.append(f"more than {BUDGET} queries")
            if after["ms"] / before["ms"] > GROWTH:
                marks.append(f"grows {after['ms'] / before['ms']:.1f} times")
            return marks
        size = self.numbers[-1] / self.numbers[0] if kind == "job all" else 1
        if after["queries"] > before["queries"] * size * JOB_GROWTH:
            marks.append("more queries")
        if growth > size * (JOB_GROWTH if after["ms"] > 1000 else GROWTH):
            marks.append(f"grows {growth:.1f} times")
        if after["mb"] - before["mb"] > MORE_MB:
            marks.append(f"{after['mb']:.0f} MB")
        return marks


def take(env, work):
    """:return: dict of the ``ms`` and ``queries`` of some work, and its peak ``mb``"""
    before_mb = reset_peak_mb()
    queries, began = env.cr.sql_log_count, time.perf_counter()
    work()
    return {
        "ms": (time.perf_counter() - began) * 1000,
        "queries": env.cr.sql_log_count - queries,
        "mb": max(get_memory_mb("VmHWM") - before_mb, 0),
    }


class Transaction:
    """An environment of its own, which is thrown away."""

    def __init__(self, database, user_id):
        self.cursor = Registry(database).cursor()
        self.user_id = user_id

    def __enter__(self):
        env = Environment(self.cursor, self.user_id, {})
        context = dict(env["res.users"].context_get())
        context["allowed_company_ids"] = env.user.company_ids.ids
        return env(context=context)

    def __exit__(self, *exception):
        self.cursor.rollback()
        self.cursor.close()


def find_jobs(env):
    """The scheduled actions of our addons, by the names of their records."""
    names = env["ir.model.data"].search(
        [("model", "=", "ir.cron"), ("module", "=like", "also_waas%")], order="name"
    )
    return [name.complete_name for name in names]
