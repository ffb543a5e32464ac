from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_returns import ReturnCommon


@tagged("post_install", "-at_install")
class TestSelfReturn(ReturnCommon):
    """R15: who returns the hardware itself bears the full responsibility."""

    def test_r15_a_customer_that_sends_devices_accepts_the_responsibility_first(self):
        record = self._create_return(self.devices, announce=False, accepted_by=False)
        with self._assert_refuses("full responsibility"):
            record.action_announce()
        with self._assert_refuses("Enter under 'Accepted By'"):
            record.action_accept_responsibility()
        record.accepted_by = "Anna"
        record.action_accept_responsibility()
        self.assertTrue(record.accepted_on)
        self.assertIn("bears the full responsibility", record.accepted_text)
        self.assertIn(self.customer.display_name, record.accepted_text)
        with self._assert_refuses("has accepted already"):
            record.accepted_by = "Somebody else"
        record.action_announce()
        self.assertEqual(record.state, "announced")

    def test_k20_what_is_accepted_is_in_the_language_of_the_customer(self):
        """Whoever presses the button; and it is what the customer was shown."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.customer.lang = "nl_NL"
        self.seller.lang = "en_US"
        record = self._create_return(self.devices, announce=False, user=self.seller)
        shown = record.with_context(lang="en_US")._get_responsibility_text()
        record.with_context(lang="en_US").action_accept_responsibility()
        self.assertIn("volledige verantwoordelijkheid", record.accepted_text)
        self.assertEqual(shown, record.accepted_text)

    def test_r15_the_database_wants_a_processor_for_a_pick_up(self):
        record = self._create_pickup(self.devices, processor_id=False)
        with self._assert_violates():
            record.sudo().confirmed_on = "2026-01-01 12:00:00"
            self.env.flush_all()

    def test_r15_the_database_wants_the_acceptance(self):
        record = self._create_return(self.devices, announce=False)
        with self._assert_violates():
            record.sudo().state = "announced"
            self.env.flush_all()

    def test_r15_the_customer_gets_the_papers(self):
        record = self._create_return(self.devices)
        mail = self._get_mails_of(record)
        self.assertIn(self.customer, mail.recipient_ids)
        self.assertFalse(mail.attachment_ids)  # i2: nobody waits for the PDF program
        mail._waas_print_documents()
        self.assertEqual(len(mail.attachment_ids), 1)
        mail._waas_print_documents()
        self.assertEqual(len(mail.attachment_ids), 1)
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("also_waas.report_return", record.ids)[0]
            .decode()
        )
        for device in self.devices:
            self.assertIn(device.name, html)
        self.assertIn(record.accepted_text, html)
        self.assertIn(record.name, html)

    def test_a_self_return_costs_nothing(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self.assertEqual(record.fee_amount, 0.0)
        self.assertFalse(record.invoice_ids)

    def test_nobody_writes_the_state_by_hand(self):
        record = self._create_return(self.devices)
        for values in (
            {"state": "closed"},
            {"accepted_on": "2026-01-01"},
            {"fee_frozen": 1.0},
        ):
            with self._assert_refuses("its status cannot be edited", AccessError):
                record.write(values)
        with self._assert_refuses("recorded when it is received", AccessError):
            record.line_ids[0].state = "received"
        with self._assert_refuses("kept as a record"):
            record.unlink()


@tagged("post_install", "-at_install")
class TestPickup(ReturnCommon):
    """R15: a secure pick-up by a certified company, for a fee."""

    def test_r15_the_fee_is_invoiced_once_when_the_pickup_is_confirmed(self):
        record = self._create_pickup(self.devices)
        self.assertEqual(record.fee_amount, 45.0)
        record.action_announce()
        self.assertFalse(record.fee_move_id)
        record.action_confirm_pickup()
        self.assertRecordValues(
            record.sudo().fee_move_id,
            [
                {
                    "partner_id": self.customer.id,
                    "state": "posted",
                    "amount_untaxed": 45.0,
                    "waas_return_id": record.id,
                }
            ],
        )
        move = record.sudo().fee_move_id
        expected = move.fiscal_position_id.map_tax(self.also.account_sale_tax_id)
        self.assertTrue(expected)
        self.assertEqual(move.invoice_line_ids.tax_ids, expected)
        with self._assert_refuses("this step is for returns that are Announced"):
            record.action_confirm_pickup()
        self.fee_rule.fixed_price = 99.0
        self.assertEqual(record.fee_amount, 45.0)

    def test_r15_without_a_price_there_is_no_pickup(self):
        self.fee_rule.unlink()
        record = self._create_pickup(self.devices)
        with self._assert_refuses("add a rule without a term"):
            record.action_announce()

    def test_r15_a_free_pickup_is_not_invoiced(self):
        self.fee_rule.fixed_price = 0.0
        record = self._create_pickup(self.devices, fee_zero_reason="Our mistake")
        record.action_announce()
        record.action_confirm_pickup()
        self.assertEqual(record.state, "confirmed")
        self.assertFalse(record.sudo().fee_move_id)

    def test_r15_an_expired_processor_cannot_be_chosen(self):
        expired = self._create_processor("Lapsed", date(2020, 6, 30))
        unknown = self._create_party("Van")
        bare = self._create_party("Bare", waas_is_processor=True)
        for processor, problem in (
            (expired, "No certificate of Lapsed is valid"),
            (unknown, "Van is no certified processor"),
            (bare, "Bare has no certificate"),
            (self.env["res.partner"], "Choose a certified processor"),
        ):
            record = self._create_pickup(self.devices[:1], processor_id=processor.id)
            with self.subTest(problem=problem), self._assert_refuses(problem):
                record.action_announce()
            record.action_cancel()

    def test_r15_a_certificate_that_expired_meanwhile_stops_the_order(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        self.processor.waas_processor_certificate_ids.valid_until = date(2021, 1, 1)
        with self._assert_refuses("No certificate of Wiper is valid"):
            record.action_confirm_pickup()

    def test_r15_the_database_wants_the_processor(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        record.action_confirm_pickup()
        with self._assert_violates():
            record.sudo().processor_id = False
            self.env.flush_all()

    def test_a_pickup_needs_a_place_and_a_time(self):
        for values, problem in (
            ({"pickup_contact": False}, "who hands them over"),
            ({"pickup_address_id": False}, "where the devices are"),
            ({"pickup_to": False}, "from when to when"),
        ):
            record = self._create_pickup(self.devices[:1], **values)
            with self.subTest(problem=problem), self._assert_refuses(problem):
                record.action_announce()
            record.action_cancel()

    def test_r15_what_came_without_a_confirmed_pickup_leaves_a_to_do(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        self._receive(record, self.devices)
        self.assertIn(
            "Received without a confirmed pick-up",
            record.activity_ids.mapped("summary"),
        )

    def test_the_processor_gets_an_order(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("also_waas.report_pickup", record.ids)[0]
            .decode()
        )
        for text in "Porter", "Wiper", *self.devices.mapped("name"):
            self.assertIn(text, html)

    def test_r15_who_collected_is_in_the_chain_of_custody(self):
        record = self._create_pickup(self.devices)
        record.action_announce()
        record.action_confirm_pickup()
        self._hand_over(record)
        entry = self.devices[0].waas_custody_ids.sorted("sequence")[-1]
        self.assertEqual((entry.event, entry.party), ("picked_up", "Wiper"))

    def test_certificates_that_expire_leave_a_to_do_once(self):
        certificate = self.processor.waas_processor_certificate_ids
        certificates = self.env["waas.processor.certificate"]
        certificates._cron_warn()
        self.assertFalse(self.processor.activity_ids)
        certificate.valid_until = fields.Date.today() + timedelta(days=20)
        certificates._cron_warn()
        certificates._cron_warn()
        self.assertEqual(len(self.processor.activity_ids), 1)
        self.assertIn("ask for the new certificate", self.processor.activity_ids.note)
