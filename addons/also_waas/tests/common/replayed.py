"""What the helpers of the tests do to the database, done once and then replayed.

Hundreds of tests begin with the same deal: quoted, agreed and delivered. The way there
takes a second, putting its rows in place takes a few hundredths of it. The first call
of a helper marked with :func:`replayed` runs, and what it changed is recorded, row by
row. The same call in the same state of the database is answered by the recording: the
same rows, with the same ids.

A state is known by its history: the prepared world (see :mod:`.prepared_world`) and the
helpers called since. Classes whose tests begin alike share what is recorded; one that
has made more of the world by itself begins in a state of its own. Once a test has
written anything by itself, the state is unknown and every helper runs. So it does while
a test patches something.

Where there is no prepared world, as under Odoo's own ``--test-tags``, nothing is
recorded. Nor is it in a class that says ``is_replayed = False``, as one that counts the
queries of a helper.
"""

import functools
import inspect
import itertools
import json
import unittest
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from unittest import mock

import psycopg2
from freezegun.api import freeze_factories

from odoo import fields
from odoo.tools import SQL
from odoo.tools.lru import LRU

from . import prepared_world

WORLD = "world"
"""The state in which the prepared world is found."""

_recordings = LRU(500)
"""By the state and the call; what nobody asks for any more makes room."""

_numbers = itertools.count(1)

_patches = []
"""What is patched at the moment, however it was done."""


def _follow_patches(patcher_class):
    """Note what is patched: ``unittest.mock`` itself does not keep it."""
    enter, leave = patcher_class.__enter__, patcher_class.__exit__

    def noted_enter(patcher):
        value = enter(patcher)
        _patches.append(patcher)
        return value

    def noted_leave(patcher, *exception):
        if patcher in _patches:
            _patches.remove(patcher)
        return leave(patcher, *exception)

    patcher_class.__enter__, patcher_class.__exit__ = noted_enter, noted_leave


for _patcher_class in (mock._patch, mock._patch_dict):
    _follow_patches(_patcher_class)


def replayed(helper):
    """Mark what a helper of tests does as the same in the same state."""

    @functools.wraps(helper)
    def replaying(owner, *args, **kwargs):
        recorder = owner.recorder
        if recorder is None:
            return helper(owner, *args, **kwargs)
        return recorder.call(helper, owner, args, kwargs)

    return replaying


