from datetime import date, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from lxml import etree

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from ..common.cases import SIGNATURE, WaasReturnCommon
from ..common.replayed import replayed


class ReturnCommon(WaasReturnCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_fee()

    @classmethod
    @replayed
    def _set_up_fee(cls):
        cls.fee_rule = cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": cls.also.waas_pickup_product_id.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": 45.0,
            }
        )

    @classmethod
    @replayed
    def _create_site(cls):
        """Another address of the customer, where devices stand."""
        return cls.env["res.partner"].create(
            {
                "name": "Branch",
                "parent_id": cls.customer.id,
                "type": "delivery",
                "street": "Quay 9",
                "zip": "3011 AA",
                "city": "Rotterdam",
            }
        )

    def _get_todos(self, record, kind):
        return record.sudo()._waas_find_todos(kind)

    @replayed
    def _create_pickup(self, devices, **values):
        start = fields.Datetime.now() + timedelta(days=3)
        return self._create_return(
            devices,
            announce=False,
            **{
                "method": "pickup",
                "pickup_address_id": self.customer.id,
                "pickup_contact": "Porter",
                "pickup_phone": "+31 30 1234567",
                "pickup_from": start,
                "pickup_to": start + timedelta(hours=2),
                "processor_id": self.processor.id,
                **values,
            },
        )

    def _hand_over(self, record, user=None, **values):
        """At the door: what somebody enters in the window of the return."""
        action = record.action_hand_over()
        window = (
            self.env[action["res_model"]]
            .with_user(user or self.warehouse)
            .with_context(**action["context"])
            .create(
                {
                    "counted": record.device_count,
                    "seals": "A1, A2",
                    "collected_by": "Driver",
                    "signature": SIGNATURE,
                    **values,
                }
            )
        )
        window.action_collect()
        return record.handover_ids[-1:]

    def _get_places(self, devices):
        return [
            device.quant_ids.filtered(lambda quant: quant.quantity > 0).location_id
            for device in devices
        ]

    def _get_mails_of(self, record):
        return self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )


@tagged("post_install", "-at_install")
class TestSelfReturn(ReturnCommon):
    """R15: who returns the hardware itself bears the full responsibility."""

    def test_r15_a_customer_that_sends_devices_accepts_the_responsibility_first(self):
        record = self._create_return(self.devices, announce=False, accepted_by=False)
        with self._assert_refuses("full responsibility"):
            record.action_announce()
        with self._assert_refuses("Write under 'Accepted By'"):
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
            with self._assert_refuses("goes on by its buttons", AccessError):
                record.write(values)
        with self._assert_refuses("noted when it is received", AccessError):
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

    def test_r15_a_company_older_than_the_addon_has_its_products(self):
        company = self.env.ref("base.main_company")
        self.assertEqual(
            company.waas_pickup_product_id, self.env.ref("also_waas.product_pickup")
        )
        self.assertEqual(
            company.waas_claim_product_id, self.env.ref("also_waas.product_claim")
        )

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
            "Came without a confirmed pick-up", record.activity_ids.mapped("summary")
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


