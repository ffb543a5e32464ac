"""Chapter: prices and commission, side by side, per term (R8, R10)."""

# code: months: (monthly price, commission)
PRICES = {
    "WAAS-ESS": {12: (89.00, 30.00), 24: (59.50, 45.00), 36: (44.95, 60.00)},
    "WAAS-MOB": {12: (99.00, 35.00), 24: (67.50, 50.00), 36: (51.95, 65.00)},
    "WAAS-STU": {12: (169.00, 60.00), 24: (112.50, 85.00), 36: (86.95, 110.00)},
    "UPG-PREM": {12: (7.50, 2.00), 24: (7.10, 3.00), 36: (6.80, 4.00)},
    "UPG-32GB": {12: (14.00, 4.00), 24: (9.50, 6.00), 36: (7.25, 8.00)},
    "UPG-27": {12: (11.50, 3.00), 24: (7.75, 5.00), 36: (5.90, 7.00)},
    "OPT-MON": {12: (13.50, 4.00), 24: (8.75, 6.00), 36: (6.25, 8.00)},
    "OPT-HEAD": {12: (6.50, 2.00), 24: (4.25, 3.00), 36: (2.95, 3.00)},
    "OPT-COVER": {12: (5.50, 2.00), 24: (5.25, 2.50), 36: (4.95, 3.00)},
}

# From this number of workplaces on a line.
VOLUME = 25
VOLUME_PRICES = {
    "WAAS-ESS": {12: (85.50, 28.00), 24: (57.00, 42.50), 36: (42.95, 57.00)},
    "WAAS-MOB": {12: (95.00, 33.00), 24: (64.75, 47.50), 36: (49.75, 62.00)},
    "WAAS-STU": {12: (162.00, 57.00), 24: (107.95, 81.00), 36: (83.50, 105.00)},
}

PICKUP_FEE = 75.00  # a secure pick-up, for any number of devices (R15)

DISCOUNT = 3.0  # percent, for a partner with many deals; the commission stays


def tell(story):
    standard = _make_list(story, "WaaS Price List 2026")
    _add_prices(story, standard, PRICES)
    _add_prices(story, standard, VOLUME_PRICES, min_quantity=VOLUME)
    plus = _make_list(story, "WaaS Price List 2026, Partner Plus")
    _follow(story, plus, standard)
    for price_list in (standard, plus):
        _add_pickup(story, price_list)
    # Empty: the file of next year is imported into it (static/files).
    _make_list(story, "WaaS Price List 2027")
    story.company.write(
        {"waas_pricelist_id": standard.id, "waas_term_id": story.terms[36].id}
    )
    story.partners["kantoor"].waas_pricelist_id = plus


def _make_list(story, name):
    return story.env["product.pricelist"].create(
        {
            "name": name,
            "currency_id": story.company.currency_id.id,
            "company_id": story.company.id,
        }
    )


def _add_prices(story, price_list, prices, min_quantity=0):
    story.env["product.pricelist.item"].create(
        [
            {
                "pricelist_id": price_list.id,
                "applied_on": "1_product",
                "product_tmpl_id": story.products[code].product_tmpl_id.id,
                "waas_term_id": story.terms[months].id,
                "min_quantity": min_quantity,
                "compute_price": "fixed",
                "fixed_price": price,
                "waas_commission_unit": commission,
                "waas_extension_commission": commission / 2,
            }
            for code, by_months in prices.items()
            for months, (price, commission) in by_months.items()
        ]
    )


def _add_pickup(story, price_list):
    """The fee of a pick-up does not depend on a term."""
    product = story.company.waas_pickup_product_id
    story.env["product.pricelist.item"].create(
        {
            "pricelist_id": price_list.id,
            "applied_on": "1_product",
            "product_tmpl_id": product.product_tmpl_id.id,
            "compute_price": "fixed",
            "fixed_price": PICKUP_FEE,
        }
    )


def _follow(story, price_list, other):
    """All rules of another list, cheaper, with the other list's commission."""
    story.env["product.pricelist.item"].create(
        [
            {
                "pricelist_id": price_list.id,
                "applied_on": "3_global",
                "waas_term_id": term.id,
                "compute_price": "formula",
                "base": "pricelist",
                "base_pricelist_id": other.id,
                "price_discount": DISCOUNT,
            }
            for term in story.terms.values()
        ]
    )
