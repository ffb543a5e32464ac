from urllib.parse import urlsplit

import werkzeug.exceptions

from odoo import fields, http, models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Addresses that nobody types by mistake, and that are no fault of ours; and what
    the web client is told when it starts."""

    _inherit = "ir.http"

    def session_info(self):
        """Tell the people who work with WaaS when scheduled actions stand still."""
        result = super().session_info()
        if self.env.user.has_group("also_waas.group_waas_user"):
            since = self.env["ir.cron"]._waas_get_late_since()
            result["waas_jobs_late_since"] = since and fields.Datetime.to_string(since)
        return result

    @classmethod
    def _auth_method_user(cls):
        """Whoever sends a form of our portal after its session expired logs in and is
        on the page of the form again: its own address takes no visitors."""
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
        """No controller takes a parameter of this name: Python has given it."""
        request.params.pop("self", None)
        return super()._dispatch(endpoint)

    @classmethod
    def _serve_fallback(cls):
        """No page and no attachment has a NUL in its address; the database would not
        even look."""
        if "\0" in request.httprequest.path:
            return None
        return super()._serve_fallback()
