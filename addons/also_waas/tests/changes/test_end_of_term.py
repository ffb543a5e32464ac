from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_upgrade import START, ChangeCommon

ANNOUNCED = date(2026, 11, 1)  # 90 days before 30 January 2027


@tagged("post_install", "-at_install")
class TestEndOfTerm(ChangeCommon):
    """Nobody is surprised by the end of a term (R12, R15)."""

    def _announce(self, day=ANNOUNCED):
        with freeze_time(day):
            self.env["contract.contract"].sudo()._cron_waas_announce_end()

    def _get_mails(self):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "contract.contract"),
                ("res_id", "=", self.contract.id),
                ("subject", "like", "renew or return?"),
            ]
        )

    def test_r12_the_end_is_announced_in_time_and_once(self):
        self.assertEqual(self.contract.waas_notice_date, date(2026, 11, 1))
        self.assertEqual(self.contract.waas_decision_date, date(2026, 12, 16))
        self._announce(date(2026, 10, 31))
        self.assertFalse(self.contract.waas_end_announced_on)
        self._announce()
        self._announce(date(2026, 11, 2))
        self.assertEqual(self.contract.waas_end_announced_on, ANNOUNCED)
        activity = self.contract.activity_ids
        self.assertEqual(activity.date_deadline, date(2026, 12, 16))
        self.assertEqual(activity.user_id, self.seller)
        mails = self._get_mails()
        self.assertEqual(mails.recipient_ids, self.customer | self.reseller)
        self.assertEqual(len(mails), 2)
        for text in ("Extend", "Follow-on contract", "Return", "12/16/2026"):
            self.assertIn(text, mails[0].body_html)

    def test_a_broken_mail_leaves_a_to_do_and_stops_no_announcement(self):
        other = self._create_contract(START, quantity=5)
        # Odoo tries a text when it is saved: this one breaks only when it is sent.
        self.env.ref(
            "also_waas.mail_template_contract_end"
        ).body_html = "<p t-out=\"1 / (not ctx.get('party_name'))\" />"
        with mute_logger(
            "odoo.addons.also_waas.models.common.mail_template",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            self._announce()
        self.assertFalse(self._get_mails())
        for contract in self.contract | other:
            self.assertEqual(contract.waas_end_announced_on, ANNOUNCED)
            to_do = contract.activity_ids.filtered(
                lambda activity: activity.summary == "A mail could not be prepared"
            )
            self.assertEqual(len(to_do), 2, "One for each party")
            self.assertEqual(to_do.user_id, self.seller)

    def test_one_contract_that_cannot_end_keeps_no_other_from_it(self):
        stuck = self._create_contract(START, quantity=5)
        for contract in self.contract | stuck:
            self._invoice_up_to(contract, date(2027, 1, 30))
        end = type(self.contract)._waas_end

        def refuse(contracts):
            if stuck in contracts:
                raise ValueError("not this one")
            return end(contracts)

        with (
            freeze_time("2027-01-31"),
            patch.object(self.registry["contract.contract"], "_waas_end", refuse),
        ):
            self._end_contracts()
            self._end_contracts()
        self.assertEqual(self.contract.waas_state, "ended")
        self.assertEqual(stuck.waas_state, "running")
        [to_do] = stuck.activity_ids.filtered(
            lambda activity: activity.summary == "The contract could not be ended"
        )
        self.assertIn("not this one", to_do.note)

    def test_r12_an_extension_moves_the_end_and_its_announcement(self):
        self._announce()
        with freeze_time(ANNOUNCED):
            self._agree(self._create_change(self.contract, "extension", months=15))
        self.assertFalse(self.contract.waas_end_announced_on)
        self.assertFalse(self.contract.activity_ids)
        self._announce(date(2026, 11, 5))
        self.assertFalse(self.contract.waas_end_announced_on)
        self._announce(date(2027, 2, 1))
        self.assertTrue(self.contract.waas_end_announced_on)

    def test_the_choice_is_kept(self):
        self._announce()
        contract = self.contract.with_user(self.seller)
        contract.action_waas_choose_return()
        self.assertEqual(contract.waas_end_choice, "return")
        self.assertFalse(self.contract.activity_ids)
        self.assertIn("chose: Return", self.contract.message_ids[0].body)
        with freeze_time(ANNOUNCED):
            self._create_change(self.contract, "extension", months=15).action_submit()
        self.assertEqual(contract.waas_end_choice, "extend")

    def test_r1_a_follow_on_contract_is_a_new_one(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        contract = self.contract.with_user(self.seller)
        action = contract.action_waas_choose_follow_on()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.waas_predecessor_id, self.contract)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.waas_monthly_amount, 395.0)
        self.assertEqual(contract.waas_end_choice, "follow_on")
        self.assertIn("was changed since it was signed", order.message_ids[0].body)
        self._confirm(order)
        self.assertEqual(order.waas_contract_ids.waas_predecessor_id, self.contract)

    def test_r12_a_contract_ends_by_itself(self):
        self._invoice_up_to(self.contract, date(2027, 1, 30))
        with freeze_time("2027-01-31"):
            self._end_contracts()
        self.assertRecordValues(
            self.contract,
            [
                {
                    "waas_state": "ended",
                    "waas_ended_on": date(2027, 1, 30),
                    "waas_end_reason": "term",
                }
            ],
        )

    def test_only_waas_users_note_a_choice(self):
        for user in (self.officer, self.accountant):
            with self._assert_refuses("Only WaaS users note", AccessError):
                self.contract.with_user(user).action_waas_choose_return()
        with self._assert_refuses("follows its deal", AccessError):
            self.contract.with_user(self.accountant).waas_end_choice = "return"

    def test_before_it_starts_there_is_no_end_to_choose_for(self):
        self.contract.waas_state = "awaiting"
        with self._assert_refuses("has not started"):
            self.contract.with_user(self.seller).action_waas_choose_return()
