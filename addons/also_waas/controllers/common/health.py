from odoo import fields, http
from odoo.http import request


class WaasHealth(http.Controller):
    """What a monitoring asks every few minutes."""

    @http.route(
        "/waas/health", type="http", auth="public", save_session=False, readonly=True
    )
    def waas_health(self, **kwargs):
        """Whether the scheduled actions run: 200, or 503 with the moment since when one
        of them has been waiting."""
        since = request.env["ir.cron"]._waas_get_late_since()
        answer = {"jobs_late_since": since and fields.Datetime.to_string(since)}
        return request.make_json_response(
            answer,
            headers=[("Cache-Control", "no-store")],
            status=503 if since else 200,
        )
