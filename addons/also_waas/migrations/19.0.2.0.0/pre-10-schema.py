"""Names and columns as the models of today have them."""

import json

from openupgradelib import openupgrade

from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists

from odoo.addons.also_waas import hooks
from odoo.addons.also_waas.schedule import MAX_MONTHS

RENAMED = [
    (
        "product.pricelist.item",
        "product_pricelist_item",
        "waas_commission",
        "waas_commission_unit",
    ),
    (
        "sale.order.line",
        "sale_order_line",
        "waas_commission",
        "waas_commission_amount",
    ),
    ("waas.change.line", "waas_change_line", "commission", "commission_amount"),
    ("account.move.line", "account_move_line", "waas_claim", "waas_attempt"),
    ("waas.installment", "waas_installment", "claim", "attempt"),
]

# What a contract was signed with, from its order.
SIGNED = {
    "waas_customer_id": ("int4", "customer.commercial_partner_id"),
    "waas_max_months": ("int4", f"GREATEST({MAX_MONTHS}, term.months)"),
    "waas_monthly_total": ("numeric", "deal.amount_total"),
}


@openupgrade.migrate()
def migrate(env, version):
    openupgrade.rename_fields(
        env,
        [
            (model, table, old, new)
            for model, table, old, new in RENAMED
            if column_exists(env.cr, table, old)
            and not column_exists(env.cr, table, new)
        ],
    )
    _add_columns(env)
    _complete_contracts(env)


def _add_columns(env):
    """As a new installation adds them: for nothing but WaaS they are computed, later
    (`post-10-figures.py`)."""
    missing = {
        table: [name for name in columns if not column_exists(env.cr, table, name)]
        for table, columns in hooks.COLUMNS.items()
        if table_exists(env.cr, table)
    }
    hooks.pre_init_hook(env)
    env.cr.execute(
        "INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)",
        ["also_waas.upgrade_added", json.dumps(missing)],
    )


def _complete_contracts(env):
    for name, (kind, source) in SIGNED.items():
        if column_exists(env.cr, "contract_contract", name):
            continue
        column = SQL.identifier(name)
        env.cr.execute(
            SQL("ALTER TABLE contract_contract ADD %s %s", column, SQL(kind))
        )
        env.cr.execute(
            SQL(
                """
                UPDATE contract_contract contract
                   SET %(column)s = %(source)s
                  FROM sale_order deal, res_partner customer, waas_term term
                 WHERE deal.id = contract.waas_order_id
                   AND customer.id = contract.partner_id
                   AND term.id = contract.waas_term_id
                """,
                column=column,
                source=SQL(source),
            )
        )
