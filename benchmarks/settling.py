"""How long does it take to settle what resellers have earned, and does a row
of the commission ledger cost the same among many?

Everything was booked in the month before, 200 rows for each reseller. Measured is the
scheduled action that settles; then the same with all rows of one reseller; and, with
--bill, the bills of all settlements.
"""

from decimal import Decimal

from _growth import Copier, Growth, add_size_arguments, ensure
from _world import make_catalogue, make_contract, make_parties

from odoo import fields
from odoo.tools import SQL

from odoo.addons.also_waas.models.commission.waas_commission import Earning

SMALL, FULL = 1_000, 10_000
# Of each reseller: so many contracts, two rows each.
CONTRACTS = 100
ROWS = 2 * CONTRACTS
QUERIES = {"settling": 3, "one reseller": 3, "billing": 3}


def add_arguments(parser):
    add_size_arguments(parser, SMALL, FULL, "rows of the ledger")
    parser.add_argument("--bill", action="store_true", help="bill them as well")


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    world = World(env, max(args.small, args.full))
    growth = Growth(env, "row", args)

    def work(size):
        for name, resellers in (("settling", None), ("one reseller", 1)):
            with growth.transaction() as fresh:
                ids = world.book(fresh, size, resellers)
            with growth.step(name, size) as fresh:
                fresh["commission.make.settle"]._cron_waas_settle()
            with growth.transaction() as fresh:
                settlement_ids = world.check_settled(fresh, ids)
            if not args.bill or resellers:
                with growth.transaction() as fresh:
                    world.put_aside(fresh, settlement_ids)
                continue
            with growth.step("billing", size) as fresh:
                world.bill(fresh, settlement_ids)
            with growth.transaction() as fresh:
                world.check_billed(fresh, ids)

    return growth.tell(growth.run(work), QUERIES)


class World:
    """A ledger of contracts that were won last month; each round books it once more."""

    def __init__(self, env, number):
        self.today = fields.Date.today()
        self.booked = fields.Date.subtract(self.today.replace(day=1), days=5)
        env.company.waas_settlement_day = 1
        self._make_originals(env)
        self._make_resellers(env, -(-number // ROWS))
        self.copier = Copier(env, {"waas_commission": self.originals})
        env.cr.execute("ANALYZE")
        env.cr.commit()

    def _make_originals(self, env):
        catalogue, parties = make_catalogue(env), make_parties(env)
        self.reseller_id = parties[0].id
        contracts = env["contract.contract"]
        for index in range(CONTRACTS):
            contract = make_contract(env, catalogue, parties, self.booked)
            earnings = [
                Earning("bundle", catalogue["bundle"], 2, 36.17 + index),
                Earning("option", catalogue["option"], 1, 3.33),
            ]
            contract._waas_accrue("new", contract.waas_order_id, earnings)
            contracts |= contract
        env.flush_all()
        self.originals = contracts.waas_commission_ids.ids
        # These are taken back, so that nothing of them is ever settled.
        contracts.waas_commission_ids._reverse()
        env.flush_all()
        ensure(len(self.originals) == ROWS, "the world is not as it should be")

    def _make_resellers(self, env, number):
        resellers = env["res.partner"].create(
            [
                {
                    "name": f"Reseller {index}",
                    "is_company": True,
                    "waas_is_reseller": True,
                    "country_id": env.ref("base.nl").id,
                }
                for index in range(number)
            ]
        )
        resellers._waas_become_agent()
        self.reseller_ids = resellers.ids

    # === A ROUND ===#

    def book(self, env, size, resellers=None):
        """More rows of the ledger, earned and not settled.

        :return: their ids
        """
        ids = []
        reseller_ids = self.reseller_ids[:resellers]
        for index in range(-(-size // ROWS)):
            originals = self.originals[: size - len(ids)]
            number = str(self.copier.copies + 1)
            shift = self.copier.copy(
                env,
                {
                    "waas_commission": {
                        "reseller_id": SQL(
                            "%s", reseller_ids[index % len(reseller_ids)]
                        ),
                        "event_key": SQL("event_key || ':' || %s", number),
                        "date": SQL("%s::date", self.booked),
                        "date_earned": SQL("%s::date", self.booked),
                        "state": SQL("'earned'"),
                    }
                },
                {"waas_commission": originals},
            )
            ids += [id_ + shift for id_ in originals]
        env.cr.execute("ANALYZE")
        return ids

    def bill(self, env, settlement_ids):
        env["commission.settlement"].browse(settlement_ids).make_invoices(False, False)

    def put_aside(self, env, settlement_ids):
        """The next rows of the same month are to get a settlement of their own."""
        env.cr.execute(
            "UPDATE commission_settlement SET state = 'invoiced' WHERE id = ANY(%s)",
            [settlement_ids],
        )

    def check_settled(self, env, ids):
        """Each row once, with what it is worth, for whom it was earned.

        :return: ids of the settlements
        """
        rows = env["waas.commission"].browse(ids)
        lines = env["commission.settlement.line"].search(
            [("waas_commission_id", "in", ids)]
        )
        ensure(
            len(lines) == len(lines.waas_commission_id) == len(ids),
            f"{len(lines)} lines for {len(ids)} rows",
        )
        ensure(set(rows.mapped("state")) == {"settled"}, "a row is not settled")
        for line in lines:
            row = line.waas_commission_id
            ensure(
                line.settled_amount == row.amount and line.agent_id == row.reseller_id,
                f"{row.display_name} is not settled as it was earned",
            )
        settlements = lines.settlement_id
        ensure(
            len(settlements) == len(rows.reseller_id),
            "a reseller has not one settlement for the month",
        )
        ensure(
            _sum(settlements, "total") == _sum(rows, "amount"),
            "the settlements are not the sum of what was earned",
        )
        return settlements.ids

    def check_billed(self, env, ids):
        rows = env["waas.commission"].browse(ids)
        bills = rows.bill_id
        ensure(set(rows.mapped("state")) == {"billed"}, "a row is not billed")
        ensure(
            len(bills) == len(rows.reseller_id),
            "a reseller has not one bill for the month",
        )
        ensure(
            _sum(bills, "amount_untaxed") == _sum(rows, "amount"),
            "the bills are not the sum of what was earned",
        )


def _sum(records, name):
    """To the cent."""
    return sum(Decimal(f"{amount:.2f}") for amount in records.mapped(name))