class Recorder:
    """Follows the state of the database of a class of tests.

    :param own: the names of what the class had before it entered the world
    """

    def __init__(self, test_class, own):
        self.test_class = test_class
        self.name = _name(test_class)
        self.cr = test_class.env.cr
        self.is_busy = False
        self.state = None
        self.written = None
        self.patches = []
        self.start = None
        self.given = {
            name: value for name, value in vars(test_class).items() if name not in own
        }
        self.given_to_test = {}
        # Rows in any order: only a superuser may do without foreign keys for a moment.
        self.cr.execute("SELECT current_setting('is_superuser') = 'on'")
        self.is_able = self.cr.fetchone()[0]

    # === STATES ===#

    def start_class(self):
        """Begin in the prepared world, if nothing has been added to it."""
        self.patches = list(_patches)
        _marker, count = self._get_written()
        if not count:
            self.enter((WORLD,))

    def start_test(self, test):
        """Begin where all tests of the class begin."""
        if self.start is None:
            self.start = self._get_start()
        self.patches = list(_patches)
        self.given_to_test = dict(vars(test))
        self.enter(self.start)

    def _get_start(self):
        """:return: a state that other classes may share; one of this class, if it wrote
        or patched something, or holds what is more than data"""
        is_patched = len(_patches) > len(self.patches)
        state, data = self.get_state(), self._get_data()
        if state is None or data is None or is_patched:
            return (self.name,)
        return (*state, data)

    def enter(self, state):
        """Give the present state its name; None: it has none."""
        self.state = state if self.is_able else None
        if self.state:
            self.cr.flush()
            # A setting that is taken back with what was done since.
            self.cr.execute(
                "SELECT set_config('also_waas.state', %s, true)", [str(next(_numbers))]
            )
            self.written = self._get_written()

    def get_state(self):
        """:return: the name of the present state; None: it has none"""
        if self.state:
            self.test_class.env.flush_all()
            # What waits for the end of the transaction is a part of the state, too.
            if self.cr.precommit._funcs or self._get_written() != self.written:
                self.state = None
        return self.state

    def forget(self):
        """Drop what only this class can use."""
        for key in [key for key in _recordings if key[0][0] == self.name]:
            del _recordings[key]

    # === WHAT HELPERS FIND BESIDES THE DATABASE ===#

    def _get_data(self):
        """:return: the attributes of the class that are not given to every class, as
        text; None: they are more than data"""
        found = {}
        for one in reversed(self.test_class.__mro__):
            if one.__module__.startswith("odoo.addons.also_waas"):
                found |= _get_attributes(one)
        try:
            return json.dumps(
                {
                    name: prepared_world.encode(value)
                    for name, value in _get_own(found, self.given)
                }
            )
        except TypeError:
            return None

    def _get_data_of_test(self, owner):
        """:return: what a test has set on itself, as text, as far as it is data"""
        if owner is self.test_class:
            return ""
        found = {}
        for name, value in _get_own(_get_attributes(owner), self.given_to_test):
            with suppress(TypeError):
                found[name] = prepared_world.encode(value)
        return json.dumps(found)

    # === CALLS ===#

    def call(self, helper, owner, args, kwargs):
        """:param owner: the class of tests, or a test of it"""
        make = functools.partial(helper, owner, *args, **kwargs)
        if self.is_busy:
            return make()
        self.is_busy = True
        try:
            key = self._get_key(helper, owner, args, kwargs)
            return make() if key is None else self._answer(key, owner, make)
        finally:
            self.is_busy = False

    def _answer(self, key, owner, make):
        if key in _recordings:
            value = _recordings[key].replay(self.test_class)
        else:
            recording, value = self._record(owner, make)
            if recording is None:
                self.state = None
                return value
            _recordings[key] = recording
        state, *call = key
        self.enter((*state, *call))
        return value

    def _get_key(self, helper, owner, args, kwargs):
        """:return: all that decides about the effect; None: more than is known"""
        if _patches != self.patches:
            return None
        env = self.test_class.env
        try:
            call = json.dumps(prepared_world.encode([list(args), kwargs, env]))
        except TypeError:
            return None
        state = self.get_state()
        if state is None:
            return None
        # A clock that stands still may stand anywhere in the hour.
        now = fields.Datetime.now().strftime("%F %T" if freeze_factories else "%F %H")
        today = fields.Date.context_today(env.user)
        own_ways = _get_own_ways(self.test_class, helper)
        if self.start:
            data = self._get_data_of_test(owner)
        else:
            data = self._get_data() or self.name
        return state, helper.__qualname__, call, now, today, own_ways, data

    def _record(self, owner, make):
        """:return: the recording, None if there cannot be one; what was answered"""
        test_class, cr = self.test_class, self.cr
        attributes, own = dict(vars(test_class)), dict(vars(owner))
        with _part(cr), self._noting_caches() as stale:
            first = self._mark()
            before = self._count_by_table()
            value = make()
            # As at the end of what a person does.
            cr.flush()
            tables = [
                Table(name, inserts_only=counts[1:] == before[name][1:])
                for name, counts in self._count_by_table().items()
                if counts != before[name]
            ]
            for table in tables:
                table.look(cr, first)
        # Whoever comes after a replay finds nothing read yet.
        test_class.env.invalidate_all()
        try:
            if owner is not test_class and vars(owner) != own:
                raise TypeError("What a helper sets on a test is not recorded")
            answer = prepared_world.encode(value)
            changed = {
                name: prepared_world.encode(value)
                for name, value in vars(test_class).items()
                if attributes.get(name, cr) is not value
            }
        except TypeError:
            return None, value
        files = _read_files(test_class.env, tables)
        return Recording(tables, answer, changed, stale, files), value

    @contextmanager
    def _noting_caches(self):
        """:return: which caches of the registry became stale inside"""
        invalidated = self.test_class.registry.cache_invalidated
        before = set(invalidated)
        invalidated.clear()
        stale = set()
        try:
            yield stale
        finally:
            stale |= invalidated
            invalidated |= before

    # === WHAT THE DATABASE KNOWS OF THE TRANSACTION ===#

    def _mark(self):
        """Begin a part of the transaction with a number of its own.

        :return: the number; what is written from now on has this or a higher one
        """
        self.cr.execute(
            "INSERT INTO ir_logging (name, type, message, path, func, line)"
            " VALUES ('', 'server', '', '', '', '') RETURNING id, xmin::text::bigint"
        )
        row_id, number = self.cr.fetchone()
        self.cr.execute("DELETE FROM ir_logging WHERE id = %s", [row_id])
        return number

    def _get_written(self):
        """:return: the last state that was entered and not taken back; how many rows
        were written, taken back or not
        """
        self.cr.execute(
            "SELECT current_setting('also_waas.state', true),"
            " sum(pg_stat_get_xact_tuples_inserted(oid)"
            " + pg_stat_get_xact_tuples_updated(oid)"
            " + pg_stat_get_xact_tuples_deleted(oid))"
            " FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema::regnamespace"
        )
        return self.cr.fetchone()

    def _count_by_table(self):
        """:return: rows inserted, updated and deleted, by the table's name"""
        self.cr.execute(
            "SELECT relname, pg_stat_get_xact_tuples_inserted(oid),"
            " pg_stat_get_xact_tuples_updated(oid),"
            " pg_stat_get_xact_tuples_deleted(oid)"
            " FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema::regnamespace"
        )
        return {name: counts for name, *counts in self.cr.fetchall()}


