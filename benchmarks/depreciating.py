"""How long does it take to depreciate the rented-out fleet, and does a device cost the
same among many?

Devices of three prices were delivered a year ago, and their first twelve months are in
the books. Measured is the scheduled action in the month after: one more month of each.
"""

from decimal import ROUND_HALF_UP, Decimal

from _growth import Copier, Growth, add_size_arguments, ensure
from _world import capitalise, make_catalogue, make_contract, make_device, make_parties
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import SQL

SMALL, FULL = 1_000, 10_000
ORIGINALS = 200
HISTORY = 12
MONTHS, RESIDUAL = 36, 12.5
COSTS = (1000.0, 1234.57, 799.99)
QUERIES = {"depreciating": 3}
NOT_YET = "2099-01-01"


def add_arguments(parser):
    add_size_arguments(parser, SMALL, FULL, "devices")


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    world = World(env, max(args.small, args.full))
    growth = Growth(env, "device", args)

    def work(size):
        with growth.transaction() as fresh:
            world.prepare(fresh, size)
        with growth.step("depreciating", size) as fresh:
            fresh["waas.asset"]._cron_depreciate(world.today)
        with growth.transaction() as fresh:
            world.check(fresh, size)

    return growth.tell(growth.run(work), QUERIES)


class World:
    """A fleet in the middle of its life; each round does the same month again."""

    def __init__(self, env, number):
        self.today = fields.Date.today().replace(day=10)
        self.month = self.today.replace(day=1) - relativedelta(days=1)
        self.start = self.month.replace(day=1) - relativedelta(months=HISTORY)
        capitalise(env, MONTHS, RESIDUAL)
        self._make_originals(env)
        self._multiply(env, number)
        env.cr.execute("ANALYZE")
        env.cr.commit()

    def _make_originals(self, env):
        catalogue = make_catalogue(env)
        contract = make_contract(env, catalogue, make_parties(env), self.start)
        laptop = catalogue["bundle"].waas_slot_ids[0].component_id
        products = [
            make_device(
                env, laptop.waas_manufacturer_id, f"Laptop {cost}", standard_price=cost
            )
            for cost in COSTS
        ]
        devices = env["stock.lot"].create(
            [
                {
                    "name": f"D{index}",
                    "product_id": products[index % len(products)].id,
                    "company_id": env.company.id,
                }
                for index in range(ORIGINALS)
            ]
        )
        devices._waas_arrive(contract, self.start)
        assets = devices.waas_asset_ids
        assets._depreciate_up_to(self.month.replace(day=1) - relativedelta(days=1))
        env.flush_all()
        self.originals = {
            "stock_lot": devices.ids,
            "waas_asset": assets.ids,
            "waas_depreciation": assets.depreciation_ids.ids,
        }
        ensure(
            len(assets) == ORIGINALS
            and len(assets.depreciation_ids) == ORIGINALS * HISTORY,
            "the world is not as it should be",
        )

    def _multiply(self, env, number):
        copier = Copier(env, self.originals)
        for copy in range((number - 1) // ORIGINALS):
            name = SQL("name || '.' || %s", str(copy))
            copier.copy(env, {"stock_lot": {"name": name}})

    # === A ROUND ===#

    def prepare(self, env, size):
        """Take the month back, and let so many devices take part."""
        env.cr.execute(
            """
            DELETE FROM waas_depreciation WHERE month >= %(month)s;
            WITH part AS (SELECT id FROM waas_asset ORDER BY id LIMIT %(size)s),
                 sums AS (SELECT asset_id, SUM(amount) AS amount
                            FROM waas_depreciation GROUP BY asset_id)
            UPDATE waas_asset
               SET date_start = CASE WHEN id IN (SELECT id FROM part)
                                     THEN %(start)s ELSE %(not_yet)s END::date,
                   depreciated_amount = sums.amount,
                   book_value = cost - sums.amount
              FROM sums
             WHERE sums.asset_id = waas_asset.id;
            ANALYZE waas_asset;
            ANALYZE waas_depreciation;
            """,
            {
                "month": self.month,
                "size": size,
                "start": self.start,
                "not_yet": NOT_YET,
            },
        )

    def check(self, env, size):
        """Each device once, to the cent, and the entry is what the rows add up to."""
        rows = env["waas.depreciation"].search([("month", "=", self.month)])
        ensure(
            len(rows) == len(rows.asset_id) == size,
            f"{len(rows)} months of {len(rows.asset_id)} devices instead of {size}",
        )
        for row in rows:
            asset = row.asset_id
            ensure(
                _as_cents(row.amount) == _get_expected(asset.cost),
                f"{asset.device_id.name} lost {row.amount} in the month",
            )
            ensure(
                _as_cents(asset.depreciated_amount + asset.book_value)
                == _as_cents(asset.cost),
                f"{asset.device_id.name}: cost is not depreciated plus left",
            )
        total = sum(_as_cents(row.amount) for row in rows)
        moves = rows.move_id
        ensure(set(moves.mapped("state")) == {"posted"}, "an entry is not posted")
        booked = sum(_as_cents(line.debit) for line in moves.line_ids)
        ensure(booked == total, f"{booked} is booked, the devices lost {total}")


def _as_cents(amount):
    return Decimal(str(amount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _get_expected(cost):
    """What a device loses in the month after its first year, in other words than the
    product's."""
    cost = _as_cents(cost)
    residual = _as_cents(cost * Decimal(str(RESIDUAL)) / 100)
    after, before = (
        _as_cents((cost - residual) * number / MONTHS)
        for number in (HISTORY + 1, HISTORY)
    )
    return after - before
