import re
import time

from odoo import fields, http
from odoo.http import request

from ...models.licenses.waas_marketplace_offer import OFFER_SCOPE

MAX_NOTIFICATION_BYTES = 64 * 1024
CACHE = "private, no-cache"


class WaasMarketplace(http.Controller):
    """Requests from the marketplace: notifications (R9), and the offer feed (R10)."""

    # === NOTIFICATIONS ===#

    @http.route(
        "/waas/marketplace/notify",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # the marketplace signs it
        save_session=False,
        max_content_length=MAX_NOTIFICATION_BYTES,
    )
    def waas_marketplace_notify(self, **kwargs):
        """Receive a notification of the marketplace; see ``_find_sender`` for its
        signature. A repeated notification has no effect."""
        body = request.httprequest.get_data()
        marketplace_sudo = (  # no user is logged in: the signature authorizes
            request.env["waas.marketplace"]
            .sudo()
            ._find_sender(
                request.httprequest.headers.get("X-Marketplace-Signature"),
                body,
                time.time(),
            )
        )
        if not marketplace_sudo:
            return self._answer({"error": "The signature is wrong or too old."}, 401)
        try:
            marketplace_sudo._receive(body)
        except ValueError as error:
            return self._answer({"error": f"This is no notification: {error}."}, 400)
        return self._answer({"status": "ok"})

    # === OFFER ===#

    @http.route(
        "/waas/offer/v1",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def waas_offer(self, commission=None, **kwargs):
        """The offer of a company: bundle x term x option, as JSON (R10).

        ``Authorization: Bearer <key>``, a key with the scope ``waas.offer``. ``ETag``
        is the version of the content: with ``If-None-Match``, an unchanged offer is
        answered with 304. ``?commission=1`` adds commissions, for keys of WaaS users
        only (R8).
        """
        user_sudo = self._find_reader()
        if not user_sudo:
            answer = self._answer({"error": "The key is missing or wrong."}, 401)
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        company = user_sudo.company_id
        pricelist_sudo = company.waas_pricelist_id
        if not pricelist_sudo.active:
            return self._answer({"error": "This company offers nothing."}, 404)
        if commission and not user_sudo.has_group("also_waas.group_waas_user"):
            return self._answer({"error": "This key may not see commissions."}, 403)
        pricelist_sudo = pricelist_sudo.with_context(lang=user_sudo.lang).with_company(
            company
        )
        feed = pricelist_sudo._waas_get_feed(with_commission=bool(commission))
        return self._answer_offer(feed)

    def _find_reader(self):
        """The user of the key: the user as which a marketplace reads, or a WaaS
        user."""
        header = request.httprequest.headers.get("Authorization", "")
        match = re.fullmatch(r"bearer\s+(\S+)", header, re.IGNORECASE)
        users_sudo = request.env["res.users"].sudo()  # no user is logged in
        if not match:
            return users_sudo
        uid = request.env["res.users.apikeys"]._check_credentials(
            scope=OFFER_SCOPE, key=match[1]
        )
        user_sudo = users_sudo.browse(uid)
        marketplaces_sudo = request.env["waas.marketplace"].sudo()
        return user_sudo if marketplaces_sudo._may_read_offer(user_sudo) else users_sudo

    def _answer_offer(self, feed):
        known = request.httprequest.if_none_match
        if known.contains_weak(feed["version"]):
            answer = request.make_response("", status=304)
        else:
            now = fields.Datetime.now().isoformat()
            answer = self._answer({**feed, "generated_at": f"{now}Z"})
        answer.set_etag(feed["version"])
        answer.headers["Cache-Control"] = CACHE
        answer.headers["Vary"] = "Authorization"
        return answer

    def _answer(self, data, status=200):
        return request.make_json_response(data, status=status)
