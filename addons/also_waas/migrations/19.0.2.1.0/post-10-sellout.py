"""Devices that were rented out: the open sell-out reports look at each of them once
more, as earlier versions did not note what changed."""

from openupgradelib import openupgrade


@openupgrade.migrate()
def migrate(env, version):
    openupgrade.logged_query(
        env.cr,
        """
        UPDATE stock_lot
           SET waas_sellout_changed_on = now() AT TIME ZONE 'UTC'
         WHERE waas_warranty_start IS NOT NULL
            OR waas_contract_id IS NOT NULL
        """,
    )
