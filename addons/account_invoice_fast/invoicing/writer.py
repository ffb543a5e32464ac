"""Insert complete rows: what ``BaseModel._create()`` does, for many rows.

``_create()`` is correct for any values of any model. Here the rows are complete, and
the values of the builder are rounded already, so the same steps are shorter:

1. one COPY for each table, with ids in the order of the caller's values;
2. ``modified()`` with what we know protected: other modules' stored computed fields, on
   these rows and on rows that depend on them, are computed by the ORM;
3. Python constraints, company checks and access rules, as ``_create()``. Odoo's own
   constraints see one invoice of each configuration, other modules' see all.

The database's own constraints apply to every row.
"""

from contextlib import nullcontext

from psycopg2.extras import Json

from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL

from .copying import convert, copy_rows
from .known import BUILT_MODULES

LOG_COLUMNS = ("create_uid", "create_date", "write_uid", "write_date")
PLANNED_TABLES = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_payment",
)
NUMBERS = ("integer", "float", "monetary")
PLAIN_TYPES = ("boolean", "char", "date", "many2one", "selection", "text")


class Writer:
    def __init__(self, env, guard):
        self.env = env
        self.guard = guard
        self.moves = env["account.move"]
        self.move_lines = env["account.move.line"]

    def reserve_ids(self, invoices):
        """Reserve the ids of the invoices, in their order."""
        ids = self._draw_ids(self.moves, len(invoices))
        for invoice, move_id in zip(invoices, ids, strict=True):
            invoice.id = move_id

    def insert(self, invoices, may_collide=False):
        """Insert built invoices with their lines.

        :param bool may_collide: a number may be taken; then nothing is inserted, and
            the transaction continues
        :return: the ``account.move`` records, in this order
        :raises UniqueViolation: when a number was taken
        """
        headers = [{"id": invoice.id, **invoice.header} for invoice in invoices]
        lines = [
            {"move_id": invoice.id, **line}
            for invoice in invoices
            for line in invoice.lines
        ]
        line_ids = self._draw_ids(self.move_lines, len(lines))
        for line, line_id in zip(lines, line_ids, strict=True):
            line["id"] = line_id
        moves = self.moves.browse(row["id"] for row in headers)
        move_lines = self.move_lines.browse(line_ids)
        with self.env.cr.savepoint(flush=False) if may_collide else nullcontext():
            known = self._insert(moves, headers)
        known_of_lines = self._insert(move_lines, lines)
        self._help_planner(lines)
        with self.env.protecting([(known, moves), (known_of_lines, move_lines)]):
            moves.modified(moves._fields, create=True)
            move_lines.modified(move_lines._fields, create=True)
        self.compute()
        self._check(moves, move_lines, invoices)
        return moves

    def _draw_ids(self, model, count):
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"{model._table}_id_seq",
                count,
            )
        )
        return [row[0] for row in rows]

    # === ROWS ===#

    def _insert(self, records, rows):
        """:return: the computed fields that need no further computation"""
        names = list(dict.fromkeys(name for row in rows for name in row))
        others = self._find_other_columns(records, names)
        # The usual values of these fields: rows that have them need no update.
        empty = {
            field.name: False if field.type == "boolean" else 0
            for field in others
            if field.type == "boolean" or field.type in NUMBERS
        }
        relations = [
            name for name in names if records._fields[name].type == "many2many"
        ]
        columns = {
            name: self._convert(records, records._fields[name], rows)
            for name in names
            if name not in relations
        }
        self._insert_columns(records, columns, empty)
        for name in relations:
            self._insert_relation(records._fields[name], rows)
        self._forget(records, names)
        self._remember(records, rows, columns)
        for field in others:
            field._update_cache(records, empty.get(field.name))
        return [
            records._fields[name] for name in names if records._fields[name].compute
        ]

    def _insert_columns(self, records, columns, shared):
        """:param shared: dict of columns that have the same value in all rows"""
        log = (self.env.uid, self.env.cr.now()) * 2
        shared = {**shared, **dict(zip(LOG_COLUMNS, log, strict=True))}
        equal = {name: [value] * len(records) for name, value in shared.items()}
        copy_rows(self.env.cr, records._table, columns | equal)

    def _convert(self, records, field, rows):
        """:return: the field's values as PostgreSQL takes them"""
        name = field.name
        if field._module in BUILT_MODULES:
            values = [row.get(name) for row in rows]
            return convert(lambda value: self._to_column(field, value), values)
        return [
            field.convert_to_column_insert(row[name], records, row)
            if name in row
            else None
            for row in rows
        ]

    def _insert_relation(self, field, rows):
        pairs = [
            (row["id"], comodel_id) for row in rows for comodel_id in row[field.name]
        ]
        if pairs:
            columns = zip(*pairs, strict=True)
            copy_rows(
                self.env.cr,
                field.relation,
                dict(zip((field.column1, field.column2), columns, strict=True)),
            )

    def _to_column(self, field, value):
        """The builder rounds; what is left is how PostgreSQL writes *nothing*."""
        if value is None:
            return None
        if value is False:
            if field.type == "boolean":
                return False
            return 0 if field.type in NUMBERS else None
        if field.type == "json":
            return Json(value)
        if field.type == "html":
            return field.convert_to_column_insert(value, self.moves)
        return value

    # === CACHE ===#

    def _remember(self, records, rows, columns):
        """Fill the cache as ``_create()`` does: what was inserted, and that there is
        nothing else yet. What is computed next need not read it back."""
        for field in records._fields.values():
            if not field.store or field.name in MAGIC_COLUMNS:
                continue
            values = columns.get(field.name)
            cache = field._get_cache(records.env)
            if field.type == "many2many" and field.name in rows[0]:
                cache.update((row["id"], tuple(row[field.name])) for row in rows)
            elif field.type in ("one2many", "many2many"):
                cache.update(dict.fromkeys(records._ids, ()))
            elif values is None:
                if not field.compute:
                    cache.update(dict.fromkeys(records._ids))
            elif values.count(None) == len(values):
                cache.update(dict.fromkeys(records._ids))
            elif self._is_plain(field):
                if field.type == "date":  # may be written as text
                    values = convert(field.to_date, values)
                cache.update(zip(records._ids, values, strict=True))

    def _is_plain(self, field):
        """Whether PostgreSQL and the cache take the same value."""
        if field.translate or field.company_dependent:
            return False
        if field.type in NUMBERS:  # those of other modules are rounded as they like
            return field._module in BUILT_MODULES
        return field.type in PLAIN_TYPES

    # === COMPUTED BY THE ORM ===#

    def compute(self):
        """Compute what is pending in this environment: it tracks nothing. It is written
        with whatever else the caller changes: PostgreSQL checks all foreign keys of a
        row again that is updated twice in a transaction."""
        self.env._recompute_all()

    def _forget(self, records, names):
        """Invalidate the inverse side in the cache: lists to which these rows are
        added."""
        for name in names:
            field = records._fields[name]
            if field.type != "many2one":
                continue
            for inverse in self.env.registry.field_inverses[field]:
                self.env[inverse.model_name].invalidate_model(
                    [inverse.name], flush=False
                )

    def _find_other_columns(self, records, names):
        """Stored fields that the ORM computes after the rows are inserted."""
        return [
            field
            for field in records._fields.values()
            if field.store
            and field.compute
            and field.column_type
            and field.name not in names
        ]

    def _help_planner(self, rows):
        """Update PostgreSQL's statistics while it knows of fewer rows than these.

        It takes the tables of a new database as empty, and then one of Odoo's queries
        (the payments of an invoice) compares each row with each: a hundred invoices
        took minutes. Once the tables have rows, autovacuum updates the statistics.
        """
        knows_fewer = self.env.execute_query(
            SQL(
                "SELECT FROM pg_class WHERE oid = %s::regclass AND reltuples < %s",
                self.move_lines._table,
                len(rows),
            )
        )
        if knows_fewer:
            tables = SQL(", ").join(map(SQL.identifier, PLANNED_TABLES))
            self.env.cr.execute(SQL("ANALYZE %s", tables))

    # === CHECKS ===#

    def _check(self, moves, move_lines, invoices):
        """The checks of ``create()``; without the sync stack, which has nothing to
        do."""
        silent = {"skip_invoice_sync": True}
        samples = moves.browse(self._choose_samples(invoices)).with_context(**silent)
        for records, sampled in ((moves, samples), (move_lines, samples.line_ids)):
            if not self.guard.knows_constraints(records._name):
                sampled = records.with_context(**silent)
            sampled._validate_fields(
                name for name, field in records._fields.items() if field.store
            )
            self._check_company(records)
            records.check_access("create")

    def _choose_samples(self, invoices):
        """Ids of invoices such that every other is configured like one of them.

        Odoo's own constraints read settings: journal, currency, date, accounts and
        taxes. They pass for all invoices with the same settings, or for none.
        """
        samples = {}
        for invoice in invoices:
            header = invoice.header
            lines = frozenset(
                (
                    line["display_type"],
                    line["account_id"],
                    line["tax_ids"],
                    line["tax_repartition_line_id"],
                    line["reconciled"],
                )
                for line in invoice.lines
            )
            columns = ("move_type", "journal_id", "currency_id", "date")
            columns += ("fiscal_position_id", "invoice_currency_rate")
            key = (lines, *(header[column] for column in columns))
            samples.setdefault(key, invoice.id)
        return samples.values()

    def _check_company(self, records):
        """As ``_check_company()``, but each linked record is checked only once.

        When one is wrong, Odoo's check finds it again, and raises the error.
        """
        names = [
            name
            for name, field in records._fields.items()
            if field.store and field.relational and field.check_company
        ]
        for company, group in records.grouped("company_id").items():
            for name in names:
                # As Odoo's own _check_company().
                linked = group.sudo()[name].with_context(active_test=False)
                domain = linked._check_company_domain(company)
                if linked and domain and linked != linked.filtered_domain(domain):
                    records._check_company()
