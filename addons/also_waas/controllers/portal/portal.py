from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.sale.controllers.portal import CustomerPortal


class WaasCustomerPortal(CustomerPortal):
    """The deals of a reseller under *My quotations* and *My orders*, and the limits on
    what it may do there."""

    def _waas_own_or_brought(self, domain, states):
        """Add the deals of which the user's company is the reseller; the record rules
        still apply."""
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
        """A reseller prepares, but never signs for the end customer (R1)."""
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
        """A reseller cannot refuse in the name of the end customer."""
        if self._waas_is_other_party(order_id, access_token):
            return request.redirect(f"/my/orders/{order_id}?message=cant_reject")
        return super().portal_quote_decline(
            order_id,
            access_token=access_token,
            decline_message=decline_message,
            **kwargs,
        )

    def _waas_is_other_party(self, order_id, access_token):
        """Whether a portal user requests a WaaS order of another end customer. The
        ordinary token of the order is no proof: its reseller can read it."""
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
