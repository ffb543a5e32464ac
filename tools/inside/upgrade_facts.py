"""Write down what a database is: its schema, our records, its contracts, its rows.

    call.py DATABASE upgrade_facts.py FILE
"""

import json

from odoo import fields
from odoo.tools import SQL

OURS = ("also_waas", "account_invoice_fast")

SAME = (
    *("ir.ui.view", "ir.rule", "ir.cron", "ir.model.access", "ir.ui.menu"),
    *("ir.actions.act_window", "ir.actions.server", "ir.actions.report"),
    *("ir.sequence", "res.groups", "res.groups.privilege", "mail.template"),
    *("mail.activity.type", "ir.default", "report.paperformat", "product.product"),
    *("waas.term", "waas.retention", "waas.erasure.standard"),
    *("waas.agreement.template", "commission", "ir.module.category"),
)
"""Models whose records come from our files, and are as in a fresh installation."""

VARY = {
    *("create_uid", "create_date", "write_uid", "write_date", "parent_path"),
    *("number_next", "nextcall", "lastcall", "arch_prev", "arch_updated", "key"),
    *("user_ids", "user_id", "failure_count", "first_failure_date", "arch_fs"),
}
"""Fields that tell when and by whom, not what."""

SCHEMA = {
    "column": """
        SELECT table_name || '.' || column_name,
               concat_ws(' ', data_type, character_maximum_length, is_nullable,
                         column_default)
          FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
           AND contype <> 'n'""",
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": """
        SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
          FROM pg_trigger WHERE NOT tgisinternal""",
}


def add_arguments(parser):
    parser.add_argument("file")


def main(env, args):
    facts = {
        "schema": get_schema(env.cr),
        "rows": get_rows(env.cr),
    }
    if "waas.term" in env:
        facts["records"] = get_records(env)
        facts["contracts"] = get_contracts(env)
    with open(args.file, "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1, sort_keys=True, default=str)


def get_schema(cr):
    schema = {}
    for kind, query in SCHEMA.items():
        cr.execute(query)
        schema |= {f"{kind} {name}": text for name, text in cr.fetchall()}
    return schema


def get_records(env):
    """What each of our XML ids stands for, as plain values."""
    names = {
        (data.model, data.res_id): data.complete_name
        for data in env["ir.model.data"].search([], order="id desc")
    }
    records = {}
    for data in env["ir.model.data"].search([("module", "in", OURS)]):
        name = f"{data.model} {data.complete_name}"
        if data.model.startswith("ir.model") and data.model != "ir.model.access":
            records[name] = {}
        elif data.model in SAME:
            record = env[data.model].browse(data.res_id).exists()
            records[name] = {
                "noupdate": data.noupdate,
                **(get_values(record, names) if record else {"": "is gone"}),
            }
    return records


def get_values(record, names):
    values = {}
    for name, field in record._fields.items():
        if field.store and name not in VARY | {"id"} and field.type != "binary":
            values[name] = get_value(record[name], names)
    return values


def get_value(value, names):
    if not hasattr(value, "_name"):
        return str(value)
    return sorted(names.get((record._name, record.id), "?") for record in value)


def get_rows(cr):
    """The number and a fingerprint of each row of each table, and when each was
    written."""
    cr.execute(
        """SELECT table_name, array_agg(column_name::text)
             FROM information_schema.columns
             JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            GROUP BY table_name"""
    )
    return {
        table: get_table(cr, table) for table, columns in cr.fetchall() if "id" in columns
    }


def get_table(cr, table):
    cr.execute(
        SQL("SELECT id, md5(t.*::text) FROM %s t ORDER BY id", SQL.identifier(table))
    )
    return dict(cr.fetchall())


def get_contracts(env):
    contracts = env["contract.contract"].with_context(active_test=False)
    return {
        contract.name: get_contract(contract)
        for contract in contracts.search([("is_waas", "=", True)], order="name")
    }


def get_contract(contract):
    env = contract.env
    lots = env["stock.lot"].search([("waas_contract_id", "=", contract.id)])
    installments = contract.waas_installment_ids
    facts = {
        "state": contract.waas_state,
        "months": len(installments),
        "amounts": str([round(month.amount, 2) for month in installments]),
        "states": str(installments.mapped("state")),
        "devices": sorted(lots.mapped("name")),
    }
    if "waas.commission" in env:
        facts |= get_later(contract, lots)
    return facts


def get_later(contract, lots):
    """What chapters after the contract add."""
    commissions = contract.waas_commission_ids
    return {
        "in custody": sorted(lots.filtered("waas_custody_ids").mapped("name")),
        "custody": {
            lot.name: lot.waas_custody_ids.mapped("event") for lot in lots
        },
        "commission": str([(row.state, row.amount) for row in commissions]),
        "licenses": str(contract.waas_license_ids.mapped("state")),
        "figures": {
            name: contract[name]
            for name, field in sorted(contract._fields.items())
            if name.startswith("waas_") and field.type in ("monetary", "integer")
        },
        "exposure": contract.partner_id.commercial_partner_id._waas_get_exposures(
            contract.company_id
        ),
        "today": fields.Date.today(),
    }
