from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ..common.waas_gate_mixin import Blocker, Way
from .sale_order_line import CONFIGURING

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
# keep their prices until somebody asks for new ones.
REPRICING_FIELDS = (
    "partner_id",
    "company_id",
    "date_order",
    "fiscal_position_id",
    "pricelist_id",
    "waas_reseller_id",
)


class SaleOrder(models.Model):
    """A workplace offered to an end customer, brought by a partner (reseller), at a
    monthly price for one term."""

    _name = "sale.order"
    _inherit = [
        "sale.order",
        "waas.guarded.mixin",
        "waas.gate.mixin",
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
        "is never invoiced, and nothing counts against its credit limit (R13).",
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
        help="How many months everything on this quotation is rented (R10). "
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
        help="The partner chooses together with the end customer (R2). Delivery is "
        "free either way (R3).",
    )
    waas_reseller_service_ids = fields.One2many(
        comodel_name="waas.reseller.service",
        inverse_name="order_id",
        string="Partner Services",
        copy=True,
        help="Offered and invoiced by the partner; shown for information (R6).",
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
        help="Fixed amount that the partner earns once for this contract (R1, R8).",
    )
    waas_installation_advice = fields.Char(
        compute="_compute_waas_installation_advice",
        help="What the partner is told while quoting (R4).",
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

    @api.depends("order_line.waas_commission")
    def _compute_waas_commission_amount(self):
        for order in self:
            order.waas_commission_amount = sum(
                order.order_line.mapped("waas_commission")
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

    @api.depends("is_waas", "waas_reseller_id")
    def _compute_pricelist_id(self):
        """The partner's WaaS price list holds for the deals it brings, else the
        company's (R8); the lists by which either of them buys play no part."""
        waas_orders = self.filtered("is_waas")
        for order in waas_orders:
            if order.state in ("draft", "sent"):
                reseller = order.waas_reseller_id.commercial_partner_id
                order.pricelist_id = (
                    reseller.with_company(order.company_id).waas_pricelist_id
                    or order.company_id.waas_pricelist_id
                )
        return super(SaleOrder, self - waas_orders)._compute_pricelist_id()

    @api.depends("is_waas", "waas_delivery_route", "waas_reseller_id")
    def _compute_partner_shipping_id(self):
        """The delivery route decides the address (R2)."""
        result = super()._compute_partner_shipping_id()
        for order in self:
            reseller = order.waas_reseller_id
            if order.is_waas and order.waas_delivery_route == "reseller" and reseller:
                order.partner_shipping_id = reseller.address_get(["delivery"])[
                    "delivery"
                ]
        return result

    @api.depends("is_waas", "partner_id")
    def _compute_fiscal_position_id(self):
        """VAT follows the end customer who rents, not the address of a partner that
        unpacks: invoices go to the end customer (R13)."""
        waas_orders = self.filtered(lambda order: order.is_waas and order.partner_id)
        for order in waas_orders:
            order.fiscal_position_id = (
                self.env["account.fiscal.position"]
                .with_company(order.company_id)
                ._get_fiscal_position(order.partner_id)
            )
        return super(SaleOrder, self - waas_orders)._compute_fiscal_position_id()

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

    # === CONSTRAINT METHODS ===#

    @api.constrains("is_waas", "partner_id", "partner_invoice_id", "waas_reseller_id")
    def _check_waas_parties(self):
        """The end customer is invoiced, never the partner (R13)."""
        for order in self.filtered("is_waas"):
            if problem := order._waas_get_party_problem():
                raise ValidationError(problem)

    def _waas_get_party_problem(self):
        customer = self.partner_id.commercial_partner_id
        reseller = self.waas_reseller_id.commercial_partner_id
        in_company = reseller.with_company(self.company_id)
        if reseller and not in_company.waas_is_reseller:
            return self.env._(
                "%(partner)s is not a WaaS partner: tick 'WaaS Partner' on its form, "
                "or choose another.",
                partner=reseller.display_name,
            )
        if customer and self.partner_id == self.waas_reseller_id:
            return self.env._(
                "%(partner)s brings this deal as the partner, so it cannot be its end "
                "customer as well: choose who rents and pays, or another partner.",
                partner=self.partner_id.display_name,
            )
        if customer and customer == reseller:
            return self.env._(
                "%(customer)s belongs to partner %(partner)s. The end customer rents "
                "and pays itself (R13): enter it as a company of its own.",
                customer=self.partner_id.display_name,
                partner=reseller.display_name,
            )
        if self.partner_invoice_id.commercial_partner_id != customer:
            return self.env._(
                "WaaS is invoiced to the end customer (R13): choose an invoice address "
                "of %(customer)s instead of %(address)s.",
                customer=customer.display_name,
                address=self.partner_invoice_id.display_name,
            )
        return False

    @api.constrains(
        "is_waas",
        "partner_id",
        "partner_shipping_id",
        "waas_delivery_route",
        "waas_reseller_id",
    )
    def _check_waas_delivery(self):
        """Devices go where the chosen route says (R2)."""
        for order in self.filtered("is_waas"):
            if problem := order._waas_get_delivery_problem(order.partner_shipping_id):
                raise ValidationError(problem)

    def _waas_get_delivery_problem(self, address):
        """Why the devices do not go to ``address``, as a sentence, or False (R2)."""
        via_reseller = self.waas_delivery_route == "reseller"
        receiver = self.waas_reseller_id if via_reseller else self.partner_id
        if not receiver or not address or not self.waas_delivery_route:
            return False
        if address.commercial_partner_id == receiver.commercial_partner_id:
            return False
        routes = dict(
            self._fields["waas_delivery_route"]._description_selection(self.env)
        )
        return self.env._(
            "Delivery is chosen as '%(route)s', but %(address)s is not an address of "
            "%(receiver)s: choose one that is, or the other way of delivery (R2).",
            route=routes[self.waas_delivery_route],
            address=address.display_name,
            receiver=receiver.commercial_partner_id.display_name,
        )

    @api.constrains("waas_term_id")
    def _check_waas_prices(self):
        """Every bundle, upgrade and option has a price for the term (R8, R10)."""
        for order in self:
            if order.is_waas and order.state != "sale":
                order.order_line._waas_ensure_priced()

    # === ONCHANGE METHODS ===#

    @api.onchange(*REPRICING_FIELDS)
    def _onchange_waas_prices(self):
        """Show the new taxes and prices before they are saved."""
        if self.is_waas:
            self._recompute_taxes()
            self._recompute_prices()

    @api.onchange("order_line")
    def _onchange_waas_order_line(self):
        """Show at once what follows the number of bundles."""
        if not self.is_waas:
            return
        by_origin = {line._origin: line for line in self.order_line}
        for line in self.order_line:
            parent = by_origin.get(line.waas_parent_line_id._origin)
            if parent and line.waas_qty_per_parent:
                line.product_uom_qty = parent.product_uom_qty * line.waas_qty_per_parent

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

    def _get_copiable_order_lines(self):
        lines = super()._get_copiable_order_lines()
        return lines.filtered(lambda line: not line.waas_parent_line_id)

    def copy(self, default=None):
        # Bundles are copied without their parts, which are chosen below.
        configuring = self.with_context(waas_configuring=CONFIGURING)
        copies = super(SaleOrder, configuring).copy(default).with_env(self.env)
        for order, copied in zip(self, copies, strict=True):
            if order.is_waas:
                order._waas_copy_configuration(copied)
        return copies

    def _waas_copy_configuration(self, copied):
        """Choose on the copy what was chosen here, and say what is offered no more."""

        def bundles(order):
            return order.order_line.filtered(lambda line: line.waas_role == "bundle")

        choices, left_out = {}, self.env["product.product"]
        for line, new_line in zip(bundles(self), bundles(copied), strict=True):
            upgrades, options = line._waas_get_configuration()
            template = new_line.product_id.product_tmpl_id
            choices[new_line] = (
                {
                    slot: upgrade
                    for slot, upgrade in upgrades.items()
                    if upgrade in slot.upgrade_ids
                },
                {
                    option: quantity
                    for option, quantity in options.items()
                    if option in template.waas_option_ids
                },
            )
            left_out |= line.waas_child_line_ids.filtered(
                lambda child: child.waas_role == "charge"
            ).product_id - self.env["product.product"].union(
                *choices[new_line][0].values(), *choices[new_line][1]
            )
        copied.order_line._waas_set_configurations(choices)
        if left_out:
            copied.message_post(
                body=self.env._(
                    "Not copied from %(order)s, because the bundle does not offer it "
                    "any more: %(products)s.",
                    order=self.name,
                    products=", ".join(left_out.mapped("display_name")),
                )
            )

    # === ACTIONS ===#

    def action_waas_add_bundle(self):
        """Open the choice of a bundle with its upgrades and options."""
        self.ensure_one()
        return self.env["waas.bundle.configure"]._get_action(self)

    def action_view_waas_pricelist(self):
        """Open the price list that lacks a price of this deal."""
        self.ensure_one()
        return self.pricelist_id._get_records_action()

    def action_view_waas_hardware(self):
        """Open the hardware whose warranty is too short for the term."""
        self.ensure_one()
        devices = self._waas_get_components().filtered(
            lambda device: device._waas_get_term_problem(self.waas_term_id)
        )
        return devices._get_records_action(name=self.env._("Hardware"))

    def action_waas_ask_hardware(self):
        """Open a new request for the hardware that is not approved (R14)."""
        self.ensure_one()
        device = self._waas_get_components().filtered(self._waas_get_hardware_problem)
        manufacturer = device[:1].waas_manufacturer_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hardware Request"),
            "res_model": "waas.hardware.request",
            "view_mode": "form",
            "context": {
                "default_company_id": self.company_id.id,
                "default_reseller_id": self.waas_reseller_id.id,
                "default_manufacturer_name": manufacturer.name,
                "default_description": device[:1].display_name,
            },
        }

    # === BUSINESS METHODS ===#

    def _waas_add_bundle(self, bundle, quantity=1, upgrades=None, options=None):
        """Put a configured bundle on the quotation.

        :param bundle: ``product.product`` with role bundle
        :param quantity: number of workplaces
        :param dict upgrades: slot -> upgrade product
        :param dict options: option product -> quantity
        :return: the bundle's ``sale.order.line``
        :raises ValidationError: for what cannot be rented out, with what to change
        """
        self.ensure_one()
        lines = self.env["sale.order.line"].with_context(waas_configuring=CONFIGURING)
        line = lines.create(
            {
                "order_id": self.id,
                "product_id": bundle.id,
                "product_uom_qty": quantity,
                "sequence": max(self.order_line.mapped("sequence"), default=9) + 1,
            }
        ).with_env(self.env)
        line._waas_set_configuration(upgrades or {}, options or {})
        return line

    def _waas_preview(self, rows):
        """What a choice would cost and earn, priced as the quotation will price it.

        :param list rows: pairs of priced product and quantity
        :return: dict ``{monthly, total, commission, missing}``: amounts in the currency
            of the quotation, and the products without a price for its term
        """
        lines = self.env["sale.order.line"]
        for product, quantity in rows:
            lines += lines.new(
                {
                    "order_id": self.id,
                    "product_id": product.id,
                    "product_uom_qty": quantity,
                }
            )
        monthly = sum(lines.mapped("price_subtotal"))
        return {
            "monthly": monthly,
            "total": self._waas_get_total(monthly),
            "commission": sum(lines.mapped("waas_commission")),
            "missing": lines.filtered(
                lambda line: not line.pricelist_item_id
            ).product_id,
        }

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

    @api.model
    def _waas_gate_domain(self):
        return [("is_waas", "=", True), ("state", "in", ("draft", "sent"))]

    def _waas_get_open_points(self):
        """What the quotation itself still lacks; later chapters add theirs."""
        return [
            *super()._waas_get_open_points(),
            *(
                Blocker(code, message, self._waas_get_actor(code))
                for code, message in self._waas_get_deal_problems()
            ),
        ]

    @api.model
    def _waas_get_actor(self, code):
        """Hook: who puts a problem of the deal right: key of ``ACTORS``."""
        return "sales"

    def _waas_get_ways(self):
        manager = "also_waas.group_waas_manager"
        hardware = self.env._("Open Hardware")
        return super()._waas_get_ways() | {
            "bundle": Way(self.env._("Add a Bundle"), "action_waas_add_bundle"),
            "price": Way(
                self.env._("Open Price List"), "action_view_waas_pricelist", manager
            ),
            "hardware": Way(
                self.env._("Ask for the Hardware"), "action_waas_ask_hardware"
            ),
            "warranty": Way(hardware, "action_view_waas_hardware", manager),
        }

    def _waas_get_deal_problems(self):
        """Pairs of code and sentence for what sales must put right."""
        if not self.waas_reseller_id:
            yield (
                "reseller",
                self.env._("Choose the partner who brings this deal."),
            )
        if not self.waas_term_id:
            yield "term", self.env._("Choose the term.")
        longest = self.company_id.waas_max_months
        if self.waas_term_id.months > longest:
            yield (
                "term_length",
                self.env._(
                    "%(term)s is longer than the %(longest)s months that a contract of "
                    "%(company)s lasts at most: choose a shorter term, or have a WaaS "
                    "manager raise the limit under Settings > WaaS.",
                    term=self.waas_term_id.display_name,
                    longest=longest,
                    company=self.company_id.name,
                ),
            )
        if not self.waas_delivery_route:
            yield (
                "route",
                self.env._(
                    "Choose whether ALSO delivers via the partner or directly to the "
                    "end customer (R2)."
                ),
            )
        if self.is_expired:
            yield (
                "expired",
                self.env._(
                    "The quotation has expired: renew its expiration date, or make a "
                    "new one."
                ),
            )
        if problem := self._waas_get_party_problem():
            yield "party", problem
        lines = self.order_line
        if not lines.filtered(lambda line: line.waas_role == "bundle"):
            yield "bundle", self.env._("Add a bundle.")
        for line in lines:
            if line._waas_is_priced() and not line.pricelist_item_id:
                yield "price", line._waas_get_missing_price_message()
        for device in self._waas_get_components():
            if problem := self._waas_get_hardware_problem(device):
                yield "hardware", problem
            elif problem := device._waas_get_term_problem(self.waas_term_id):
                yield "warranty", problem

    def _waas_get_components(self):
        return self.order_line.filtered(
            lambda line: line.waas_role == "component"
        ).product_id

    def _waas_get_hardware_problem(self, device):
        return device._waas_get_hardware_problem(self.waas_reseller_id, self.company_id)

    def _waas_get_total(self, monthly):
        """What a monthly amount adds up to over the term."""
        total, currency = monthly * self.waas_term_id.months, self.currency_id
        return currency.round(total) if currency else total

    def _waas_get_prices(self, wanted):
        """What the price list says on the day of the quotation.

        :param wanted: iterable of tuples ``(product, quantity, uom)``
        :return: dict tuple -> ``WaasPrice``, without what has no price for the term
        """
        self.ensure_one()
        return self.pricelist_id.with_company(self.company_id)._waas_get_prices(
            wanted, self.waas_term_id, self.date_order or fields.Datetime.now()
        )

    def _waas_keep_bundles_together(self):
        """List the parts of a bundle below it, also where several bundles were given
        the same place."""
        for order in self:
            first_lines = order.order_line.filtered(
                lambda line: not line.waas_parent_line_id
            ).sorted(lambda line: (line.sequence, line.id))
            if len(set(first_lines.mapped("sequence"))) == len(first_lines):
                continue
            for number, line in enumerate(first_lines, start=1):
                children = line.waas_child_line_ids
                family = line | children | children.waas_child_line_ids
                family.filtered(
                    lambda line, number=number: line.sequence != number
                ).sequence = number

    def _get_priced_lines(self):
        """What is delivered along, and delivery itself, have no part in the total,
        whatever stands on their lines (R3)."""
        lines = super()._get_priced_lines()
        return lines.filtered(lambda line: not line._waas_is_free())

    def _recompute_prices(self):
        """Confirmed prices stay; there are no typed ones and no discounts to reset."""
        waas_orders = self.filtered("is_waas")
        waas_orders._waas_recompute_lines("waas_list_price", "waas_list_commission")
        waas_orders.show_update_pricelist = False
        if ordinary := self - waas_orders:
            return super(SaleOrder, ordinary)._recompute_prices()
        return None

    def _recompute_taxes(self):
        """Confirmed taxes stay."""
        waas_orders = self.filtered("is_waas")
        waas_orders._waas_recompute_lines("tax_ids")
        waas_orders.show_update_fpos = False
        if ordinary := self - waas_orders:
            return super(SaleOrder, ordinary)._recompute_taxes()
        return None

    def _waas_recompute_lines(self, *names):
        """Compute fields of the lines anew, with all that depends on them: all lines at
        once, where core would write line by line."""
        lines = self.filtered(lambda order: order.state != "sale").order_line
        lines.invalidate_recordset(["pricelist_item_id"])
        for name in names:
            field = lines._fields[name]
            if field.store:
                self.env.add_to_compute(field, lines)
            else:
                lines.invalidate_recordset([name])
        lines.modified(names)

    def _create_delivery_line(self, carrier, price_unit):
        """Free, and without a word about what it costs ALSO (R3)."""
        if not self.is_waas:
            return super()._create_delivery_line(carrier, price_unit)
        line = super()._create_delivery_line(carrier, 0.0)
        line.name = self._prepare_delivery_line_vals(carrier, 0.0)["name"]
        return line

    def _get_order_lines_to_report(self):
        """Components are told in the text of their bundle, not as lines."""
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
