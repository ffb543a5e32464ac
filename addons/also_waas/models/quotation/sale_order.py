"""A workplace offered to an end customer, brought by a partner (reseller), at a
monthly price for one term."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# Header fields that change what is agreed, beside the lines.
DEAL_FIELDS = (
    "is_waas",
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "company_id",
    "date_order",
    "pricelist_id",
    "fiscal_position_id",
    "payment_term_id",
    "waas_reseller_id",
    "waas_term_id",
    "waas_delivery_route",
)

# A WaaS quotation is re-priced when one of these changes, at once. They are no
# dependencies of a line's price: that would re-price ordinary quotations as well, which
# keep their prices until a user updates them.
REPRICING_FIELDS = (
    "partner_id",
    "company_id",
    "date_order",
    "fiscal_position_id",
    "pricelist_id",
    "waas_reseller_id",
)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = [
        "sale.order",
        "waas.guarded.mixin",
        "waas.blocker.mixin",
        "waas.readable.mixin",
    ]

    is_waas = fields.Boolean(
        string="Workplace as a Service",
        index=True,
        help="Rented per month instead of sold.",
    )
    waas_reseller_id = fields.Many2one(
        comodel_name="res.partner",
        string="Partner",
        domain="[('waas_is_reseller', '=', True)]",
        check_company=True,
        index="btree_not_null",
        tracking=True,
        help="The reseller who brings the deal and earns the commission. The partner "
        "is never invoiced, and nothing counts against its credit limit.",
    )
    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Term",
        compute="_compute_waas_term_id",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        ondelete="restrict",
        help="How many months everything on this quotation is rented. "
        "Prices follow it.",
    )
    waas_term_reason = fields.Char(
        related="waas_term_id.reason",
        string="Reason for Term",
        help="Why the term is other than 12, 24 or 36 months.",
    )
    waas_delivery_route = fields.Selection(
        selection=[
            ("customer", "Directly to the end customer"),
            ("reseller", "Via the partner"),
        ],
        string="Delivery",
        default="customer",
        tracking=True,
        help="The partner chooses together with the end customer. Delivery is "
        "free either way.",
    )
    waas_reseller_service_ids = fields.One2many(
        comodel_name="waas.reseller.service",
        inverse_name="order_id",
        string="Partner Services",
        copy=True,
        help="Offered and invoiced by the partner; shown for information.",
    )
    # === Amounts ===
    waas_monthly_amount = fields.Monetary(
        string="Monthly",
        compute="_compute_waas_amounts",
        store=True,
        help="Price per month without VAT.",
    )
    waas_total_amount = fields.Monetary(
        string="Contract Total",
        compute="_compute_waas_amounts",
        store=True,
        help="Price per month times the months of the term, without VAT.",
    )
    waas_commission_amount = fields.Monetary(
        string="Partner Commission",
        compute="_compute_waas_commission_amount",
        store=True,
        groups="base.group_user",
        help="Fixed amount that the partner earns once for this contract.",
    )
    waas_installation_advice = fields.Char(
        compute="_compute_waas_installation_advice",
        help="Advice to the partner while quoting.",
    )

    _waas_complete = models.Constraint(
        "CHECK (is_waas IS NOT TRUE OR state != 'sale' OR "
        "(waas_reseller_id IS NOT NULL AND waas_term_id IS NOT NULL "
        "AND waas_delivery_route IS NOT NULL))",
        "A confirmed WaaS order names its partner, its term and its delivery route.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("is_waas")
    def _compute_waas_term_id(self):
        for order in self:
            if not order.is_waas:
                order.waas_term_id = False
            elif not order.waas_term_id:
                order.waas_term_id = order.company_id.waas_term_id

    @api.depends("is_waas", "amount_untaxed", "waas_term_id.months")
    def _compute_waas_amounts(self):
        for order in self:
            monthly = order.amount_untaxed if order.is_waas else 0.0
            order.waas_monthly_amount = monthly
            order.waas_total_amount = order._waas_get_total(monthly)

    @api.depends("order_line.waas_commission_amount")
    def _compute_waas_commission_amount(self):
        for order in self:
            order.waas_commission_amount = sum(
                order.order_line.mapped("waas_commission_amount")
            )

    @api.depends("is_waas", "state", "waas_reseller_id")
    @api.depends_context("lang")
    def _compute_waas_installation_advice(self):
        for order in self:
            order.waas_installation_advice = (
                self._waas_get_installation_advice(order.waas_reseller_id)
                if order.is_waas and order.state in ("draft", "sent")
                else False
            )

    @api.model
    def _waas_get_installation_advice(self, reseller):
        """The sentence that a partner reads wherever it quotes (R4)."""
        if self.env.user.share:
            return self.env._(
                "We strongly advise you to offer configuration and installation as a "
                "service of your own: list it under Your own services on the "
                "quotation, and the end customer sees it."
            )
        return self.env._(
            "We strongly advise %(reseller)s to offer configuration and "
            "installation as a service of its own: list it under Partner "
            "Services, and the end customer sees it.",
            reseller=reseller.name or self.env._("the partner"),
        )

    def _compute_sale_order_template_id(self):
        """A company's default template holds what is sold, not what is rented."""
        return super(
            SaleOrder, self.filtered(lambda order: not order.is_waas)
        )._compute_sale_order_template_id()

    @api.depends("is_waas")
    def _compute_require_signature(self):
        """Agreements are signed, not the quotation."""
        waas_orders = self.filtered("is_waas")
        waas_orders.require_signature = False
        return super(SaleOrder, self - waas_orders)._compute_require_signature()

    @api.depends("is_waas")
    def _compute_require_payment(self):
        """Nothing is paid in advance: the contract is invoiced monthly (R13)."""
        waas_orders = self.filtered("is_waas")
        waas_orders.require_payment = False
        return super(SaleOrder, self - waas_orders)._compute_require_payment()

    # === CRUD METHODS ===#

    def write(self, vals):
        if vals.keys().isdisjoint(DEAL_FIELDS):
            return super().write(vals)
        self._waas_ensure_deal_open(vals)
        result = super().write(vals)
        waas_orders = self.filtered(
            lambda order: order.is_waas and order.state in ("draft", "sent")
        )
        if not vals.keys().isdisjoint(("partner_id", "fiscal_position_id")):
            waas_orders._recompute_taxes()
        if not vals.keys().isdisjoint(REPRICING_FIELDS):
            waas_orders._recompute_prices()
            waas_orders.order_line._waas_ensure_priced()
        waas_orders._waas_deal_changed()
        return result

    def _waas_get_checked_names(self, values):
        """A WaaS quotation shows the customer's credit, and prices of the company."""
        if values.get("is_waas") or any(self.mapped("is_waas")):
            return values.keys()
        return super()._waas_get_checked_names(values)

    # === BUSINESS METHODS ===#

    def _waas_deal_changed(self):
        """Hook: what is agreed has changed, or may have."""

    def _waas_ensure_deal_open(self, vals):
        for order in self:
            if not order.is_waas and not vals.get("is_waas"):
                continue
            changed = [
                name
                for name in DEAL_FIELDS
                if name in vals
                and order._fields[name].convert_to_write(order[name], order)
                != vals[name]
            ]
            if changed and order.state == "sale":
                raise UserError(
                    self.env._(
                        "%(order)s is confirmed and signed: customer, partner, term, "
                        "delivery route and prices stay as agreed.",
                        order=order.name,
                    )
                )
            if "is_waas" in changed and order.order_line:
                raise UserError(
                    self.env._(
                        "%(order)s has lines already: make a new quotation to rent "
                        "instead of sell, or the other way round.",
                        order=order.name,
                    )
                )

    def _create_delivery_line(self, carrier, price_unit):
        """Free, and without a word about what it costs ALSO (R3)."""
        if not self.is_waas:
            return super()._create_delivery_line(carrier, price_unit)
        line = super()._create_delivery_line(carrier, 0.0)
        line.name = self._prepare_delivery_line_vals(carrier, 0.0)["name"]
        return line

    def _get_order_lines_to_report(self):
        """Components are listed in the text of their bundle, not as lines."""
        lines = super()._get_order_lines_to_report()
        return lines.filtered(lambda line: line.waas_role != "component")

    def _get_invoiceable_lines(self, final=False):
        if self.is_waas:
            return self.env["sale.order.line"]
        return super()._get_invoiceable_lines(final=final)

    def _create_invoices(self, grouped=False, final=False, date=None):
        if waas_orders := self.filtered("is_waas"):
            raise UserError(
                self.env._(
                    "%(orders)s: a WaaS order is invoiced every month from its "
                    "contract, not from the order.",
                    orders=", ".join(waas_orders.mapped("name")),
                )
            )
        return super()._create_invoices(grouped=grouped, final=final, date=date)

    def _get_product_catalog_domain(self):
        domain = super()._get_product_catalog_domain()
        if self.is_waas:
            return domain & Domain("waas_role", "=", "bundle")
        return domain

    def _waas_ensure_may_prepare(self):
        """Refuse who may not prepare a deal, and what is no open quotation."""
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(
                self.env._("Only WaaS users ask for credit checks and signatures.")
            )
        if not self.is_waas or self.state not in ("draft", "sent"):
            raise UserError(
                self.env._("%(order)s is not an open WaaS quotation.", order=self.name)
            )
