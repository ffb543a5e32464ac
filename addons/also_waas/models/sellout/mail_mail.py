"""The result of a report that was sent by mail (R5)."""

from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # As the mail queue; users cannot edit the log.
        sendings_sudo = (
            self.env["waas.sellout.sending"]
            .sudo()
            .search([("mail_id", "in", self.ids)])
        )
        sendings_sudo._note_result(
            failure_type and (failure_reason or failure_type), bool(failure_type)
        )
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
