"""A small WaaS world for benchmarks, made through the ORM."""

from odoo import Command


def make_catalogue(env):
    """A bundle with two devices, a license with an upgrade, and an option.

    :return: dict of products and the price list
    """
    company = env.company
    company.waas_enabled = True
    manufacturer = env["waas.manufacturer"].create(
        {"name": "Benchmark Devices", "approved": True}
    )

    def product(name, role, **values):
        return env["product.product"].create(
            {"name": name, "waas_role": role, "type": "service", **values}
        )

    laptop, monitor = (
        make_device(env, manufacturer, name) for name in ("Laptop", "Monitor")
    )
    basic, premium = product("Basic", "license"), product("Premium", "license")
    upgrade = product("Upgrade", "upgrade", waas_component_id=premium.id)
    option = product("Option", "option", waas_component_id=monitor.id)
    bundle = product(
        "Workplace",
        "bundle",
        waas_option_ids=option.ids,
        waas_slot_ids=[
            Command.create({"name": "Laptop", "component_id": laptop.id}),
            Command.create({"name": "Monitor", "component_id": monitor.id}),
            Command.create(
                {
                    "name": "Office",
                    "component_id": basic.id,
                    "upgrade_ids": upgrade.ids,
                }
            ),
        ],
    )
    pricelist = env["product.pricelist"].create(
        {"name": "Benchmark", "currency_id": company.currency_id.id}
    )
    for priced, base in ((bundle, 45.99), (upgrade, 4.5), (option, 2.5)):
        for term in env["waas.term"].search([]):
            env["product.pricelist.item"].create(
                {
                    "pricelist_id": pricelist.id,
                    "product_tmpl_id": priced.product_tmpl_id.id,
                    "waas_term_id": term.id,
                    "fixed_price": round(base * (60 - term.months) / 24, 2),
                    "waas_commission_unit": term.months,
                }
            )
    company.waas_pricelist_id = pricelist
    return {
        "bundle": bundle,
        "upgrade": upgrade,
        "option": option,
        "office_slot": bundle.waas_slot_ids[-1],
        "pricelist": pricelist,
    }


def make_device(env, manufacturer, name, **values):
    """A device as the catalogue has it."""
    return env["product.product"].create(
        {
            "name": name,
            "waas_role": "device",
            "type": "consu",
            "is_storable": True,
            "tracking": "serial",
            "waas_manufacturer_id": manufacturer.id,
            "waas_mpn": f"MPN-{name}",
            **values,
        }
    )


def make_parties(env):
    """A reseller and an end customer."""
    return env["res.partner"].create(
        [
            {"name": "Reseller", "is_company": True, "waas_is_reseller": True},
            {"name": "Customer", "is_company": True, "email": "c@customer.example"},
        ]
    )


def make_order(env, catalogue, parties, lines):
    """A quotation with so many configured bundle lines."""
    reseller, customer = parties
    order = env["sale.order"].create(
        {
            "is_waas": True,
            "partner_id": customer.id,
            "waas_reseller_id": reseller.id,
            "waas_term_id": env.ref("also_waas.waas_term_36").id,
        }
    )
    for _line in range(lines):
        order._waas_add_bundle(
            catalogue["bundle"],
            2,
            upgrades={catalogue["office_slot"]: catalogue["upgrade"]},
            options={catalogue["option"]: 2},
        )
    env.flush_all()
    return order


def make_contract(env, catalogue, parties, start, lines=1):
    """A running contract from ``start``, without the gate and the delivery: its months
    are planned, none is invoiced."""
    order = make_order(env, catalogue, parties, lines)
    contract = env["contract.contract"].create(order._waas_prepare_contract())
    contract._waas_run_from(start)
    return contract


def capitalise(env, months=36, residual_percent=0.0):
    """Let the company book what it rents out as rental equipment."""
    kinds = {
        "equipment": "asset_fixed",
        "accumulated": "asset_fixed",
        "depreciation": "expense_depreciation",
        "write_off": "expense",
        "stock": "asset_current",
    }
    accounts = {
        name: env["account.account"]
        .create({"name": name, "code": f"WAAS.{number}", "account_type": kind})
        .id
        for number, (name, kind) in enumerate(kinds.items())
    }
    journal = env["account.journal"].create(
        {"name": "Fleet", "code": "FLEET", "type": "general"}
    )
    env.company.write(
        {
            "account_stock_valuation_id": accounts.pop("stock"),
            **{f"waas_{name}_account_id": id_ for name, id_ in accounts.items()},
            "waas_fleet_journal_id": journal.id,
            "waas_depreciation_months": months,
            "waas_residual_percent": residual_percent,
            "waas_capitalise": True,
        }
    )
