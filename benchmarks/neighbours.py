"""What do ordinary documents cost in a database that also has the product?

Two databases with the same modules of Odoo and OCA, one of them with the product as
well. The same ordinary documents are made in both, in turn, by a user who has nothing
to do with rentals: an order, its delivery of serial numbers, its invoice and payment,
a receipt, a contact, a product. Then both get thousands of settlements and contracts,
and the one with the product replacements as well, and it is measured again.

Counted are the queries, the median of all rounds, and the processor time of Odoo, the
lowest of them: whatever else goes on only adds to it.
"""

import gc
import json
import statistics
import time
from collections import defaultdict

from _multiply import Multiplier
from _ordinary import STEPS, OrdinaryWorld
from _portal_world import CONTRACTS, PortalWorld

from odoo import fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry

WITHOUT_US = True
GOALS = {"queries": 1, "processor": 1.05}
LINES = 20


def add_arguments(parser):
    parser.add_argument("--without", required=True, help="the database without us")
    parser.add_argument("--rounds", type=int, default=15, metavar="N")
    parser.add_argument("--lines", type=int, default=LINES, metavar="N")
    parser.add_argument(
        "--many", type=int, default=20_000, metavar="N", help="settlements and the like"
    )


def main(env, args):
    """Measure and print a table; the last line is JSON. Status 1: a goal is missed."""
    with Registry(args.without).cursor() as cr:
        without = Environment(cr, SUPERUSER_ID, {})
        sides = {"without": without, "with": env}
        worlds = make_worlds(sides, args.lines, "ordinary")
        figures = {0: tell(measure(worlds, args.rounds), "with nothing else")}
        if args.many:
            print("Making rentals, settlements and contracts …", flush=True)
            fill_with(env, args.many)
            fill_without(without, args.many)
            # Goods, serial numbers and invoices of its own: those of the first world
            # were copied with the rentals.
            worlds = make_worlds(sides, args.lines, "beside")
            title = f"with {args.many} rentals, settlements and contracts"
            figures[args.many] = tell(measure(worlds, args.rounds), title)
    missed = [
        f"{step}, {size}"
        for size, steps in figures.items()
        for step, found in steps.items()
        if any(found[name] > goal for name, goal in GOALS.items())
    ]
    for step in missed:
        print(f"✗ {step}")
    print(json.dumps({"steps": figures, "missed": missed}))
    return 1 if missed else 0


def make_worlds(sides, lines, login):
    return {name: OrdinaryWorld(env, lines, login) for name, env in sides.items()}


def measure(worlds, rounds, steps=STEPS):
    """Each step of the ordinary documents, on both sides in turn.

    :param dict steps: name -> method of a world that prepares, and gives the work
    :return: dict step -> side -> list of (queries, seconds)
    """
    measured = defaultdict(lambda: defaultdict(list))
    for number in range(-2, rounds):  # two rounds fill the caches of both sides
        for side in sorted(worlds, reverse=number % 2):
            for step, found in run(worlds[side], steps).items():
                if number >= 0:
                    measured[step][side].append(found)
    return measured


def run(world, steps):
    """All steps once, and back.

    :return: dict step -> (queries, seconds)
    """
    found, made = {}, {}
    env, cr = world.env, world.env.cr
    for step, prepare in steps.items():
        work = prepare(world, made)
        env.flush_all()
        env.invalidate_all()
        gc.collect()
        gc.disable()
        queries, began = cr.sql_log_count, time.process_time()
        work()
        env.flush_all()
        seconds = time.process_time() - began
        gc.enable()
        found[step] = (cr.sql_log_count - queries, seconds)
    cr.rollback()
    env.invalidate_all()
    return found


# === MANY ===#


def fill_with(env, many):
    """Rentals with all that belongs to them, settlements and replacements included."""
    env = env(context={**env.context, "tracking_disable": True})
    world = PortalWorld(env, "http://127.0.0.1")
    world.grow_to(many)


def fill_without(env, many):
    """What Odoo and OCA know of a rental: a contract and a settlement."""
    agent = env["res.partner"].create(
        {
            "name": "Agent",
            "agent": True,
            "commission_id": env["commission"].create({"name": "1", "fix_qty": 1}).id,
        }
    )
    today = fields.Date.today()
    env["contract.contract"].create(
        [{"name": "Contract", "partner_id": agent.id} for _number in range(CONTRACTS)]
    )
    env["commission.settlement"].create(
        [
            {"agent_id": agent.id, "date_from": today, "date_to": today}
            for _number in range(CONTRACTS)
        ]
    )
    env.flush_all()
    tables = ("contract_contract", "commission_settlement")
    Multiplier(env, tables, {}, {}).multiply(many // CONTRACTS)
    env.cr.commit()


def tell(measured, title):
    """Print a table.

    :return: dict step -> what the goals are about
    """
    print(f"\n{title:34}{'queries':>16}{'ms of processor':>22}{'times':>8}")
    figures = {}
    for step, sides in measured.items():
        queries, ms = (
            {
                side: pick(found[place] for found in values)
                for side, values in sides.items()
            }
            for place, pick in enumerate((statistics.median, min))
        )
        times = ms["with"] / ms["without"]
        print(
            f"{step:34}{queries['without']:8.0f}{queries['with']:8.0f}"
            f"{ms['without'] * 1000:11.1f}{ms['with'] * 1000:11.1f}{times:8.3f}",
            flush=True,
        )
        figures[step] = {
            "queries": round(queries["with"] - queries["without"]),
            "processor": round(times, 3),
        }
    return figures
