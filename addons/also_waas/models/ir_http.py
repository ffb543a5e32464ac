from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """Addresses that nobody types by mistake, and that are no fault of ours."""

    _inherit = "ir.http"

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
