"""A small WaaS world for benchmarks, made through the ORM."""

from odoo import Command


def make_catalogue(env):
    """A bundle with two devices, a license with an upgrade, and an option.

    :return: dict of products and the price list
    """
    company = env.company
    manufacturer = env["waas.manufacturer"].create(
        {"name": "Benchmark Devices", "approved": True}
    )

    def product(name, role, **values):
        return env["product.product"].create(
            {"name": name, "waas_role": role, "type": "service", **values}
        )

    def device(name):
        return product(
            name,
            "device",
            type="consu",
            is_storable=True,
            tracking="serial",
            waas_manufacturer_id=manufacturer.id,
        )

    laptop, monitor = device("Laptop"), device("Monitor")
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
                    "waas_commission": term.months,
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
