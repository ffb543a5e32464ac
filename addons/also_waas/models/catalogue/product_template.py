"""The part a product plays in a rented workplace."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...deliveries import sounds_like_delivery

# What a price list rule with a term may be made for: these carry the money, the
# other roles are what is delivered or provisioned for it.
PRICED_ROLES = ("bundle", "upgrade", "option")
CONTENT_ROLES = ("device", "license", "service")


class ProductTemplate(models.Model):
    _inherit = "product.template"

    waas_role = fields.Selection(
        selection=[
            ("bundle", "Bundle"),
            ("upgrade", "Upgrade"),
            ("option", "Option"),
            ("device", "Device"),
            ("license", "License"),
            ("service", "Included Service"),
        ],
        string="WaaS Role",
        index="btree_not_null",
        help="Bundles, upgrades and options have a monthly price per term. Devices, "
        "licenses and included services are what they contain.",
    )
    waas_is_like_delivery = fields.Boolean(
        compute="_compute_waas_is_like_delivery",
        help="What is called like this is often a delivery, and a delivery is free.",
    )
    # === Bundle ===
    waas_slot_ids = fields.One2many(
        comodel_name="waas.bundle.slot",
        inverse_name="bundle_id",
        string="Slots",
        copy=True,
    )
    waas_option_ids = fields.Many2many(
        comodel_name="product.product",
        relation="waas_bundle_option_rel",
        column1="bundle_id",
        column2="option_id",
        string="Options",
        domain="[('waas_role', '=', 'option')]",
        help="Extras that may be added to this bundle, each at its own monthly price.",
    )
    # === Upgrade, option ===
    waas_component_id = fields.Many2one(
        comodel_name="product.product",
        string="Delivers",
        domain="[('waas_role', 'in', ('device', 'license', 'service'))]",
        check_company=True,
        index="btree_not_null",
        help="What is delivered or provisioned: in place of the included component "
        "for an upgrade, in addition for an option.",
    )
    # === Device ===
    waas_manufacturer_id = fields.Many2one(
        comodel_name="waas.manufacturer",
        string="Manufacturer",
        index="btree_not_null",
        ondelete="restrict",
    )
    waas_warranty_months = fields.Integer(
        string="Warranty (months)",
        compute="_compute_waas_warranty_months",
        store=True,
        readonly=False,
        precompute=True,
        help="Bundle hardware needs 36 months or more.",
    )
    waas_warranty_max_months = fields.Integer(
        string="Longest Possible Warranty (months)",
        compute="_compute_waas_warranty_max_months",
        store=True,
        readonly=False,
        precompute=True,
        help="No contract with this device runs past it.",
    )

    _check_waas_warranty = models.Constraint(
        "CHECK (waas_warranty_max_months >= waas_warranty_months)",
        "The longest possible warranty cannot be shorter than the warranty itself.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("waas_manufacturer_id")
    def _compute_waas_warranty_months(self):
        for template in self:
            template.waas_warranty_months = (
                template.waas_manufacturer_id.warranty_months
            )

    @api.depends("waas_manufacturer_id")
    def _compute_waas_warranty_max_months(self):
        for template in self:
            template.waas_warranty_max_months = (
                template.waas_manufacturer_id.warranty_max_months
            )

    @api.depends("name", "waas_role")
    def _compute_waas_is_like_delivery(self):
        """R3: an option under another name is no way to charge a delivery."""
        for template in self:
            template.waas_is_like_delivery = (
                template.waas_role in PRICED_ROLES
                and sounds_like_delivery(template.name)
            )

    # === CONSTRAINT METHODS ===#

    @api.constrains("waas_role", "type", "is_storable", "tracking")
    def _check_waas_role(self):
        for template in self:
            if problem := template._waas_get_role_problem():
                raise ValidationError(problem)

    @api.constrains(
        "waas_role", "waas_slot_ids", "waas_option_ids", "waas_component_id"
    )
    def _check_waas_composition(self):
        for template in self:
            if problem := template._waas_get_composition_problem():
                raise ValidationError(problem)

    @api.constrains("waas_role")
    def _check_waas_use(self):
        """A product in use keeps its role: in slots, options and monthly prices."""
        products = self.with_context(active_test=False).product_variant_ids
        self.env["waas.bundle.slot"].search(
            [
                "|",
                ("component_id", "in", products.ids),
                ("upgrade_ids", "in", products.ids),
            ]
        )._check_components()
        self.search([("waas_option_ids", "in", products.ids)])._check_waas_composition()
        self.search(
            [("waas_component_id", "in", products.ids)]
        )._check_waas_composition()
        self.env["product.pricelist.item"].search(
            [("product_tmpl_id", "in", self.ids), ("waas_term_id", "!=", False)]
        )._check_waas_rule()

    def _waas_get_composition_problem(self):
        """Why a bundle, upgrade or option cannot be put together like this."""
        self.ensure_one()
        if self.waas_slot_ids and self.waas_role != "bundle":
            return self.env._(
                "Only a bundle has slots: make %(product)s a bundle or remove its "
                "slots.",
                product=self.display_name,
            )
        for option in self.waas_option_ids:
            if option.waas_role != "option":
                return self.env._(
                    "%(option)s is not an option, so %(product)s cannot offer it: set "
                    "its WaaS role to Option.",
                    option=option.display_name,
                    product=self.display_name,
                )
        if self.waas_role == "upgrade" and not self.waas_component_id:
            return self.env._(
                "Enter under 'Delivers' what the customer gets with upgrade "
                "%(product)s.",
                product=self.display_name,
            )
        if self.waas_role in ("upgrade", "option") and self.waas_component_id:
            return self._waas_get_delivered_problem()
        return False

    def _waas_get_delivered_problem(self):
        """Why an upgrade or option cannot deliver its component (R14)."""
        component = self.waas_component_id
        if component.waas_role not in CONTENT_ROLES:
            return self.env._(
                "%(component)s cannot be delivered with %(product)s: give it the WaaS "
                "role Device, License or Included Service first.",
                component=component.display_name,
                product=self.display_name,
            )
        return component._waas_get_hardware_problem()

    def _waas_get_role_problem(self):
        """Why the product cannot play its role, as a sentence, or False."""
        self.ensure_one()
        role = self.waas_role
        if role == "device":
            if not self.is_storable or self.tracking != "serial":
                return self.env._(
                    "Device %(product)s must be a storable good tracked by unique "
                    "serial number, because it stays your property.",
                    product=self.display_name,
                )
        elif role and self.type != "service":
            return self.env._(
                "%(product)s must be of type Service: what is invoiced every month "
                "or provisioned online is never shipped. Hardware goes into the slots "
                "of a bundle as a device.",
                product=self.display_name,
            )
        return False
