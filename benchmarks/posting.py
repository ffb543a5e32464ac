"""How much faster are customer invoices posted in many than one by one?

Generated invoices of every kind that a regular one can have (`InvoiceMix`: lines, taxes
and currencies, payment terms, analytic distributions) are posted and committed in
Odoo's ordinary way, the safe and the bulk way, batch by batch in turn. Then the ledgers
of the ways are compared, column by column. Nothing but accounting is installed.
"""

import json
import statistics
import time
from collections import defaultdict

from odoo.addons.account_invoice_fast.tests.invoice_mix import (
    InvoiceMix,
    compare_ways,
    copy_vals,
)

ADDONS = ["account_invoice_fast"]
WAYS = ("ordinary", "safe", "bulk")
GOALS = {"ratio_safe": 3, "ratio_bulk": 4}


def add_arguments(parser):
    parser.add_argument("--invoices", type=int, default=500, metavar="N")
    parser.add_argument("--batch", type=int, default=100, metavar="N")
    parser.add_argument(
        "--mixed",
        type=int,
        default=1000,
        metavar="N",
        help="generated invoices to compare the ways on",
    )


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    mix = InvoiceMix(env)
    vals_list = mix.make(args.invoices)
    env.cr.commit()
    seconds, queries = defaultdict(list), defaultdict(list)
    for start in range(0, args.invoices, args.batch):
        for way in WAYS:
            part = copy_vals(vals_list[start : start + args.batch])
            env.invalidate_all()
            before, began = env.cr.sql_log_count, time.perf_counter()
            mix.env["account.move"]._create_posted(part, way)
            env.cr.commit()
            seconds[way].append((time.perf_counter() - began) / len(part))
            queries[way].append((env.cr.sql_log_count - before) / len(part))
    # The median batch: the first one fills caches, another one meets a checkpoint.
    ms = {way: statistics.median(values) * 1000 for way, values in seconds.items()}
    print(f"\n{'':14} {'ms':>8} {'queries':>8} {'times':>7}   for each posted invoice")
    for way in WAYS:
        print(
            f"{way:14} {ms[way]:8.2f} {statistics.median(queries[way]):8.2f} "
            f"{ms['ordinary'] / ms[way]:7.1f}"
        )
    print("Comparing the ways on generated invoices …", flush=True)
    differences = compare_ways(env, args.mixed, mix=mix) if args.mixed else []
    env.cr.rollback()
    for difference in differences[:10]:
        print(f"  ! {difference}")
    return tell(
        {
            "invoices": args.invoices,
            "ratio_safe": round(ms["ordinary"] / ms["safe"], 1),
            "ratio_bulk": round(ms["ordinary"] / ms["bulk"], 1),
            "ledger_equal": not differences,
            "compared_invoices": args.mixed,
        }
    )


def tell(figures):
    for name, goal in GOALS.items():
        mark = "✓" if figures[name] >= goal else "✗"
        print(f"{mark} {name:20} {figures[name]:8} (goal >= {goal})")
    print(json.dumps(figures))
    return 0 if figures["ledger_equal"] else 1
