from odoo import api, models


class WaasCertificate(models.Model):
    """A certificate as the portal shows it to the end customer (R15)."""

    _inherit = "waas.certificate"

    @api.private
    def _get_portal_row(self):
        """:return: dict ``{id, name, date, return_id, return, count, state, label}``"""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "date": self.date,
            "return_id": self.return_id.id,
            "return": self.return_id.name,
            "count": self.device_count,
            "state": self.state,
            "label": labels[self.state],
        }
