from odoo import fields, models


class WaasDealMixin(models.AbstractModel):
    """What a deal earns its reseller, and when it did (R1)."""

    _inherit = "waas.deal.mixin"

    def _waas_get_earnings(self):
        """What the deal earns, line by line, as frozen when it was agreed (R8).

        :return: list of ``waas_commission.Earning``
        """
        raise NotImplementedError

    def _waas_get_deciding_checks(self):
        """The credit checks on which the deal rests."""
        raise NotImplementedError

    def _waas_get_earned_moment(self):
        """When the last condition of R1 was met: the credit decision or a signature,
        whichever came last. Where neither was needed: now."""
        self.ensure_one()
        deal_sudo = self.sudo()  # shows a moment only
        signed = deal_sudo.waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "signed"
        )
        moments = [
            *deal_sudo._waas_get_deciding_checks().mapped("decided_on"),
            *signed.mapped("customer_signed_on"),
            *signed.mapped("company_signed_on"),
        ]
        return max(filter(None, moments), default=fields.Datetime.now())
