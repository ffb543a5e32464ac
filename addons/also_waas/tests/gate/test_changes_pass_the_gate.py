from datetime import date

from odoo import Command, fields
from odoo.tests import tagged

from ..common.cases import WaasCommon

START = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestChangesPassTheGate(WaasCommon):
    """No change is applied that did not pass its gate (R1, R8, R13)."""

    def _bring_half_way(self, change):
        """As somebody who can write the state: the gate itself is asked here."""
        change.sudo().write({"state": "delivering", "gate_passed_on": "2026-01-01"})

    def test_a3_without_devices_nothing_counts_as_delivered(self):
        contract = self._create_contract(START, 24)
        change = self._create_change(contract, "termination")
        self._bring_half_way(change)
        with self._assert_refuses("does not wait to be applied"):
            change.action_apply()
        change.sudo()._apply_delivered(change.effective_date)
        self.assertEqual(change.state, "delivering")
        self.assertEqual(contract.waas_state, "running")

    def test_a3_the_database_wants_the_gate_passed(self):
        contract = self._create_contract(START, 24)
        change = self._create_change(contract, "termination")
        for state in ("delivering", "applied"):
            with self._assert_violates(), self.env.cr.savepoint():
                change.sudo().write({"state": state, "applied_on": "2026-01-01"})
                change.flush_recordset()

    def test_a3_what_waited_for_devices_is_asked_for_its_signatures(self):
        contract = self._create_contract(START, 24)
        day = fields.Date.today()
        change = self._upgrade(contract, day, self.monitor_option)
        self._bring_half_way(change)
        with self._assert_refuses("Send the agreements"):
            change.sudo()._ensure_still_agreed()

    def test_a7_an_extension_is_signed_whatever_the_settings_say(self):
        self.also.waas_change_signatures = False
        self.also.waas_auto_confirm = True
        contract = self._create_contract(START, 12)
        change = self._create_change(contract, "extension", months=15)
        change.action_submit()
        self.assertEqual(change.state, "waiting")
        self.assertTrue(change.waas_needs_signatures)
        self.assertTrue(change.waas_agreement_ids)
        self.assertFalse(contract.waas_commission_ids.filtered("event"))
        self._agree_on(change)
        self.assertEqual(change.state, "applied")

    def _agree_on(self, change):
        pending = change.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )
        for check in pending:
            check.with_user(self.officer)._approve(1_000_000.0, date(2099, 12, 31))
        self._customer_signs(change)
        self._also_signs(change)

    def test_a8_a_change_is_signed_by_whom_it_was_sent_to(self):
        contract = self._create_contract(START, 24)
        change = self._create_change(contract, "termination")
        change.action_submit()
        change.waas_signatory_id = self.env["res.partner"].create(
            {"name": "Cfo", "parent_id": self.customer.id, "email": "cfo@one.test"}
        )
        with self._assert_refuses("can no longer be signed"):
            self._customer_signs(change)

    def test_a1_lines_of_a_change_take_no_price_of_anybody(self):
        contract = self._create_contract(START, 24)
        change = self._upgrade(contract, fields.Date.today())
        for name in ("price_unit", "commission_unit", "commission_amount"):
            with self._assert_refuses("users cannot enter them"):
                change.write(
                    {"line_ids": [Command.update(change.line_ids.id, {name: 7})]}
                )
