"""How long does it take to end contracts early, and does a contract cost the same among
many?

Each contract is of another end customer: two workplaces at three prices, six devices,
seats of the marketplace, three months invoiced, and an early termination that was
signed for today. Measured is the scheduled action that applies them: it invoices all
that is owed, ends the contract, cancels the seats and asks for the devices.
"""

from decimal import Decimal

from _growth import Copier, Growth, add_size_arguments, ensure
from _world import make_catalogue, make_contract, make_device
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tools import SQL

SMALL, FULL = 100, 1_000
ORIGINALS = 100
INVOICED = 3
DEVICES = 6
QUERIES = {"terminating": 60}
NOTHING = "0" * 64


def add_arguments(parser):
    add_size_arguments(parser, SMALL, FULL, "contracts")


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    world = World(env)
    growth = Growth(env, "contract", args)

    def work(size):
        with growth.transaction() as fresh:
            ids = world.prepare(fresh, size)
        with growth.step("terminating", size) as fresh:
            fresh["waas.change"]._cron_end_early()
        with growth.transaction() as fresh:
            world.check(fresh, ids)

    return growth.tell(growth.run(work), QUERIES)


class World:
    """Contracts that run, and their early ends; each round ends copies of them."""

    def __init__(self, env):
        self.today = fields.Date.today()
        self._set_up(env)
        self._make_originals(env)
        env.cr.execute("ANALYZE")
        env.cr.commit()

    def _set_up(self, env):
        self.catalogue = make_catalogue(env)
        license_product = self.catalogue["office_slot"].component_id
        license_product.waas_marketplace_sku = "BASIC"
        self.catalogue["upgrade"].waas_component_id.waas_marketplace_sku = "PREMIUM"
        env["waas.marketplace"].create(
            {
                "company_id": env.company.id,
                "base_url": "https://marketplace.invalid",
                "api_key": "none",
                "notify_secret": "none",
                "user_id": env.user.id,
            }
        )
        manufacturer = env["waas.manufacturer"].search([], limit=1)
        self.product = make_device(env, manufacturer, "Rented")

    def _make_originals(self, env):
        reseller = env["res.partner"].create(
            {"name": "Reseller", "is_company": True, "waas_is_reseller": True}
        )
        customers = env["res.partner"].create(
            [
                {
                    "name": f"Customer {index}",
                    "is_company": True,
                    "email": f"info@{index}.example",
                    "country_id": env.ref("base.nl").id,
                }
                for index in range(ORIGINALS)
            ]
        )
        contracts = env["contract.contract"].union(
            *(self._make_contract(env, reseller, customer) for customer in customers)
        )
        changes = self._make_changes(env, contracts)
        env.flush_all()
        licenses = contracts.waas_license_ids
        orders = contracts.waas_order_id
        self.copier = Copier(
            env,
            {
                "res_partner": customers.ids,
                "sale_order": orders.ids,
                "sale_order_line": orders.order_line.ids,
                "contract_contract": contracts.ids,
                "contract_line": contracts.contract_line_ids.ids,
                "waas_installment": contracts.waas_installment_ids.ids,
                "stock_lot": contracts.waas_device_ids.ids,
                "waas_license": licenses.ids,
                "waas_marketplace_message": licenses.outbox_ids.ids,
                "waas_change": changes.ids,
                "waas_agreement": changes.waas_agreement_ids.ids,
            },
        )
        # Only copies are ended.
        env.cr.execute("UPDATE waas_change SET state = 'draft'")

    def _make_contract(self, env, reseller, customer):
        start = self.today - relativedelta(months=INVOICED - 1, days=10)
        contract = make_contract(env, self.catalogue, reseller + customer, start)
        contract._waas_make_licenses()
        contract._waas_after_activation(start)
        contract._waas_invoice_due(self.today)
        for license_ in contract.waas_license_ids:
            license_._note_seats(license_._get_target())
        devices = env["stock.lot"].create(
            [
                {
                    "name": f"{contract.name}-{number}",
                    "product_id": self.product.id,
                    "company_id": env.company.id,
                }
                for number in range(DEVICES)
            ]
        )
        devices._waas_arrive(contract, start)
        return contract

    def _make_changes(self, env, contracts):
        """Early ends that were sent and signed by both."""
        changes = env["waas.change"].create(
            [
                {"contract_id": contract.id, "kind": "termination"}
                for contract in contracts
            ]
        )
        template = changes[0]._waas_get_agreement_templates()[0]
        now = fields.Datetime.now()
        changes.write({"state": "waiting"})
        env["waas.agreement"].create(
            [
                {
                    "state": "signed",
                    "template_id": template.id,
                    "title": template.name,
                    "lang": "en_US",
                    "signatory_id": change.partner_id.id,
                    "fingerprint": change._waas_get_fingerprint(),
                    "customer_signed_by": "Ceo",
                    "customer_signed_on": now,
                    "company_signed_by_id": env.user.id,
                    "company_signed_on": now,
                    "document_sha256": NOTHING,
                    "signed_document_sha256": NOTHING,
                    **change._waas_prepare_agreement(),
                    **change._waas_prepare_amounts(),
                }
                for change in changes
            ]
        )
        return changes

    # === A ROUND ===#

    def prepare(self, env, size):
        """:return: ids of so many terminations that are signed for today"""
        ids = []
        originals = self.copier.originals["waas_change"]
        while len(ids) < size:
            suffix = f".{self.copier.copies + 1}"
            shift = self.copier.copy(
                env,
                {
                    "stock_lot": {"name": SQL("name || %s", suffix)},
                    "waas_license": {"reference": SQL("reference || %s", suffix)},
                    "waas_marketplace_message": {"key": SQL("key || %s", suffix)},
                    "contract_contract": {"name": SQL("name || %s", suffix)},
                },
            )
            ids += [id_ + shift for id_ in originals][: size - len(ids)]
        changes = env["waas.change"].browse(ids)
        changes.write({"state": "waiting"})
        for change in changes:
            # The fingerprint tells the contract, and the copy has another one.
            fingerprint = change._waas_get_fingerprint()
            change.waas_agreement_ids.fingerprint = fingerprint
        env.flush_all()
        env.cr.execute("ANALYZE")
        return ids

    def check(self, env, ids):
        """All that is owed is invoiced once (R11), seats end, devices are asked for."""
        for change in env["waas.change"].browse(ids):
            contract = change.contract_id
            ensure(
                change.state == "applied" and contract.waas_state == "ended",
                f"{contract.name} was not ended",
            )
            moves = change.move_ids
            ensure(set(moves.mapped("state")) == {"posted"}, "nothing was posted")
            months = contract.waas_installment_ids
            owed = months[INVOICED:]
            ensure(
                owed.move_id == moves and not moves & months[:INVOICED].move_id,
                f"{contract.name}: not every month has its invoice",
            )
            ensure(
                _sum(moves, "amount_untaxed") == _sum(owed, "amount")
                and _sum(months, "amount") == _as_cents(contract.waas_total_amount)
                and _as_cents(contract.waas_invoiced_amount)
                == _as_cents(contract.waas_total_amount),
                f"{contract.name}: what is invoiced is not its total",
            )
            licenses = contract.waas_license_ids
            ensure(
                licenses
                and set(licenses.mapped("date_cancel")) == {self.today}
                and all(
                    license_._get_last_change().operation == "cancel"
                    for license_ in licenses
                ),
                f"{contract.name}: its seats go on",
            )
            lines = contract.waas_return_line_ids
            ensure(
                len(lines) == DEVICES
                and lines.device_id == contract.waas_device_ids
                and len(lines.return_id) == 1
                and lines.return_id.reason == "early",
                f"{contract.name}: its devices are not asked for",
            )


def _as_cents(amount):
    return Decimal(f"{amount:.2f}")


def _sum(records, name):
    return sum(map(_as_cents, records.mapped(name)))
