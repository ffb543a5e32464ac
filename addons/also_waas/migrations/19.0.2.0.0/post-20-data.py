"""Record rules, mails, agreements and other records that nobody edited, as of today."""

from openupgradelib import openupgrade

from odoo.tools import SQL

from odoo.addons.also_waas.shipped_data import refresh

# In Dutch they are called as in English now, so no file brings another name.
FORMER_NAMES = (
    ("ir_act_window", "waas_marketplace_action", "Marktplaats"),
    ("ir_ui_menu", "waas_marketplace_menu", "Marktplaats"),
)


@openupgrade.migrate()
def migrate(env, version):
    refresh(env, "also_waas")
    for table, name, dutch in FORMER_NAMES:
        record = env.ref(f"also_waas.{name}", raise_if_not_found=False)
        if record:
            env.cr.execute(
                SQL(
                    """
                    UPDATE %s SET name = name - 'nl_NL'
                     WHERE id = %s AND name ->> 'nl_NL' = %s
                    """,
                    SQL.identifier(table),
                    record.id,
                    dutch,
                )
            )
