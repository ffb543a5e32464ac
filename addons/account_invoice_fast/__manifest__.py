# Copyright 2026 ALSO
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "Fast Customer Invoices",
    "summary": "Post thousands of customer invoices, with the ledger that Odoo makes",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "AGPL-3",
    "author": "ALSO",
    "website": "https://www.also.com",
    "depends": ["account"],
}
