"""How long does it take to re-price a WaaS quotation, and does it grow linearly?

Each bundle line has three components, an upgrade and an option with its component: six
lines hang on it, and three of the seven have a price. Re-pricing is a change of the
term, written and flushed. Beside it, in the same run: core's own *Update Prices* of an
ordinary quotation with as many priced lines.
"""

import json
import statistics
import time

from _world import make_catalogue, make_order, make_parties

SIZES = (10, 25, 50, 100)
ROUNDS = 5
GOAL_QUERIES, GOAL_MS = 40, 500


def add_arguments(parser):
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="medians are taken over these"
    )


def measure(env, action):
    """Milliseconds and SQL queries of ``action``, from a cold cache."""
    env.flush_all()
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    action()
    env.flush_all()
    seconds = time.perf_counter() - started
    return seconds * 1000, env.cr.sql_log_count - queries


def make_ordinary_order(env, parties, lines):
    """An ordinary quotation with so many lines, and the price list of its prices."""
    product = env["product.product"].create({"name": "Goods", "list_price": 10.0})
    pricelist = env["product.pricelist"].create(
        {
            "name": "Ordinary",
            "item_ids": [
                (0, 0, {"compute_price": "percentage", "percent_price": 10.0})
            ],
        }
    )
    return env["sale.order"].create(
        {
            "partner_id": parties[1].id,
            "pricelist_id": pricelist.id,
            "order_line": [(0, 0, {"product_id": product.id})] * lines,
        }
    )


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    catalogue, parties = make_catalogue(env), make_parties(env)
    terms = env["waas.term"].search([("months", "in", (12, 24))])
    result = {}
    print(f"{'bundles':>8} {'ms':>8} {'queries':>8} {'core ms':>8} {'queries':>8}")
    for size in SIZES:
        order = make_order(env, catalogue, parties, size)
        ordinary = make_ordinary_order(env, parties, size * 3)
        ours, core = [], []
        for index in range(args.rounds):
            term = terms[index % 2]
            ours.append(
                measure(env, lambda o=order, t=term: o.write({"waas_term_id": t.id}))
            )
            core.append(measure(env, ordinary._recompute_prices))
        ms, queries = map(statistics.median, zip(*ours, strict=True))
        core_ms, core_queries = map(statistics.median, zip(*core, strict=True))
        print(f"{size:8} {ms:8.0f} {queries:8.0f} {core_ms:8.0f} {core_queries:8.0f}")
        result[size] = (ms, queries, core_ms)
    ms, queries, core_ms = result[50]
    print(
        json.dumps(
            {
                "ms_50": round(ms),
                "queries_50": queries,
                "growth_ms_100_by_50": round(result[100][0] / ms, 2),
                "ratio_vs_core": round(core_ms / ms, 2),
                "goal_reached": queries <= GOAL_QUERIES and ms < GOAL_MS,
            }
        )
    )
    return 0
