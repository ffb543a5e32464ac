from odoo import Command, api, models


class MailTemplate(models.Model):
    """Chapter 4, contract: the mails in which the parties of a deal hear of it."""

    _inherit = "mail.template"

    @api.private
    def _waas_queue(self, record, party, **context):
        """Queue the mail about a record to one party, in its language.

        :param party: ``res.partner``
        :param context: what else the text wants to know
        """
        self.ensure_one()
        self.with_context(lang=party.lang, **context).send_mail(
            record.id,
            email_layout_xmlid="mail.mail_notification_light",
            email_values={"recipient_ids": [Command.set(party.ids)]},
        )
