"""The part number of a product with one variant; whose devices are reported (R5)."""

from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    waas_mpn = fields.Char(
        string="Manufacturer Part Number",
        compute="_compute_waas_mpn",
        inverse="_inverse_waas_mpn",
        search="_search_waas_mpn",
        help="Named in sell-out reports. Empty: the code that the manufacturer "
        "has for it as a vendor.",
    )

    @api.depends("product_variant_ids.waas_mpn")
    def _compute_waas_mpn(self):
        self._compute_template_field_from_variant_field("waas_mpn")

    def _inverse_waas_mpn(self):
        self._set_product_variant_field("waas_mpn")

    # === CRUD METHODS ===#

    def write(self, vals):
        if "waas_manufacturer_id" in vals:
            # Whoever edits a product need not know of reports, nor read devices.
            devices_sudo = self.env["stock.lot"].sudo()
            devices_sudo.search(
                [
                    ("product_id.product_tmpl_id", "in", self.ids),
                    ("waas_sellout_changed_on", "!=", False),
                ]
            )._waas_note_change()
        return super().write(vals)

    @api.model
    def _search_waas_mpn(self, operator, value):
        return [("product_variant_ids.waas_mpn", operator, value)]

    def _get_related_fields_variant_template(self):
        return [*super()._get_related_fields_variant_template(), "waas_mpn"]
