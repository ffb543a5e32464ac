from odoo import models
from odoo.exceptions import UserError

from ..common.waas_blocker_mixin import Blocker
from .waas_agreement import LIVE_STATES

SIGNATURE_CODES = {
    "agreements_missing",
    "agreements_refused",
    "link_undelivered",
    "customer_signature",
    "company_signature",
}
"""Of the blockers about signatures."""


class WaasDealMixin(models.AbstractModel):
    """Which signatures of a deal are missing, and how they are asked for (R1)."""

    _inherit = "waas.deal.mixin"

    def _waas_get_agreement_points(self):
        """Which signatures are still missing (R1)."""
        deal_sudo = self.sudo()  # the answer shows names only
        live = deal_sudo.waas_agreement_ids.filtered(
            lambda agreement: agreement.state in LIVE_STATES
        )
        if live:  # lists ask each deal, and most have sent none
            fingerprint = self._waas_get_fingerprint()
            live = live.filtered(lambda agreement: agreement.fingerprint == fingerprint)
        if not live:
            if refused := deal_sudo._waas_get_refused_agreement():
                message = self.env._(
                    "The end customer refused to sign (%(reason)s): agree with them, "
                    "then send the agreements again.",
                    reason=refused.note,
                )
                told = self.env._("The end customer refused to sign.")
                return [Blocker("agreements_refused", message, "sales", told)]
            message = self.env._("Send the agreements to the signatory.")
            told = self.env._("We send the agreements to sign.")
            return [Blocker("agreements_missing", message, "sales", told)]
        points = []
        names = {
            state: ", ".join(
                live.filtered(lambda agreement, s=state: agreement.state == s).mapped(
                    "title"
                )
            )
            for state in ("sent", "customer_signed")
        }
        if names["sent"]:
            points.append(self._waas_get_signature_point(live, names["sent"]))
        if names["customer_signed"]:
            message = self.env._(
                "%(company)s must sign: %(agreements)s.",
                company=self.company_id.name,
                agreements=names["customer_signed"],
            )
            points.append(Blocker("company_signature", message, "also"))
        return points

    def _waas_get_signature_point(self, agreements, titles):
        """The end customer must sign, or did not get the link."""
        links_sudo = self.env["waas.signing.link"].sudo()  # no secret is shown
        if link := links_sudo._find_undelivered(self):
            message = self.env._(
                "The signing link could not be sent to %(email)s: %(reason)s The "
                "system tries again for a day; or correct the address and send the "
                "agreements again.",
                email=link.email,
                reason=link.undelivered_reason,
            )
            told = self.env._(
                "The mail with the signing link did not reach the end customer: we "
                "look after it."
            )
            return Blocker("link_undelivered", message, "sales", told)
        message = self.env._(
            "%(signatory)s must sign: %(agreements)s.",
            signatory=agreements[0].signatory_id.name,
            agreements=titles,
        )
        return Blocker("customer_signature", message, "customer")

    def _waas_get_refused_agreement(self):
        """What the end customer refused, unless something newer was sent since."""
        newest = self.waas_agreement_ids.sorted("id")[-1:]
        return newest.filtered(lambda agreement: agreement.state == "refused")

    def _waas_issue_agreements(self):
        """Freeze the agreements and mail the link; callers checked who asks."""
        self.ensure_one()
        self._waas_ensure_signatory()
        # Agreements and links are written by their own methods only.
        deal_sudo = self.sudo()
        signatory_sudo = deal_sudo.waas_signatory_id
        deal_sudo.waas_agreement_ids._void(self.env._("A new version was sent."))
        agreements_sudo = deal_sudo.env["waas.agreement"]._issue(
            deal_sudo, signatory_sudo
        )
        deal_sudo.env["waas.signing.link"]._send(
            deal_sudo, agreements_sudo, signatory_sudo
        )
        self.message_post(
            body=self.env._(
                "Agreements sent to %(signatory)s (%(email)s).",
                signatory=signatory_sudo.name,
                email=signatory_sudo.email,
            )
        )

    def _waas_countersign(self):
        """Open ALSO's signature for all agreements that wait for it."""
        self.ensure_one()
        waiting = self.waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "customer_signed"
        )
        if not waiting:
            raise UserError(
                self.env._(
                    "No agreement of %(deal)s waits for a countersignature: the end "
                    "customer signs "
                    "first, or both have signed.",
                    deal=self.name,
                )
            )
        return waiting.action_countersign()

    def _waas_get_signer(self):
        """The salesperson who can sign for ALSO; empty: one of the managers."""
        return self.user_id.filtered(
            # Only whether a colleague is a manager.
            lambda user: user.sudo().has_group("also_waas.group_waas_manager")
        )

    # === TO-DOS ===#

    def _waas_settle_todos(self):
        """Close the to-dos that have nothing left to wait for."""
        for deal in self:
            deal._waas_todo_drop(*deal._waas_get_settled_todos())

    def _waas_get_settled_todos(self):
        """Hook: the kinds of to-dos that have nothing left to wait for."""
        self.ensure_one()
        # Only the state of the signatures.
        states = set(self.sudo().waas_agreement_ids.mapped("state"))
        settled = []
        if "customer_signed" not in states:
            settled.append("countersign")
        if "sent" not in states:
            settled += ["unsigned", "signing_mail"]
        if not states.isdisjoint(LIVE_STATES):
            settled.append("refused")
        return settled
