"""The channel that provides the seats of a line (R9)."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    waas_license_channel = fields.Selection(
        selection=[("marketplace", "Marketplace"), ("other", "Other Channel")],
        string="License Channel",
        compute="_compute_waas_license_channel",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        groups="base.group_user",
        help="Licenses come from the ALSO Cloud Marketplace unless their line says "
        "otherwise. Through another channel a user orders them manually.",
    )

    @api.depends("product_id", "waas_role")
    def _compute_waas_license_channel(self):
        licenses = self.filtered(lambda line: line._waas_is_license())
        (self - licenses).waas_license_channel = False
        licenses.waas_license_channel = "marketplace"

    @api.constrains("waas_license_channel")
    def _check_waas_license_channel(self):
        for line in self.sudo():  # hidden from portal users, who may edit lines, too
            if line._waas_is_license() and not line.waas_license_channel:
                raise UserError(
                    self.env._(
                        "Choose the channel of %(license)s: the marketplace, or "
                        "another one.",
                        license=line.product_id.display_name,
                    )
                )

    def write(self, vals):
        channel = vals.get("waas_license_channel")
        for line in self if "waas_license_channel" in vals else ():
            if line.state == "sale" and line.waas_license_channel != channel:
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed, and its licenses are on their way: "
                        "the channel of %(license)s stays as it is.",
                        order=line.order_id.name,
                        license=line.product_id.display_name,
                    )
                )
        return super().write(vals)

    def _waas_is_license(self):
        return self.waas_role == "component" and self.product_id.waas_role == "license"

    def _waas_prepare_license(self, contract):
        """Values of the license that this line becomes."""
        self.ensure_one()
        parent = self.waas_parent_line_id
        return {
            "contract_id": contract.id,
            "order_line_id": self.id,
            "contract_line_id": contract.contract_line_ids.filtered(
                lambda line: line.waas_order_line_id == parent
            )[:1].id,
            "seats_per_unit": self.waas_qty_per_parent or 1.0,
            "product_id": self.product_id.id,
            "channel": self.waas_license_channel,
            "agreed_seats": round(self.product_uom_qty),
        }
