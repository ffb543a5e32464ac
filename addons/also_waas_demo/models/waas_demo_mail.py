from odoo import api, fields, models


class WaasDemoMail(models.Model):
    """A mail that the demo kept: what the signatory, the partner or the end customer
    would have received."""

    _name = "waas.demo.mail"
    _description = "Demo Mail"
    _order = "date desc, id desc"
    _rec_name = "subject"

    date = fields.Datetime(required=True, readonly=True)
    email_from = fields.Char(string="From", readonly=True)
    email_to = fields.Char(string="To", readonly=True)
    subject = fields.Char(readonly=True)
    # Shown as it would have been sent.
    body = fields.Html(sanitize=False, readonly=True)

    @api.model
    def _catch(self, mails):
        """Keep mails here and mark them as sent; nothing is sent to a mail server.

        Their links get no server address: they are opened on this server, which may
        have another address later.

        :param mails: ``mail.mail`` that would be sent now
        """
        base_url = self.get_base_url()
        self.create(
            [
                {
                    "date": mail.date,
                    "email_from": mail.email_from,
                    "email_to": self._get_recipients(mail),
                    "subject": mail.subject,
                    "body": (mail.body_html or "").replace(base_url, ""),
                }
                for mail in mails
            ]
        )
        mails.state = "sent"
        # As the mail queue: process sent mails, and delete those that are not kept.
        mails._postprocess_sent_message(mails.recipient_ids, [])

    @api.model
    def _get_recipients(self, mail):
        named = mail.recipient_ids.mapped("email_formatted")
        return ", ".join(filter(None, [mail.email_to, *named]))
