from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common_waiting import NothingWaitsInSilenceCommon


@tagged("post_install", "-at_install")
class TestMailsWithoutReader(NothingWaitsInSilenceCommon):
    """A mail has a reader, or somebody has a to-do."""

    def _get_mails_of(self, record):
        return self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "in", record.ids)]
        )

    def test_e4_the_known_contact_gets_the_mails_of_a_company(self):
        self.customer.email = False
        record = self._create_return(self.devices[:1])
        self.assertIn(
            self.signatory, self._get_mails_of(record).recipient_ids, "The signatory"
        )
        self.assertFalse(self._get_todos(record, "mail"))

    def test_e4_nobody_to_write_to_is_a_to_do(self):
        self.customer.email = False
        self.signatory.email = False
        record = self._create_return(self.devices[:1])
        [todo] = self._get_todos(record, "mail")
        self.assertIn("has no mail address", todo.note)
        self.assertEqual(todo.user_id, self.seller)
        with self._assert_refuses("has no mail address"):
            record.action_send()

    def test_e4_a_mail_that_could_not_be_sent_is_told(self):
        record = self._create_return(self.devices[:1])
        mail = self._get_mails_of(record).filtered(
            lambda mail: self.customer in mail.recipient_ids
        )
        mail._postprocess_sent_message(
            [], [], failure_reason="Mailbox unknown", failure_type="mail_smtp"
        )
        [todo] = self._get_todos(record, "mail")
        self.assertIn("Mailbox unknown", todo.note)
        # Said once.
        mail._postprocess_sent_message(
            [], [], failure_reason="Mailbox unknown", failure_type="mail_smtp"
        )
        self.assertEqual(len(self._get_todos(record, "mail")), 1)

    def test_i4_a_signing_mail_that_could_not_be_sent_is_tried_again(self):
        """With pauses that grow; meanwhile the deal says what is the matter."""
        order = self._create_order(12, quantity=1)
        self._approve_credit(order)
        order.action_waas_send_agreements()
        [mail] = self._get_mails(order)
        self.assertEqual(self._get_codes(order), ["customer_signature"])
        with freeze_time("2026-03-02 08:00:00") as clock:
            waited = []
            for _try in range(9):
                mail.state = "exception"
                mail._postprocess_sent_message(
                    [], [], failure_reason="No route.", failure_type="mail_smtp"
                )
                self.assertEqual(self._get_codes(order), ["link_undelivered"])
                if not mail.waas_next_try:
                    break
                waited.append((mail.waas_next_try - fields.Datetime.now()).seconds)
                self.env["mail.mail"].sudo()._cron_waas_retry()
                self.assertEqual(mail.state, "exception", "Its pause is not over.")
                clock.tick(waited[-1])
                self.env["mail.mail"].sudo()._cron_waas_retry()
                self.assertEqual(mail.state, "outgoing")
        self.assertEqual(waited, [60 * m for m in (5, 10, 20, 40, 80, 160, 320, 640)])
        self.assertTrue(self._get_todos(order, "signing_mail"))
        self.assertIn("No route.", order._waas_get_blockers()[0].message)
        mail._postprocess_sent_message([], [])
        self.assertEqual(self._get_codes(order), ["customer_signature"])
        self.assertFalse(self._get_todos(order, "signing_mail"))

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_i2_a_mail_whose_document_is_not_printed_is_tried_again(self):
        record = self._create_return(self.devices[:1])
        mail = self._get_mails_of(record)[:1].sudo()
        reports = self.env.registry["ir.actions.report"]
        servers = self.env.registry["ir.mail_server"]
        sent = []
        with (
            patch.object(servers, "_disable_send", lambda server: False),
            patch.object(
                servers,
                "send_email",
                lambda server, message, **kw: sent.append(message),
            ),
        ):
            with patch.object(
                reports, "_render_qweb_pdf", side_effect=UserError("No PDF.")
            ):
                mail._send()
            self.assertEqual(mail.state, "exception")
            self.assertIn("No PDF.", mail.failure_reason)
            self.assertTrue(mail.waas_next_try)
            self.assertFalse(sent)
            [todo] = self._get_todos(record, "mail")
            self.assertIn("No PDF.", todo.note)
            mail.mark_outgoing()
            mail._send()
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertEqual(len(sent), 1)

    def test_i4_a_wrong_address_and_ordinary_mails_are_not_tried_again(self):
        record = self._create_return(self.devices[:1])
        mail = self._get_mails_of(record)[:1]
        mail._postprocess_sent_message([], [], failure_type="mail_email_invalid")
        ordinary = self.env["mail.mail"].create(
            {"model": "res.partner", "res_id": self.customer.id, "state": "exception"}
        )
        ordinary._postprocess_sent_message([], [], failure_type="mail_smtp")
        self.assertFalse((mail | ordinary).filtered("waas_next_try"))

    def test_e4_a_bounce_of_a_signing_mail_is_told_at_once(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": self.signatory.email_normalized,
                "bounced_partner": self.signatory,
                "bounced_msg_ids": [],
                "bounced_message": self.env["mail.message"],
                "body": "No such mailbox",
                "email_from": "mailer-daemon@customerone.test",
                "to": "bounce@also.test",
                "message_id": "<bounce@customerone.test>",
            },
        )
        [todo] = self._get_todos(order, "signing_mail")
        self.assertIn(self.signatory.email_normalized, todo.note)
        self.assertEqual(todo.user_id, self.seller)
        self.signatory.email = "new@customerone.test"
        order.action_waas_send_agreements()
        self._customer_signs(order)
        self.assertFalse(self._get_todos(order, "signing_mail"))
