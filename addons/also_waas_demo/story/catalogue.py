"""Chapter: manufacturers, devices, licenses, services, and the bundles made of them."""

from odoo import Command

# key: name, approved, warranty, longest possible warranty, country, city
MANUFACTURERS = {
    "lumina": ("Lumina Systems", True, 36, 60, "base.de", "München"),
    "nordview": ("Nordview Displays", True, 36, 48, "base.se", "Göteborg"),
    "dockworks": ("Dockworks", True, 36, 36, "base.tw", "Taipei"),
    "kestrel": ("Kestrel Rugged", False, 12, 24, "base.uk", "Bristol"),
    "microsoft": ("Microsoft", True, 36, 36, "base.us", "Redmond"),
}

# code: name, manufacturer, cost
DEVICES = {
    "LUM-A14": ("Lumina Aero 14 (14 inch, 16 GB, 512 GB)", "lumina", 742.50),
    "LUM-A14P": ("Lumina Aero 14 (14 inch, 32 GB, 1 TB)", "lumina", 918.00),
    "LUM-A13": ("Lumina Aero 13 LTE (13 inch, 16 GB, 512 GB)", "lumina", 884.00),
    "LUM-F16": ("Lumina Forge 16 (16 inch, 64 GB, RTX 2000)", "lumina", 1894.00),
    "DW-D100": ("Dockworks D100 USB-C dock", "dockworks", 118.40),
    "DW-T40": ("Dockworks T40 travel dock", "dockworks", 64.90),
    "DW-TB5": ("Dockworks TB5 Thunderbolt dock", "dockworks", 236.00),
    "DW-H2": ("Dockworks H2 wireless headset", "dockworks", 78.25),
    "NV-24": ("Nordview 24 inch monitor", "nordview", 128.00),
    "NV-27": ("Nordview 27 inch 4K monitor", "nordview", 289.00),
    "KES-R10": ("Kestrel R10 rugged tablet", "kestrel", 1120.00),
}

# license: SKU in the marketplace, cost per seat and month
SUBSCRIPTIONS = {
    "O365-ESS": ("O365-BE-NL", 4.20),
    "O365-PREM": ("O365-BP-NL", 10.50),
}

# code: role, English name, Dutch name, delivers
OFFERS = {
    "O365-ESS": ("license", "Office 365 Business Essentials", None, None),
    "O365-PREM": ("license", "Office 365 Business Premium", None, None),
    "SRV-HELP": (
        "service",
        "Helpdesk on working days, 8:00 to 18:00",
        "Helpdesk op werkdagen, 8.00 tot 18.00 uur",
        None,
    ),
    "SRV-IMAGE": (
        "service",
        "Configuration with your image",
        "Configuratie met uw image",
        None,
    ),
    "SRV-SWAP": (
        "service",
        "Next-business-day swap",
        "Omruil op de volgende werkdag",
        None,
    ),
    "SRV-WIPE": (
        "service",
        "Certified data erasure at the end",
        "Gecertificeerde datavernietiging na afloop",
        None,
    ),
    "SRV-COVER": (
        "service",
        "Accident cover without excess",
        "Ongevallendekking zonder eigen risico",
        None,
    ),
    "UPG-PREM": (
        "upgrade",
        "Upgrade to Office 365 Business Premium",
        "Upgrade naar Office 365 Business Premium",
        "O365-PREM",
    ),
    "UPG-32GB": (
        "upgrade",
        "Upgrade to 32 GB memory and 1 TB",
        "Upgrade naar 32 GB geheugen en 1 TB",
        "LUM-A14P",
    ),
    "UPG-27": (
        "upgrade",
        "Upgrade to a 27 inch 4K monitor",
        "Upgrade naar een 27-inch 4K-monitor",
        "NV-27",
    ),
    "OPT-MON": (
        "option",
        "Second monitor, 24 inch",
        "Tweede monitor, 24 inch",
        "NV-24",
    ),
    "OPT-HEAD": ("option", "Wireless headset", "Draadloze headset", "DW-H2"),
    "OPT-COVER": (
        "option",
        "Extended accident cover",
        "Uitgebreide ongevallendekking",
        "SRV-COVER",
    ),
}

SERVICES = [("Helpdesk", "SRV-HELP"), ("Image", "SRV-IMAGE"), ("Erasure", "SRV-WIPE")]

