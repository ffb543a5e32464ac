"""How fast is the invoice run, and does it stay so?

Side by side, in one run, on twins of the same contracts (1 to 8 lines, three VAT rates,
two currencies, two-part payment terms, prices that round badly):

- OCA contract's own run and `action_post`, batch by batch;
- our run the ordinary way (Odoo's `create` and `_post`), the safe way (complete drafts,
  Odoo's own `_post` with every hook), and the bulk way, batch by batch in turn with it;
- our run in a process of its own, and in two.

Everything is posted and committed. All of them must leave the same ledger, and the fast
ways the one of the ordinary way on generated invoices of every kind, numbers included.
"""

import gc
import json
import multiprocessing
import statistics
import time
from collections import defaultdict
from contextlib import contextmanager
from datetime import date

from _growth import Copier, get_memory_mb, reset_peak_mb

from odoo import SUPERUSER_ID, Command, sql_db
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL

from odoo.addons.account_invoice_fast.tests.invoice_mix import compare_ways
from odoo.addons.also_waas.models.invoicing import waas_invoice_run_batch

START = date(2026, 1, 31)
OUR_WAYS = ("ordinary", "safe", "bulk")
WORKER_RUNS = {"one worker": 1, "two workers": 2}
MADE_BY_ORM = 500
# So many that each of two workers has several batches, whatever the others measure.
WORKER_CONTRACTS = 3000
GROWTH = (500, 10_000)
GOALS = {
    "ratio_vs_oca": (">=", 6),
    "ratio_vs_oca_bulk": (">=", 15),
    "ratio_two_workers": (">=", 1.7),
    "queries_per_invoice": ("<=", 3),
    "growth": ("<=", 1.15),
    "peak_mb_growth": ("<=", 50),
}


