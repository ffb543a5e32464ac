from odoo import models


class MailMessage(models.Model):
    """Chapter 4, contract: what a mail is about."""

    _inherit = "mail.message"

    def _waas_tell_undelivered(self, email, reason):
        """Tell whoever looks after the document of a mail that nobody got it."""
        for message in self:
            if message.model not in self.env or not message.res_id:
                continue
            document = self.env[message.model].browse(message.res_id).exists()
            if document and isinstance(document, self.pool["waas.mailed.mixin"]):
                document._waas_note_undelivered(email, reason)
