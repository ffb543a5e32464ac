"""Stored figures of WaaS documents, where an earlier version had no column for them."""

import json

from openupgradelib import openupgrade

# Ordinary documents have none: they are not touched.
OURS = {
    "commission.settlement.line": [("waas_commission_id", "!=", False)],
    "contract.contract": [("generation_type", "=", "waas")],
    "product.template": [("waas_role", "!=", False)],
    "sale.order": [("is_waas", "=", True)],
    "sale.order.line": [("order_id.is_waas", "=", True)],
    "stock.lot": [("product_id.waas_role", "=", "device")],
    "stock.picking": [("sale_id.is_waas", "=", True)],
}


@openupgrade.migrate()
def migrate(env, version):
    parameters = env["ir.config_parameter"]
    parameter = parameters.search([("key", "=", "also_waas.upgrade_added")])
    added = json.loads(parameter.value or "{}")
    parameter.unlink()
    for model, domain in OURS.items():
        names = added.get(env[model]._table, [])
        fields = [env[model]._fields[name] for name in names]
        records = env[model].with_context(active_test=False).search(domain)
        for field in fields:
            if field.compute:
                env.add_to_compute(field, records)
    env.flush_all()