def add_arguments(parser):
    parser.add_argument("--contracts", type=int, default=1600, metavar="N")
    parser.add_argument(
        "--growth",
        action="store_true",
        help=f"also measure how the cost grows from {GROWTH[0]} to {GROWTH[1]}",
    )
    parser.add_argument(
        "--mixed",
        type=int,
        default=1000,
        metavar="N",
        help="generated invoices to compare the ways on",
    )


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    env = env(context={**env.context, "tracking_disable": True})
    world = World(env)
    batch = max(20, min(waas_invoice_run_batch.BATCH, args.contracts // 4))
    waas_invoice_run_batch.BATCH = batch
    print(f"Making {args.contracts} contracts and their twins …", flush=True)
    world.make(args.contracts)
    result, ledgers = measure_ways(world, args.contracts, batch)
    worker_ms, worker_queries, worker_ledgers = measure_workers(world, args.contracts)
    equal = all_equal([*ledgers, *worker_ledgers])
    print("Comparing the ways on generated invoices …", flush=True)
    with world.transaction() as compared:
        differences = compare_ways(compared, args.mixed) if args.mixed else []
        compared.cr.rollback()
    for difference in differences[:10]:
        print(f"  ! {difference}")
    figures = {
        "contracts": args.contracts,
        "ratio_vs_oca": round(result["oca"] / result["safe"], 1),
        "ratio_vs_oca_bulk": round(result["oca"] / result["bulk"], 1),
        "ratio_two_workers": round(worker_ms[1] / worker_ms[2], 2),
        "queries_per_invoice": round(worker_queries, 2),
        "ledger_equal": equal and not differences,
        "compared_invoices": args.mixed,
    }
    if args.growth:
        figures |= measure_growth(world)
    tell(figures)
    return 0 if figures["ledger_equal"] else 1


def tell(figures):
    for name, (sign, goal) in GOALS.items():
        if name in figures:
            reached = figures[name] >= goal if sign == ">=" else figures[name] <= goal
            mark = "✓" if reached else "✗"
            print(f"{mark} {name:20} {figures[name]:8} (goal {sign} {goal})")
    print(json.dumps(figures))


# === MEASURING ===#


def measure_ways(world, number, batch):
    """OCA and our ways in turn, batch by batch.

    :return: dict of milliseconds for each invoice, by way; list of ledgers
    """
    runs = {way: world.get_twins() for way in OUR_WAYS}
    oca_ids = world.get_oca_twins()
    seconds, queries = defaultdict(list), defaultdict(list)
    for start in range(0, number, batch):
        part = oca_ids[start : start + batch]
        for way in ("oca", *OUR_WAYS):
            with world.transaction() as env:
                before = env.cr.sql_log_count
                began = time.perf_counter()
                if way == "oca":
                    invoice_as_oca(env, part)
                else:
                    work_on_batch(env, runs[way].run_id, way)
                env.cr.commit()
                seconds[way].append((time.perf_counter() - began) / len(part))
                queries[way].append((env.cr.sql_log_count - before) / len(part))
    # The median batch: the first one fills caches, another one meets a checkpoint.
    ms = {way: statistics.median(values) * 1000 for way, values in seconds.items()}
    print(f"\n{'':14} {'ms':>8} {'queries':>8} {'x OCA':>7}   for each posted invoice")
    for way in ("oca", *OUR_WAYS):
        print(
            f"{way:14} {ms[way]:8.2f} {statistics.median(queries[way]):8.2f} "
            f"{ms['oca'] / ms[way]:7.1f}"
        )
    ledgers = [world.read_ledger(twins.contract_ids) for twins in runs.values()]
    return ms, [*ledgers, world.read_ledger(oca_ids)]


def invoice_as_oca(env, contract_ids):
    """What OCA's scheduled action does, and posting what it leaves as drafts."""
    loud = env(context={})
    contracts = loud["contract.contract"].browse(contract_ids)
    contracts.with_company(loud.company)._recurring_create_invoice(START).action_post()


def work_on_batch(env, run_id, way):
    waas_invoice_run_batch.WAY = way
    try:
        env["waas.invoice.run"].browse(run_id)._work_on_batch()
    finally:
        waas_invoice_run_batch.WAY = "auto"


def measure_workers(world, number):
    """Our run as it is shipped, in one process and in two.

    :return: dict of milliseconds by number of workers; queries for each invoice of one
        worker; list of ledgers
    """
    ms, ledgers, queries = {}, [], 0.0
    many = max(number, WORKER_CONTRACTS)
    for name, workers in WORKER_RUNS.items():
        twins = world.get_twins(many)
        elapsed, reports = run_workers(world, twins.run_id, workers)
        ms[workers] = elapsed / many * 1000
        if workers == 1:
            queries = reports[0]["queries"] / many
        print(f"{name:14} {ms[workers]:8.2f} ms for each posted invoice", flush=True)
        ledgers.append(world.read_ledger(twins.contract_ids[:number]))
    return ms, queries, ledgers


def run_workers(world, run_id, workers):
    """Processes that have invoiced before, as those of a server.

    :return: seconds from the common start to the end of the last; their reports
    """
    before = [
        world.get_twins(waas_invoice_run_batch.BATCH).run_id
        for _index in range(workers)
    ]
    context = multiprocessing.get_context("fork")
    barrier, reports = context.Barrier(workers + 1), context.Queue()
    processes = [
        context.Process(
            target=work,
            args=(world.database, run_id, warm_up_id, barrier, reports),
            daemon=True,
        )
        for warm_up_id in before
    ]
    for process in processes:
        process.start()
    barrier.wait()
    began = time.perf_counter()
    answers = [reports.get() for _process in processes]
    if None in answers:
        raise RuntimeError("A worker failed; its own error stands above.")
    elapsed = max(answer["ended"] for answer in answers) - began
    for process in processes:
        process.join()
    return elapsed, answers


def work(database, run_id, warm_up_id, barrier, reports):
    try:
        work_in_process(database, run_id, warm_up_id, barrier, reports)
    except BaseException:
        barrier.abort()
        reports.put(None)
        raise


def work_in_process(database, run_id, warm_up_id, barrier, reports):
    # A connection must not be shared with the process that this was split off from.
    sql_db._Pool = sql_db._Pool_readonly = None
    with sql_db.db_connect(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        run = env["waas.invoice.run"].browse(run_id)
        run.browse(warm_up_id)._work()
        gc.collect()
        before_mb = reset_peak_mb()
        before = cr.sql_log_count
        barrier.wait()
        run._work()
        reports.put(
            {
                "ended": time.perf_counter(),
                "queries": cr.sql_log_count - before,
                "peak_mb": get_memory_mb("VmHWM") - before_mb,
            }
        )


def measure_growth(world):
    """One worker on few contracts and on many.

    :return: ``growth``: ms for each invoice at many by at few; ``peak_mb_growth``
    """
    ms, peak = {}, {}
    for number in GROWTH:
        twins = world.get_twins(number)
        elapsed, [report] = run_workers(world, twins.run_id, 1)
        ms[number], peak[number] = elapsed / number * 1000, report["peak_mb"]
        print(f"{number:7} contracts: {ms[number]:.2f} ms, {peak[number]:.0f} MB more")
    few, many = GROWTH
    return {
        "growth": round(ms[many] / ms[few], 2),
        "peak_mb_growth": round(peak[many] - peak[few], 1),
    }


def all_equal(ledgers):
    first = ledgers[0]
    for ledger in ledgers[1:]:
        for place, (expected, found) in enumerate(zip(first, ledger, strict=True)):
            if expected != found:
                print(f"  ! invoice {place}:\n    {expected}\n    {found}")
                return False
    return True


# === THE WORLD ===#


class Twins:
    """The same contracts once more, with a run that invoices them and nothing else."""

    def __init__(self, run_id, contract_ids):
        self.run_id = run_id
        self.contract_ids = contract_ids


class World:
    """Contracts of a realistic mix, made through the ORM once and then copied by the
    database: thousands of them in seconds, all with the same content."""

    def __init__(self, env):
        self.env = env
        self.database = env.cr.dbname
        self.number = 0

    @contextmanager
    def transaction(self):
        with Registry(self.database).cursor() as cr:
            yield Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def make(self, number):
        """Make the originals; they are never invoiced."""
        self.number = number
        env = self.env
        self.company = env.company
        self.company.waas_enabled = True
        products = self._make_products()
        customers = self._make_customers(min(number, MADE_BY_ORM))
        reseller = env["res.partner"].create(
            {"name": "Reseller", "is_company": True, "waas_is_reseller": True}
        )
        terms = env["waas.term"].search([])
        orders = env["sale.order"].create(
            [
                {
                    "is_waas": True,
                    "partner_id": customer.id,
                    "waas_reseller_id": reseller.id,
                    "waas_term_id": terms[index % len(terms)].id,
                }
                for index, customer in enumerate(customers)
            ]
        )
        contracts = env["contract.contract"].create(
            [
                self._prepare_contract(index, order, products)
                for index, order in enumerate(orders)
            ]
        )
        for contract in contracts:
            contract._waas_run_from(START)
        self.originals = contracts.ids
        self.copier = Copier(env, self._get_rows(contracts))
        env.cr.execute("ANALYZE")
        env.cr.commit()

    @staticmethod
    def _get_rows(contracts):
        """What belongs to contracts: table -> ids."""
        return {
            "sale_order": contracts.waas_order_id.ids,
            "contract_contract": contracts.ids,
            "contract_line": contracts.contract_line_ids.ids,
            "waas_installment": contracts.waas_installment_ids.ids,
        }

    def _make_products(self):
        taxes = self.env["account.tax"].search(
            [
                ("company_id", "=", self.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
                ("price_include", "=", False),
            ]
        )
        by_rate = {tax.amount: tax for tax in taxes.sorted("sequence", reverse=True)}
        rates = [by_rate[rate] for rate in (21.0, 9.0, 0.0) if rate in by_rate]
        return self.env["product.product"].create(
            [
                {
                    "name": f"Rent {index}",
                    "type": "service",
                    "taxes_id": rates[index % len(rates)].ids,
                }
                for index in range(8)
            ]
        )

    def _make_customers(self, number):
        split = self.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 33.33, "nb_days": 10}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 66.67, "nb_days": 40}
                    ),
                ],
            }
        )
        month = self.env.ref("account.account_payment_term_30days")
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {index}",
                    "is_company": True,
                    "country_id": self.env.ref("base.nl").id,
                    "property_payment_term_id": (split if index % 5 == 0 else month).id,
                }
                for index in range(number)
            ]
        )

    def _prepare_contract(self, index, order, products):
        values = order._waas_prepare_contract()
        currency = self._get_currency(index)
        lines = [
            (product, 1.0 + (index + place) % 7, self._get_price(index, place))
            for place, product in enumerate(products[: 1 + index % 8])
        ]
        monthly = currency.round(
            sum(currency.round(price * quantity) for _p, quantity, price in lines)
        )
        return {
            **values,
            "manual_currency_id": currency.id,
            "payment_term_id": order.partner_id.property_payment_term_id.id,
            "waas_monthly_amount": monthly,
            "waas_total_amount": monthly * order.waas_term_id.months,
            "contract_line_ids": [
                Command.create(
                    {
                        "product_id": product.id,
                        "name": f"{product.name}\n#START# - #END#",
                        "quantity": quantity,
                        "uom_id": product.uom_id.id,
                        "price_unit": price,
                        "specific_price": price,
                        "sequence": place,
                        "date_start": START,
                        "recurring_next_date": START,
                        "recurring_rule_type": "monthly",
                        "recurring_interval": 1,
                        "recurring_invoicing_type": "pre-paid",
                    }
                )
                for place, (product, quantity, price) in enumerate(lines)
            ],
        }

    def _get_currency(self, index):
        """One in ten rents in dollars."""
        dollar = self.env.ref("base.USD")
        if index % 10 or dollar == self.company.currency_id:
            return self.company.currency_id
        if not dollar._waas_has_rate(self.company, START):
            dollar.active = True
            self.env["res.currency.rate"].create(
                {
                    "currency_id": dollar.id,
                    "name": "2020-01-01",
                    "rate": 1.0837,
                    "company_id": self.company.id,
                }
            )
        return dollar

    @staticmethod
    def _get_price(index, place):
        """Every contract its own prices, some of which round badly."""
        return round(3.33 + place * 7.45 + index * 0.37, 2)

    # === TWINS ===#

    def get_twins(self, number=None):
        """Copy contracts, and make the run that invoices the copies."""
        number = number or self.number
        with self.transaction() as env:
            ids = self._copy(env, number)
            run = env["waas.invoice.run"].create(
                {"date": START, "invoice_date": START, "company_id": self.company.id}
            )
            # As a run that takes up what it left behind, it takes nothing else.
            run.write({"state": "running", "is_retry": True})
            env.cr.execute(
                "UPDATE waas_installment SET run_id = %s "
                "WHERE contract_id = ANY(%s) AND number = 1",
                [run.id, ids],
            )
            env.cr.execute("ANALYZE waas_installment, contract_contract, contract_line")
            env.cr.commit()
            return Twins(run.id, ids)

    def get_oca_twins(self):
        """The same contracts as OCA's own."""
        with self.transaction() as env:
            ids = self._copy(env, self.number)
            env.cr.execute(
                "DELETE FROM waas_installment WHERE contract_id = ANY(%s)", [ids]
            )
            env.cr.execute(
                "UPDATE contract_contract SET generation_type = 'invoice', "
                "waas_state = NULL, waas_order_id = NULL WHERE id = ANY(%s)",
                [ids],
            )
            env.cr.commit()
        return ids

    def _copy(self, env, number):
        """Copy the originals so often that there are ``number``.

        :return: ids of the contracts, twin after twin in the order of the originals
        """
        ids = []
        while len(ids) < number:
            originals = self.originals[: number - len(ids)]
            rows = self._get_rows(env["contract.contract"].browse(originals))
            shift = self.copier.copy(env, only=rows)
            ids += [contract_id + shift for contract_id in originals]
        return ids

    def read_ledger(self, contract_ids):
        """What was posted, contract by contract, without what must differ: ids, numbers
        and the texts that hold them."""
        with self.transaction() as env:
            rows = env.execute_query(
                SQL(
                    """
                    WITH mine AS (
                        SELECT DISTINCT line.move_id, contract_line.contract_id
                          FROM account_move_line line
                          JOIN contract_line ON contract_line.id = line.contract_line_id
                         WHERE contract_line.contract_id = ANY(%s))
                    SELECT mine.contract_id,
                           move.state, move.payment_state, move.partner_id,
                           move.currency_id, move.invoice_date, move.date,
                           move.invoice_date_due, move.fiscal_position_id,
                           move.invoice_payment_term_id, move.ref, move.invoice_origin,
                           move.amount_untaxed, move.amount_tax, move.amount_total,
                           move.amount_residual_signed,
                           array_agg(ARRAY[
                               line.display_type, line.account_id::text,
                               line.product_id::text, line.tax_line_id::text,
                               line.date_maturity::text, line.reconciled::text,
                               trim_scale(line.quantity::numeric)::text,
                               trim_scale(line.price_unit::numeric)::text,
                               trim_scale(line.balance)::text,
                               trim_scale(line.amount_currency)::text,
                               trim_scale(line.price_subtotal)::text,
                               trim_scale(line.price_total)::text,
                               trim_scale(line.tax_base_amount)::text,
                               trim_scale(line.amount_residual)::text,
                               CASE WHEN line.display_type = 'product'
                                    THEN line.name END]
                               ORDER BY line.display_type, line.sequence,
                                        line.product_id, line.tax_line_id,
                                        line.date_maturity, line.balance)
                      FROM mine
                      JOIN account_move move ON move.id = mine.move_id
                      JOIN account_move_line line ON line.move_id = move.id
                     GROUP BY mine.contract_id, move.id
                    """,
                    contract_ids,
                )
            )
        by_contract = {row[0]: row[1:] for row in rows}
        if len(by_contract) != len(rows):
            raise AssertionError("a contract was invoiced twice")
        return [by_contract.get(contract_id) for contract_id in contract_ids]
