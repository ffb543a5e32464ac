import logging

from markupsafe import escape
from psycopg2 import OperationalError

from odoo import Command, api, models

_logger = logging.getLogger(__name__)


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

    @api.private
    def _waas_try_to_queue(self, record, party, **context):
        """As :meth:`_waas_queue`. What keeps the mail from being made, its PDF or its
        text, keeps nothing else from being done.

        :return: the error as text, for whoever is to be told; None when it was made
        """
        try:
            with self.env.cr.savepoint():
                self._waas_queue(record, party, **context)
        except OperationalError:  # the database wants the transaction to start over
            raise
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
            record.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("A mail could not be made"),
                note=escape(
                    self.env._(
                        "%(mail)s to %(party)s: %(error)s Mend it, and write to them "
                        "by hand.",
                        mail=self.name,
                        party=party.display_name,
                        error=error,
                    )
                ),
                user_id=user.id,
            )
