"""What do the flows of Odoo's other applications cost in a database with the product?

Two databases with the same modules of Odoo and OCA, one of them with the product; both
get manufacturing, point of sale, website shop, expenses, drop-shipping and purchase.
The same flows are run in both, in turn, by a user who has nothing to do with rentals.
Where the product has a module that comes by itself with one of these, it is measured
as well. Between companies, transfers by way of the transit location that they share
are measured; rules that turn a purchase into an order are no module of Odoo Community.

Counted are the queries, the median of all rounds, and the processor time of Odoo, the
lowest of them. Then each flow is run once more, unmeasured, to name the functions of
ours that it calls, those with most time of their own first.
"""

import cProfile
import gc
import json
from pathlib import Path

from _sibling_flows import STEPS, SiblingWorld
from neighbours import GOALS, measure, tell

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry

WITHOUT_US = True
MODULES = (
    "mrp",
    "point_of_sale",
    "website_sale",
    "hr_expense",
    "stock_dropshipping",
    "purchase_stock",
)
ADDONS_FOLDER = Path(__file__).resolve().parents[1] / "addons"
NAMED = 5


def add_arguments(parser):
    parser.add_argument("--without", required=True, help="the database without us")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")


def main(env, args):
    """Measure and print tables; the last line is JSON. Status 1: a goal is missed."""
    database = env.cr.dbname
    env.cr.commit()
    for name in (args.without, database):
        install(name)
    with Registry(args.without).cursor() as without, Registry(database).cursor() as cr:
        worlds = {
            "without": SiblingWorld(Environment(without, SUPERUSER_ID, {})),
            "with": SiblingWorld(Environment(cr, SUPERUSER_ID, {})),
        }
        figures = tell(measure(worlds, args.rounds, STEPS), "flow")
        called = name_ours(worlds["with"])
    tell_ours(called)
    missed = [
        step
        for step, found in figures.items()
        if any(found[name] > goal for name, goal in GOALS.items())
    ]
    for step in missed:
        print(f"✗ {step}")
    print(json.dumps({"steps": figures, "called": called, "missed": missed}))
    return 1 if missed else 0


def install(database):
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        modules = env["ir.module.module"].search([("name", "in", MODULES)])
        if absent := set(MODULES) - set(modules.mapped("name")):
            raise SystemExit(f"this Odoo has no {', '.join(sorted(absent))}")
        modules.button_immediate_install()


# === WHAT OF OURS IS CALLED ===#


def name_ours(world):
    """All steps once more, and back.

    :return: dict step -> functions: how many of ours; calls: how often; ms: their own
        time, all together; most: names of those with most of it, each with calls, ms
    """
    called, made = {}, {}
    env = world.env
    for step, prepare in STEPS.items():
        work = prepare(world, made)
        env.flush_all()
        env.invalidate_all()
        gc.collect()
        gc.disable()
        profile = cProfile.Profile()
        with profile:
            work()
            env.flush_all()
        gc.enable()
        called[step] = summarise(profile)
    env.cr.rollback()
    env.invalidate_all()
    return called


def summarise(profile):
    """What is in the files of our addons; their time includes the profiler's."""
    ours = sorted(
        (entry for entry in profile.getstats() if is_ours(entry.code)),
        key=lambda entry: -entry.inlinetime,
    )
    return {
        "functions": len(ours),
        "calls": sum(entry.callcount for entry in ours),
        "ms": round(sum(entry.inlinetime for entry in ours) * 1000, 2),
        "most": {
            name_function(entry.code): [
                entry.callcount,
                round(entry.inlinetime * 1000, 2),
            ]
            for entry in ours[:NAMED]
        },
    }


def is_ours(code):
    """Built-in functions have no code, only a name."""
    return not isinstance(code, str) and Path(code.co_filename).is_relative_to(
        ADDONS_FOLDER
    )


def name_function(code):
    path = Path(code.co_filename).relative_to(ADDONS_FOLDER)
    return f"{path}:{code.co_firstlineno} {code.co_qualname}"


def tell_ours(called):
    print(f"\n{'what of ours is called':34}{'functions':>10}{'calls':>8}{'own ms':>9}")
    for step, found in called.items():
        print(f"{step:34}{found['functions']:10}{found['calls']:8}{found['ms']:9.2f}")
        for name, (calls, ms) in found["most"].items():
            print(f"    {calls:6} times {ms:8.2f} ms  {name}")