# code: English name, Dutch name, slots (name, component, number, upgrades), options
BUNDLES = {
    "WAAS-ESS": (
        "Essential Workplace",
        "Werkplek Essential",
        [
            ("Laptop", "LUM-A14", 1, ["UPG-32GB"]),
            ("Dock", "DW-D100", 1, []),
            ("Monitor", "NV-24", 1, ["UPG-27"]),
            ("Office suite", "O365-ESS", 1, ["UPG-PREM"]),
        ],
        ["OPT-MON", "OPT-HEAD", "OPT-COVER"],
    ),
    "WAAS-MOB": (
        "Mobile Workplace",
        "Werkplek Mobile",
        [
            ("Laptop", "LUM-A13", 1, []),
            ("Dock", "DW-T40", 1, []),
            ("Monitor", "NV-24", 1, ["UPG-27"]),
            ("Office suite", "O365-ESS", 1, ["UPG-PREM"]),
            ("Swap", "SRV-SWAP", 1, []),
        ],
        ["OPT-MON", "OPT-HEAD", "OPT-COVER"],
    ),
    "WAAS-STU": (
        "Studio Workplace",
        "Werkplek Studio",
        [
            ("Laptop", "LUM-F16", 1, []),
            ("Dock", "DW-TB5", 1, []),
            ("Monitors", "NV-27", 2, []),
            ("Office suite", "O365-ESS", 1, ["UPG-PREM"]),
        ],
        ["OPT-HEAD", "OPT-COVER"],
    ),
}

DUTCH_SLOTS = {
    "Monitors": "Monitoren",
    "Office suite": "Office-pakket",
    "Swap": "Omruil",
    "Erasure": "Datavernietiging",
}


def tell(story):
    categories = _make_categories(story)
    _introduce_manufacturers(story)
    for code, (name, manufacturer, cost) in DEVICES.items():
        story.products[code] = _make_product(
            story,
            code,
            name,
            None,
            waas_role="device",
            type="consu",
            is_storable=True,
            tracking="serial",
            standard_price=cost,
            waas_manufacturer_id=story.manufacturers[manufacturer].id,
            waas_mpn=f"{code.partition('-')[2]}-NL",
            waas_holds_data=code.startswith(("LUM", "KES")),
            categ_id=categories["device"].id,
        )
    for code, (role, name, dutch, delivers) in OFFERS.items():
        component = story.products.get(delivers)
        story.products[code] = _make_product(
            story,
            code,
            name,
            dutch,
            waas_role=role,
            waas_component_id=component.id if component else False,
            categ_id=categories[role].id,
            **_get_subscription(story, code),
        )
    for code, (name, dutch, slots, options) in BUNDLES.items():
        story.products[code] = _make_bundle(
            story, code, name, dutch, slots, options, categories["bundle"]
        )


def _get_subscription(story, code):
    """The marketplace SKU of a license, and its cost (R9)."""
    if code not in SUBSCRIPTIONS:
        return {}
    sku, cost = SUBSCRIPTIONS[code]
    return {
        "waas_marketplace_sku": sku,
        "standard_price": cost,
        "waas_manufacturer_id": story.manufacturers["microsoft"].id,
    }


def _make_categories(story):
    names = {
        "bundle": "Workplaces",
        "device": "Rental Devices",
        "license": "Licenses",
        "service": "Included Services",
        "choice": "Upgrades and Options",
    }
    categories = {
        key: story.env["product.category"].create({"name": name})
        for key, name in names.items()
    }
    categories["upgrade"] = categories["option"] = categories.pop("choice")
    return categories


def _introduce_manufacturers(story):
    """Each with the company from which ALSO buys; one is not approved (R14)."""
    for key, values in MANUFACTURERS.items():
        name, approved, warranty, longest, country, city = values
        story.partners[key] = story.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "city": city,
                "country_id": story.env.ref(country).id,
                "email": f"channel@{key}.example",
            }
        )
        story.manufacturers[key] = story.env["waas.manufacturer"].create(
            {
                "name": name,
                "partner_id": story.partners[key].id,
                "approved": approved,
                "warranty_months": warranty,
                "warranty_max_months": longest,
            }
        )


def _make_product(story, code, name, dutch, **values):
    product = story.env["product.product"].create(
        {
            "name": name,
            "default_code": code,
            "type": "service",
            "invoice_policy": "order",
            "list_price": 0.0,  # the price list has the price, per term
            **values,
        }
    )
    if dutch:
        product.product_tmpl_id.with_context(lang="nl_NL").name = dutch
    return product


def _make_bundle(story, code, name, dutch, slots, options, category):
    included = [(slot, service, 1, []) for slot, service in SERVICES]
    bundle = _make_product(
        story,
        code,
        name,
        dutch,
        waas_role="bundle",
        categ_id=category.id,
        waas_slot_ids=[
            Command.create(
                {
                    "name": slot,
                    "sequence": 10 * sequence,
                    "component_id": story.products[component].id,
                    "quantity": number,
                    "upgrade_ids": [story.products[up].id for up in upgrades],
                }
            )
            for sequence, (slot, component, number, upgrades) in enumerate(
                [*slots, *included], start=1
            )
        ],
        waas_option_ids=[story.products[option].id for option in options],
    )
    for slot in bundle.waas_slot_ids:
        if slot.name in DUTCH_SLOTS:
            slot.with_context(lang="nl_NL").name = DUTCH_SLOTS[slot.name]
    return bundle
