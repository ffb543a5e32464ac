from datetime import date, timedelta

from odoo import fields
from odoo.tests import tagged

from .common_catalogue import CatalogueCommon


@tagged("post_install", "-at_install")
class TestHardwareRequest(CatalogueCommon):
    """R14: other hardware is looked at case by case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls.env["waas.manufacturer"].create({"name": "Newcomer"})
        cls.device = cls._create_device("New", waas_manufacturer_id=cls.newcomer.id)

    @classmethod
    def _create_request(cls, **values):
        return (
            cls.env["waas.hardware.request"]
            .with_user(cls.seller)
            .create(
                {
                    "company_id": cls.also.id,
                    "reseller_id": cls.reseller.id,
                    "manufacturer_name": "Newcomer",
                    "description": "New 15 inch, 32 GB",
                    **values,
                }
            )
        )

    def _create_approval(self, **values):
        request = self._create_request(product_id=self.device.id, **values)
        request.action_submit()
        request.with_user(self.manager).action_approve()
        return request

    def _get_problem(self, reseller=None, company=None, on=None):
        return self.device._waas_get_hardware_problem(reseller, company, on)

    def test_r14_life_of_a_request_that_is_approved(self):
        request = self._create_request()
        self.assertEqual(request.state, "draft")
        self.assertRegex(request.name, r"\w")
        self.assertNotEqual(request.name, "/")
        self.also.waas_hardware_answer_days = 5
        request.action_submit()
        self.assertEqual(request.state, "submitted")
        today = fields.Date.context_today(request)
        self.assertEqual(request.answer_due_date, today + timedelta(days=5))
        activity = request.activity_ids
        self.assertEqual(activity.date_deadline, request.answer_due_date)
        self.assertTrue(activity.user_id.has_group("also_waas.group_waas_manager"))

        decided = request.with_user(self.manager)
        decided.product_id = self.device
        decided.action_approve()
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.decided_by_id, self.manager)
        self.assertTrue(request.decided_on)
        self.assertFalse(request.activity_ids)
        self.assertFalse(self._get_problem(self.reseller))
        self.laptop_slot.component_id = self.device

    def test_r14_life_of_a_request_that_is_rejected_and_taken_up_again(self):
        request = self._create_request()
        request.action_submit()
        decided = request.with_user(self.manager)
        decided.decision_note = "No spare parts."
        decided.action_reject()
        self.assertEqual(request.state, "rejected")
        self.assertEqual(request.decided_by_id, self.manager)
        self.assertTrue(self._get_problem(self.reseller))
        request.action_draft()
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.decided_by_id)
        self.assertFalse(request.decided_on)
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_r14_an_approval_names_its_device(self):
        request = self._create_request()
        request.action_submit()
        with self._assert_refuses("Choose the device that request .* approves"):
            request.with_user(self.manager).action_approve()
        with self._assert_violates():
            request.with_user(self.manager).state = "approved"
            request.flush_recordset()

    def test_r14_an_approval_is_for_a_device(self):
        with self._assert_refuses("Helpdesk is not a device"):
            self._create_request(product_id=self.helpdesk.id)

    def test_r14_an_approval_that_is_over_is_not_given(self):
        request = self._create_request(
            product_id=self.device.id, valid_until=date(2020, 1, 31)
        )
        request.action_submit()
        with self._assert_refuses("01/31/2020 is over, so the approval"):
            request.with_user(self.manager).action_approve()

    def test_r14_a_rejection_has_a_reason(self):
        request = self._create_request(decision_note="  ")
        request.action_submit()
        with self._assert_refuses("Write under 'Decision' why request"):
            request.with_user(self.manager).action_reject()

    def test_r14_steps_follow_each_other(self):
        request = self._create_request(product_id=self.device.id, decision_note="No")
        manager = request.with_user(self.manager)
        for step in ("action_approve", "action_reject"):
            with self._assert_refuses(
                "Request .* is Draft; this step is for requests that are Submitted"
            ):
                getattr(manager, step)()
        with self._assert_refuses("that are Rejected, Cancelled"):
            request.action_draft()
        request.action_submit()
        with self._assert_refuses("is Submitted; this step is for .* Draft"):
            request.action_submit()
        request.action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertFalse(request.activity_ids)
        with self._assert_refuses("is Cancelled; this step is for"):
            request.action_cancel()

    def test_r14_only_managers_decide(self):
        request = self._create_request(product_id=self.device.id, decision_note="No")
        request.action_submit()
        refusal = "Only a WaaS manager decides on a hardware request"
        for step in ("action_approve", "action_reject"):
            with self._assert_refuses(refusal):
                getattr(request, step)()
        for state in ("approved", "rejected"):
            with self._assert_refuses(refusal):
                request.state = state
            with self._assert_refuses(refusal):
                self._create_request(product_id=self.device.id, state=state)
            with self._assert_refuses(refusal):
                self._create_request(product_id=self.device.id).with_context(
                    default_state=state
                ).copy({"product_id": self.device.id})

    def test_r14_only_managers_change_an_approval(self):
        approval = self._create_approval()
        refusal = "Only a WaaS manager decides"
        for values in (
            {"product_id": self.laptop.id},
            {"valid_until": date(2099, 1, 1)},
            {"reseller_id": False},
            {"state": "draft"},
        ):
            with self._assert_refuses(refusal):
                approval.write(values)
        with self._assert_refuses(refusal):
            approval.action_cancel()
        approval.reason = "The customer asked for it."  # says nothing new
        approval.with_user(self.manager).action_cancel()
        self.assertTrue(self._get_problem(self.reseller))

    def test_r14_an_approval_is_for_the_partner_who_asked(self):
        self._create_approval()
        self.assertFalse(self._get_problem(), "the catalogue may offer it")
        self.assertFalse(self._get_problem(self.reseller))
        self.assertFalse(self._get_problem(self.reseller.child_ids))
        self.assertIn("not an approved", self._get_problem(self.other_reseller))

    def test_r14_an_approval_without_partner_is_for_everybody(self):
        self._create_approval(reseller_id=False)
        self.assertFalse(self._get_problem(self.other_reseller))

    def test_r14_an_approval_is_for_the_company_that_gave_it(self):
        self._create_approval()
        elsewhere = self.env["res.company"].create({"name": "ALSO Elsewhere"})
        self.assertFalse(self._get_problem(self.reseller, self.also))
        self.assertTrue(self._get_problem(self.reseller, elsewhere))

    def test_r14_an_approval_ends_with_its_last_day(self):
        self._create_approval(valid_until=date(2099, 12, 31))
        self.assertFalse(self._get_problem(self.reseller, on=date(2099, 12, 31)))
        self.assertTrue(self._get_problem(self.reseller, on=date(2100, 1, 1)))

    def test_r14_an_approval_also_lets_a_short_warranty_pass(self):
        self.device.waas_manufacturer_id = self.manufacturer
        self.device.waas_warranty_months = 12
        self.assertIn("12 months of warranty", self._get_problem(self.reseller))
        self._create_approval()
        self.assertFalse(self._get_problem(self.reseller))

    def test_a_request_that_was_handed_in_is_kept(self):
        request = self._create_request()
        request.copy().unlink()
        request.action_submit()
        request.action_cancel()
        refusal = "A hardware request that was handed in is kept as a record"
        with self._assert_refuses(refusal):
            request.unlink()
        with self._assert_refuses(refusal):
            self._create_approval().with_user(self.manager).unlink()

    def test_a_copy_is_a_new_question(self):
        copied = self._create_approval().copy()
        self.assertRecordValues(
            copied,
            [
                {
                    "state": "draft",
                    "product_id": False,
                    "decided_by_id": False,
                    "answer_due_date": False,
                    "reseller_id": self.reseller.id,
                }
            ],
        )

    def test_a_request_is_for_one_device_at_least(self):
        with self._assert_violates():
            self._create_request(quantity=0)
