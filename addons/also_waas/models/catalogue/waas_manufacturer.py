from odoo import api, fields, models
from odoo.exceptions import ValidationError

MIN_WARRANTY_MONTHS = 36  # R14


class WaasManufacturer(models.Model):
    """Who makes hardware and gives its warranty (R14)."""

    _name = "waas.manufacturer"
    _description = "WaaS Manufacturer"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.guarded.mixin",
        "waas.readable.mixin",
    ]
    _order = "name"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        help="The company at the manufacturer that you deal with.",
    )
    approved = fields.Boolean(
        tracking=True,
        help="Your company has checked the quality of this manufacturer. Hardware "
        "of another manufacturer needs an approved hardware request.",
    )
    warranty_months = fields.Integer(
        string="Warranty (months)",
        default=MIN_WARRANTY_MONTHS,
        required=True,
        tracking=True,
        help="Warranty that comes with a device. Bundle hardware needs 36 months "
        "or more.",
    )
    warranty_max_months = fields.Integer(
        string="Longest Possible Warranty (months)",
        compute="_compute_warranty_max_months",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
        help="Warranty including the longest extension that can be bought. "
        "No contract runs past it.",
    )
    product_ids = fields.One2many(
        comodel_name="product.template",
        inverse_name="waas_manufacturer_id",
        string="Products",
    )
    product_count = fields.Integer(compute="_compute_product_count")

    _unique_name = models.UniqueIndex(
        "(md5(lower(name)))", "There is a manufacturer of this name already."
    )
    _check_warranty = models.Constraint(
        "CHECK (warranty_months >= 0 AND warranty_max_months >= warranty_months)",
        "The longest possible warranty cannot be shorter than the warranty itself.",
    )

    @api.depends("warranty_months")
    def _compute_warranty_max_months(self):
        for manufacturer in self:
            manufacturer.warranty_max_months = max(
                manufacturer.warranty_max_months, manufacturer.warranty_months
            )

    @api.depends("product_ids")
    def _compute_product_count(self):
        counts = dict(
            self.env["product.template"]._read_group(
                [("waas_manufacturer_id", "in", self.ids)],
                ["waas_manufacturer_id"],
                ["__count"],
            )
        )
        for manufacturer in self:
            manufacturer.product_count = counts.get(manufacturer, 0)

    @api.constrains("name")
    def _check_name(self):
        for manufacturer in self:
            if not manufacturer.name.strip():
                raise ValidationError(
                    self.env._("A manufacturer needs a name: type one.")
                )

    def _is_approved(self):
        """Whether hardware of this manufacturer may be rented out (R14)."""
        return self.approved and self.active

    def action_view_products(self):
        """Open the products of this manufacturer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Products of %(name)s", name=self.name),
            "res_model": "product.template",
            "view_mode": "list,form",
            "domain": [("waas_manufacturer_id", "=", self.id)],
            "context": {"default_waas_manufacturer_id": self.id},
        }
