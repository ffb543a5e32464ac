"""Record rules, mails, agreements and other records that nobody edited, as of today."""

from openupgradelib import openupgrade

from odoo.addons.also_waas.shipped_data import refresh


@openupgrade.migrate()
def migrate(env, version):
    refresh(env, "also_waas")
