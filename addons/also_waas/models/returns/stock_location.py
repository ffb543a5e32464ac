"""Where devices wait for their erasure (R15)."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class StockLocation(models.Model):
    _inherit = "stock.location"

    is_waas_quarantine = fields.Boolean(
        string="Quarantine (WaaS)",
        index=True,
        help="Returned devices are kept here, outside of the warehouses, so that "
        "they are not reserved or sold. A device leaves after its erasure is "
        "certified.",
    )

    _waas_quarantine_is_own_stock = models.Constraint(
        "CHECK (is_waas_quarantine IS NOT TRUE OR (is_waas IS NOT TRUE "
        "AND usage = 'internal' AND company_id IS NOT NULL))",
        "Quarantined devices are your own stock: a quarantine is an internal location "
        "of "
        "a company, and not the At Customer location.",
    )

    @api.constrains("is_waas_quarantine", "location_id")
    def _check_waas_quarantine(self):
        for location in self:
            if location.is_waas_quarantine and location.warehouse_id:
                raise ValidationError(
                    self.env._(
                        "%(location)s lies within warehouse %(warehouse)s, so devices "
                        "that were not erased would count as available: choose a "
                        "location outside of warehouses.",
                        location=location.name,
                        warehouse=location.warehouse_id.name,
                    )
                )
            if location.location_id.is_waas_quarantine:
                raise ValidationError(
                    self.env._(
                        "%(location)s cannot lie within %(parent)s: devices there "
                        "would get no erasure.",
                        location=location.name,
                        parent=location.location_id.display_name,
                    )
                )

    def write(self, vals):
        if "is_waas_quarantine" in vals:
            self.filtered(
                lambda location: location.is_waas_quarantine
                != vals["is_waas_quarantine"]
            )._waas_ensure_no_contents()
        return super().write(vals)

    def _waas_ensure_no_contents(self):
        for location in self:
            if location.quant_ids or location.child_ids:
                raise ValidationError(
                    self.env._(
                        "%(location)s has contents, so it cannot become or cease to be "
                        "a quarantine: make another location.",
                        location=location.display_name,
                    )
                )
