"""A mail that could not be sent is tried again, and the responsible of its document
is notified. Its documents are printed when it is sent: the mail queue holds no
lock on anything else."""

from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.safe_eval import safe_eval, time

from odoo.addons.base.models.ir_qweb import QWebError

# Errors of the server or the network are retried; a wrong address is not.
CURABLE = ("mail_smtp", "unknown")
# Minutes before each further try; about a day in all.
PAUSES = (5, 10, 20, 40, 80, 160, 320, 640)


class MailMail(models.Model):
    _name = "mail.mail"
    _inherit = ["mail.mail", "waas.guarded.mixin"]

    waas_tries = fields.Integer(string="WaaS Failed Tries", readonly=True, copy=False)
    waas_next_try = fields.Datetime(
        string="WaaS Next Try",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When an unsent mail about WaaS is sent again.",
    )
    waas_report_ids = fields.Many2many(
        comodel_name="ir.actions.report",
        relation="waas_mail_mail_report_rel",
        column1="mail_id",
        column2="report_id",
        string="WaaS Documents to Print",
        readonly=True,
        copy=False,
        help="Documents that are printed and attached when the mail is sent.",
    )

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        self._waas_print_documents()
        return super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )

    def _waas_print_documents(self):
        """Print what the mail carries, once.

        :raises UserError: when a document cannot be printed; the mail is tried again
        """
        mails_sudo = self.sudo()  # as the mail queue
        # By the model first: most mails are about other documents.
        for mail_sudo in mails_sudo.filtered(
            lambda mail: mail.mail_message_id._waas_is_mailed() and mail.waas_report_ids
        ):
            mail_sudo.write(
                {
                    "waas_report_ids": [Command.clear()],
                    "attachment_ids": [
                        Command.create(mail_sudo._waas_print_document(report))
                        for report in mail_sudo.waas_report_ids
                    ],
                }
            )

    def _waas_print_document(self, report):
        """:return: values of an attachment"""
        document = self.env[self.model].browse(self.res_id)
        name = safe_eval(report.print_report_name, {"object": document, "time": time})
        try:
            content, kind = report._render_qweb_pdf(report, document.ids)
        except QWebError as error:
            raise UserError(
                self.env._(
                    "%(document)s could not be printed (%(error)s).",
                    document=name,
                    error=error.__cause__ or error,
                )
            ) from error
        return {
            "name": f"{name}.{kind}",
            "raw": content,
            "res_model": "mail.message",
            "res_id": self.mail_message_id.id,
        }

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # As the mail queue. Odoo itself reports failed chatter messages.
        mails_sudo = self.sudo().filtered(lambda mail: not mail.is_notification)
        for mail in mails_sudo:
            message = mail.mail_message_id
            if not failure_type:
                message._waas_tell_delivered()
                continue
            addresses = mail.recipient_ids.mapped("email") or [mail.email_to]
            message._waas_tell_undelivered(
                ", ".join(filter(None, addresses)), failure_reason or failure_type
            )
            if failure_type in CURABLE and message._waas_get_mailed():
                mail._waas_plan_next_try()
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def _waas_plan_next_try(self):
        self.ensure_one()
        tries = self.waas_tries
        next_try = tries < len(PAUSES) and (
            fields.Datetime.now() + timedelta(minutes=PAUSES[tries])
        )
        self.sudo().write(  # as the mail queue
            {"waas_tries": tries + 1, "waas_next_try": next_try}
        )

    @api.model
    def _cron_waas_retry(self):
        """Put mails about WaaS back into the queue whose pause is over."""
        due = self.search(
            [
                ("state", "=", "exception"),
                ("waas_next_try", "<=", fields.Datetime.now()),
            ]
        )
        if due:
            due.waas_next_try = False
            due.mark_outgoing()
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
