from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_returns import ReturnCommon


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

    def test_m_contracts_whose_devices_are_not_late_cost_nothing(self):
        self.also.waas_bill_use = True
        counts = []
        for serial in (10, 20, 30):  # the first one fills caches
            devices = self._rent_out(1, self.other_customer, serial)
            devices.sudo().waas_contract_id._waas_end()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["contract.contract"].sudo()._cron_waas_invoice_use()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

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
        self.assertEqual(self.contract._waas_open_returns("end"), record)
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
        returns = more.waas_contract_id._waas_open_returns("early")
        self.assertEqual(returns, record)
        self.assertEqual(record.line_ids.device_id, self.devices[0] + more)
        self._receive(record, self.devices[0] + more)
        self.assertEqual(record.state, "received")

    def test_r15_a_return_on_its_way_is_not_joined(self):
        record = self._create_return(self.devices[:1])
        record.action_hand_over()
        returns = self.contract._waas_open_returns("end")
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
