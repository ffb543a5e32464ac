from odoo import api, fields, models
from odoo.exceptions import UserError

# Compared to find out whether a report changed since a user looked at it.
SNAPSHOT_FIELDS = (
    "number",
    "source",
    "revision",
    "corrects_id",
    "kind",
    "role",
    "date",
    "quantity",
    "product_id",
    "product_name",
    "sku",
    "mpn",
    "lot_id",
    "serial",
    "move_line_id",
    "receipt_line_id",
    "bundle_name",
    "bundle_code",
    "contract_id",
    "reseller_id",
    "reseller_name",
    "reseller_vat",
    "reseller_number",
    "deal_registration",
    "country_id",
    "customer_name",
    "customer_street",
    "customer_zip",
    "customer_city",
    "customer_vat",
)


class WaasSelloutLine(models.Model):
    """One serial number, or a number of seats, that is reported to a manufacturer (R5).

    Its texts are those of the day of the report, also when the records are renamed
    later. ``source`` is the key of what was sold out, ``revision`` counts the lines
    about it: for a device, 1 reports the sale, 2 reverses it, 3 reports it again.
    """

    _name = "waas.sellout.line"
    _description = "WaaS Sell-out Line"
    _inherit = ["waas.guarded.mixin"]
    _order = "report_id desc, number"
    _rec_names_search = ["report_id"]
    _check_company_auto = True

    report_id = fields.Many2one(
        comodel_name="waas.sellout.report",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    manufacturer_id = fields.Many2one(
        related="report_id.manufacturer_id", store=True, index=True
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True, index=True)
    state = fields.Selection(
        related="report_id.state", store=True, string="Report State"
    )
    period_from = fields.Date(related="report_id.date_from", store=True)
    period_to = fields.Date(related="report_id.date_to", store=True)
    number = fields.Integer(string="No.", required=True, readonly=True, aggregator=None)
    source = fields.Char(required=True, readonly=True)
    revision = fields.Integer(required=True, readonly=True, default=1, aggregator=None)
    kind = fields.Selection(
        selection=[
            ("sale", "Sale"),
            ("reversal", "Reversal"),
            ("swap", "Swap"),
            ("correction", "Correction"),
        ],
        required=True,
        readonly=True,
        default="sale",
        help="Sale: a device was delivered, a license activated. Reversal: a delivery "
        "was undone. Swap: a replacement, the old serial number goes and the new one "
        "comes; no new sell-out. Correction: what was reported was wrong.",
    )
    role = fields.Selection(
        selection=[("maker", "Manufacturer"), ("supplier", "Supplier")],
        string="Reported As",
        readonly=True,
    )
    corrects_id = fields.Many2one(
        comodel_name="waas.sellout.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The line of an earlier report that this one corrects. That one stays.",
    )
    date = fields.Date(required=True, readonly=True)
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_is_late",
        store=True,
        help="It happened in a period whose report was closed already.",
    )
    quantity = fields.Integer(required=True, readonly=True)
    # === Product ===
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    product_name = fields.Char(string="Description", required=True, readonly=True)
    sku = fields.Char(string="SKU", readonly=True)
    mpn = fields.Char(string="Part Number", readonly=True)
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Device",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        check_company=True,
    )
    serial = fields.Char(string="Serial Number", readonly=True, index="btree_not_null")
    move_line_id = fields.Many2one(
        comodel_name="stock.move.line",
        string="Stock Move",
        readonly=True,
        ondelete="restrict",
        groups="base.group_user",
        help="The delivery, or the return, that made the line.",
        check_company=True,
        index="btree_not_null",
    )
    receipt_line_id = fields.Many2one(
        comodel_name="stock.move.line",
        string="Receipt",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="Receipt with which the notified supplier delivered it.",
        check_company=True,
    )
    bundle_name = fields.Char(
        string="Bundle",
        readonly=True,
        help="The workplace that it belongs to in its contract.",
    )
    bundle_code = fields.Char(readonly=True)
    # === Partner and deal ===
    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    reseller_id = fields.Many2one(
        comodel_name="res.partner",
        string="Partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    reseller_name = fields.Char(string="Partner Name", required=True, readonly=True)
    reseller_vat = fields.Char(string="Partner VAT Number", readonly=True)
    reseller_number = fields.Char(
        string="Partner Number",
        readonly=True,
        help="By which the manufacturer knows the partner.",
    )
    deal_registration = fields.Char(
        readonly=True, help="By which the manufacturer knows the deal."
    )
    country_id = fields.Many2one(
        comodel_name="res.country", readonly=True, ondelete="restrict"
    )
    # === End customer: only what the agreement with the manufacturer allows ===
    customer_name = fields.Char(string="End Customer", readonly=True)
    customer_street = fields.Char(readonly=True)
    customer_zip = fields.Char(readonly=True)
    customer_city = fields.Char(readonly=True)
    customer_vat = fields.Char(string="Customer VAT Number", readonly=True)

    _unique_revision = models.UniqueIndex(
        "(company_id, manufacturer_id, source, revision)",
        "This was reported already: nothing is sold out twice.",
    )
    _unique_number = models.UniqueIndex(
        "(report_id, number)", "A report has one line of each number."
    )
    _check_quantity = models.Constraint(
        "CHECK (quantity != 0 AND (lot_id IS NULL OR "
        "quantity = CASE WHEN revision % 2 = 1 THEN 1 ELSE -1 END))",
        "A serial number is sold out once: it is taken back before it counts again.",
    )
    _check_revision = models.Constraint(
        "CHECK (number > 0 AND revision > 0 "
        "AND (revision = 1 OR corrects_id IS NOT NULL))",
        "A line that changes what was reported says which line it corrects.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("date", "period_from")
    def _compute_is_late(self):
        for line in self:
            line.is_late = line.date < line.period_from

    @api.depends("report_id.name", "number")
    def _compute_display_name(self):
        for line in self:
            # As in the files. Partners can read their lines, but not the reports.
            line.display_name = f"{line.sudo().report_id.name}#{line.number}"

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        reports = self.env["waas.sellout.report"].browse(
            {vals["report_id"] for vals in vals_list if vals.get("report_id")}
        )
        reports._ensure_open()
        return super().create(vals_list)

    def write(self, vals):
        self.report_id._ensure_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self.report_id._ensure_open()

    # === ACTIONS ===#

    def action_view_contract(self):
        """Open the contract that rents the device out."""
        self.ensure_one()
        return self.contract_id._get_records_action()

    def action_view_device(self):
        """Open the device, with its chain of custody."""
        self.ensure_one()
        if not self.lot_id:
            raise UserError(self.env._("A license has no serial number to show."))
        return self.lot_id._get_records_action()
