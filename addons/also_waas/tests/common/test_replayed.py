import os
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .cases import WaasCommon
from .replayed import WORLD, replayed

REFUSAL = "Not today"


@tagged("post_install", "-at_install")
class TestReplayed(WaasCommon):
    """What a helper did once is put in place again, to the last field."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ran = []
        tags = cls.env["res.partner.category"]
        cls.old, cls.changed, cls.gone = tags.create(
            [{"name": name} for name in ("Old", "Changed", "Gone")]
        )
        cls.friend = cls._create_party("Friend", category_id=cls.old.ids)

    def setUp(self):
        super().setUp()
        if not self.recorder or not self.recorder.is_able:
            self.skipTest("there is no prepared world, or no right to replay in it")
        self.ran.clear()

    # === HELPERS THAT DO SOMETHING ===#

    def _read(self, records):
        """All that is stored, as it is in the database."""
        records.invalidate_recordset()
        names = [name for name, field in records._fields.items() if field.store]
        return [
            {name: str(value) for name, value in row.items()}
            for row in records.read(names, load=None)
        ]

    @classmethod
    @replayed
    def _live(cls, name):
        """Something is made, changed, linked, unlinked and deleted.

        :return: records, by what happened to them
        """
        cls.ran.append(name)
        party = cls._create_party(name, category_id=(cls.old + cls.gone).ids)
        greeting = "Hello"
        party.message_post(body=greeting)
        cls.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"Hello", "res_model": "res.partner"}
        )
        cls.changed.name = f"Changed by {name}"
        cls.friend.category_id = [Command.set(cls.changed.ids)]
        cls.gone.unlink()
        return {"party": party, "people": party.child_ids}

    @replayed
    def _refuse(self):
        self.ran.append("refused")
        raise UserError(REFUSAL)

    @replayed
    def _meet(self):
        self.ran.append(self.months)
        self._create_party("Met")

    @replayed
    def _remember(self):
        self.ran.append("remembered")
        self.remembered = "on the test"

    # === TESTS ===#

    def test_a_replay_leaves_what_the_helper_left(self):
        def dump():
            files = self.env["ir.attachment"].search([("name", "=", "a.txt")])
            records = [made["party"], made["people"], self.changed, self.friend, files]
            return [
                [file.raw for file in files],
                made["party"].message_ids.mapped("body"),
                self.gone.exists(),
                self.env["res.partner.category"].search([]),
                *map(self._read, records),
            ]

        with self._undone():
            made = self._live.__func__.__wrapped__(type(self), "Plain")
            self.env.cr.flush()
            plain = dump()
        with self._undone():
            made = self._live("Plain")
            first = dump()
        self.assertFalse(made["party"].exists())
        self.assertEqual(self.friend.category_id, self.old)
        self.assertTrue(self.gone.exists())
        with self._undone():
            made = self._live("Plain")
            self.assertEqual(dump(), first)
        self.assertEqual(self.ran, ["Plain"] * 2)
        self.assertEqual(self._without_ids(plain), self._without_ids(first))

    def _without_ids(self, dumped):
        """What differs between two that are made alike."""
        own = {"id", "parent_id", "child_ids", "commercial_partner_id", "message_ids"}
        # Who is said to have written what was only computed, is up to chance.
        own |= {"write_uid"}
        return [
            [
                {name: value for name, value in row.items() if name not in own}
                if isinstance(row, dict)
                else row
                for row in part
            ]
            for part in dumped
        ]

    def test_it_runs_anew_for_other_arguments(self):
        for name in ("One", "Two", "One", "Two"):
            with self._undone():
                self.assertEqual(self._live(name)["party"].name, name)
        self.assertEqual(self.ran, ["One", "Two"])

    def test_it_runs_anew_on_another_day(self):
        for day in ("2026-03-01", "2026-03-02", "2026-03-01"):
            with self._undone(), freeze_time(day):
                self._live("Day")
        self.assertEqual(self.ran, ["Day"] * 2)

    def test_it_runs_after_what_a_test_wrote_by_itself(self):
        for _time in range(2):
            with self._undone():
                self.friend.city = "Elsewhere"
                self._live("Late")
        self.assertEqual(self.ran, ["Late"] * 2)

    def test_it_runs_anew_for_what_a_test_set_on_itself(self):
        for months in (12, 24, 12):
            self.months = months
            with self._undone():
                self._meet()
        self.assertEqual(self.ran, [12, 24])

    def test_what_a_class_holds_is_a_part_of_where_its_tests_begin(self):
        data = self.recorder._get_data()
        for held, is_data in ((12, True), ([self.friend], True), (object(), False)):
            with patch.object(type(self), "held", held, create=True):
                found = self.recorder._get_data()
            self.assertNotEqual(found, data)
            self.assertEqual(found is not None, is_data)
        self.assertEqual(self.recorder._get_data(), data)
        self.assertNotEqual(self.recorder.start[0], WORLD, "It made tags by itself.")

    def test_it_runs_while_something_is_patched(self):
        """Or a test would look for a call that nobody made."""
        for _time in range(2):
            with self._undone():
                self._live("Patched")
            for patched in (
                patch.object(type(self), "city", "Utrecht", create=True),
                patch.dict(os.environ, WAAS_CITY="Utrecht"),
            ):
                with self._undone(), patched:
                    self._live("Patched")
        self.assertEqual(self.ran, ["Patched"] * 5)

    def test_it_runs_after_what_was_taken_back(self):
        """What a helper left is gone, though nothing was written since."""
        with self._undone():
            with self.assertRaises(UserError):
                self._live("Taken back")
                raise UserError(REFUSAL)
            self.assertFalse(self.recorder.get_state())
            self._create_order()
        with self._undone():
            made = self._live("Taken back")
            self._create_order()
            self.assertTrue(made["party"].exists())

    def test_one_after_the_other(self):
        """What a helper leaves is a state that is known."""
        for _time in range(2):
            with self._undone():
                first = self._create_order(quantity=1)
                second = self._confirm(self._create_order(quantity=2))
                self.assertEqual(first.state, "draft")
                self.assertEqual(second.state, "sale")
                self.assertTrue(self.recorder.get_state())

    def test_what_is_refused_is_refused_again(self):
        for _time in range(2):
            with self._assert_refuses(REFUSAL):
                self._refuse()
        self.assertEqual(self.ran, ["refused"] * 2)

    def test_what_it_sets_on_a_test_is_set_again(self):
        for _time in range(2):
            self.remembered = None
            with self._undone():
                self._remember()
            self.assertEqual(self.remembered, "on the test")


class AlikeMixin:
    """Tests that begin in the prepared world share what is recorded."""

    def test_they_begin_in_the_world(self):
        if not self.recorder or not self.recorder.is_able:
            self.skipTest("there is no prepared world, or no right to replay in it")
        self.assertEqual(self.recorder.start, (WORLD, "{}"))


@tagged("post_install", "-at_install")
class TestReplayedAlike(WaasCommon, AlikeMixin):
    """A class that adds nothing to the world."""


@tagged("post_install", "-at_install")
class TestReplayedAlikeToo(WaasCommon, AlikeMixin):
    """Another one."""
