from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..returns.common_returns import ReturnCommon
from .common_steps import StepsMixin


@tagged("post_install", "-at_install", "slow")
class TestStepsOfReturns(StepsMixin, ReturnCommon):
    """From the draft to the last device: called off, missing, claimed and repeated."""

    # === STATES ===#

    def _make_self(self, **values):
        return self._create_return(self.devices, announce=False, **values)

    def _reach_empty(self):
        record = self._make_self()
        record.line_ids.unlink()
        return record

    def _reach_draft(self):
        return self._make_self(accepted_by=False)

    def _reach_accepted(self):
        record = self._make_self()
        record.action_accept_responsibility()
        return record

    def _reach_overdue_draft(self):
        return self._make_self(date_due=fields.Date.today() - timedelta(days=1))

    def _reach_pickup_without_plan(self):
        return self._create_pickup(self.devices, pickup_contact=False)

    def _reach_pickup(self):
        return self._create_pickup(self.devices)

    def _reach_announced(self):
        return self._create_return(self.devices)

    def _reach_overdue(self):
        record = self._create_return(self.devices)
        record.date_due = fields.Date.today() - timedelta(days=1)
        return record

    def _reach_announced_pickup(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        return record

    def _reach_confirmed(self):
        record = self._reach_announced_pickup()
        record.action_confirm_pickup()
        return record

    def _reach_pickup_in_transit(self):
        record = self._reach_confirmed()
        self._hand_over(record)
        return record

    def _reach_in_transit(self):
        record = self._reach_announced()
        record.action_hand_over()
        return record

    def _reach_received_in_part(self):
        record = self._reach_in_transit()
        self._receive(record, self.devices[:1])
        return record

    def _reach_received(self):
        record = self._reach_in_transit()
        self._receive(record, self.devices)
        return record

    def _reach_with_findings(self):
        record = self._reach_received()
        self._receive(record, self._rent_out(1, self.other_customer, first=20))
        return record

    def _reach_with_missing(self):
        record = self._reach_received_in_part()
        record.action_report_missing()
        return record

    def _reach_claimed(self):
        record = self._reach_with_missing()
        record.action_claim()
        return record

    def _reach_erased_in_part(self):
        record = self._reach_received()
        self._certify(self.devices[:1])
        self._certify(self.devices[1:2], result="failed", document=False)
        return record

    def _reach_erased(self):
        record = self._reach_received()
        self._certify(self.devices)
        return record

    def _reach_closed(self):
        record = self._reach_erased()
        self._grade(self.devices)
        return record

    def _reach_cancelled(self):
        record = self._reach_announced()
        record.action_cancel()
        return record

    def _get_story(self, record):
        env = self.env

        def story():
            pickings = record.sudo().exists().picking_ids
            devices = env["stock.lot"].sudo().search([("waas_role", "=", "device")])
            return (
                env["waas.return"].sudo().search([]),
                env["waas.return.line"].sudo().search([]),
                env["waas.return.finding"].sudo().search([]),
                env["waas.erasure"].sudo().search([]),
                env["waas.certificate"].sudo().search([]),
                devices,
                devices.quant_ids,
                pickings,
                pickings.move_ids,
                env["mail.mail"].sudo().search([]),
                env["mail.activity"].sudo().search([]),
                env["account.move"].sudo().search([("company_id", "=", self.also.id)]),
            )

        return story

    def _check(self):
        """Where the devices are is what their returns say."""
        self.assertFalse(self.devices._waas_get_custody_problems())
        for device in self.devices.sudo():
            place = device.quant_ids.filtered(
                lambda quant: quant.quantity > 0
            ).location_id
            self.assertEqual(len(place), 1)
            self.assertEqual(bool(device.waas_contract_id), place.is_waas)
            self.assertEqual(bool(device.waas_arrival_id), place.is_waas_quarantine)
            waiting = device._waas_get_open_return_line()
            if waiting:
                self.assertTrue(place.is_waas)
                self.assertNotIn(waiting.return_id.state, ("closed", "cancelled"))

    def _test(self, *states):
        for state in states:
            with self._undone():
                record = getattr(self, f"_reach_{state}")().with_env(self.env)
                with self.subTest(state=state):
                    self._assert_offers(record)
                    self._try_everything(
                        lambda record=record: self._get_records(record),
                        self._get_story(record),
                    )

    def _get_records(self, record):
        """The return and one of each kind of what hangs on it."""
        yield record
        by_state = record.line_ids.grouped("state").values()
        yield from (lines[:1] for lines in by_state)
        yield from (
            erasures[:1] for erasures in record.erasure_ids.grouped("state").values()
        )
        yield from (record.certificate_ids[:1], record.finding_ids[:1])

    def test_steps_before_anything_is_told(self):
        self._test(
            "empty",
            "draft",
            "accepted",
            "overdue_draft",
            "pickup_without_plan",
            "pickup",
        )

    def test_steps_of_what_is_to_come(self):
        self._test(
            "announced",
            "overdue",
            "announced_pickup",
            "confirmed",
            "pickup_in_transit",
            "in_transit",
        )

    def test_steps_of_what_came(self):
        self._test(
            "received_in_part",
            "received",
            "with_findings",
            "erased_in_part",
            "erased",
        )

    def test_steps_of_what_did_not_come_and_of_what_is_over(self):
        self._test("with_missing", "claimed", "closed", "cancelled")
