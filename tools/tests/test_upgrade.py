"""How an upgraded database is compared with a new one."""

import unittest

from tools import history, upgrade_checks

from .common import ScratchCase


class TestComplaints(ScratchCase):
    def _find(self, *lines):
        return upgrade_checks.find_complaints(self.write("log", "\n".join(lines)))

    def test_a_warning_is_found(self):
        line = "2026-12-01 05:00:00,001 17 WARNING db odoo.addons.base: views"
        self.assertEqual(self._find("$ odoo -u x", line), [line])

    def test_what_a_message_says_is_none(self):
        self.assertFalse(
            self._find("2026-12-01 05:00:00,001 17 INFO db odoo: no WARNING here")
        )


class TestComparison(unittest.TestCase):
    def test_what_is_equal_has_no_problem(self):
        schema = {"schema": {"table a": "int"}}
        self.assertFalse(upgrade_checks.compare_schemas(schema, schema))

    def test_each_difference_is_named(self):
        one = {"schema": {"a": "int", "b": "int"}}
        fresh = {"schema": {"b": "text", "c": "int"}}
        self.assertEqual(
            upgrade_checks.compare_schemas(one, fresh),
            ["missing: c", "too much: a", "b: int instead of text"],
        )

    def test_changed_new_and_gone_rows_are_counted(self):
        after = {"rows": {"t": {"1": "x", "2": "x"}}, "schema": {}}
        again = {"rows": {"t": {"1": "y", "3": "x"}}, "schema": {}}
        (change,) = upgrade_checks.find_changes(after, again)
        self.assertIn("1 changed ['1'], 1 new ['3'], 1 gone", change)

    def test_invoices_may_be_written_while_oca_s_addon_is_installed(self):
        after = {"ordinary": {"account_move 1": "later", "sale_order 1": "later"}}
        before = {
            "ordinary": {"account_move 1": "then", "sale_order 1": "then"},
            "schema": {},
        }
        problems = upgrade_checks._find_written(before, after)
        self.assertEqual(problems, ["sale_order 1: later instead of then"])

    def test_what_is_left_of_ours_is_found(self):
        facts = {"schema": {"column sale_order.is_waas": "", "column x.y": ""}}
        self.assertEqual(
            upgrade_checks.find_left_over(facts), ["column sale_order.is_waas"]
        )


class TestSent(unittest.TestCase):
    def test_an_order_that_an_upgrade_makes_is_found(self):
        before = {"mail_mail": {"1": "x"}}
        after = {"mail_mail": {"1": "y"}, "waas_marketplace_message": {"1": "x"}}
        self.assertEqual(
            upgrade_checks._find_sent(before, after),
            ["1 new rows in waas_marketplace_message"],
        )


class TestHistory(unittest.TestCase):
    def test_a_version_that_git_does_not_know(self):
        self.assertFalse(history.OldVersion("0" * 40, "nothing").is_known())
