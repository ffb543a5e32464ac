"""Where rented devices are (R13)."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class StockLocation(models.Model):
    _inherit = "stock.location"

    is_waas = fields.Boolean(
        string="At Customer (WaaS)",
        index=True,
        help="Rented devices: with the end customer, and still your own stock.",
    )

    _waas_is_own_stock = models.Constraint(
        "CHECK (is_waas IS NOT TRUE "
        "OR (usage = 'internal' AND company_id IS NOT NULL))",
        "Rented devices stay your own stock: an At Customer location is an "
        "internal location of a company.",
    )

    @api.constrains("location_id")
    def _check_waas_parent(self):
        """Moves below it would not be checked for their contract."""
        for location in self:
            if location.location_id.is_waas:
                raise ValidationError(
                    self.env._(
                        "%(location)s cannot lie within %(parent)s: the contract "
                        "says which customer has a device.",
                        location=location.name,
                        parent=location.location_id.display_name,
                    )
                )

    def write(self, vals):
        if "is_waas" in vals:
            self._waas_ensure_empty(vals["is_waas"])
        return super().write(vals)

    def _waas_ensure_empty(self, is_waas):
        for location in self:
            if location.is_waas != is_waas and (
                location.quant_ids or location.child_ids
            ):
                raise UserError(
                    self.env._(
                        "%(location)s has contents, so it cannot become or cease to be "
                        "an At Customer location: make another location.",
                        location=location.display_name,
                    )
                )

    def _is_outgoing(self):
        """For the order a device that reached the end customer is delivered, although
        it never leaves ALSO's stock."""
        return self.is_waas or super()._is_outgoing()

    @api.model
    def _waas_with_valued(self, records, company):
        """``records`` in a context that counts all stock ``company`` owns; without it,
        only what lies in its warehouses counts: devices at customers have no value."""
        if not records:
            return records
        # Of any company: devices there forbid the change.
        valued = self.sudo().search(
            [("is_valued_internal", "=", True), ("company_id", "=", company.id)]
        )
        return records.with_context(location=valued.ids)
