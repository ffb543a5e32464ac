from odoo import fields, models

from ...simpleapi.outcomes import MarketplaceBusy, MarketplaceError


class WaasMarketplace(models.Model):
    """The daily request for all subscriptions (R9)."""

    _inherit = "waas.marketplace"

    last_check = fields.Datetime(string="Last Compared", readonly=True, copy=False)

    def action_check(self):
        """Compare contracts, marketplace and invoices now, and show the differences."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_manager()
        checks_sudo = self.env["waas.license.check"].sudo()  # checked above
        checks_sudo._check_company_now(self.company_id)
        return self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.waas_license_check_action"
        )

    def _fetch_subscriptions(self):
        """All subscriptions of this company at the marketplace, with a message as the
        log of the request.

        :return: list of ``Subscription``; None when the request failed
        """
        self.ensure_one()
        message = self.env["waas.marketplace.message"].create(
            {
                "marketplace_id": self.id,
                "operation": "get",
                "state": "done",
                "sent_on": fields.Datetime.now(),
                "sent_to": self.base_url,
                "tries": 1,
            }
        )
        try:
            with self._get_client() as client:
                subscriptions = list(client.list_subscriptions())
        except MarketplaceError as error:
            # The next daily check repeats the request.
            message.write({"state": "dropped", "error": str(error)})
            if isinstance(error, MarketplaceBusy):
                self._note_busy(error)
            else:
                self._note_misconfigured(error)
            return None
        message.write(
            {
                "done_on": fields.Datetime.now(),
                "answer": self.env._(
                    "%(number)s subscriptions", number=len(subscriptions)
                ),
            }
        )
        self._note_success()
        self.last_check = fields.Datetime.now()
        return subscriptions
