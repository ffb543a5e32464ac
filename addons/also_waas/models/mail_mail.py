from odoo import models


class MailMail(models.Model):
    """Chapter 4, contract: a mail that could not be sent is told to whoever looks after
    what it is about."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if failure_type:
            # As the mail queue. Mails about messages of the chatter are Odoo's to tell.
            for mail in self.sudo().filtered(lambda mail: not mail.is_notification):
                addresses = mail.recipient_ids.mapped("email") or [mail.email_to]
                mail.mail_message_id._waas_tell_undelivered(
                    ", ".join(filter(None, addresses)), failure_reason or failure_type
                )
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
