from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

LINKS_PER_HOUR = 10
MINUTES_BETWEEN_MAILS = 10


class WaasAgreement(models.Model):
    """The agreements of an end customer in the portal (R1)."""

    _inherit = "waas.agreement"

    @api.model
    @api.private
    def _get_domain_of_customer(self, customer):
        """The agreements that the portal shows to an end customer: without void ones.

        :return: domain
        """
        return [
            ("partner_id", "child_of", customer.ids),
            ("state", "!=", "void"),
        ]

    @api.private
    def _get_portal_row(self):
        """:return: dict ``{id, title, name, subject, signatory, state, label, colour,
        date, is_open}``"""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        colours = {"signed": "success", "sent": "warning", "refused": "danger"}
        return {
            "id": self.id,
            "title": self.title,
            "name": self.name,
            "subject": self._get_deal().display_name,
            "signatory": self.signatory_id.name,
            "state": self.state,
            "label": (
                self.env._("To Sign") if self.state == "sent" else labels[self.state]
            ),
            "colour": colours.get(self.state, "info"),
            "date": self.company_signed_on or self.customer_signed_on,
            "is_open": self.state == "sent" and self._is_current(),
        }

    @api.private
    def _open_in_portal(self, user):
        """Give a user of the end customer access to sign or refuse.

        The signatory is asked for a one-time code there, which is sent to the mail
        address of the signatory. For any other user, and in a company without codes,
        the link is mailed to the signatory: a login alone is no proof of who signs
        (R1).

        :param user: ``res.users`` who is logged in
        :return: the token of a fresh link for the signatory, or None: it was mailed
        :raises UserError: when there is nothing to sign, or too many links were created
        """
        self.ensure_one()
        if self.state != "sent" or not self._is_current():
            raise UserError(self.env._("There is nothing left to sign."))
        deal = self._get_deal()
        links = self.env["waas.signing.link"]
        agreements = self._get_open_of_deal(deal)
        if user.partner_id == self.signatory_id and self.company_id.waas_signature_code:
            self._ensure_few_links(deal, timedelta(hours=1), LINKS_PER_HOUR)
            _link, token = links._make(deal, agreements, self.signatory_id)
            return token
        # Sending replaces the previous link, so there is one only to check.
        self._ensure_few_links(deal, timedelta(minutes=MINUTES_BETWEEN_MAILS), 1)
        links._send(deal, agreements, self.signatory_id)
        return None

    def _get_open_of_deal(self, deal):
        """The agreements that the signatory can sign together."""
        sent = self.search(
            [("order_id", "=", self.order_id.id), ("state", "=", "sent")]
        )
        return sent.filtered(
            lambda agreement: agreement._get_deal() == deal and agreement._is_current()
        )

    def _ensure_few_links(self, deal, period, limit):
        links = self.env["waas.signing.link"]
        domain = Domain("create_date", ">", fields.Datetime.now() - period)
        if links.search_count(domain & links._get_deal_domain(deal)) >= limit:
            raise UserError(
                self.env._(
                    "We have just sent %(signatory)s a link to sign: open the newest "
                    "mail from us, or try again a little later.",
                    signatory=self.signatory_id.name,
                )
            )
