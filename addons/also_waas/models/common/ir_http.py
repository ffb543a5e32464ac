"""Malformed requests, portal forms of expired sessions, and what the web client
gets when it starts."""

from urllib.parse import urlsplit

import werkzeug.exceptions

from odoo import fields, http, models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Notify WaaS users when scheduled actions stand still."""
        result = super().session_info()
        if self.env.user.has_group("also_waas.group_waas_user"):
            since = self.env["ir.cron"]._waas_get_late_since()
            result["waas_jobs_late_since"] = since and fields.Datetime.to_string(since)
        return result

    @classmethod
    def _auth_method_user(cls):
        """A user whose session expired before sending a portal form returns to the page
        of the form after the login: the address of the form itself takes POST only."""
        try:
            return super()._auth_method_user()
        except http.SessionExpiredException:
            asked = request.httprequest
            if asked.method != "POST" or not asked.path.startswith("/my/waas/"):
                raise
            if asked.mimetype == "application/json":
                raise
            page = {"redirect": cls._waas_get_page()}
            login = request.redirect_query("/web/login", page)
            return werkzeug.exceptions.abort(login)

    @classmethod
    def _waas_get_page(cls):
        """The page from which a form was sent, as far as it is one of ours."""
        try:
            page = urlsplit(request.httprequest.referrer or "")
        except ValueError:
            return "/my/waas"  # no address at all
        if page.netloc != request.httprequest.host or not page.path.startswith("/my/"):
            return "/my/waas"
        return f"{page.path}?{page.query}" if page.query else page.path

    @classmethod
    def _dispatch(cls, endpoint):
        """A parameter called ``self`` collides with that of the controller."""
        request.params.pop("self", None)
        return super()._dispatch(endpoint)

    @classmethod
    def _serve_fallback(cls):
        """PostgreSQL refuses a NUL: an address with one is not found."""
        if "\0" in request.httprequest.path:
            return None
        return super()._serve_fallback()
