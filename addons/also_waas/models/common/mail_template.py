"""The mails to the parties of a deal."""

import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...batches import OF_THE_DATABASE

_logger = logging.getLogger(__name__)


class MailTemplate(models.Model):
    _inherit = "mail.template"

    waas_report_ids = fields.Many2many(
        comodel_name="ir.actions.report",
        relation="waas_mail_template_report_rel",
        column1="template_id",
        column2="report_id",
        string="Printed When Sent",
        domain="[('model', '=', model)]",
        help="Documents that the mail queue prints and attaches when it sends the "
        "mail, so that the step that creates the mail does not wait for them.",
    )

    @api.private
    def _waas_queue(self, record, party, **context):
        """Queue the mail about a record to one party, in its language. A company
        without a mail address has contacts who read for it.

        :param party: ``res.partner``
        :param context: what else the text wants to know
        :return: ``mail.mail``, as superuser; its documents are printed when it is sent
        :raises UserError: when neither the party nor a contact has a mail address
        """
        self.ensure_one()
        reader = party._waas_get_mail_reader(record)
        if not reader:
            raise UserError(
                self.env._(
                    "%(party)s has no mail address, and none of its contacts has: "
                    "enter one.",
                    party=party.display_name,
                )
            )
        mail_id = self.with_context(lang=party.lang, **context).send_mail(
            record.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={
                "recipient_ids": [Command.set(reader.ids)],
                "waas_report_ids": [Command.set(self.sudo().waas_report_ids.ids)],
            },
        )
        return self.env["mail.mail"].sudo().browse(mail_id)  # as it was made

    @api.private
    def _waas_try_to_queue(self, record, party, **context):
        """As :meth:`_waas_queue`. Errors are logged and returned; they never roll back
        the caller.

        :return: the error as text; None when the mail was made
        """
        try:
            with self.env.cr.savepoint():
                self._waas_queue(record, party, **context)
        except OF_THE_DATABASE:  # it wants the transaction to start over
            raise
        except UserError as error:
            return str(error)
        except Exception as error:
            _logger.warning("No mail about %s", record, exc_info=True)
            return str(error)
        return None

    @api.private
    def _waas_queue_or_ask(self, record, party, user, **context):
        """As :meth:`_waas_queue`; a mail that cannot be made leaves a to-do on the
        record.

        :param user: ``res.users`` who gets it
        """
        if error := self._waas_try_to_queue(record, party, **context):
            record._waas_todo(
                "mail" if party == record.partner_id else "mail_partner",
                user,
                note=lambda env: env._(
                    "%(mail)s to %(party)s: %(error)s Fix it, and write to them "
                    "yourself.",
                    mail=self.with_env(env).name,
                    party=party.display_name,
                    error=error,
                ),
                add=True,
            )
