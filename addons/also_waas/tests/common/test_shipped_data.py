import logging

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ...shipped_data import find_shipped, refresh

RULE = "also_waas.contract_contract_rule_customer"
LOGGER = "odoo.addons.also_waas.shipped_data"


@tagged("post_install", "-at_install")
class TestShippedData(TransactionCase):
    """An upgrade brings what nobody edited up to date, and keeps what somebody did."""

    def setUp(self):
        super().setUp()
        self.rule = self.env.ref(RULE)
        self.domain = self.rule.domain_force

    def _make_old(self, record, **values):
        """As an earlier version brought it: the dates stay."""
        for name, value in values.items():
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    value,
                    record.id,
                )
            )
        record.invalidate_recordset()

    def _refresh(self):
        """The names that the log tells, empty where there is nothing to tell."""
        with self.assertLogs(LOGGER) as logs:
            logging.getLogger(LOGGER).info("as there has to be something")
            refresh(self.env, "also_waas")
        return "".join(logs.output)

    def test_what_nobody_edited_follows(self):
        self._make_old(self.rule, domain_force="[(1, '=', 0)]")
        self.assertNotIn(RULE, self._refresh())
        self.assertEqual(self.rule.domain_force, self.domain)

    def test_it_follows_the_next_time_as_well(self):
        self._make_old(self.rule, domain_force="[(1, '=', 0)]")
        self._refresh()
        self.assertEqual(self.rule.write_date, self.rule.create_date)

    def test_what_somebody_edited_stays_and_is_told(self):
        self.rule.domain_force = "[('id', '=', 7)]"
        self.env.flush_all()
        self._make_old(self.rule, write_date="2099-01-01")
        self.assertIn(RULE, self._refresh())
        self.assertEqual(self.rule.domain_force, "[('id', '=', 7)]")

    def test_numbers_go_on(self):
        sequence = self.env.ref("also_waas.sequence_contract")
        sequence.number_next_actual = 77
        self._refresh()
        self.assertEqual(sequence.number_next_actual, 77)

    def test_groups_of_a_rule_follow(self):
        groups = self.rule.groups
        self.env.cr.execute(
            "DELETE FROM rule_group_rel WHERE rule_group_id = %s", [self.rule.id]
        )
        self.rule.invalidate_recordset()
        self._refresh()
        self.assertEqual(self.rule.groups, groups)

    def test_all_that_is_shipped_is_there(self):
        missing = [
            name
            for name in find_shipped("also_waas")
            if not self.env.ref(f"also_waas.{name}", raise_if_not_found=False)
        ]
        self.assertFalse(missing)
