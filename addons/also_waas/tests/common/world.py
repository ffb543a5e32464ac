"""A database full of running contracts, made through the ORM: for the crash test and
for benchmarks. Nothing here asserts anything, and nothing is rolled back."""

from odoo import Command

# Per month, whatever the term.
PRICES = {"Workplace": 45.99, "Upgrade": 4.5, "Second Monitor": 2.5, "Mailbox": 1.05}


def make_catalogue(env):
    """A bundle, an upgrade and two options, with prices for every term.

    :return: dict of ``product.product`` by name, those of :data:`PRICES` and components
    """

    env.company.waas_enabled = True

    def product(name, role, **values):
        return env["product.product"].create(
            {"name": name, "waas_role": role, "type": "service", **values}
        )

    basic, premium = product("Basic", "license"), product("Premium", "license")
    upgrade = product("Upgrade", "upgrade", waas_component_id=premium.id)
    options = [
        product("Second Monitor", "option", waas_component_id=basic.id),
        product("Mailbox", "option", waas_component_id=premium.id),
    ]
    bundle = product(
        "Workplace",
        "bundle",
        waas_option_ids=[option.id for option in options],
        waas_slot_ids=[
            Command.create(
                {
                    "name": "Office",
                    "component_id": basic.id,
                    "upgrade_ids": upgrade.ids,
                }
            )
        ],
    )
    catalogue = {item.name: item for item in (bundle, upgrade, *options)}
    _set_prices(env, catalogue)
    return catalogue


def _set_prices(env, catalogue):
    pricelist = env["product.pricelist"].create(
        {"name": "World", "currency_id": env.company.currency_id.id}
    )
    env["product.pricelist.item"].create(
        [
            {
                "pricelist_id": pricelist.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "waas_term_id": term.id,
                "fixed_price": PRICES[name],
            }
            for name, product in catalogue.items()
            for term in env["waas.term"].search([])
        ]
    )
    env.company.waas_pricelist_id = pricelist


def make_parties(env, customers=1):
    """A reseller and so many end customers.

    :return: tuple of ``res.partner``
    """
    reseller = env["res.partner"].create(
        {"name": "Reseller", "is_company": True, "waas_is_reseller": True}
    )
    return reseller, env["res.partner"].create(
        [
            {"name": f"Customer {number}", "is_company": True}
            for number in range(1, customers + 1)
        ]
    )


def get_quantities(index):
    """What the contract of this index rents: 1 to 4 lines, quantities that differ.

    :return: dict of quantity by name of the product
    """
    names = list(PRICES)[: 1 + index % len(PRICES)]
    workplaces = 1 + index % 7
    # An upgrade is for every workplace of its bundle, an option for as many as wanted.
    return {
        name: workplaces if name in ("Workplace", "Upgrade") else 1 + index % 3
        for name in names
    }


def make_contracts(env, catalogue, parties, starts):
    """One contract for each first day, with months planned and none invoiced; None
    instead of a day: it awaits its delivery.

    The terms go round, and so does :func:`get_quantities`. It skips the gate and the
    delivery.

    :param starts: list of date
    :return: ``contract.contract``, in the order of ``starts``
    """
    reseller, customers = parties
    terms = env["waas.term"].search([])
    # Nobody watches the making of a world.
    quiet = env["sale.order"].with_context(tracking_disable=True)
    orders = quiet.create(
        [
            {
                "is_waas": True,
                "partner_id": customers[index % len(customers)].id,
                "waas_reseller_id": reseller.id,
                "waas_term_id": terms[index % len(terms)].id,
            }
            for index in range(len(starts))
        ]
    )
    for index, order in enumerate(orders):
        _configure(order, catalogue, get_quantities(index))
    contracts = quiet.env["contract.contract"].create(
        [order._waas_prepare_contract() for order in orders]
    )
    for contract, start in zip(contracts, starts, strict=True):
        if start:
            contract._waas_run_from(start)
    env.flush_all()
    return contracts.with_env(env)


def _configure(order, catalogue, quantities):
    bundle, upgrade = catalogue["Workplace"], catalogue["Upgrade"]
    order._waas_add_bundle(
        bundle,
        quantities["Workplace"],
        upgrades={bundle.waas_slot_ids: upgrade} if "Upgrade" in quantities else {},
        options={
            catalogue[name]: quantity
            for name, quantity in quantities.items()
            if name not in ("Workplace", "Upgrade")
        },
    )