@tagged("post_install", "-at_install")
class TestReceipt(ReturnCommon):
    """R15: what comes back is scanned, and every serial number is answered."""

    def test_r15_devices_come_back_into_quarantine_and_leave_the_contract(self):
        record = self._create_return(self.devices)
        value = self.laptop.total_value
        self._receive(record, self.devices, user=self.warehouse)
        self.assertEqual(record.state, "received")
        self.assertEqual(set(record.line_ids.mapped("state")), {"received"})
        self.assertEqual(self._get_places(self.devices), [self.quarantine] * 3)
        self.assertFalse(self.devices.waas_contract_id)
        self.assertEqual(self.laptop.total_value, value)
        notes = self.contract.message_ids.mapped("body")
        self.assertTrue(any("Back from the customer" in note for note in notes))

    def test_r15_quarantined_devices_are_not_available(self):
        self._receive(self._create_return(self.devices), self.devices)
        self.laptop.invalidate_recordset()
        self.assertEqual(self.laptop.free_qty, 0.0)
        self.assertEqual(self.laptop.qty_available, 0.0)
        self.assertFalse(self.devices[0]._waas_is_free(self.also))
        order = self._confirm(self._create_order(12, quantity=1))
        order.picking_ids.action_assign()
        self.assertFalse(order.picking_ids.move_line_ids)

    def test_r15_a_part_comes_first(self):
        record = self._create_return(self.devices)
        first, *others = self.devices
        self._receive(record, first)
        self.assertEqual(record.state, "announced")
        self.assertEqual(record.open_count, 2)
        self.assertEqual(self.contract.waas_device_count, 2)
        self._receive(record, self.devices.browse(o.id for o in others))
        self.assertEqual(record.state, "received")
        self.assertEqual(self._get_places(self.devices), [self.quarantine] * 3)

    def test_one_return_takes_devices_of_several_contracts(self):
        more = self._rent_out(2, self.customer, first=10)
        record = self._create_return(self.devices + more)
        self.assertEqual(len(record.contract_ids), 2)
        self._receive(record, self.devices + more)
        self.assertEqual(record.state, "received")
        self.assertFalse((self.devices + more).waas_contract_id)

    def test_a_return_is_for_one_customer(self):
        others = self._rent_out(1, self.other_customer, first=10)
        with self._assert_refuses("devices of one end customer", ValidationError):
            self._create_return(self.devices + others)

    def test_a_device_is_in_one_return(self):
        self._create_return(self.devices[0])
        with self._assert_violates():
            self._create_return(self.devices[0])

    def test_every_scan_is_answered_at_once(self):
        others = self._rent_out(1, self.other_customer, first=10)
        stock = self._put_in_stock(self.laptop, 1, 20)
        record = self._create_return(self.devices[:2])
        self._receive(record, self.devices[0])
        wizard = Form(
            self.env["waas.return.receive"]
            .with_user(self.warehouse)
            .with_context(default_return_id=record.id)
        )
        for serial in (
            self.devices[0].name,
            self.devices[1].name,
            self.devices[1].name,
            self.devices[2].name,
            others.name,
            stock.name,
            "NOBODY-KNOWS",
        ):
            wizard.scan = serial
            self.assertFalse(wizard.scan)
        receive = wizard.save()
        self.assertEqual(
            receive.line_ids.mapped("kind"),
            [
                "received",
                "expected",
                "extra",
                "other_customer",
                "in_stock",
                "unknown",
            ],
        )
        self.assertIn(self.other_customer.display_name, receive.line_ids[3].message)
        receive.line_ids[1].is_damaged = True
        receive.action_receive()
        self.assertEqual(
            record.line_ids.mapped(lambda line: (line.state, line.is_extra)),
            [("received", False), ("damaged", False), ("received", True)],
        )
        self.assertEqual(
            record.finding_ids.sorted("id").mapped("kind"),
            ["other_customer", "in_stock", "unknown"],
        )
        # It is another customer's: nothing happened to it.
        self.assertTrue(others.waas_contract_id)

    def test_r15_a_device_of_another_customer_is_taken_in_as_theirs(self):
        others = self._rent_out(1, self.other_customer, first=10)
        record = self._create_return(self.devices)
        self._receive(record, self.devices + others)
        finding = record.finding_ids
        finding.with_user(self.warehouse).action_take_back()
        self.assertEqual(finding.state, "settled")
        line = others.waas_return_line_ids
        self.assertEqual(line.return_id.partner_id, self.other_customer)
        self.assertEqual((line.state, line.is_extra), ("received", True))
        self.assertEqual(self._get_places(others), [self.quarantine])

    def test_what_is_put_aside_needs_an_answer(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self.env["waas.return"].with_user(self.warehouse)._receive_scans(
            ["WHAT-1", "WHAT-1"], self.also, record
        )
        finding = record.finding_ids.with_user(self.warehouse)
        self.assertEqual(len(finding), 1)
        with self._assert_refuses("stays as it was", AccessError):
            finding.state = "settled"
        with self._assert_refuses("Write down what became of WHAT-1"):
            finding.action_settle()
        with self._assert_refuses("no device that a customer has"):
            finding.action_take_back()
        self._certify(self.devices)
        self._grade(self.devices)
        self.assertEqual(record.state, "received")
        finding.note = "Sent back to the customer"
        finding.action_settle()
        self.assertEqual(record.state, "closed")

    def test_r15_damage_is_noted(self):
        record = self._create_return(self.devices)
        damage = {self.devices[0].name: "Broken hinge"}
        self._receive(record, self.devices, **damage)
        self.assertEqual(record.line_ids[0].state, "damaged")
        entry = self.devices[0].waas_custody_ids.sorted("sequence")[-1]
        self.assertEqual((entry.event, entry.note), ("damaged", "Broken hinge"))

    def test_r15_return_on_a_delivery_leads_to_quarantine_and_settles_the_return(self):
        record = self._create_return(self.devices)
        wizard = self.env["stock.return.picking"].create(
            {"picking_id": self.delivery.id}
        )
        wizard.action_create_returns_all()
        receipt = self.delivery.return_ids
        receipt.action_assign()
        receipt.move_ids.picked = True
        receipt.with_user(self.warehouse).button_validate()
        self.assertEqual(self._get_places(self.devices), [self.quarantine] * 3)
        self.assertEqual(record.state, "received")
        self.assertEqual(set(record.picking_ids.mapped("state")), {"cancel"})

    def test_r15_a_defective_device_that_was_replaced_waits_for_its_erasure(self):
        new = self._put_in_stock(self.laptop, 1, 10)
        replacement = self.env["waas.replacement"]._start(
            self.devices[0], new, "Broken"
        )
        pickings = (replacement.delivery_id + replacement.receipt_id).sudo()
        pickings.move_ids.picked = True
        pickings.button_validate()
        self.assertEqual(self._get_places(self.devices[:1]), [self.quarantine])
        self.assertEqual(self.devices[0].waas_erasure_ids.state, "todo")

    def test_a_return_that_is_called_off_leaves_the_devices_where_they_are(self):
        record = self._create_return(self.devices)
        record.action_cancel()
        self.assertEqual(set(record.line_ids.mapped("state")), {"cancelled"})
        self.assertEqual(set(record.picking_ids.mapped("state")), {"cancel"})
        self.assertEqual(self.devices.waas_contract_id, self.contract)
        self._create_return(self.devices)


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
        with self._assert_refuses("makes its own transfers", AccessError):
            move.with_user(self.warehouse).waas_return_line_id = line


@tagged("post_install", "-at_install")
class TestUseAfterTheEnd(ReturnCommon):
    """R15: devices that stay with the customer after the end. By default they raise a
    to-do; where the company wants that, their rent goes on. Three workplaces at 79.00,
    whose term ended; the devices are due 14 days later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract._waas_end()
        cls.end = cls.contract.date_end
        cls.record = cls.env["waas.return"].search(
            [("partner_id", "=", cls.customer.id)]
        )

    def _run(self, **after):
        """The scheduler, so long after the last day.

        :return: the invoices of use until then
        """
        with freeze_time(self.end + relativedelta(**after)):
            self.env["contract.contract"].sudo()._cron_waas_invoice_use()
        return self.record.invoice_ids.sorted("id")

    def test_r15_by_default_nothing_is_invoiced_after_the_end(self):
        self.assertFalse(self._run(months=5))

    def test_r15_rent_goes_on_when_the_devices_are_late(self):
        self.also.waas_bill_use = True
        self.assertFalse(self._run(days=14), "still in time")
        first = self._run(days=15)
        self.assertRecordValues(
            first,
            [
                {
                    "state": "posted",
                    "partner_id": self.customer.id,
                    "amount_untaxed": 237.0,
                    "invoice_date": self.end + timedelta(days=15),
                }
            ],
        )
        self.assertIn("3 of 3 devices not returned", first.invoice_line_ids.name)
        self.assertEqual(self._run(days=16), first)
        self.assertEqual(len(self._run(months=1, days=2)), 2)
        self.assertEqual(
            self._run(months=1, days=3).mapped("amount_untaxed"), [237] * 2
        )

    def test_r15_a_run_that_was_left_out_is_caught_up_once(self):
        self.also.waas_bill_use = True
        for _attempt in range(2):
            self.assertEqual(len(self._run(months=2, days=5)), 3)

    def test_r15_what_is_back_costs_no_rent_any_more(self):
        self.also.waas_bill_use = True
        self._run(days=15)
        self.record.accepted_by = "Ceo"
        self.record.action_accept_responsibility()
        self.record.action_announce()
        self._receive(self.record, self.devices[:2])
        self.assertEqual(self._run(months=1, days=2)[-1].amount_untaxed, 79.0)
        self._receive(self.record, self.devices[2:])
        self.assertEqual(len(self._run(months=4)), 2)

    def test_r11_the_contract_itself_is_not_changed_by_it(self):
        self.also.waas_bill_use = True
        before = self.contract.waas_installment_ids.mapped("amount")
        total, invoiced = (
            self.contract.waas_total_amount,
            self.contract.waas_invoiced_amount,
        )
        self._run(months=3)
        self.assertEqual(self.contract.waas_installment_ids.mapped("amount"), before)
        self.assertEqual(self.contract.waas_total_amount, total)
        self.assertEqual(self.contract.waas_invoiced_amount, invoiced)

    def test_r11_who_left_early_pays_no_month_of_the_term_twice(self):
        """What was owed at once is the rent to the end of the term."""
        self.also.waas_bill_use = True
        self.record.date_due = fields.Date.today()
        self.assertFalse(self._run(days=-20))

    def test_what_cannot_be_invoiced_leaves_a_to_do_and_keeps_no_other_from_it(self):
        self.also.waas_bill_use = True
        more = self._rent_out(1, self.other_customer, first=10)
        more.waas_contract_id.sudo()._waas_end()
        with mute_logger(
            "odoo.addons.also_waas.models.returns.contract_contract_holdover"
        ):
            with patch.object(
                self.registry["contract.contract"],
                "_prepare_invoice",
                autospec=True,
                side_effect=self._fail_for(self.contract),
            ):
                self._run(days=15)
        self.assertFalse(self.record.invoice_ids)
        self.assertFalse(self.contract.waas_use_invoiced_to)
        [todo] = self.record.activity_ids.filtered(
            lambda activity: "not invoiced" in activity.summary
        )
        self.assertIn("No journal", todo.note)
        others = more.waas_return_line_ids.return_id.invoice_ids
        self.assertEqual(others.mapped("amount_untaxed"), [79.0])

    def _fail_for(self, contract):
        prepare = self.registry["contract.contract"]._prepare_invoice

        def prepare_or_fail(record, *args, **kwargs):
            if record == contract:
                raise ValueError("No journal")
            return prepare(record, *args, **kwargs)

        return prepare_or_fail

    def test_nobody_notes_by_hand_what_is_invoiced(self):
        with self._assert_refuses("follows its deal", AccessError):
            self.contract.with_user(self.accountant).waas_use_invoiced_to = self.end


@tagged("post_install", "-at_install")
class TestMailsOfReturns(ReturnCommon):
    """What is told does not keep from happening what it tells."""

    def _break(self, xml_id):
        """Somebody edited a report, and it cannot be rendered any more."""
        view = self.env.ref(xml_id)
        container = '<t t-call="web.html_container">'
        self.assertIn(container, view.arch)
        view.arch = view.arch.replace(container, f'{container}<t t-out="1 / 0" />')

    def _get_mails_of(self, record):
        """To the customer: a to-do is mailed as well."""
        mails = super()._get_mails_of(record)
        return mails.filtered(lambda mail: self.customer in mail.recipient_ids)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def _assert_is_not_sent(self, mail):
        """The mail queue cannot print what it carries: it is tried again."""
        servers = self.env.registry["ir.mail_server"]
        with patch.object(servers, "_disable_send", lambda server: False):
            mail.sudo()._send()
        self.assertEqual(mail.state, "exception")
        self.assertTrue(mail.waas_next_try)
        self.assertFalse(mail.attachment_ids)

    def _assert_told(self, record, name):
        [activity] = record.activity_ids.filtered(
            lambda activity: activity.summary.startswith("A mail ")
        )
        self.assertIn(name, activity.note)
        self.assertEqual(activity.user_id, self.seller)

    def test_a_broken_report_does_not_stop_a_return(self):
        self._break("also_waas.report_return")
        with mute_logger("odoo.addons.also_waas.models.common.mail_template"):
            record = self._create_return(self.devices)
        self.assertEqual(record.state, "announced")
        self.assertTrue(record.picking_ids)
        self._assert_is_not_sent(self._get_mails_of(record))
        self._assert_told(record, record.name)

    def test_a_broken_mail_does_not_stop_a_return(self):
        template = self.env.ref("also_waas.mail_template_return")
        template.body_html = "<p t-out='object.no_such_field' />"
        with mute_logger(
            "odoo.addons.also_waas.models.common.mail_template",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            record = self._create_return(self.devices)
        self.assertEqual(record.state, "announced")
        self._assert_told(record, record.name)

    def test_a_broken_certificate_does_not_stop_an_erasure(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self._break("also_waas.report_certificate")
        with mute_logger("odoo.addons.also_waas.models.common.mail_template"):
            self._certify(self.devices)
        certificate = record.certificate_ids
        self.assertEqual(certificate.device_count, 3)
        self._assert_is_not_sent(self._get_mails_of(certificate))
        self._assert_told(record, certificate.name)
        # Also when nothing else is left to do.
        self._grade(self.devices)
        self.assertEqual(record.state, "closed")
        self._assert_told(record, certificate.name)

    def test_who_sends_by_hand_is_told_at_once(self):
        """And after it was mended, it goes out."""
        record = self._create_return(self.devices, announce=False)
        with self._assert_refuses("this step is for returns that are Announced"):
            record.action_send()
        record.action_accept_responsibility()
        record.action_announce()
        self.assertEqual(len(self._get_mails_of(record)), 1)
        record.action_send()
        self.assertEqual(len(self._get_mails_of(record)), 2)
        self._break("also_waas.report_return")
        with self._assert_refuses("could not be printed", UserError):
            record.action_send()
        self.assertEqual(len(self._get_mails_of(record)), 2)


@tagged("post_install", "-at_install")
class TestContractEnd(ReturnCommon):
    """R15: at the end of a contract its devices are asked for."""

    def test_r15_a_contract_that_ends_asks_for_its_devices_once(self):
        self.contract._waas_end()
        record = self.env["waas.return"].search([("partner_id", "=", self.customer.id)])
        self.assertRecordValues(
            record,
            [
                {
                    "state": "draft",
                    "reason": "end",
                    "device_count": 3,
                    "date_due": self.contract.date_end + timedelta(days=14),
                }
            ],
        )
        self.assertEqual(record.activity_ids.mapped("summary"), ["Plan the return"])
        self.assertEqual(self.contract._waas_open_return("end"), record)
        self.assertEqual(record.device_count, 3)
        self.assertEqual(len(record.activity_ids), 1)

    def test_what_the_scheduler_opens_is_for_who_looks_after_the_contract(self):
        self.contract.sudo().user_id = self.seller
        self.contract.with_user(SUPERUSER_ID)._waas_end()
        record = self.env["waas.return"].search([("partner_id", "=", self.customer.id)])
        self.assertEqual(record.user_id, self.seller)

    def test_r15_devices_of_a_second_contract_join_the_open_return(self):
        record = self._create_return(self.devices[:1])
        more = self._rent_out(1, self.customer, first=10)
        returns = more.waas_contract_id._waas_open_return("early")
        self.assertEqual(returns, record)
        self.assertEqual(record.line_ids.device_id, self.devices[0] + more)
        self._receive(record, self.devices[0] + more)
        self.assertEqual(record.state, "received")

    def test_r15_a_return_on_its_way_is_not_joined(self):
        record = self._create_return(self.devices[:1])
        record.action_hand_over()
        returns = self.contract._waas_open_return("end")
        self.assertEqual(len(returns), 2)
        self.assertEqual((returns - record).line_ids.device_id, self.devices[1:])

    def test_who_started_a_return_finds_it_from_the_contract_and_the_device(self):
        contract = self.contract.with_user(self.seller)
        action = contract.action_waas_return()
        record = self.env["waas.return"].browse(action["res_id"])
        self.assertEqual(record.line_ids.device_id, self.devices)
        self.assertEqual(contract.waas_return_count, 1)
        self.assertEqual(contract.action_view_waas_returns()["res_id"], record.id)
        self.assertEqual(
            self.devices[0].with_user(self.seller).action_waas_return()["res_id"],
            record.id,
        )


@tagged("post_install", "-at_install")
class TestRequest(ReturnCommon):
    """R15: what a customer may ask for, through the portal later."""

    def _request(self, devices, partner=None, **values):
        return self.env["waas.return"]._request(
            partner or self.signatory,
            devices,
            **{"method": "self", "accepted_by": "Anna", **values},
        )

    def test_r15_a_customer_asks_for_a_return_and_takes_the_responsibility(self):
        record = self._request(self.devices[:2], note="  Box 1 ")
        self.assertRecordValues(
            record, [{"state": "announced", "accepted_by": "Anna", "note": "Box 1"}]
        )
        self.assertEqual(record.line_ids.device_id, self.devices[:2])

    def test_r15_a_customer_asks_for_a_pickup_and_we_plan_it(self):
        record = self._request(self.devices, method="pickup", accepted_by=None)
        self.assertEqual((record.state, record.method), ("draft", "pickup"))
        self.assertEqual(record.activity_ids.mapped("summary"), ["Plan the pick-up"])

    def test_a_customer_asks_for_nothing_else(self):
        others = self._rent_out(1, self.other_customer, first=10)
        stock = self._put_in_stock(self.laptop, 1, 20)
        nothing = self.env["stock.lot"]
        for devices, values, problem in (
            (others, {}, "Choose devices that you rent"),
            (self.devices + others, {}, "Choose devices that you rent"),
            (self.devices + stock, {}, "Choose devices that you rent"),
            (nothing, {}, "Choose devices that you rent"),
            (self.devices, {"method": "teleport"}, "Choose how"),
            (self.devices, {"accepted_by": "  "}, "Type your name"),
        ):
            with self.subTest(problem=problem), self._assert_refuses(problem):
                self._request(devices, **values)
        self._request(self.devices[:1])
        with self._assert_refuses("in return RMA/.* already"):
            self._request(self.devices[:1])


@tagged("post_install", "-at_install")
class TestReturnRights(ReturnCommon):
    """The right people, and nobody else."""

    def test_the_warehouse_receives_and_decides_nothing(self):
        record = self._create_return(self.devices)
        as_warehouse = record.with_user(self.warehouse)
        self._receive(record, self.devices[:2], user=self.warehouse)
        as_warehouse.action_report_missing()
        for action in (
            self._create_return(
                self.devices[:0], announce=False, partner_id=self.customer.id
            )
            .with_user(self.warehouse)
            .action_accept_responsibility,
            as_warehouse.action_claim,
            as_warehouse.line_ids[2:].action_claim,
            as_warehouse.line_ids[2:].action_remove,
        ):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            self._create_return(self.devices[2:], user=self.warehouse)

    def test_outsiders_see_nothing_of_it(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self._certify(self.devices)
        outsider = self._create_portal_user("outsider", self.signatory)
        for records in (
            record,
            record.line_ids,
            record.erasure_ids,
            record.certificate_ids,
            self.devices.waas_custody_ids,
            self.processor.waas_processor_certificate_ids,
        ):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.with_user(outsider).read(["display_name"])
        with self.assertRaises(AccessError):
            self.env["waas.return"].with_user(outsider)._receive_scans([], self.also)

    def test_r15_a_company_that_was_there_before_gets_what_a_return_needs(self):
        products = self.also.waas_pickup_product_id, self.also.waas_claim_product_id
        self.assertTrue(all(products))
        self.also.write(
            {"waas_pickup_product_id": False, "waas_claim_product_id": False}
        )
        self.also._waas_set_up()
        self.assertEqual(
            (self.also.waas_pickup_product_id, self.also.waas_claim_product_id),
            products,
        )

    def test_another_company_sees_nothing_of_it(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self._certify(self.devices)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.assertTrue(other.waas_quarantine_location_id)
        self.assertTrue(other.waas_return_type_id)
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        for model in (
            "waas.return",
            "waas.return.line",
            "waas.erasure",
            "waas.certificate",
            "waas.custody.entry",
        ):
            self.assertFalse(self.env[model].with_user(self.manager).search([]), model)

    def test_accountants_see_returns_and_change_none(self):
        record = self._create_return(self.devices).with_user(self.accountant)
        record.read(["name", "state", "fee_amount"])
        with self.assertRaises(AccessError):
            record.action_cancel()
        with self.assertRaises(AccessError):
            record.write({"note": "x"})


@tagged("post_install", "-at_install")
class TestQueries(WaasReturnCommon):
    """Bulk work stays bulk work: what a device costs, beside what a step costs whatever
    the number."""

    is_replayed = False

    # Most of it is Odoo's own: stock is moved device by device.
    MOST = {"announce": 4, "receive": 25, "certify": 4, "grade": 40}

    def test_the_queries_of_a_device_that_comes_back(self):
        few, many = 2, 12
        counts = {
            number: self._count_queries(number, first)
            for number, first in ((1, 100), (few, 200), (many, 300))  # 1 fills caches
        }
        for step, most in self.MOST.items():
            more = counts[many][step] - counts[few][step]
            self.assertLessEqual(more / (many - few), most, step)

    def _count_queries(self, number, first):
        """:return: dict of queries by step, each from a cold cache"""
        devices = self._rent_out(number, self.other_customer, first)
        record = self._create_return(devices, announce=False)
        record.action_accept_responsibility()
        steps = {
            "announce": record.action_announce,
            "receive": lambda: self._receive(record, devices),
            "certify": lambda: self._certify(devices),
            "grade": lambda: self._grade(devices),
        }
        counts = {}
        for step, take in steps.items():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            take()
            self.env.flush_all()
            counts[step] = self.env.cr.sql_log_count - before
        self.assertEqual(record.state, "closed")
        return counts
