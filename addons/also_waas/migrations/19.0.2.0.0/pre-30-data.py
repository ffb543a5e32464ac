"""Records that earlier versions brought once, and that are no more."""

from openupgradelib import openupgrade

from odoo.addons.also_waas.shipped_data import find_shipped

# They protect, start or send something that is no more.
REMOVED = ("ir.rule", "ir.cron", "mail.template", "ir.default")


@openupgrade.migrate()
def migrate(env, version):
    names = tuple(find_shipped("also_waas"))
    # Odoo deletes at the end what no file brings any more.
    env.cr.execute(
        """
        UPDATE ir_model_data SET noupdate = false
         WHERE module = 'also_waas' AND noupdate AND model IN %s AND name NOT IN %s
        """,
        [REMOVED, names],
    )
    # A menu's file adds groups, and takes none away.
    env.cr.execute(
        """
        DELETE FROM ir_ui_menu_group_rel
         WHERE menu_id IN (
            SELECT res_id FROM ir_model_data
             WHERE module = 'also_waas' AND model = 'ir.ui.menu')
        """
    )
