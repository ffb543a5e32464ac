# Copyright 2026 ALSO
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Workplace as a Service: Purchase",
    "summary": "Suppliers are told of exactly the serial numbers that they delivered",
    "version": "19.0.2.0.0",
    "category": "Sales/Subscriptions",
    "license": "AGPL-3",
    "author": "ALSO",
    "website": "https://www.also.com",
    "depends": ["also_waas", "purchase_stock"],
    "auto_install": True,
}
