from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

# On what Odoo and OCA bring along: columns that would be computed, or set to their
# default, for each record that is there. `test_database.py` says when one is missing.
COLUMNS = {
    "commission_settlement_line": {"waas_is_live": "bool"},
    "contract_contract": {
        "waas_credited_amount": "numeric",
        "waas_device_count": "int4",
        "waas_invoiced_amount": "numeric",
        "waas_paid_amount": "numeric",
        "waas_rent_to_come": "numeric",
    },
    "product_template": {
        "waas_holds_data": "bool DEFAULT true",
        "waas_warranty_max_months": "int4",
        "waas_warranty_months": "int4",
    },
    "sale_order": {
        "waas_agreement_state": "varchar",
        "waas_commission_amount": "numeric",
        "waas_delivery_route": "varchar",
        "waas_is_stopped": "bool",
        "waas_monthly_amount": "numeric",
        "waas_next_actor": "varchar",
        "waas_signatory_id": "int4",
        "waas_term_id": "int4",
        "waas_total_amount": "numeric",
    },
    "sale_order_line": {
        "waas_commission_amount": "numeric",
        "waas_commission_unit": "numeric",
        "waas_license_channel": "varchar",
        "waas_role": "varchar",
        "waas_term_id": "int4",
    },
    "stock_lot": {
        "waas_holder_id": "int4",
        "waas_manufacturer_id": "int4",
        "waas_warranty_end": "date",
        "waas_warranty_max_end": "date",
    },
    "stock_picking": {"waas_contract_id": "int4", "waas_return_id": "int4"},
}


def pre_init_hook(env):
    """Add these columns before Odoo does. It would compute them for every order,
    delivery and serial number of the company and stamp each as changed, and nothing of
    that is rented."""
    for table, columns in COLUMNS.items():
        for name, definition in columns.items():
            _add_column(env.cr, table, name, definition)


def _add_column(cr, table, name, definition):
    """A default fills the rows that are there without writing them."""
    if column_exists(cr, table, name):
        return
    create_column(cr, table, name, definition)
    if "DEFAULT" in definition:
        cr.execute(
            SQL(
                "ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT",
                SQL.identifier(table),
                SQL.identifier(name),
            )
        )


def uninstall_hook(env):
    """Remove the protection of the chain of custody: its table is dropped next."""
    env.cr.execute("DROP FUNCTION IF EXISTS waas_custody_append_only() CASCADE")
