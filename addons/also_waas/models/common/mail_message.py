"""What a mail is about."""

from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _waas_get_mailed(self):
        """The document of ours that a mail is about, or None."""
        # Before anything is read: most mails are about something else.
        if not self._waas_is_mailed() or not self.res_id:
            return None
        return self.env[self.model].browse(self.res_id).exists() or None

    def _waas_is_mailed(self):
        """Whether a mail is about a document of ours, by its model alone."""
        self.ensure_one()
        return self.model in self.env and isinstance(
            self.env[self.model], self.pool["waas.mailed.mixin"]
        )

    def _waas_tell_undelivered(self, email, reason):
        """Notify the responsible of the document that the mail was not delivered."""
        for message in self:
            if document := message._waas_get_mailed():
                document._waas_note_undelivered(email, reason)

    def _waas_tell_delivered(self):
        """The mail went out, at the first try or at a later one."""
        for message in self:
            if document := message._waas_get_mailed():
                document._waas_note_delivered()
