from contextlib import nullcontext

from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from ..common.offered import OfferedMixin

MIN_WORDS = 4


class StepsMixin(OfferedMixin):
    """Tries everything that a person could press."""

    def _get_actions(self, records):
        """The public steps of a model: a new one is tried by itself."""
        return [
            *sorted(
                name
                for name in dir(type(records))
                if name.startswith("action_")
                and type(records)._fields.get(name) is None
                and self._is_ours(records, name)
            ),
            "unlink",
        ]

    def _dump(self, *recordsets):
        """Everything that is stored of these records, and nothing of when: as the
        database has it, whatever a field makes of it.

        :return: dict of values by model, id and column or many2many field
        """
        self.env.flush_all()
        dump = {}
        for records in recordsets:
            records = records.sudo()
            for row in self._read_rows(records):
                record = records.browse(row["id"])
                for name in ("write_date", "write_uid", *self._get_previewed(record)):
                    row.pop(name, None)
                dump.update(
                    ((records._name, row["id"], name), value)
                    for name, value in row.items()
                )
        return dump

    def _read_rows(self, records):
        """What the tables hold of these records: a dict for each that is there."""
        self.env.cr.execute(
            SQL(
                "SELECT * FROM %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                records.ids,
            )
        )
        rows = {row["id"]: row for row in self.env.cr.dictfetchall()}
        for name, field in records._fields.items():
            if field.type != "many2many" or not field.store:
                continue
            for row in rows.values():
                row[name] = set()
            self.env.cr.execute(
                SQL(
                    "SELECT %s, %s FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(field.column1),
                    SQL.identifier(field.column2),
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column1),
                    list(rows),
                )
            )
            for record_id, other_id in self.env.cr.fetchall():
                rows[record_id][name].add(other_id)
        return rows.values()

    def _get_previewed(self, record):
        """Fields that a draft works out anew whenever it is looked at."""
        return ()

    def _assert_same(self, after, before, why):
        changed = {
            key: (before.get(key), after.get(key))
            for key in after.keys() | before.keys()
            if before.get(key) != after.get(key)
        }
        self.assertFalse(changed, why)

    def _try_everything(self, build, story):
        """Every step, twice in a row, each from the same state.

        :param build: makes the records that are in some state
        :param story: what of the database belongs to them: recordsets
        """
        before = self._dump(*story())
        for records in filter(None, build()):
            for method in self._get_actions(records):
                with self.subTest(model=records._name, method=method):
                    self._try_twice(records, method, story, before)

    def _try_twice(self, records, method, story, before):
        with self._undone():
            # What was refused, and changed nothing, is refused again.
            if self._try(records, method, story, before) and records.exists():
                with self.subTest(again=True):
                    self._try(records, method, story, self._dump(*story()))

    def _try(self, records, method, story, before):
        """No savepoint here: what is refused is refused before anything is written. But
        Odoo deletes the messages of a record before it asks whether it may go.

        :param before: what :meth:`_dump` told of the state from which this starts
        :return: whether it worked
        """
        savepoint = self.env.cr.savepoint() if method == "unlink" else nullcontext()
        try:
            with mute_logger("odoo.sql_db"), savepoint:
                answer = getattr(records, method)()
                self.env.flush_all()
        except UserError as refusal:
            self.assertGreaterEqual(
                len(str(refusal).split()), MIN_WORDS, f"says too little: {refusal}"
            )
            self._assert_same(self._dump(*story()), before, f"half done: {refusal}")
            return False
        self.assertIn(type(answer), (bool, dict))
        self._check()
        return True
