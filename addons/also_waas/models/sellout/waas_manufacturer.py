from odoo import api, fields, models

# Settings that are activated automatically, and the reason against each.
REASONS = {
    "sellout": "sellout_off_reason",
    "sellout_as_vendor": "sellout_vendor_off_reason",
}


class WaasManufacturer(models.Model):
    """What a manufacturer or supplier is notified of, how often, and how (R5).
    Companies share manufacturers, but each company has its own agreement with them: all
    of these are settings of a company."""

    _inherit = "waas.manufacturer"

    sellout = fields.Boolean(
        string="Sell-out Reporting",
        tracking=True,
        help="Notify this manufacturer or supplier which devices and licenses were "
        "sold out, by which partner.",
        company_dependent=True,
        copy=True,
    )
    sellout_off_reason = fields.Char(
        string="Reason for Turning Off",
        tracking=True,
        help="Reporting is turned on automatically with the first delivery, unless "
        "a reason is entered here.",
        company_dependent=True,
    )
    sellout_start = fields.Date(
        string="Reported From",
        tracking=True,
        help="First day of the first report. What was delivered before is not "
        "reported.",
        company_dependent=True,
        copy=True,
    )
    sellout_period = fields.Selection(
        selection=[("week", "Week"), ("month", "Month"), ("quarter", "Quarter")],
        string="Period",
        default="month",
        tracking=True,
        help="A change holds from the next report on, which goes to the end of the "
        "week, month or quarter it begins in.",
        company_dependent=True,
        copy=True,
    )
    sellout_account = fields.Char(
        string="Account at Manufacturer",
        company_dependent=True,
        help="The number by which the manufacturer knows us.",
    )
    sellout_contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Sell-out Contact",
        help="Whom to call at the manufacturer about the reports.",
        company_dependent=True,
        copy=True,
    )
    sellout_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        help="Gets a to-do when a report is ready to look at, or could not be sent.",
        company_dependent=True,
        copy=True,
    )
    sellout_as_vendor = fields.Boolean(
        string="Include Distributed Products",
        tracking=True,
        help="Report, beside its own products, what it supplied of others: by their "
        "receipts where also_waas_purchase is installed, else the products that its "
        "contact is a vendor of.",
        company_dependent=True,
        copy=True,
    )
    sellout_vendor_off_reason = fields.Char(
        string="Reason for Exclusion",
        tracking=True,
        help="Why it is notified of its own products only.",
        company_dependent=True,
    )
    sellout_auto = fields.Boolean(
        string="Automatic",
        tracking=True,
        help="Close and send a report when its period is over. One that has something "
        "missing waits for the responsible.",
        company_dependent=True,
        copy=True,
    )
    sellout_reversal_days = fields.Integer(
        string="Reversal (days)",
        default=30,
        help="A delivery that comes back within this many days is taken off again in "
        "the next report. What comes back later has been sold out.",
        company_dependent=True,
        copy=True,
    )
    # === File ===
    sellout_format = fields.Selection(
        selection=[("csv", "CSV"), ("xlsx", "XLSX"), ("xml", "XML")],
        string="Format",
        default="csv",
        tracking=True,
        company_dependent=True,
        copy=True,
    )
    sellout_delimiter = fields.Selection(
        selection=[
            ("semicolon", "Semicolon"),
            ("comma", "Comma"),
            ("tab", "Tab"),
            ("pipe", "Pipe"),
        ],
        string="Delimiter",
        default="semicolon",
        company_dependent=True,
        copy=True,
    )
    sellout_encoding = fields.Selection(
        selection=[
            ("utf-8", "UTF-8"),
            ("utf-8-sig", "UTF-8 with BOM (Excel)"),
            ("cp1252", "Windows-1252"),
        ],
        string="Encoding",
        default="utf-8",
        company_dependent=True,
        copy=True,
    )
    sellout_date_format = fields.Selection(
        selection=[
            ("iso", "2026-12-31"),
            ("dmy", "31-12-2026"),
            ("compact", "20261231"),
        ],
        string="Date Format",
        default="iso",
        company_dependent=True,
        copy=True,
    )
    sellout_apostrophe = fields.Boolean(
        string="Apostrophe before Formulas",
        help="Write an apostrophe in front of part and serial numbers as well that a "
        "spreadsheet would take for a formula, like -6UU-00003. Leave it off where the "
        "file is read by a program.",
        company_dependent=True,
        copy=True,
    )
    # === Transmission ===
    sellout_channel = fields.Selection(
        selection=[("mail", "Mail"), ("folder", "Folder")],
        string="Sent By",
        default="mail",
        tracking=True,
        company_dependent=True,
        copy=True,
    )
    sellout_email = fields.Char(
        string="Sent To",
        tracking=True,
        help="One or more mail addresses, with commas between them.",
        company_dependent=True,
        copy=True,
    )
    sellout_folder = fields.Char(
        string="Folder",
        tracking=True,
        help="Below the root that the settings name; the manufacturer fetches its "
        "reports there, by SFTP for example.",
        company_dependent=True,
        copy=True,
    )
    # === End customer ===
    sellout_agreement = fields.Char(
        string="Data Agreement",
        tracking=True,
        help="Reference of the agreement by which this manufacturer gets data of end "
        "customers. Without one it gets none.",
        company_dependent=True,
        copy=True,
    )
    sellout_customer_name = fields.Boolean(
        string="Customer Name",
        tracking=True,
        company_dependent=True,
        copy=True,
    )
    sellout_customer_address = fields.Boolean(
        string="Customer Address",
        tracking=True,
        company_dependent=True,
        copy=True,
    )
    sellout_customer_vat = fields.Boolean(
        string="Customer VAT Number",
        tracking=True,
        company_dependent=True,
        copy=True,
    )

    sellout_report_ids = fields.One2many(
        comodel_name="waas.sellout.report",
        inverse_name="manufacturer_id",
        string="Sell-out Reports",
        groups="also_waas.group_waas_user",
    )
    sellout_report_count = fields.Integer(
        compute="_compute_sellout_report_count", compute_sudo=True
    )

    # === COMPUTE METHODS ===#

    @api.depends("sellout_report_ids")
    @api.depends_context("allowed_company_ids")
    def _compute_sellout_report_count(self):
        """Counts the reports of the user's companies only."""
        counts = dict(
            self.env["waas.sellout.report"]._read_group(
                [
                    ("manufacturer_id", "in", self.ids),
                    ("company_id", "in", self.env.companies.ids),
                ],
                ["manufacturer_id"],
                ["__count"],
            )
        )
        for manufacturer in self:
            manufacturer.sellout_report_count = counts.get(manufacturer, 0)

    # === ACTIONS ===#

    def action_view_sellout_reports(self):
        """Open the sell-out reports of this manufacturer."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_sellout_report_action"
            ),
            "domain": [("manufacturer_id", "=", self.id)],
            "context": {"default_manufacturer_id": self.id},
        }
