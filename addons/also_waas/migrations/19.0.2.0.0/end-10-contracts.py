"""What contracts of earlier versions lack: commission, licenses, a chain of custody,
reports to manufacturers. Each is made by the methods that make it for a new contract, and
only where there is none."""

from openupgradelib import openupgrade

from odoo.tools import format_date


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
    if contracts.env["waas.commission"].search_count([], limit=1):
        return  # this version books it
    for contract in contracts.filtered(lambda one: one.waas_state != "cancelled"):
        contract.waas_order_id._waas_accrue_new()


def _make_licenses(contracts):
    """Seats of running contracts were ordered by hand: nothing is ordered again at the
    marketplace. A user confirms what was provisioned (*Note as Provisioned*)."""
    env = contracts.env
    if env["waas.license"].search_count([], limit=1):
        return  # this version makes them
    living = contracts.filtered(lambda one: one.waas_state in ("awaiting", "running"))
    running = living.filtered(lambda one: one.waas_state == "running")
    living._waas_make_licenses()
    running.waas_license_ids.channel = "other"
    for contract in running:
        contract.waas_license_ids._start(contract.date_start)


def _begin_custody(env):
    """The chain of a device begins with what is known of it today (R15)."""
    devices = env["stock.lot"].search(
        [("product_id.waas_role", "=", "device"), ("waas_custody_length", "=", 0)]
    )
    for device in devices:
        _take_over(device)


def _take_over(device):
    contract = device.waas_contract_id
    if contract:
        arrival = device._waas_get_arrival_line()
        device._waas_log(
            "delivered",
            document=arrival.picking_id or None,
            party=contract.partner_id,
            location=arrival.location_dest_id or None,
            note=_get_note(device, device.waas_delivered_on),
            company=contract.company_id,
        )
        return
    places = device.quant_ids.filtered(
        lambda quant: quant.quantity > 0 and quant.location_id.usage == "internal"
    )
    if places:
        device._waas_log(
            "received",
            location=places.location_id[:1],
            note=_get_note(device, device.create_date.date()),
            company=places.company_id[:1],
        )


def _get_note(device, day):
    env = device.env
    return env._(
        "Taken over from an earlier version; there since %(date)s.",
        date=format_date(env, day),
    )


def _report_sellout(env):
    """What was delivered before is in the first report (R5), which a user checks before
    it is sent."""
    env["waas.manufacturer"]._turn_on_delivered()


def _refresh_deals(env):
    """Who must act, by the rules of today."""
    orders = env["sale.order"].search([("is_waas", "=", True)])
    for model, records in (
        ("sale.order", orders),
        ("waas.change", env["waas.change"].search([])),
    ):
        env.add_to_compute(env[model]._fields["waas_next_actor"], records)
    env.flush_all()
