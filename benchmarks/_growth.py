"""What benchmarks of growth have in common: the same work at a small number and at the
full one, in turn, and what each item costs at either.

Steps run in transactions of their own, from a cold cache, and are committed within the
time that is taken. The median of the rounds counts; the machine may be at work on
something else.
"""

import json
import statistics
import time
from collections import defaultdict
from contextlib import contextmanager

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.tools import SQL

GROWTH_GOAL = 1.15
ROUNDS = 3


def add_size_arguments(parser, small, full, what):
    parser.add_argument(
        "--small", type=int, default=small, metavar="N", help=f"so few {what}"
    )
    parser.add_argument(
        "--full", type=int, default=full, metavar="N", help=f"so many {what}"
    )
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="medians are taken over these"
    )


class Wrong(Exception):
    """What was measured did not do what it should."""


class Growth:
    """Samples of steps at two sizes.

    :param str item: what is counted, in the singular
    """

    def __init__(self, env, item, args):
        self.database = env.cr.dbname
        self.item = item
        self.sizes = (args.small, args.full)
        self.rounds = args.rounds
        self.samples = defaultdict(list)

    # === MEASURING ===#

    @contextmanager
    def transaction(self, user_id=SUPERUSER_ID):
        """An environment of its own; what was done is committed."""
        with Registry(self.database).cursor() as cr:
            yield Environment(cr, user_id, {})

    @contextmanager
    def step(self, name, size, user_id=SUPERUSER_ID):
        """Measure what is done in an environment, its commit included."""
        with self.transaction(user_id) as env:
            env.user.has_group("base.group_user")  # what any request has looked up
            before_mb = reset_peak_mb()
            queries, began = env.cr.sql_log_count, time.perf_counter()
            yield env
            env.cr.commit()
            seconds = time.perf_counter() - began
            queries = env.cr.sql_log_count - queries
            peak = max(get_memory_mb("VmHWM") - before_mb, 0)
        self.samples[name, size].append((seconds * 1000 / size, queries / size, peak))
        print(
            f"  {name} {size}: {seconds * 1000 / size:.2f} ms, "
            f"{queries / size:.2f} queries per {self.item}",
            flush=True,
        )

    def run(self, work):
        """Call ``work(size)`` at both sizes in turn, round after round.

        :return: whether what it did was right
        """
        try:
            for _round in range(self.rounds):
                for size in self.sizes:
                    work(size)
        except Wrong as problem:
            print(f"✗ {problem}")
            return False
        return True

    # === TELLING ===#

    def tell(self, is_right, query_goals):
        """Print a table and the goals; the last line is JSON.

        :param dict query_goals: the most queries for each item, by step
        :return: the exit status
        """
        result = {"small": self.sizes[0], "full": self.sizes[1], "right": is_right}
        print(
            f"\n{'':16} {'number':>7} {'ms':>9} {'queries':>9} {'peak MB':>8}"
            f"   for each {self.item}; peak of all"
        )
        for name in dict.fromkeys(name for name, _size in self.samples):
            result[name] = self._tell_step(name, query_goals.get(name))
        print(json.dumps(result))
        return 0 if is_right else 1

    def _tell_step(self, name, query_goal):
        medians = []
        for size in self.sizes:
            samples = self.samples[name, size]
            if not samples:
                return None
            ms, queries, peak = map(statistics.median, zip(*samples, strict=True))
            print(f"{name:16} {size:7} {ms:9.3f} {queries:9.3f} {peak:8.0f}")
            medians.append((ms, queries, peak))
        (small_ms, small_queries, _mb), (full_ms, full_queries, full_mb) = medians
        growth = full_ms / small_ms
        query_growth = full_queries / small_queries
        goals = [("growth of ms", growth, GROWTH_GOAL)]
        goals.append(("growth of queries", query_growth, GROWTH_GOAL))
        if query_goal:
            goals.append(("queries", full_queries, query_goal))
        for what, found, goal in goals:
            mark = "✓" if found <= goal else "✗"
            print(f"  {mark} {what} {found:.2f} (goal <= {goal})")
        return {
            "ms": [round(small_ms, 3), round(full_ms, 3)],
            "queries": [round(small_queries, 3), round(full_queries, 3)],
            "growth_ms": round(growth, 2),
            "growth_queries": round(query_growth, 2),
            "peak_mb": round(full_mb),
        }


def ensure(is_right, problem):
    """:raises Wrong: when something is not as it should be"""
    if not is_right:
        raise Wrong(problem)


def reset_peak_mb():
    with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
        file.write("5")
    return get_memory_mb("VmRSS")


def get_memory_mb(name):
    with open("/proc/self/status", encoding="ascii") as file:
        [line] = [line for line in file if line.startswith(name)]
    return int(line.split()[1]) / 1024


# === COPIES ===#

COPY_SHIFT = 1_000_000


class Copier:
    """Rows of one world, multiplied by the database: thousands of them in seconds, all
    with the same content. What points from one of them to another points to its copy.

    :param dict originals: table -> ids, a table before those that point to it
    """

    def __init__(self, env, originals):
        env.flush_all()
        self.originals = originals
        self.copies = 0
        self.columns = {table: _get_columns(env, table) for table in originals}
        self.targets = {table: _get_targets(env, table) for table in originals}

    def copy(self, env, values=None, only=None):
        """Copy rows once.

        :param dict values: table -> dict of column -> ``SQL`` of a value in place of
            the original's
        :param dict only: table -> ids, fewer than the originals
        :return: what was added to each id
        """
        self.copies += 1
        shift = self.copies * COPY_SHIFT
        env.flush_all()
        rows = only or self.originals
        for table, ids in rows.items():
            self._copy_table(env, table, ids, rows, shift, (values or {}).get(table))
        env.invalidate_all()
        return shift

    def _copy_table(self, env, table, ids, rows, shift, values):
        values = values or {}

        def get_value(column):
            name, target = SQL.identifier(column), self.targets[table].get(column)
            if column in values:
                return values[column]
            if column == "id":
                return SQL("id + %s", shift)
            if target in rows:
                return SQL(
                    "CASE WHEN %s = ANY(%s) THEN %s + %s ELSE %s END",
                    name,
                    rows[target],
                    name,
                    shift,
                    name,
                )
            return name

        columns = self.columns[table]
        env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) "
                "SELECT %(values)s FROM %(table)s WHERE id = ANY(%(ids)s)",
                table=SQL.identifier(table),
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(map(get_value, columns)),
                ids=ids,
            )
        )
        env.cr.execute(
            SQL(
                "SELECT setval(%s, (SELECT max(id) FROM %s))",
                f"{table}_id_seq",
                SQL.identifier(table),
            )
        )


def _get_columns(env, table):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    return [name for (name,) in env.cr.fetchall()]


def _get_targets(env, table):
    """Which table each column points to."""
    env.cr.execute(
        """
        SELECT attribute.attname, target.relname
          FROM pg_constraint fkey
          JOIN pg_class source ON source.oid = fkey.conrelid
          JOIN pg_class target ON target.oid = fkey.confrelid
          JOIN pg_attribute attribute ON attribute.attrelid = fkey.conrelid
           AND attribute.attnum = fkey.conkey[1]
         WHERE fkey.contype = 'f' AND source.relname = %s
        """,
        [table],
    )
    return dict(env.cr.fetchall())
