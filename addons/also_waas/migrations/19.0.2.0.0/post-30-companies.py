"""Companies that rent out workplaces are told so; the others get rid of what earlier
versions made for them."""

import logging

from openupgradelib import openupgrade

from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

_logger = logging.getLogger(__name__)

PRODUCTS = {
    "waas_commission_product_id": ("product_commission", "WAAS-COMMISSION"),
    "waas_pickup_product_id": ("product_pickup", "WAAS-PICKUP"),
    "waas_pickup_device_product_id": ("product_pickup_device", "WAAS-PICKUP-DEVICE"),
    "waas_pickup_site_product_id": ("product_pickup_site", "WAAS-PICKUP-SITE"),
    "waas_claim_product_id": ("product_claim", "WAAS-CLAIM"),
}
BARCODES = {
    "waas_location_id": "WAAS-CUSTOMER",
    "waas_quarantine_location_id": "WAAS-QUARANTINE",
    "waas_resale_location_id": "WAAS-RESALE",
}
# In this order: what refers to others goes first.
MADE = (
    "waas_return_type_id",
    "waas_commission_journal_id",
    "waas_resale_location_id",
    "waas_quarantine_location_id",
    "waas_location_id",
)


@openupgrade.migrate()
def migrate(env, version):
    companies = env["res.company"].with_context(active_test=False).search([])
    renting = companies.filtered(_rents_out)
    for company in renting:
        _adopt_products(company)
        _adopt_places(company)
    renting.write({"waas_enabled": True})
    for company in companies - renting:
        _clear(company)
    _drop_former_products(env)
    if len(renting) == 1:
        _give_products(renting)


def _rents_out(company):
    env = company.env
    return bool(
        env["sale.order"].search_count(
            [("company_id", "=", company.id), ("is_waas", "=", True)], limit=1
        )
        or env["contract.contract"].search_count(
            [("company_id", "=", company.id), ("generation_type", "=", "waas")], limit=1
        )
        or env["stock.quant"].search_count(
            [
                ("company_id", "=", company.id),
                ("lot_id.product_id.waas_role", "=", "device"),
            ],
            limit=1,
        )
    )


def _adopt_products(company):
    """Those that earlier versions had for all companies; they are recognised by their
    internal reference from now on."""
    for field, (name, code) in PRODUCTS.items():
        product = company[field] or company.env.ref(
            f"also_waas.{name}", raise_if_not_found=False
        )
        if not product:
            continue
        if not company[field]:
            company[field] = product
        if not product.default_code:
            product.default_code = code


def _give_products(company):
    """To the only company that uses them: so it finds them when WaaS is turned on or
    installed again."""
    for field in PRODUCTS:
        product = company[field]
        try:
            with company.env.cr.savepoint():
                product.company_id = company
        except (UserError, ValidationError) as error:
            _logger.info("%s stays without a company: %s", product.display_name, error)


def _adopt_places(company):
    for field, barcode in BARCODES.items():
        place = company[field]
        taken = place.search_count(
            [("company_id", "=", company.id), ("barcode", "=", barcode)], limit=1
        )
        if place and not place.barcode and not taken:
            place.barcode = barcode


def _clear(company):
    for field in MADE:
        record = company[field]
        company[field] = False
        _remove(record)
    for field in PRODUCTS:
        company[field] = False


def _remove(record):
    """Delete what nobody used; archive the rest."""
    try:
        with record.env.cr.savepoint(), mute_logger("odoo.sql_db"):
            record.unlink()
    except Exception as error:
        if not record.exists():
            raise
        _archive(record, error)


def _archive(record, error):
    try:
        with record.env.cr.savepoint():
            record.active = False
    except UserError:
        raise error from None


def _drop_former_products(env):
    """A product belongs to companies now, and no longer to the addon."""
    for field, (name, _code) in PRODUCTS.items():
        product = env.ref(f"also_waas.{name}", raise_if_not_found=False)
        if not product:
            continue
        env["ir.model.data"].search(
            [("module", "=", "also_waas"), ("name", "=", name)]
        ).unlink()
        if not env["res.company"].search_count([(field, "=", product.id)], limit=1):
            _remove(product)
