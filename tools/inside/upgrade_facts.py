"""Write down what a database is: its schema, our records, its contracts, its rows.

call.py DATABASE upgrade_facts.py FILE
"""

import json
import re

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
    *("id", "create_uid", "create_date", "write_uid", "write_date", "parent_path"),
    *("number_next", "nextcall", "lastcall", "arch_prev", "arch_updated", "key"),
    *("user_ids", "user_id", "failure_count", "first_failure_date", "arch_fs"),
    *("menu_access", "view_access", "rule_groups"),
}
"""Fields that tell when and by whom, not what."""

STAMPS = ("write_date", "write_uid", "arch_prev", "arch_updated")
"""Columns that say when something was written, not what."""

FLEETING = {
    *("bus_bus", "ir_attachment", "ir_logging", "ir_module_module"),
    *("ir_act_window_view", "orm_signaling_registry", "orm_signaling_groups"),
    *("ir_profile", "ir_cron_trigger", "res_device_log", "ir_cron_progress"),
}
"""Tables that Odoo fills and empties by itself."""

LANGS = ("en_US", "nl_NL")

LINKS = ("_location_id", "_type_id", "_product_id", "_journal_id")

ACTION = re.compile(r'name="\d+"')
"""A button of a view names the id of its action."""

IDS = ("binary", "one2many")
"""Kinds of fields that tell nothing, or that the other side tells."""

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
        "ordinary": get_ordinary(env.cr),
    }
    if "waas.term" in env:
        facts["records"] = get_records(env)
        facts["contracts"] = get_contracts(env)
        facts["other company"] = get_left_with_other(env)
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
        if field.store and name not in VARY and field.type not in IDS:
            for lang in LANGS if field.translate else LANGS[:1]:
                value = record.with_context(lang=lang)[name]
                values[f"{name} {lang}"] = get_value(value, names)
    return values


def get_value(value, names):
    if not hasattr(value, "_name"):
        return ACTION.sub('name="action"', str(value))
    return sorted(names.get((record._name, record.id), "?") for record in value)


def get_rows(cr):
    """The number of rows of each table, and a fingerprint of each row without the date
    of its last change."""
    cr.execute(
        """SELECT table_name, array_agg(column_name::text)
             FROM information_schema.columns
             JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
            GROUP BY table_name"""
    )
    return {
        table: get_table(cr, table)
        for table, columns in cr.fetchall()
        if "id" in columns and table not in FLEETING
    }


def get_table(cr, table):
    cr.execute(
        SQL(
            "SELECT id, md5((to_jsonb(t) - %s::text[])::text) FROM %s t ORDER BY id",
            [*STAMPS],
            SQL.identifier(table),
        )
    )
    return dict(cr.fetchall())


def get_ordinary(cr):
    """When each row was written that no rental is about."""
    cr.execute("SELECT value FROM ir_config_parameter WHERE key = 'upgrade.ordinary'")
    found = cr.fetchone()
    written = {}
    for table, ids in json.loads(found[0]).items() if found else ():
        cr.execute(
            SQL(
                "SELECT id, write_date FROM %s WHERE id = ANY(%s)",
                SQL.identifier(table),
                ids,
            )
        )
        written |= {f"{table} {id_}": str(date) for id_, date in cr.fetchall()}
    return written


def get_left_with_other(env):
    """What a company that rents nothing out has of ours."""
    number = env["ir.config_parameter"].get_param("upgrade.other_company")
    company = env["res.company"].browse(int(number or 0)).exists()
    if not company:
        return []
    links = [name for name in company._fields if name.endswith(LINKS)]
    places = env["stock.location"].with_context(active_test=False)
    left = places.search([("company_id", "=", company.id), ("name", "like", "(WaaS)")])
    return [
        *(name for name in links if name.startswith("waas_") and company[name]),
        *left.mapped("complete_name"),
    ]


def get_contracts(env):
    contracts = env["contract.contract"].with_context(active_test=False)
    return {
        contract.name: get_contract(contract)
        for contract in contracts.search(
            [("generation_type", "=", "waas")], order="name"
        )
    }


def get_contract(contract):
    env = contract.env
    lots = env["stock.lot"].search([("waas_contract_id", "=", contract.id)])
    installments = contract.waas_installment_ids
    return {
        "state": contract.waas_state,
        "months": len(installments),
        "amounts": str([round(month.amount, 2) for month in installments]),
        "states": str(installments.mapped("state")),
        "devices": sorted(lots.mapped("name")),
        "problems": (list(find_problems(contract, lots)) if is_of_today(env) else []),
    }


def is_of_today(env):
    """Not a version that is about to be upgraded."""
    return "waas_enabled" in env["res.company"]._fields


def find_problems(contract, lots):
    """What a contract of today has and this one has not."""
    for name in ("waas_customer_id", "waas_max_months", "waas_monthly_total"):
        if not contract[name]:
            yield f"{name} is empty"
    if contract.waas_device_count != len(lots):
        yield f"it counts {contract.waas_device_count} devices, not {len(lots)}"
    claimed = contract.waas_invoiced_amount + contract.waas_credited_amount
    if contract.waas_state == "running" and contract.currency_id.compare_amounts(
        claimed + contract.waas_rent_to_come, contract.waas_total_amount
    ):
        yield f"{claimed} and {contract.waas_rent_to_come} is not its total"
    yield from find_later_problems(contract, lots)


def find_later_problems(contract, lots):
    """Of the chapters after the contract."""
    without = lots.filtered(lambda lot: not lot.waas_custody_ids)
    if without:
        yield f"no chain of custody: {without.mapped('name')}"
    yield from lots._waas_get_custody_problems().values()
    if contract.waas_state == "cancelled":
        return
    agreed = contract.waas_order_id.waas_commission_amount
    rows = contract.waas_commission_ids.filtered(lambda row: row.event == "new")
    if contract.currency_id.compare_amounts(agreed, sum(rows.mapped("amount"))):
        yield f"commission is {sum(rows.mapped('amount'))}, not {agreed}"
    if contract.waas_state == "ended":
        return
    lines = contract.waas_order_id.order_line.filtered(
        lambda line: line._waas_is_license()
    )
    if lines - contract.waas_license_ids.order_line_id:
        yield "seats without a license"
    unnotified = contract.env["waas.sellout.unnotified"].search(
        [("contract_id", "=", contract.id), ("why", "in", ("off", "unknown", "vendor"))]
    )
    if unnotified:
        yield f"nobody is told of {unnotified.mapped('serial')}"
