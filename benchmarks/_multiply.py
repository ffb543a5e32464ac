"""Multiply what the ORM has made: the database copies it, in seconds, as often as one
likes. Copies point to each other as the originals do."""

from collections import defaultdict

from odoo.tools import SQL

MONTHS = 36
"""Over how many months copies are spread."""


class Multiplier:
    """Copies of the records of some tables, with the links between them.

    :param tables: names of tables, all records of which are copied; or pairs of a name
        and the ids of those that are
    :param dict unique: table -> columns whose text or number must differ from copy to
        copy
    :param dict spread: table -> columns with a day or time; each copy has it a month
        earlier than the one before it, from the 37th one on it begins anew
    :param dict references: table -> columns that name a record in a text, "model,id";
        or pairs of the column of the model and that of the id
    :param dict shared: table -> ``SQL`` of the copy to which copy number ``copy`` of
        what points to it belongs; only these are made
    :param dict months: table -> ``SQL`` of the months in place of those of ``spread``
    :param dict kept: table -> ``SQL`` of a condition for a row to be copied once more
    """

    def __init__(
        self, env, tables, unique, spread, references=(), shared=(), months=(), kept=()
    ):
        self.env = env
        self.unique = unique
        self.spread = spread
        self.references = dict(references)
        self.shared = dict(shared)
        self.months = dict(months)
        self.kept = dict(kept)
        self.ids = dict(
            (table, self._get_ids(table)) if isinstance(table, str) else table
            for table in tables
        )
        # How far apart the ids of a record and of its next copy are. Half of it is left
        # to records that are made between two copies.
        self.shift = 2 * max(max(ids, default=0) for ids in self.ids.values())
        self.keys = self._find_foreign_keys()
        self.copies = 0
        self._drop_foreign_keys()

    def multiply(self, times):
        """Add copies, until there are so many of each record, the original included."""
        first, last = self.copies + 1, times - 1
        if last < first:
            return
        for table in self.keys:
            self._copy(table, first, last)
        for table in self.ids:
            self.env.cr.execute(
                SQL(
                    "SELECT setval(%s, (SELECT max(id) FROM %s))",
                    f"{table}_id_seq",
                    SQL.identifier(table),
                )
            )
        self.copies = last
        self.env.cr.execute("ANALYZE")
        self.env.invalidate_all()

    def _get_ids(self, table):
        query = SQL("SELECT id FROM %s", SQL.identifier(table))
        return [record_id for (record_id,) in self.env.execute_query(query)]

    def _find_foreign_keys(self):
        """What points to a copied record, by table: the tables themselves, and the
        relations of which they are an end.

        :return: dict table -> dict of column -> table it points to
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT source.relname, field.attname, target.relname,
                       EXISTS (SELECT FROM pg_attribute own
                                WHERE own.attrelid = key.conrelid
                                  AND own.attname = 'id')
                  FROM pg_constraint key
                  JOIN pg_class source ON source.oid = key.conrelid
                  JOIN pg_class target ON target.oid = key.confrelid
                  JOIN pg_attribute field
                    ON field.attrelid = key.conrelid AND field.attnum = key.conkey[1]
                 WHERE key.contype = 'f'
                   AND target.relname = ANY(%s)
                """,
                list(self.ids),
            )
        )
        keys = defaultdict(dict, {table: {"id": table} for table in self.ids})
        for table, column, target, has_id in rows:
            if table in self.ids or not has_id:
                keys[table][column] = target
        return dict(keys)

    def _drop_foreign_keys(self):
        """Copies of two tables may point to each other, and to check millions of links
        takes longer than to write them. The database is thrown away afterwards."""
        rows = self.env.execute_query(
            SQL(
                "SELECT relname, conname FROM pg_constraint "
                "JOIN pg_class ON pg_class.oid = conrelid "
                "WHERE contype = 'f' AND relname = ANY(%s)",
                list(self.keys),
            )
        )
        for table, name in rows:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s DROP CONSTRAINT %s",
                    SQL.identifier(table),
                    SQL.identifier(name),
                )
            )

    def _copy(self, table, first, last):
        keys = self.keys[table]
        rows = self.env.execute_query(
            SQL(
                "SELECT column_name, data_type FROM information_schema.columns "
                "WHERE table_name = %s AND is_generated = 'NEVER'",
                table,
            )
        )
        names = [name for name, _kind in rows]
        values = [self._get_value(table, name, kind) for name, kind in rows]
        self.env.cr.execute(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s "
                "CROSS JOIN generate_series(%(first)s, %(last)s) AS copy "
                "WHERE (%(mine)s) AND %(number)s = copy AND %(kept)s %(once)s",
                table=SQL.identifier(table),
                columns=SQL(", ").join(map(SQL.identifier, names)),
                values=SQL(", ").join(values),
                first=first,
                last=last,
                mine=SQL(" OR ").join(
                    SQL("%s = ANY(%s)", SQL.identifier(column), self.ids[target])
                    for column, target in keys.items()
                    if table not in self.ids or column == "id"
                ),
                number=self._get_number(table),
                kept=self.kept.get(table) or SQL("TRUE"),
                # The shared ends of a relation have theirs already.
                once=SQL("" if table in self.ids else "ON CONFLICT DO NOTHING"),
            )
        )

    def _get_number(self, table):
        """The number of the copy to which the current one's links to a table lead."""
        return self.shared.get(table) or SQL("copy")

    def _get_copied_id(self, table, record_id):
        return SQL(
            "CASE WHEN %(id)s = ANY(%(ids)s) "
            "THEN %(id)s + (%(number)s) * %(shift)s ELSE %(id)s END",
            id=record_id,
            ids=self.ids[table],
            number=self._get_number(table),
            shift=self.shift,
        )

    def _get_value(self, table, name, kind):
        column = SQL.identifier(name)
        if target := self.keys[table].get(name):
            return self._get_copied_id(target, column)
        for reference in self.references.get(table, ()):
            if name == reference:
                return self._get_text_reference(column)
            if name == reference[-1]:
                return self._get_reference(SQL.identifier(reference[0]), column)
        if name in self.unique.get(table, ()):
            if kind == "integer":
                return SQL("%s + copy * %s", column, self.shift)
            return SQL("%s || '-' || copy", column)
        if name in self.spread.get(table, ()):
            months = self.months.get(table) or SQL("copy %% %s", MONTHS)
            return SQL("%s - make_interval(months => %s)", column, months)
        return column

    def _get_reference(self, model, record_id):
        """The id of the copy of a record of any model."""
        choices = [
            SQL("WHEN %s THEN %s", name, self._get_copied_id(table, record_id))
            for name, table in self._get_models()
        ]
        return SQL("CASE %s %s ELSE %s END", model, SQL(" ").join(choices), record_id)

    def _get_text_reference(self, column):
        """The same for a text, "model,id"."""
        record_id = SQL("split_part(%s, ',', 2)::int", column)
        return SQL(
            "split_part(%s, ',', 1) || ',' || %s",
            column,
            self._get_reference(SQL("split_part(%s, ',', 1)", column), record_id),
        )

    def _get_models(self):
        return [
            (name, model._table)
            for name, model in self.env.registry.items()
            if model._table in self.ids and model._auto and not model._abstract
        ]
