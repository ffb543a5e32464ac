from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# From the price list and the contract.
PRICE_FIELDS = (
    "price_unit",
    "has_price",
    "price_subtotal",
    "commission_unit",
    "commission_amount",
)


class WaasChangeLine(models.Model):
    """A product that is added or extended, at a monthly price (R8)."""

    _name = "waas.change.line"
    _description = "WaaS Change Line"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "sequence, id"
    _rec_names_search = ["product_id"]
    _check_company_auto = True

    change_id = fields.Many2one(
        comodel_name="waas.change", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="change_id.company_id", store=True)
    contract_id = fields.Many2one(related="change_id.contract_id")
    currency_id = fields.Many2one(related="change_id.currency_id")
    kind = fields.Selection(related="change_id.kind")
    sequence = fields.Integer(default=10)
    bundle_line_id = fields.Many2one(
        comodel_name="contract.line",
        string="Workplaces",
        compute="_compute_bundle_line_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('contract_id', '=', contract_id), "
        "('product_id.waas_role', '=', 'bundle'), ('is_canceled', '=', False)]",
        help="The workplaces of the contract to which it belongs.",
        check_company=True,
        index="btree_not_null",
    )
    slot_id = fields.Many2one(
        comodel_name="waas.bundle.slot",
        compute="_compute_slot_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        help="The place in the bundle that an upgrade fills.",
        index="btree_not_null",
    )
    allowed_product_ids = fields.Many2many(
        comodel_name="product.product", compute="_compute_allowed_product_ids"
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Upgrade or Option",
        required=True,
        ondelete="restrict",
        domain="[('id', 'in', allowed_product_ids)]",
        check_company=True,
        index=True,
    )
    quantity = fields.Integer(
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        help="An upgrade is for all these workplaces; of an option, choose how many.",
    )
    # === What the contract and its price list say; frozen when the change is sent ===
    replaced_line_id = fields.Many2one(
        comodel_name="contract.line",
        string="Replaces",
        compute="_compute_replaced_line_id",
        store=True,
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    price_unit = fields.Monetary(
        string="Per Piece and Month",
        compute="_compute_price",
        store=True,
        help="From the contract's price list for its term, without VAT unless taxes "
        "are included; of an extension: the original price.",
    )
    has_price = fields.Boolean(compute="_compute_price", store=True)
    price_subtotal = fields.Monetary(
        string="Per Month", compute="_compute_price", store=True
    )
    commission_unit = fields.Monetary(
        string="Commission per Piece",
        compute="_compute_price",
        store=True,
        help="From the price list; where an upgrade takes the place of a "
        "former one, what is more.",
    )
    commission_amount = fields.Monetary(
        string="Commission", compute="_compute_price", store=True
    )

    _check_quantity = models.Constraint(
        "CHECK (quantity > 0)", "A change is about one piece at least."
    )

    # === COMPUTE METHODS ===#

    @api.depends("change_id.contract_id")
    def _compute_bundle_line_id(self):
        """A contract with one bundle leaves no choice."""
        for line in self:
            bundles = line.change_id.contract_id._waas_get_bundle_lines()
            if not line.bundle_line_id and len(bundles) == 1:
                line.bundle_line_id = bundles
            else:
                line.bundle_line_id = line.bundle_line_id

    @api.depends("bundle_line_id")
    def _compute_allowed_product_ids(self):
        for line in self:
            line.allowed_product_ids = line._get_allowed_products()

    def _get_allowed_products(self):
        """What the bundle of these workplaces offers."""
        bundle = self.bundle_line_id.product_id
        return bundle.waas_slot_ids.upgrade_ids | bundle.waas_option_ids

    @api.depends("product_id", "bundle_line_id")
    def _compute_slot_id(self):
        for line in self:
            slots = line.bundle_line_id.product_id.waas_slot_ids.filtered(
                lambda slot, line=line: line.product_id in slot.upgrade_ids
            )
            line.slot_id = line.slot_id if line.slot_id in slots else slots[:1]

    @api.depends("product_id", "bundle_line_id", "slot_id")
    def _compute_quantity(self):
        for line in self:
            if line.slot_id and line.kind == "upgrade":
                line.quantity = line.bundle_line_id.quantity * line.slot_id.quantity
            elif not line.quantity:
                line.quantity = line.bundle_line_id.quantity or 1

    @api.depends("bundle_line_id", "slot_id", "change_id.kind")
    def _compute_replaced_line_id(self):
        for line in self:
            line.replaced_line_id = line.kind == "upgrade" and line._find_replaced()

    def _find_replaced(self):
        """The dearer choice that fills the slot until now."""
        return self.bundle_line_id._waas_get_upgrade(self.slot_id)

    @api.depends(
        "product_id",
        "quantity",
        "bundle_line_id",
        "replaced_line_id",
        "change_id.kind",
        "change_id.effective_date",
        "change_id.months",
    )
    def _compute_price(self):
        for line in self:
            if line.change_id.state not in ("draft", False):
                # What was sent is what is signed, whatever day the devices come.
                for name in PRICE_FIELDS:
                    line[name] = line[name]
                continue
            price, commission, found = (
                line.change_id._get_kind().get_price(line)
                if line.product_id
                else (0.0, 0.0, False)
            )
            line.price_unit = price
            line.has_price = bool(found)
            line.commission_unit = commission
            contract = line.contract_id
            line.price_subtotal = contract._waas_round(price * line.quantity)
            line.commission_amount = contract._waas_round(commission * line.quantity)

    def _ask_price_list(self):
        """What the contract's price list says, for its term.

        :return: ``WaasPrice``, or None where it has no price: there is no other one
        """
        contract, product = self.contract_id, self.product_id
        key = (product, float(self.quantity), product.uom_id)
        pricelist = contract.pricelist_id.with_company(contract.company_id)
        day = self.change_id._get_kind().get_price_date(self.change_id)
        date = fields.Datetime.to_datetime(day)
        return pricelist._waas_get_prices([key], contract.waas_term_id, date).get(key)

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._ensure_draft()
        return lines

    def write(self, vals):
        self._ensure_draft()
        result = super().write(vals)
        self._ensure_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        self._ensure_draft()

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise UserError(
            self.env._(
                "Prices and commissions come from the price list: users cannot enter "
                "them."
            )
        )

    def _ensure_draft(self):
        if not self.env.su:
            for change in self.change_id:
                change._ensure_draft({"line_ids": True})

    # === BUSINESS METHODS ===#

    @api.model
    def _get_frozen_fields(self):
        return ("replaced_line_id", *PRICE_FIELDS)

    def _prepare_contract_line(self, row, parent=None):
        """Values of the line of the contract that a row of the plan becomes."""
        self.ensure_one()
        return {
            "contract_id": self.contract_id.id,
            "product_id": row.product.id,
            "name": f"{self._get_description(row)}\n#START# - #END#",
            "quantity": row.quantity,
            "uom_id": row.product.uom_id.id,
            "price_unit": row.price_unit,
            "sequence": self.bundle_line_id.sequence,
            "date_start": row.date_start,
            "date_end": row.date_end,
            "recurring_next_date": row.date_start,
            "recurring_rule_type": "monthly",
            "recurring_interval": 1,
            "recurring_invoicing_type": "pre-paid",
            "waas_change_line_id": self.id,
            "waas_slot_id": self.slot_id.id,
            "waas_parent_line_id": parent.id if parent else False,
        }

    def _get_description(self, row):
        """What the end customer reads on the invoice, in its language."""
        lang = self.contract_id.partner_id.lang
        product = row.product.with_context(lang=lang, display_default_code=False)
        if not row.number:
            return product.display_name
        if row.price_unit < 0:
            return product.env._(
                "Credited for the rest: %(product)s", product=product.display_name
            )
        return product.env._(
            "%(quantity)s × %(product)s, for the days until the next month",
            quantity=self.quantity,
            product=product.display_name,
        )

    def _get_problem(self):
        """Why this line cannot come to the contract: code and sentence, or None."""
        self.ensure_one()
        if not self.product_id:
            return "product", self.env._("Choose what comes with every line.")
        if not self.has_price:
            return "price", self._get_missing_price_message()
        if self.kind == "upgrade":
            return self._get_upgrade_problem()
        return self._get_hardware_problem()

    def _get_missing_price_message(self):
        contract = self.contract_id
        return self.env._(
            "%(product)s has no price for %(term)s in price list %(pricelist)s on "
            "%(date)s: add the price, or choose another day.",
            product=self.product_id.display_name,
            term=contract.waas_term_id.display_name,
            pricelist=contract.pricelist_id.display_name or "–",
            date=format_date(self.env, self.change_id.effective_date),
        )