@dataclass
class Table:
    """What was done to a table.

    :param inserts_only: no row that was there is changed or gone
    """

    name: str
    inserts_only: bool
    has_ids: bool = False
    rows: str = "[]"
    left: set | None = None
    gone: list | None = None

    def look(self, cr, first):
        """Keep what was written, as JSON: the rows from some transaction on."""
        self.has_ids = self.name in _get_tables_with_ids(cr)
        cr.execute(
            SQL(
                "SELECT coalesce(jsonb_agg(to_jsonb(t)%s), '[]')::text FROM %s t"
                " WHERE t.xmin::text::bigint >= %s",
                SQL(" ORDER BY t.id") if self.has_ids else SQL(),
                self._table,
                first,
            )
        )
        self.rows = cr.fetchone()[0]
        if not self.inserts_only:
            written = {row.get("id") for row in json.loads(self.rows)}
            self.left = self._get_identities(cr) - written

    def replay(self, cr):
        if not self.inserts_only and self.gone is None:
            # All is as it was before: what was not left has to make room.
            self.gone = list(self._get_identities(cr) - self.left)
        if self.gone:
            cr.execute(
                SQL(
                    "DELETE FROM %s t WHERE %s = ANY(%s)",
                    self._table,
                    self._identity,
                    self.gone,
                )
            )
        if self.rows != "[]":
            cr.execute(
                SQL(
                    "INSERT INTO %(table)s SELECT *"
                    " FROM jsonb_populate_recordset(null::%(table)s, %(rows)s)",
                    table=self._table,
                    rows=self.rows,
                )
            )

    @property
    def _table(self):
        return SQL.identifier(self.name)

    @property
    def _identity(self):
        """Rows of a many2many relation have no id."""
        return SQL("t.id") if self.has_ids else SQL("to_jsonb(t)::text")

    def _get_identities(self, cr):
        cr.execute(SQL("SELECT %s FROM %s t", self._identity, self._table))
        return {row[0] for row in cr.fetchall()}


@dataclass
class Recording:
    """What a helper changed, and what it answered.

    :param attributes: of the class of tests
    :param caches: the names of the registry's caches that become stale
    :param files: of attachments, which somebody may have tidied away, by path
    """

    tables: list[Table]
    answer: object
    attributes: dict
    caches: set
    files: dict

    def replay(self, test_class):
        cr = test_class.env.cr
        cr.execute("SET LOCAL session_replication_role = replica")
        for table in self.tables:
            table.replay(cr)
        cr.execute("SET LOCAL session_replication_role = origin")
        test_class.env.invalidate_all(flush=False)
        if self.caches:
            test_class.registry.clear_cache(*self.caches)
        for path, content in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name, value in self.attributes.items():
            setattr(test_class, name, prepared_world.decode(value, cr))
        return prepared_world.decode(self.answer, cr)


def _read_files(env, tables):
    """The files of the attachments among the rows."""
    attachments = env["ir.attachment"]
    paths = [
        Path(attachments._full_path(row["store_fname"]))
        for table in tables
        if table.name == attachments._table
        for row in json.loads(table.rows)
        if row["store_fname"]
    ]
    return {path: path.read_bytes() for path in paths}


@contextmanager
def _part(cr):
    """A part of the transaction, which stays whatever happens in it."""
    savepoint = cr.savepoint(flush=False)
    try:
        yield
    except psycopg2.Error:
        raise
    except Exception:
        savepoint.close(rollback=False)
        raise
    savepoint.close(rollback=False)


_tables_with_ids = set()


def _get_tables_with_ids(cr):
    if not _tables_with_ids:
        cr.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'id' AND table_schema = current_schema"
        )
        _tables_with_ids.update(row[0] for row in cr.fetchall())
    return _tables_with_ids


@functools.cache
def _get_own_ways(test_class, helper):
    """What the class does in its own way of all that the helper may call.

    No helper calls a test, nor what sets it up.
    """
    owner = helper.__qualname__.rpartition(".")[0]
    base = next(one for one in test_class.__mro__ if one.__qualname__ == owner)
    return tuple(
        _name(getattr(test_class, name))
        for name, usual in inspect.getmembers(base, inspect.isroutine)
        if not hasattr(unittest.TestCase, name)
        and not name.startswith("test_")
        and _name(getattr(test_class, name)) != _name(usual)
    )


_OF_THE_RUNNER = {
    "test_tags",
    "test_module",
    "test_class",
    "test_sequence",
    "is_replayed",
    "recorder",
}
"""What is noted on every class of tests."""


def _get_attributes(owner):
    """:return: what is not code of a class or a test, by name"""
    return {
        name: value
        for name, value in vars(owner).items()
        if not name.startswith("_")
        and name not in _OF_THE_RUNNER
        and not isinstance(value, classmethod | staticmethod | property | FunctionType)
    }


def _get_own(attributes, given):
    """:return: pairs of name and value of what was not given, by name"""
    return [
        (name, value)
        for name, value in sorted(attributes.items())
        if name not in given or given[name] is not value
    ]


def _name(function):
    return getattr(function, "__module__", ""), function.__qualname__
