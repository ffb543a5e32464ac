"""Mails that come back."""

from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        if email := message_dict.get("bounced_email"):
            # As the mail gateway; users cannot read links, which hold secrets.
            message_sudo = (
                message_dict.get("bounced_message") or self.env["mail.message"]
            ).sudo()
            links_sudo = self.env["waas.signing.link"].sudo()
            reason = self.env._("The mail came back.")
            if not links_sudo._tell_bounce(email, reason):
                message_sudo._waas_tell_undelivered(email, reason)
        return result
