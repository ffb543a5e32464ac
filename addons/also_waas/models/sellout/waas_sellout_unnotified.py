from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# Reasons on which a user has to decide: a report waits for the decision.
DECIDED_BY_SOMEBODY = ("maker", "off", "unknown", "vendor")


class WaasSelloutUnnotified(models.Model):
    """What was sold out and not reported to its manufacturer or supplier (R5). One row
    for each serial number and each of these.

    The database computes it from sets: arrivals at customers that were not reversed,
    less what was reported, less what a user gave a reason for. It leaves out what a
    later report includes automatically, and what the reports do not count (used
    devices, and devices that were replaced).
    """

    _name = "waas.sellout.unnotified"
    _description = "Unreported Serial Number"
    _auto = False
    _order = "date, id"
    _rec_name = "serial"
    # Fields that the SQL below reads must be flushed to the database.
    _depends = {
        "stock.move.line": ["state", "lot_id", "quantity", "location_id", "date"],
        "stock.move": ["date", "state"],
        "stock.picking": ["waas_contract_id", "waas_replacement_id", "state"],
        "stock.lot": ["name", "product_id", "waas_manufacturer_id"],
        "waas.replacement": ["device_id", "delivery_id"],
        "waas.manufacturer": ["sellout", "sellout_off_reason", "sellout_start"],
        "waas.sellout.line": ["lot_id", "manufacturer_id", "company_id", "source"],
        "waas.sellout.report": ["date_to", "manufacturer_id"],
    }

    date = fields.Date(string="Sold Out On", readonly=True)
    role = fields.Selection(
        selection=[("maker", "Manufacturer"), ("supplier", "Supplier")],
        string="Concerns",
        readonly=True,
    )
    why = fields.Selection(
        string="Reason",
        selection=[
            ("maker", "Product without a manufacturer"),
            ("off", "Reporting is off, without a reason"),
            ("unknown", "This supplier is not set up"),
            ("vendor", "Is notified of its own products only"),
            ("report", "Its report does not name it yet"),
            ("before", "Before its first report"),
        ],
        readonly=True,
    )
    note = fields.Char(string="What to Do", compute="_compute_note")
    serial = fields.Char(string="Serial Number", readonly=True)
    lot_id = fields.Many2one(comodel_name="stock.lot", string="Device", readonly=True)
    product_id = fields.Many2one(comodel_name="product.product", readonly=True)
    manufacturer_id = fields.Many2one(comodel_name="waas.manufacturer", readonly=True)
    addressee_id = fields.Many2one(
        comodel_name="waas.manufacturer", string="To Be Notified", readonly=True
    )
    vendor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier",
        readonly=True,
        help="Who delivered it to us, by its receipt.",
    )
    contract_id = fields.Many2one(comodel_name="contract.contract", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="End Customer", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)

    # === COMPUTE METHODS ===#

    @api.depends("serial", "product_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.serial or row.product_id.display_name

    @api.depends("why")
    def _compute_note(self):
        notes = self._get_notes()
        for row in self:
            row.note = notes.get(row.why)

    @api.model
    def _get_notes(self):
        leave_out = self.env._("Notify, or leave out with a reason.")
        return {
            "maker": self.env._("Open the product, and choose its manufacturer."),
            "off": leave_out,
            "unknown": leave_out,
            "vendor": leave_out,
            "report": self.env._(
                "Refresh the report that is open; if none is, the next one names it."
            ),
            "before": self.env._(
                "Nothing: its reports begin later, on the day that a user chose."
            ),
        }

    # === ACTIONS ===#

    def action_notify(self):
        """Activate the reports to the addressees of these rows; an addressee without
        settings is created."""
        self._ensure_manager()
        self._ensure_has_addressee()
        for company, rows in self.grouped("company_id").items():
            first_days = self._find_first_days(company)
            for role, group in rows._get_undecided().grouped("role").items():
                for addressee in group._get_addressees(company):
                    addressee._turn_on_sellout(
                        addressee._get_first_day(first_days), role == "supplier"
                    )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_leave_out(self):
        """Open the window that asks why the addressees of these rows get no reports."""
        self._ensure_manager()
        self._ensure_has_addressee()
        if not (rows := self._get_undecided()):
            raise UserError(
                self.env._(
                    "Reports go to all of these already: to end that, open the "
                    "manufacturer and turn its sell-out reporting off with a "
                    "reason."
                )
            )
        if len(rows.company_id) > 1:
            raise UserError(
                self.env._(
                    "Choose rows of one company: each company decides separately."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leave Out"),
            "res_model": "waas.sellout.leave.out",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_company_id": rows.company_id.id,
                "default_manufacturer_ids": rows.addressee_id.ids,
                "default_vendor_ids": rows.filtered(
                    lambda row: not row.addressee_id
                ).vendor_id.ids,
            },
        }

    def action_open(self):
        """Open what has to be completed: the product, the manufacturer or supplier, or
        its reports."""
        self.ensure_one()
        if self.why == "maker":
            return self.product_id._get_records_action()
        if self.why == "report":
            return self.addressee_id.action_view_sellout_reports()
        return (self.addressee_id or self.vendor_id)._get_records_action()

    def action_view_device(self):
        """Open the device, with its chain of custody; for a license its contract."""
        self.ensure_one()
        return (self.lot_id or self.contract_id)._get_records_action()

    def _ensure_manager(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "also_waas.group_waas_manager"
        ):
            raise AccessError(
                self.env._("Only WaaS managers decide to whom sell-out is reported.")
            )

    def _ensure_has_addressee(self):
        if products := self.filtered(lambda row: row.why == "maker").product_id:
            raise UserError(
                self.env._(
                    "The manufacturer of %(products)s is not known: choose it on the "
                    "product first.",
                    products=", ".join(products.mapped("display_name")),
                )
            )

    # === BUSINESS METHODS ===#

    def _get_undecided(self):
        """Rows on which a user can decide."""
        return self.filtered(lambda row: row.why in DECIDED_BY_SOMEBODY)

    def _get_addressees(self, company):
        """The addressees of a company's rows; suppliers without settings are
        created."""
        strangers = self.filtered(lambda row: not row.addressee_id).vendor_id
        made = self.env["waas.manufacturer"]._introduce_suppliers(strangers)
        return (self.addressee_id | made).with_company(company)

    @api.model
    def _get_companies(self):
        """Companies that rent out."""
        companies_sudo = self.env["res.company"].sudo()  # rows follow record rules
        return companies_sudo.search([("waas_location_id", "!=", False)])

    @api.model
    def _find_first_days(self, company):
        """Hook: the day of the first delivery, reversed or not, for each manufacturer.

        :return: dict of dates by ("maker", id of the manufacturer); addons that know
            the supplier of a device add ("supplier", id of the partner)
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(stays)s
                SELECT lot.waas_manufacturer_id, MIN(passage.date)
                  FROM passage
                  JOIN stock_lot lot ON lot.id = passage.lot_id
                 WHERE passage.company_id = %(company)s
                   AND passage.arrives
                   AND lot.waas_manufacturer_id IS NOT NULL
                 GROUP BY lot.waas_manufacturer_id
                """,
                stays=self._get_stays(),
                company=company.id,
                to_flush=self._get_fields_read(),
            )
        )
        return {("maker", maker): day for maker, day in rows}

    @api.model
    def _get_fields_read(self):
        """The fields of other models that the queries read."""
        return [
            self.env[model]._fields[name]
            for model, names in self._depends.items()
            for name in names
        ]
