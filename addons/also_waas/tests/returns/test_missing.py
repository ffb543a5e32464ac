from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common_returns import ReturnCommon


@tagged("post_install", "-at_install")
class TestMissing(ReturnCommon):
    """What does not come back is reminded of, reported and claimed."""

    def test_overdue_devices_are_reminded_of_once(self):
        record = self._create_return(self.devices)
        record.date_due = fields.Date.today() - timedelta(days=1)
        self.assertIn(record, record.search([("is_overdue", "=", True)]))
        for _attempt in range(2):
            record.sudo()._cron_chase()
        reminders = self._get_mails_of(record).filtered(
            lambda mail: mail.subject.startswith("Please return our devices")
        )
        self.assertEqual(len(reminders), 1)
        self.assertEqual(reminders.recipient_ids, self.customer)
        self.assertIn(
            "Devices not returned in time", record.activity_ids.mapped("summary")
        )

    def test_a_missing_device_is_claimed_once_and_written_off(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices[:2])
        with self._assert_refuses("Report what is missing"):
            record.action_claim()
        record.with_user(self.warehouse).action_report_missing()
        lost = self.devices[2]
        self.assertEqual(record.line_ids[2].state, "missing")
        record.action_claim()
        claim = record.line_ids[2].sudo().claim_move_id
        self.assertRecordValues(
            claim,
            [
                {
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "amount_untaxed": 1000.0,
                }
            ],
        )
        self.assertIn(lost.name, claim.invoice_line_ids.name)
        self.assertFalse(lost.waas_contract_id)
        self.assertEqual(self.laptop.total_value, 2000.0)
        self.assertEqual(
            lost.waas_custody_ids.sorted("sequence").mapped("event"),
            ["delivered", "announced", "missing", "written_off"],
        )
        with self._assert_refuses("came back or is claimed already"):
            record.action_claim()

    def test_a_claim_may_be_at_the_sales_price(self):
        self.also.waas_claim_basis = "list"
        self.laptop.lst_price = 1234.5
        record = self._create_return(self.devices[:1])
        record.action_report_missing()
        record.line_ids.action_claim()
        self.assertEqual(record.line_ids.sudo().claim_move_id.amount_untaxed, 1234.5)

    def test_a_missing_device_may_still_come(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices[:2])
        record.action_report_missing()
        self._receive(record, self.devices[2])
        self.assertEqual(set(record.line_ids.mapped("state")), {"received"})

    def test_r15_a_claimed_device_that_turns_up_is_taken_in_again(self):
        record = self._create_return(self.devices)
        record.action_report_missing()
        record.action_claim()
        self.assertEqual(record.state, "closed")
        result = (
            self.env["waas.return"]
            .with_user(self.warehouse)
            ._receive_scans([self.devices[0].name], self.also)
        )
        self.assertEqual(result["findings"].kind, "written_off")
        result["findings"].action_take_back()
        self.assertEqual(self._get_places(self.devices[:1]), [self.quarantine])
        self.assertEqual(self.devices[0].waas_erasure_ids.state, "todo")
        self.assertEqual(
            self.devices[0].waas_custody_ids.sorted("sequence")[-1].event, "found"
        )
        self.assertIn(
            "A claimed device came back: credit its claim?",
            record.activity_ids.mapped("summary"),
        )

    def _make_overdue(self, record):
        record.date_due = fields.Date.today() - timedelta(days=1)
        return record

    def _find(self, filter_name, user=None):
        """The returns that a filter of the list shows."""
        arch = self.env["waas.return"].get_view(view_type="search")["arch"]
        [node] = etree.fromstring(arch).xpath(f"//filter[@name='{filter_name}']")
        domain = safe_eval(node.get("domain"), {"uid": self.env.uid})
        return self.env["waas.return"].with_user(user or self.seller).search(domain)

    def test_r15_what_is_not_returned_is_found(self):
        record = self._create_return(self.devices)
        self.assertNotIn(record, self._find("not_returned"))
        self._make_overdue(record)
        for user in self.seller, self.accountant, self.warehouse:
            self.assertIn(record, self._find("not_returned", user))
        record.action_report_missing()
        record.date_due = fields.Date.today() + timedelta(days=9)
        self.assertIn(record, self._find("not_returned"))
        record.action_claim()
        self.assertNotIn(record, self._find("not_returned"))

    def test_r15_an_accountant_invoices_what_is_overdue_in_one_click(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices[:1])
        self._make_overdue(record)
        action = record.with_user(self.accountant).action_invoice_missing()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertRecordValues(
            invoice,
            [
                {
                    "state": "posted",
                    "partner_id": self.customer.id,
                    "amount_untaxed": 2000.0,
                    "waas_return_id": record.id,
                }
            ],
        )
        self.assertEqual(
            record.line_ids.mapped("state"), ["received", "claimed", "claimed"]
        )
        self.assertEqual(self.contract.waas_device_count, 0)
        with self._assert_refuses("came back or is claimed already"):
            record.with_user(self.accountant).action_invoice_missing()

    def test_r15_what_is_not_overdue_is_not_invoiced(self):
        record = self._create_return(self.devices)
        with self._assert_refuses("its devices are due on"):
            record.with_user(self.accountant).action_invoice_missing()
        record.line_ids[0].with_user(self.warehouse).action_report_missing()
        record.with_user(self.accountant).action_invoice_missing()
        self.assertEqual(
            record.line_ids.mapped("state"), ["claimed", "expected", "expected"]
        )

    def test_r15_a_customer_that_never_answers_is_invoiced_all_the_same(self):
        """Nobody accepted anything, and nothing was announced."""
        self.contract._waas_end()
        record = self.env["waas.return"].search([("partner_id", "=", self.customer.id)])
        with self._assert_refuses("this step is for returns that are Announced"):
            record.with_user(self.warehouse).action_report_missing()
        self._make_overdue(record)
        record.with_user(self.accountant).action_invoice_missing()
        self.assertEqual(record.invoice_ids.state, "posted")
        self.assertEqual(record.state, "closed")
        self.assertFalse(record.announced_on)
        self.assertEqual(self.contract.waas_device_count, 0)

    def test_only_an_accountant_posts_claims(self):
        record = self._make_overdue(self._create_return(self.devices))
        for user in self.seller, self.warehouse, self.manager:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                record.with_user(user).action_invoice_missing()
        self.assertEqual(set(record.line_ids.mapped("state")), {"expected"})

    def test_accountants_can_open_a_return(self):
        """Whatever of its screen they may see is theirs to read."""
        record = self._create_return(self.devices).with_user(self.accountant)
        with Form(record) as form:
            self.assertEqual(form.name, record.name)
        menu = self.env.ref("also_waas.waas_return_menu")
        menus = self.env["ir.ui.menu"].with_user(self.accountant)
        self.assertIn(menu.id, menus._visible_menu_ids())

    def test_r13_only_a_claim_takes_a_rented_device_out_of_the_books(self):
        lost = self.env["stock.location"].search(
            [("usage", "=", "inventory"), ("company_id", "=", self.also.id)], limit=1
        )
        move = self.env["stock.move"].create(
            {
                "product_id": self.laptop.id,
                "product_uom": self.laptop.uom_id.id,
                "product_uom_qty": 1,
                "location_id": self.also.waas_location_id.id,
                "location_dest_id": lost.id,
            }
        )
        move._action_confirm(merge=False)
        move._do_unreserve()
        with self._assert_refuses("rented out to"):
            move._waas_pick_device(self.devices[0])
            move._action_done()
        line = self._create_return(self.devices[:1]).line_ids
        with self._assert_refuses("created by the return", AccessError):
            move.with_user(self.warehouse).waas_return_line_id = line
