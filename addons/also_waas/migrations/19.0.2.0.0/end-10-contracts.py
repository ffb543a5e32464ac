"""What contracts of earlier versions lack: commission, licenses, a chain of custody,
reports to manufacturers. Each is made by the methods that make it for a new contract,
and only where there is none."""

from openupgradelib import openupgrade


@openupgrade.migrate()
def migrate(env, version):
    contracts = env["contract.contract"].with_context(active_test=False)
    contracts = contracts.search([("generation_type", "=", "waas")])
    _earn_commission(contracts)
    _make_licenses(contracts)
    _begin_custody(env)
    _report_sellout(env)
    _refresh_deals(env)


def _earn_commission(contracts):
    """An order earns once, when it is confirmed (R1). A cancelled one earns nothing."""
    for contract in contracts:
        if not contract.waas_commission_ids and contract.waas_state != "cancelled":
            contract.waas_order_id._waas_accrue_new()


def _make_licenses(contracts):
    """The marketplace sells nothing twice: seats of running contracts were ordered by
    hand, so a user confirms what is there (*Note as Provisioned*). Those of contracts
    that wait for their devices are ordered with their start, as always."""
    lacking = contracts.filtered(
        lambda one: one.waas_state in ("awaiting", "running")
        and not one.waas_license_ids
    )
    lacking._waas_make_licenses()
    for contract in lacking.filtered(lambda one: one.waas_state == "running"):
        contract.waas_license_ids.channel = "other"
        contract.waas_license_ids._start(contract.date_start)


def _begin_custody(env):
    """The chain of a device that was rented out begins with what is known today (R15).
    One that was not begins with its receipt or its delivery, as always."""
    devices = env["stock.lot"].search(
        [
            ("product_id.waas_role", "=", "device"),
            ("waas_warranty_start", "!=", False),
            ("waas_custody_length", "=", 0),
        ]
    )
    devices._waas_take_over()


def _report_sellout(env):
    """What was delivered before is in the first report (R5), which a user checks before
    it is sent."""
    env["waas.manufacturer"]._turn_on_delivered()


def _refresh_deals(env):
    """Who must act, by the rules of today."""
    env["sale.order"].search([("is_waas", "=", True)])._waas_refresh_next_actor()
    env["waas.change"].search([])._waas_refresh_next_actor()
