from odoo import models


class WaasMailedMixin(models.AbstractModel):
    """What mails are sent about. An undelivered mail leaves a to-do."""

    _name = "waas.mailed.mixin"
    _description = "WaaS Mailed Document"

    def _waas_get_mailed(self):
        """Hook: the document that gets the to-do, or an empty record set."""
        return self

    def _waas_get_signatory(self):
        """Hook: who signs for the end customer: a ``res.partner``, perhaps empty."""
        return self.env["res.partner"]

    def _waas_get_mail_todo(self):
        """Hook: the kind of to-do."""
        return "mail"

    def _waas_note_undelivered(self, email, reason):
        """Leave a to-do for the responsible of the document: a mail was not delivered.

        :param str email: where it went
        :param str reason: what a mail server said
        """
        self.ensure_one()
        if document := self._waas_get_mailed():
            document._waas_todo(
                self._waas_get_mail_todo(),
                document.user_id,
                note=lambda env: env._(
                    "The mail to %(email)s did not arrive: %(reason)s Fix the "
                    "cause and send it again, or call.",
                    email=email,
                    reason=reason,
                ),
                add=True,
            )

    def _waas_note_delivered(self):
        """Hook: a mail about the document went out."""
