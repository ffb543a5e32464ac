from odoo import http
from odoo.fields import Domain
from odoo.http import request

from .forms import find_refusal, to_int
from .portal_reseller import WaasResellerPortal
from .portal_waas import MAX_POST_BYTES

PRICES = 120  # per minute and user


class WaasBundlePortal(WaasResellerPortal):
    """A partner chooses a bundle, and sees its price."""

    @http.route(
        [
            "/my/waas/deals/<int:order_id>/bundle",
            "/my/waas/deals/<int:order_id>/bundle/<int:line_id>",
        ],
        type="http",
        auth="user",
        website=True,
    )
    def waas_deal_bundle(self, order_id, line_id=0, bundle_id=None, **kwargs):
        """Choose a bundle, its upgrades and options; see price and commission."""
        order_sudo = self._waas_find_deal(order_id)
        if not order_sudo:
            return self._waas_not_found()
        line = self._waas_find_line(order_sudo, line_id)
        bundles = self._waas_get_bundles()
        chosen = line.product_id or bundles.filtered(
            lambda bundle: bundle.id == to_int(bundle_id)
        )
        upgrades, options = line._waas_get_configuration() if line else ({}, {})
        choice = int(line.product_uom_qty) or 1, upgrades, options
        return self._waas_render_bundle(order_sudo, line, chosen or bundles[:1], choice)

    def _waas_render_bundle(self, order_sudo, line, bundle, choice, error=None):
        quantity, upgrades, options = choice
        bundles = self._waas_get_bundles()
        return request.render(
            "also_waas.portal_bundle",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "waas_deals",
                "deal": order_sudo._waas_get_portal_row(),
                "line_id": line.id,
                "bundle": bundle._waas_get_portal_choice(upgrades, options)
                if bundle
                else None,
                "bundles": [other._waas_get_portal_row() for other in bundles],
                "quantity": quantity,
                "price": order_sudo._waas_get_live_price(
                    bundle, quantity, upgrades, options
                ),
                "error": error,
            },
            status=422 if error else 200,
        )

    def _waas_get_bundles(self):
        # A partner may offer the products of the catalogue.
        products_sudo = request.env["product.product"].sudo()
        return products_sudo.search(
            Domain("waas_role", "=", "bundle")
            & Domain("sale_ok", "=", True)
            & Domain("company_id", "in", (False, request.env.company.id)),
            order="default_code, name, id",
        )

    def _waas_find_line(self, order_sudo, line_id):
        return order_sudo.order_line.filtered(
            lambda line: line.id == line_id and line.waas_role == "bundle"
        )

    @http.route(
        "/my/waas/deals/<int:order_id>/bundle/save",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_bundle_save(self, order_id, line_id=0, bundle_id=0, **posted):
        """Save the choice on the quotation."""
        order_sudo = self._waas_find_deal(order_id)
        if not order_sudo:
            return self._waas_not_found()
        line = self._waas_find_line(order_sudo, to_int(line_id))
        bundle = line.product_id or self._waas_get_bundles().filtered(
            lambda product: product.id == to_int(bundle_id)
        )
        if not bundle:
            return self._waas_not_found()
        choice = self._waas_read_choice(bundle, posted)
        if error := find_refusal(order_sudo._waas_put_bundle, line, bundle, *choice):
            return self._waas_render_bundle(order_sudo, line, bundle, choice, error)
        return request.redirect(f"/my/waas/deals/{order_id}")

    @http.route(
        "/my/waas/deals/<int:order_id>/bundle/<int:line_id>/remove",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_bundle_remove(self, order_id, line_id, **kwargs):
        """Remove a bundle from the quotation."""
        order_sudo = self._waas_find_deal(order_id)
        line = order_sudo and self._waas_find_line(order_sudo, line_id)
        if not line:
            return self._waas_not_found()
        return self._waas_act(order_id, "_waas_remove_bundle", line)

    @http.route(
        "/my/waas/deals/<int:order_id>/price",
        type="jsonrpc",
        auth="user",
        max_content_length=MAX_POST_BYTES,
    )
    def waas_deal_price(self, order_id, bundle_id=0, **choice):
        """Price and commission of a choice, while the partner makes it.

        :return: dict of texts ``{monthly, total, commission, missing}``, or ``{error}``
        """
        order_sudo = self._waas_find_deal(order_id)
        bundle = self._waas_get_bundles().filtered(
            lambda product: product.id == to_int(bundle_id)
        )
        if not order_sudo or not bundle:
            return {"error": request.env._("This quotation is not there any more.")}
        quantity, upgrades, options = self._waas_read_choice(bundle, choice)
        if quantity < 1:
            return {"error": request.env._("Rent at least one workplace.")}
        if not self._waas_may_ask_price():
            return {"error": request.env._("Too many prices at once: wait a minute.")}
        return order_sudo._waas_get_live_price(bundle, quantity, upgrades, options)

    def _waas_may_ask_price(self):
        """Limit requests to the speed at which a person changes a choice."""
        limits_sudo = request.env["waas.rate.limit"].sudo()  # for portal users
        return limits_sudo._allow("price", f"user {request.env.uid}", PRICES, 1)

    def _waas_read_choice(self, bundle, posted):
        """Quantity, upgrades and options from a form; anything that the bundle does not
        offer is ignored."""
        upgrades = {}
        for slot in bundle.waas_slot_ids:
            upgrade_id = to_int(posted.get(f"upgrade_{slot.id}"))
            upgrade = slot.upgrade_ids.filtered(lambda p, i=upgrade_id: p.id == i)
            if upgrade:
                upgrades[slot] = upgrade
        options = {
            option: to_int(posted.get(f"option_{option.id}"))
            for option in bundle.waas_option_ids
        }
        return to_int(posted.get("quantity")), upgrades, options
