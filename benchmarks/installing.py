"""How long does it take to install the product into a database that is in use?

Two databases with the same modules of Odoo and OCA: a new one, and one with thousands
of orders, order lines, deliveries, products and serial numbers that have nothing to do
with rentals. The product is installed into both. In the full one no row of these may be
stamped as changed, and it may not take longer for there being many.
"""

import json
import time
from contextlib import closing

from _ordinary import OrdinaryWorld

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.sql_db import db_connect
from odoo.tools import SQL

WITHOUT_US = True
GOAL_SECONDS = 30
GOAL_GROWTH = 1.5
LINES = 5
LONG_AGO = "2020-01-01"


def add_arguments(parser):
    parser.add_argument("--without", required=True, help="the database without us")
    parser.add_argument("--orders", type=int, default=30_000, metavar="N")
    parser.add_argument("--serials", type=int, default=100_000, metavar="N")
    parser.add_argument("--products", type=int, default=5_000, metavar="N")


def main(env, args):
    """Install, measure and compare; the last line is JSON. Status 1: a goal is
    missed."""
    full = f"{args.without}_full"
    run_outside(f'CREATE DATABASE "{full}" TEMPLATE "{args.without}"')
    try:
        print("Making a database in use …", flush=True)
        counts = fill(full, args)
        rows = ", ".join(f"{count} {table}" for table, count in counts.items())
        print(f"{rows}\nInstalling into both …", flush=True)
        seconds = {"new": install(args.without), "full": install(full)}
        stamped = find_stamped(full, counts)
    finally:
        run_outside(f'DROP DATABASE "{full}" WITH (FORCE)')
    growth = seconds["full"] / seconds["new"]
    print(f"new database {seconds['new']:.1f} s, full {seconds['full']:.1f} s")
    figures = {
        **{f"seconds_{name}": round(value, 1) for name, value in seconds.items()},
        "growth": round(growth, 2),
        "rows": counts,
        "stamped": stamped,
    }
    print(json.dumps(figures))
    missed = stamped or seconds["full"] > GOAL_SECONDS or growth > GOAL_GROWTH
    return 1 if missed else 0


def run_outside(statement):
    """Run what PostgreSQL does outside of any transaction and database."""
    with closing(db_connect("postgres").cursor()) as cr:
        cr._cnx.autocommit = True
        cr.execute(statement)


# === A DATABASE IN USE ===#


def fill(database, args):
    """Make an ordinary order, its delivery, a product and a serial number, and copy
    them in the database.

    :return: dict of number of rows by table
    """
    with Registry(database).cursor() as cr:
        world = OrdinaryWorld(Environment(cr, SUPERUSER_ID, {}), LINES)
        made = {}
        world.create_order(made)()
        world.confirm_order(made)()
        cr.flush()
        cr.execute("SET session_replication_role = replica")  # copies need no checks
        order, picking = made["order"], made["order"].picking_ids
        first = copy(cr, order, args.orders, name=True)
        for line in order.order_line:
            copy(cr, line, args.orders, order_id=first)
        picked = copy(cr, picking, args.orders, name=True, sale_id=first)
        for move in picking.move_ids:
            copy(cr, move, args.orders, picking_id=picked)
        copy(cr, world.serialised.stock_quant_ids.lot_id[0], args.serials, name=True)
        copy(cr, world.goods[0].product_tmpl_id, args.products)
        tables = (
            *("sale_order", "sale_order_line", "stock_picking", "stock_move"),
            *("stock_lot", "product_template"),
        )
        counts = {}
        for table in tables:
            cr.execute(
                SQL("UPDATE %s SET write_date = %s", SQL.identifier(table), LONG_AGO)
            )
            counts[table] = cr.rowcount
        cr.commit()
        cr._cnx.autocommit = True
        cr.execute("VACUUM ANALYZE")
    Registry.delete(database)
    return counts


def copy(cr, record, number, *, name=False, **links):
    """Copy a row so many times, with all constraints and keys in place: a `Multiplier`
    would drop foreign keys, which the installation would then make again.

    :param bool name: whether its name has to differ
    :param links: columns that point to the copies of another row, and the id of the
        first of these
    :return: id of the first copy
    """
    table = record._table
    cr.execute(
        SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
            table,
        )
    )
    columns = [column for (column,) in cr.fetchall()]
    cr.execute(SQL("SELECT max(id) FROM %s", SQL.identifier(table)))
    base = cr.fetchone()[0]
    values = {column: SQL.identifier(column) for column in columns}
    values["id"] = SQL("%s + copy", base)
    if name:
        values["name"] = SQL("name || '-' || copy")
    for column, first in links.items():
        if column in values:
            values[column] = SQL("%s + copy - 1", first)
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s, generate_series(1, %s) AS copy "
            "WHERE id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(values.values()),
            SQL.identifier(table),
            number,
            record.id,
        )
    )
    cr.execute(SQL("SELECT setval(%s, %s)", f"{table}_id_seq", base + number))
    return base + 1


# === INSTALLING ===#


def install(database):
    """:return: seconds"""
    began = time.perf_counter()
    Registry.new(database, update_module=True, install_modules={"also_waas"})
    return time.perf_counter() - began


def find_stamped(database, counts):
    """:return: dict of number of rows that the installation wrote, by table"""
    stamped = {}
    with Registry(database).cursor() as cr:
        for table in counts:
            cr.execute(
                SQL(
                    "SELECT count(*) FROM %s WHERE write_date > %s",
                    SQL.identifier(table),
                    LONG_AGO,
                )
            )
            if number := cr.fetchone()[0]:
                stamped[table] = number
    return stamped
