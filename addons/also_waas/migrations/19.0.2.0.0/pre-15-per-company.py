"""What was one setting for all companies is one of each company."""

from openupgradelib import openupgrade

from odoo.tools import SQL


@openupgrade.migrate()
def migrate(env, version):
    env.cr.execute(
        """
        SELECT table_name, column_name FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type != 'jsonb'
           AND (table_name = 'res_partner'
                AND column_name IN ('waas_is_reseller', 'waas_pricelist_id')
                OR table_name = 'waas_manufacturer' AND column_name LIKE 'sellout%')
        """
    )
    for table, column in env.cr.fetchall():
        _give_to_each_company(env.cr, table, column)


def _give_to_each_company(cr, table, column):
    """Each company begins with what held for all. Rows without a value stay."""
    names = {
        "table": SQL.identifier(table),
        "column": SQL.identifier(column),
        "old": SQL.identifier(f"{column}_of_all"),
    }
    cr.execute(SQL("ALTER TABLE %(table)s RENAME %(column)s TO %(old)s", **names))
    cr.execute(SQL("ALTER TABLE %(table)s ADD %(column)s jsonb", **names))
    cr.execute(
        SQL(
            """
            UPDATE %(table)s
               SET %(column)s = (
                SELECT jsonb_object_agg(id::text, to_jsonb(%(old)s)) FROM res_company)
             WHERE %(old)s IS NOT NULL AND to_jsonb(%(old)s) != 'false'
            """,
            **names,
        )
    )
    cr.execute(SQL("ALTER TABLE %(table)s DROP %(old)s", **names))
