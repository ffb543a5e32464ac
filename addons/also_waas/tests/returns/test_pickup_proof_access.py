from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...models.common.waas_retention import REMOVED
from ..common.cases_steps import SIGNATURE
from .common_pickup_proof import PickupProofCommon


@tagged("post_install", "-at_install")
class TestPickupProofAccess(PickupProofCommon):
    """Who sees the proof, and where it is shown."""

    def _forget(self, person):
        self.env["waas.person.forget"].with_user(self.manager).create(
            {"partner_id": person.id}
        ).action_forget()

    def test_r15_the_warehouse_and_waas_users_enter_it_and_nobody_else(self):
        record = self._order_pickup()
        outsider = self._create_portal_user("door", self.signatory)
        for user in self.accountant, self.officer, outsider:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._hand_over(record, user=user)
        self._hand_over(record, user=self.seller)

    def test_r15_what_was_seen_at_the_door_stays_as_it_was(self):
        record = self._order_pickup()
        handover = self._hand_over(record)
        administrator = self.env.ref("base.user_admin")
        for user in self.manager, self.warehouse, administrator:
            for values in ({"counted": 9}, {"seals": "B"}, {"signature": False}):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    handover.with_user(user).write(values)
            with self.assertRaises(AccessError):
                handover.with_user(user).unlink()
        with self._assert_refuses("recorded when it is received", AccessError):
            record.line_ids[0].with_user(self.manager).handover_id = False

    def test_r15_another_company_sees_nothing_of_it(self):
        record = self._order_pickup()
        handover = self._hand_over(record)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        there = self.env(user=self.manager)
        self.assertFalse(there["waas.return.handover"].search([]))
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            handover.with_env(there).read(["seals"])
        with self.assertRaises(AccessError):
            there["waas.return.collect"].create({"return_id": record.id})

    def test_r15_the_customers_documents_say_it(self):
        record = self._order_pickup()
        self._hand_over(record)
        self._receive(record, self.devices)
        self._certify(self.devices)
        for report, records in (
            ("also_waas.report_certificate", record.certificate_ids),
            ("also_waas.report_return", record),
        ):
            html = (
                self.env["ir.actions.report"]
                ._render_qweb_html(report, records.ids)[0]
                .decode()
            )
            with self.subTest(report=report):
                self.assertIn("A1, A2", html)
                self.assertIn("Picked up", html)
                self.assertNotIn("Driver", html)
        self.assertTrue(record.certificate_ids._is_true())

    # === PEOPLE ===#

    def test_r15_names_and_signatures_go_when_the_return_is_long_over(self):
        record = self._order_pickup()
        handover = self._hand_over(record, note="Porter is new").sudo()
        retentions = self.env["waas.retention"].sudo()
        before = fields.Datetime.now() + timedelta(days=31)
        retentions._forget_return_contact(before)
        self.assertTrue(handover.signature)
        record.sudo().state = "closed"
        self.assertEqual(retentions._forget_return_contact(before), record.sudo())
        self.assertRecordValues(
            handover,
            [
                {
                    "handed_over_by": REMOVED,
                    "collected_by": REMOVED,
                    "signature": False,
                    "note": False,
                    "seals": "A1, A2",
                    "counted": 3,
                }
            ],
        )
        self.assertFalse(retentions._forget_return_contact(before))
        self.assertFalse(self.devices._waas_get_custody_problems())

    def test_r15_who_asks_to_be_forgotten_leaves_no_signature(self):
        giver = self.env["res.partner"].create(
            {
                "name": "Gerda de Gever",
                "email": "gerda@customerone.test",
                "parent_id": self.customer.id,
            }
        )
        driver = self.env["res.partner"].create(
            {"name": "Chris Chauffeur", "parent_id": self.processor.id}
        )
        record = self._order_pickup()
        handover = self._hand_over(
            record,
            handed_over_by=giver.name,
            collected_by=driver.name,
            document=SIGNATURE,
            document_name="slip of Gerda de Gever.png",
        )
        stranger = self.env["res.partner"].create(
            {"name": "Chris Chauffeur", "parent_id": self.other_customer.id}
        )
        self._forget(stranger)
        self.assertTrue(handover.signature)
        self.assertEqual(handover.collected_by, "Chris Chauffeur")
        self._forget(driver)
        self.assertFalse(handover.signature or handover.document)
        self.assertEqual(handover.collected_by, driver.name)
        self.assertNotIn("Chauffeur", driver.name)
        self._forget(giver)
        self.assertNotIn("Gerda", handover.handed_over_by)
        self.assertFalse(handover.document_name)
