import io

import openpyxl

from odoo import fields
from odoo.tests import tagged

from ..sellout.common_sellout import SelloutCommon
from .portal_world import PortalHttpCommon, PortalWorldCommon


@tagged("post_install", "-at_install", "http")
class TestSelloutPage(SelloutCommon, PortalHttpCommon):
    """R5: the partner sees what was reported in its name."""

    def test_r5_the_partner_sees_what_was_reported_in_its_name(self):
        _order, mine = self._rent(self._day(0))
        _order, others = self._rent(
            self._day(0),
            partner_id=self.other_customer.id,
            waas_reseller_id=self.other_reseller.id,
        )
        self._log_in(self.reseller_user)
        text = self._get_text(self._get("/my/waas/sellout"))
        self.assertNotIn(mine.name, text, "The report is not closed yet.")
        self._close()
        text = self._get_text(self._get("/my/waas/sellout"))
        self.assertIn(mine.name, text)
        self.assertIn("GM-14-G1", text)
        self.assertIn("Goodmake", text)
        self.assertNotIn(others.name, text)
        for search, found in (("GM-14", True), (mine.name, True), ("nothing", False)):
            page = self._get(f"/my/waas/sellout?search={search}")
            self.assertEqual(mine.name in self._get_text(page), found)
        answer = self._get("/my/waas/sellout/xlsx")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        cells = {cell.value for row in sheet.iter_rows() for cell in row}
        self.assertIn(mine.name, cells)
        self.assertNotIn(others.name, cells)

    def test_r5_the_partner_sees_by_which_numbers_it_is_credited(self):
        order, _lot = self._rent(self._day(0))
        self.bundle.default_code = "WAAS-1"
        self.env["waas.manufacturer.reseller"].create(
            {
                "manufacturer_id": self.manufacturer.id,
                "reseller_id": self.reseller.id,
                "company_id": self.also.id,
                "number": "P-77",
            }
        )
        self.env["waas.deal.registration"].create(
            {
                "order_id": order.id,
                "manufacturer_id": self.manufacturer.id,
                "number": "DR-99",
            }
        )
        self._close()
        self._log_in(self.reseller_user)
        page = self._get("/my/waas/sellout?search=DR-99")
        for text in ("Workplace", "P-77", "DR-99"):
            self.assertIn(text, self._get_text(page))
        answer = self._get("/my/waas/sellout/xlsx")
        titles, row = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
        said = dict(zip(titles, row, strict=True))
        self.assertEqual((said["Bundle"], said["Bundle Code"]), ("Workplace", "WAAS-1"))
        self.assertEqual(
            (said["Partner Number"], said["Deal Registration"]), ("P-77", "DR-99")
        )


