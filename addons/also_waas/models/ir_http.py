from odoo import fields, models
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
