"""Old views that name what is no more make room for those of today."""

from openupgradelib import openupgrade

OURS = """
    SELECT view.id
      FROM ir_ui_view view
      JOIN ir_model_data data ON data.model = 'ir.ui.view' AND data.res_id = view.id
     WHERE data.module LIKE 'also_waas%' AND view.inherit_id IS NOT NULL
"""


@openupgrade.migrate()
def migrate(env, version):
    """What our views add to other views is created anew by their files. These are
    loaded one by one, each checked together with what is there; and views of one
    priority follow each other as they were created."""
    _delete_views(env.cr)
    # What is left has views of others upon it, or was turned off: it keeps its id.
    env.cr.execute(
        f"""
        UPDATE ir_ui_view SET arch_db = '{{"en_US": "<data/>"}}' WHERE id IN ({OURS})
        """
    )


def _delete_views(cr):
    """Those at the end of a chain first."""
    while True:
        cr.execute(
            f"""
            DELETE FROM ir_ui_view view
             WHERE id IN ({OURS}) AND active
               AND NOT EXISTS (
                SELECT FROM ir_ui_view child WHERE child.inherit_id = view.id)
            RETURNING id
            """
        )
        ids = tuple(row[0] for row in cr.fetchall())
        if not ids:
            return
        cr.execute(
            "DELETE FROM ir_model_data WHERE model = 'ir.ui.view' AND res_id IN %s",
            [ids],
        )
