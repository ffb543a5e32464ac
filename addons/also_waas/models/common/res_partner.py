"""Who reads the mails of a company."""

from odoo import api, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.private
    def _waas_get_mail_reader(self, record):
        """Who gets a mail to this party: the party itself, or where it has no mail
        address, the signatory of the deal or else one of its contacts.

        :param record: what the mail is about, see ``waas.mailed.mixin``
        :return: ``res.partner`` with a mail address, or an empty record set
        """
        self.ensure_one()
        company_sudo = self.sudo().commercial_partner_id  # an address to write to
        contacts_sudo = company_sudo.child_ids.filtered("email_normalized")
        signatory_sudo = contacts_sudo & record.sudo()._waas_get_signatory()
        people_sudo = contacts_sudo.filtered(lambda contact: contact.type == "contact")
        for party_sudo in (self.sudo(), company_sudo, signatory_sudo, people_sudo):
            if with_address := party_sudo.filtered("email_normalized"):
                return with_address[:1].with_env(self.env)
        return contacts_sudo[:1].with_env(self.env)