@tagged("post_install", "-at_install", "http")
class TestPages(PortalWorldCommon):
    def test_r1_the_signatory_signs_from_the_portal(self):
        self._log_in(self.customer_user)
        text = self._get_text(self._get("/my/waas/agreements"))
        self.assertIn("Rental Agreement", text)
        self.assertIn("Sign or Refuse", text)
        answer = self._post(f"/my/waas/agreements/{self.agreement.id}/sign")
        self.assertEqual(answer.status_code, 303)
        page = self._get(answer.headers["Location"])
        # The log-in is no proof: the code of the mail is asked for.
        self.assertIn("we mail a code to", self._get_text(page))
        token = answer.headers["Location"].rpartition("/")[2]
        refused = self._post_json(
            f"/waas/sign/{token}/accept", name="Ceo", signature="x"
        )
        self.assertIn("Type the code", refused["result"]["error"])

    def test_r1_a_colleague_has_the_link_mailed_to_the_signatory(self):
        self._log_in(self.colleague_user)
        self.env["waas.signing.link"].sudo().search([]).unlink()
        path = f"/my/waas/agreements/{self.agreement.id}/sign"
        answer = self._post(path)
        self.assertTrue(answer.headers["Location"].endswith("?mailed=1"))
        mail = self._get_mails(self.quotation)[0]
        self.assertIn(self.signatory.email, mail.email_to)
        self.assertNotIn(self.colleague_user.email, mail.email_to)
        answer = self._post(path)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("We have just sent", self._get_text(answer))

    def test_r1_without_codes_the_link_is_mailed_to_the_signatory_as_well(self):
        self.also.waas_signature_code = False
        self.env["waas.signing.link"].sudo().search([]).unlink()
        self._log_in(self.customer_user)
        answer = self._post(f"/my/waas/agreements/{self.agreement.id}/sign")
        self.assertTrue(answer.headers["Location"].endswith("?mailed=1"))

    def test_r1_links_for_the_portal_are_not_made_without_end(self):
        self.patch(
            __import__(
                "odoo.addons.also_waas.models.portal.waas_agreement", fromlist=["x"]
            ),
            "LINKS_PER_HOUR",
            2,
        )
        self._log_in(self.customer_user)
        path = f"/my/waas/agreements/{self.agreement.id}/sign"
        self.assertEqual(self._post(path).status_code, 303)
        self.assertEqual(self._post(path).status_code, 422)

    def test_r1_what_was_signed_is_downloaded_and_signed_no_more(self):
        signed = self.order.sudo().waas_agreement_ids[0]
        self._log_in(self.customer_user)
        answer = self._get(f"/my/waas/agreements/{signed.id}/pdf")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        answer = self._post(f"/my/waas/agreements/{signed.id}/sign")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("nothing left to sign", self._get_text(answer))

    # === CONTRACT ===#

    def test_r9_licenses_are_on_the_contract_and_never_shipped(self):
        for user in (self.reseller_user, self.customer_user):
            self._log_in(user)
            text = self._get_text(
                self._get(f"/my/waas/contracts/{self.device_contract.id}")
            )
            deliveries = text.partition("Deliveries")[2].partition("Installments")[0]
            self.assertIn("Laptop", deliveries)
            self.assertNotIn("Office Basic", deliveries)

    def test_r9_the_partner_sees_which_license_a_workplace_has(self):
        self._log_in(self.reseller_user)
        text = self._get_text(self._get(f"/my/waas/deals/{self.quotation.id}"))
        self.assertIn("Office Basic", text)

    def test_the_end_of_the_term_is_planned_with_dates(self):
        contract = self.device_contract
        dates = contract._waas_get_end_dates()
        self.assertEqual(
            [step["date"] for step in dates],
            [
                contract.waas_notice_date,
                contract.waas_decision_date,
                contract.date_end,
                fields.Date.add(contract.date_end, days=self.also.waas_return_days),
            ],
        )
        for user in (self.reseller_user, self.customer_user):
            self._log_in(user)
            text = self._get_text(self._get(f"/my/waas/contracts/{contract.id}"))
            self.assertIn("End of the term", text)
            self.assertIn("the devices are back with us", text)

    def test_r12_an_extension_is_asked_for_only_where_it_is_possible(self):
        contract = self.device_contract
        self._log_in(self.customer_user)
        path = f"/my/waas/contracts/{contract.id}"
        for months in ("37", "12", "-1", "x", ""):
            with self.subTest(months):
                answer = self._post(f"{path}/ask/extend", months=months)
                self.assertEqual(answer.status_code, 422)
        self.assertFalse(contract.sudo().waas_change_ids)
        answer = self._post(f"{path}/ask/extend", months="15", note="Please")
        self.assertEqual(answer.status_code, 303, self._get_text(answer)[:1000])
        self.env.invalidate_all()
        change = contract.sudo().waas_change_ids
        self.assertRecordValues(
            change,
            [
                {
                    "kind": "extension",
                    "state": "draft",
                    "asked_by_id": self.customer_user.partner_id.id,
                }
            ],
        )
        text = self._get_text(self._get(path))
        self.assertIn(f"asked for by {self.customer_user.partner_id.name}", text)
        answer = self._post(f"{path}/ask/extend", months="18")
        self.assertIn("under way already", self._get_text(answer))

    def test_r12_what_cannot_be_asked_for_now_is_said_before(self):
        contract = self.device_contract
        self._log_in(self.customer_user)
        path = f"/my/waas/contracts/{contract.id}"
        text = self._get_text(self._get(f"{path}/extend"))
        self.assertIn("The price stays", text)
        self.assertIn("Ask for the Extension", text)
        self.assertNotIn("(R12)", text)
        answer = self._post(f"{path}/ask/upgrade", note="More, please")
        self.assertIn("More, please", answer.text, "What was typed is kept.")
        self._post(f"{path}/ask/extend", months="15")
        for kind in ("extend", "upgrade", "leave"):
            text = self._get_text(self._get(f"{path}/{kind}"))
            self.assertIn("under way already", text)
            self.assertNotIn("Ask for", text)

    def test_r7_an_upgrade_that_is_rented_already_is_not_offered(self):
        contract = self.device_contract.sudo()
        slot = self.office_slot
        bundle = contract._waas_get_bundle_lines()[:1]
        offered = [row["product"] for row in contract._waas_get_upgrade_choices()]
        self.assertIn(self.premium_upgrade, offered)
        bundle.copy(
            {
                "product_id": self.premium_upgrade.id,
                "waas_parent_line_id": bundle.id,
                "waas_slot_id": slot.id,
            }
        )
        contract.invalidate_recordset()
        offered = [row["product"] for row in contract._waas_get_upgrade_choices()]
        self.assertNotIn(self.premium_upgrade, offered)

    def test_r11_leaving_costs_what_is_left_and_asking_changes_nothing(self):
        contract = self.device_contract
        # Late in the evening it is tomorrow at ALSO already: the contract starts then.
        self.customer_user.tz = self.manager.tz
        cost = contract.sudo()._waas_get_leaving_cost()
        self._log_in(self.customer_user)
        text = self._get_text(self._get(f"/my/waas/contracts/{contract.id}/leave"))
        self.assertIn(f"{cost['owed']:,.2f}", text)
        self.assertIn(self.devices[1].name, text)
        answer = self._post(f"/my/waas/contracts/{contract.id}/ask/leave")
        self.assertEqual(answer.status_code, 303, self._get_text(answer)[:2000])
        self.env.invalidate_all()
        self.assertEqual(contract.waas_state, "running")
        self.assertEqual(contract.sudo().waas_change_ids.kind, "termination")

    def test_contracts_that_end_soon_are_found(self):
        today = fields.Date.context_today(self.env.user)
        ending = self._create_contract(fields.Date.subtract(today, months=11))
        self._log_in(self.customer_user)
        text = self._get_text(self._get("/my/waas/contracts?filterby=ending"))
        self.assertIn(ending.name, text)
        self.assertNotIn(self.device_contract.name, text)

    # === HARDWARE CASE BY CASE ===#

    def test_r14_a_request_is_withdrawn_until_it_is_answered(self):
        self._log_in(self.reseller_user)
        path = f"/my/waas/hardware/{self.hardware_request.id}/withdraw"
        self._post(path)
        self.hardware_request.invalidate_recordset()
        self.assertEqual(self.hardware_request.state, "cancelled")
        self.assertFalse(self.hardware_request.activity_ids)
        # Pressed twice, it is withdrawn once.
        self.assertEqual(self._post(path).status_code, 303)
        decided = self.hardware_request.with_user(self.manager)
        decided.action_draft()
        decided.action_submit()
        decided.decision_note = "No spare parts."
        decided.action_reject()
        answer = self._post(path)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("answered already", self._get_text(answer))

    # === COMMISSION ===#

    def test_r1_the_bills_of_the_commission_are_listed(self):
        bill = self._bill_commission()
        self._log_in(self.reseller_user)
        page = self._get("/my/waas/bills")
        self.assertIn(bill.name, self._get_text(page))
        self.assertIn("To be paid", self._get_text(page))
        detail = self.url_open(f"/my/invoices/{bill.id}")
        self.assertEqual(detail.status_code, 200)
        self.assertIn(bill.name, detail.text)
        self._log_in(self.other_reseller_user)
        self.assertNotIn(bill.name, self._get("/my/waas/bills").text)

    def test_r1_the_statement_of_a_month_is_downloaded(self):
        self._log_in(self.reseller_user)
        row = self.env["waas.commission"].search(
            [("reseller_id", "=", self.reseller.id)], limit=1
        )
        path = f"/my/waas/commission/{row.date.year}/{row.date.month}"
        self.assertTrue(self._get(f"{path}/xlsx").content.startswith(b"PK"))
        answer = self._get(f"{path}/pdf")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        for wrong in ("1/1", "2026/13", "2026/0", "9999/1"):
            answer = self._get(f"/my/waas/commission/{wrong}/xlsx")
            self.assertEqual(answer.status_code, 404)
