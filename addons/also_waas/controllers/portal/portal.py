from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class WaasCustomerPortal(CustomerPortal):
    """What a reseller sees of its deals under *My quotations* and *My orders*, and
    what it may not do there."""

    def _waas_own_or_brought(self, domain, states):
        """Add the deals that the user's company brought; the record rules decide on
        top which of them are its."""
        if not request.env.user.has_group("also_waas.group_waas_reseller"):
            return domain
        reseller = request.env.user.partner_id.commercial_partner_id
        brought = Domain("waas_reseller_id", "child_of", reseller.ids) & Domain(
            "state", "in", states
        )
        return list(Domain(domain) | brought)

    def _prepare_quotations_domain(self, partner):
        domain = super()._prepare_quotations_domain(partner)
        return self._waas_own_or_brought(domain, ("draft", "sent"))

    def _prepare_orders_domain(self, partner):
        domain = super()._prepare_orders_domain(partner)
        return self._waas_own_or_brought(domain, ("sale",))

    @http.route()
    def portal_quote_accept(
        self, order_id, access_token=None, name=None, signature=None
    ):
        """A reseller prepares, never signs for the end customer (R1)."""
        if self._waas_is_other_party(order_id, access_token):
            return {
                "error": request.env._(
                    "Only the end customer can sign. We mail them a personal link."
                )
            }
        return super().portal_quote_accept(
            order_id, access_token=access_token, name=name, signature=signature
        )

    @http.route()
    def portal_quote_decline(
        self, order_id, access_token=None, decline_message=None, **kwargs
    ):
        """Nor does it refuse in their name."""
        if self._waas_is_other_party(order_id, access_token):
            return request.redirect(f"/my/orders/{order_id}?message=cant_reject")
        return super().portal_quote_decline(
            order_id,
            access_token=access_token,
            decline_message=decline_message,
            **kwargs,
        )

    def _waas_is_other_party(self, order_id, access_token):
        """Whether a WaaS order is asked for by somebody outside who does not belong to
        its end customer. The order's ordinary token is no proof: its reseller can read
        it."""
        access_token = access_token or request.httprequest.args.get("access_token")
        try:
            order_sudo = self._document_check_access(
                "sale.order", order_id, access_token=access_token
            )
        except (AccessError, MissingError):
            return False  # the route itself answers
        user = request.env.user
        return (
            order_sudo.is_waas
            and user.share
            and user.partner_id.commercial_partner_id
            != order_sudo.partner_id.commercial_partner_id
        )
