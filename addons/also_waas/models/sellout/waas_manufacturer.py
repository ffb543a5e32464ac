from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import email_normalize_all
from odoo.tools.date_utils import end_of

from ...sellout import folder
from ...sellout.document import Layout

DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}
DATE_FORMATS = {"iso": "%Y-%m-%d", "dmy": "%d-%m-%Y", "compact": "%Y%m%d"}
ROOT_PARAMETER = "also_waas.sellout_root"
# What is on by fact, and the reason that keeps it off.
REASONS = {
    "sellout": "sellout_off_reason",
    "sellout_as_vendor": "sellout_vendor_off_reason",
}


class WaasManufacturer(models.Model):
    """What a manufacturer or supplier wants to be told, how often, and how (R5).
    Companies share manufacturers; what one of them tells a manufacturer, and what it
    agreed with it, is its own: all of these are settings of a company."""

    _inherit = "waas.manufacturer"

    sellout = fields.Boolean(
        string="Sell-out Reporting",
        tracking=True,
        help="Tell this manufacturer or supplier which devices and licenses were sold "
        "out, by which partner (R5).",
        company_dependent=True,
        copy=True,
    )
    sellout_off_reason = fields.Char(
        string="Off Because",
        tracking=True,
        help="Reporting turns itself on with the first delivery, unless a reason says "
        "why not.",
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
        string="Our Number There",
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
        string="Also What It Supplies",
        tracking=True,
        help="Report, beside its own products, what it supplied of others: by their "
        "receipts where also_waas_purchase is installed, else the products that its "
        "contact is a vendor of.",
        company_dependent=True,
        copy=True,
    )
    sellout_vendor_off_reason = fields.Char(
        string="Not What It Supplies Because",
        tracking=True,
        help="Why it is told of its own products only.",
        company_dependent=True,
    )
    sellout_auto = fields.Boolean(
        string="By Itself",
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
    # === Way ===
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
        """Of the user's companies: what others report is not ours to count."""
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

    # === CONSTRAINT METHODS ===#

    @api.onchange("sellout_contact_id")
    def _onchange_sellout_contact_id(self):
        self.sellout_email = self.sellout_contact_id.email or self.sellout_email

    @api.constrains("sellout", "sellout_start")
    def _check_sellout_start(self):
        if any(one.sellout and not one.sellout_start for one in self):
            raise ValidationError(
                self.env._(
                    "Say from which day on this manufacturer gets sell-out reports."
                )
            )

    @api.constrains(*REASONS, *REASONS.values())
    def _check_sellout_reasons(self):
        for manufacturer in self:
            for name, reason in REASONS.items():
                if manufacturer[name] and manufacturer[reason]:
                    raise ValidationError(
                        self.env._(
                            "%(manufacturer)s has both “%(on)s” and a reason why not: "
                            "remove one of them.",
                            manufacturer=manufacturer.name,
                            on=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains("sellout_reversal_days")
    def _check_sellout_reversal_days(self):
        if any(one.sellout_reversal_days < 0 for one in self):
            raise ValidationError(
                self.env._(
                    "The days within which a delivery can be undone cannot be negative."
                )
            )

    @api.constrains(
        "sellout_agreement",
        "sellout_customer_name",
        "sellout_customer_address",
        "sellout_customer_vat",
    )
    def _check_sellout_agreement(self):
        for manufacturer in self:
            if (
                manufacturer._get_sellout_customer_data()
                and not (manufacturer.sellout_agreement or "").strip()
            ):
                raise ValidationError(
                    self.env._(
                        "Data of end customers go to %(manufacturer)s by agreement "
                        "only: give the reference of the agreement, or report none "
                        "(R5).",
                        manufacturer=manufacturer.name,
                    )
                )

    @api.constrains("sellout_email")
    def _check_sellout_email(self):
        for manufacturer in self:
            typed = (manufacturer.sellout_email or "").replace(";", ",").split(",")
            wrong = [text for text in typed if text.strip() and not _is_email(text)]
            if wrong:
                raise ValidationError(
                    self.env._(
                        "%(text)s is no mail address: correct where the reports of "
                        "%(manufacturer)s are sent to.",
                        text=", ".join(wrong),
                        manufacturer=manufacturer.name,
                    )
                )

    @api.constrains("sellout_folder")
    def _check_sellout_folder(self):
        for manufacturer in self:
            path = manufacturer.sellout_folder
            if path and not folder.is_inside(path):
                raise ValidationError(manufacturer._get_outside_folder_message())

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([_tidy_reasons(vals) for vals in vals_list])

    def write(self, vals):
        vals = _tidy_reasons(vals)
        if "sellout_start" in vals:
            start = fields.Date.to_date(vals["sellout_start"])
            self._ensure_sellout_start(start)
        self._ensure_sellout_reasons(vals)
        return super().write(vals)

    def _ensure_sellout_reasons(self, vals):
        """R5: all manufacturers are told, unless somebody says why not."""
        for name, reason in REASONS.items():
            if name not in vals or vals[name] or vals.get(reason):
                continue
            for manufacturer in self.filtered(name):
                raise UserError(
                    self.env._(
                        "Say why %(manufacturer)s is no longer told: fill in "
                        "“%(reason)s”.",
                        manufacturer=manufacturer.name,
                        reason=self._fields[reason]._description_string(self.env),
                    )
                )

    def _ensure_sellout_start(self, start):
        """What was reported goes on where it ended."""
        for manufacturer in self:
            reports_sudo = manufacturer.sudo().sellout_report_ids.filtered(
                lambda report: report.company_id == self.env.company
            )
            if start != manufacturer.sellout_start and reports_sudo:
                raise UserError(
                    self.env._(
                        "%(manufacturer)s has sell-out reports already: each begins "
                        "where the one before ended, so the first day cannot be "
                        "changed.",
                        manufacturer=manufacturer.name,
                    )
                )

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

    # === BUSINESS METHODS ===#

    def _get_sellout_period_end(self, first_day):
        """Last day of the report that begins on ``first_day``."""
        self.ensure_one()
        return end_of(first_day, self.sellout_period)

    def _get_sellout_customer_data(self):
        """What the agreement lets the manufacturer know of end customers: keys of
        ``CUSTOMER_COLUMNS``."""
        self.ensure_one()
        return tuple(
            key for key in ("name", "address", "vat") if self[f"sellout_customer_{key}"]
        )

    def _get_sellout_layout(self):
        self.ensure_one()
        return Layout(
            DELIMITERS[self.sellout_delimiter],
            self.sellout_encoding,
            DATE_FORMATS[self.sellout_date_format],
            self.sellout_apostrophe,
        )

    def _get_sellout_emails(self):
        self.ensure_one()
        address = self.sellout_email or self.sellout_contact_id.email
        return ",".join(email_normalize_all(address or ""))

    def _get_sellout_products(self, company):
        """The products that the manufacturer is told of by ``company``: what it makes,
        and what it supplies where it wants to know that."""
        self.ensure_one()
        Product = self.env["product.product"].with_context(active_test=False)
        made = Product.search([("waas_manufacturer_id", "=", self.id)])
        return made | self._get_supplied_products(company)

    def _get_supplied_products(self, company):
        """Hook: the products of others that it is told of as their supplier. By price
        list: where receipts tell who supplied a device, they are asked instead."""
        Product = self.env["product.product"].with_context(active_test=False)
        vendor = self._get_sellout_vendor()
        if not vendor:
            return Product
        listed = Product.search(
            [
                ("waas_role", "in", ("device", "license")),
                ("seller_ids.partner_id", "child_of", vendor.id),
            ]
        )
        # What a vendor was told of is not taken back when its prices are.
        told = self.env["waas.sellout.line"].search(
            [("manufacturer_id", "=", self.id), ("company_id", "=", company.id)]
        )
        return listed | told.product_id

    def _get_sellout_vendor(self):
        """The company that is told of what it supplies; empty where none is, or where
        another manufacturer with this company for its contact is told."""
        self.ensure_one()
        contact = self.partner_id if self.sellout_as_vendor else self.partner_id[:0]
        vendor = contact.commercial_partner_id
        return vendor if vendor and self._is_told_for(vendor) else vendor[:0]

    def _is_told_for(self, vendor):
        """One company is told once of what it supplies, also after a merge of contacts:
        by the first of those that have reports."""
        told = self.with_context(active_test=False).search(
            [
                ("partner_id.commercial_partner_id", "=", vendor.id),
                ("sellout", "=", True),
                ("sellout_as_vendor", "=", True),
            ],
            order="active desc, id",
            limit=1,
        )
        return not self.sellout or told == self

    @api.model
    def _get_sellout_root(self):
        """The directory that no report leaves; False when none is set."""
        parameters = self.env["ir.config_parameter"].sudo()  # a path, and no secret
        return parameters.get_param(ROOT_PARAMETER)

    def _get_sellout_channel_problem(self):
        """Why nothing can be sent to the manufacturer, as a sentence, or False."""
        self.ensure_one()
        if self.sellout_channel == "mail":
            return not self._get_sellout_emails() and self.env._(
                "%(manufacturer)s has no address for its sell-out reports: add one on "
                "the manufacturer.",
                manufacturer=self.name,
            )
        if not self.sellout_folder:
            return self.env._(
                "%(manufacturer)s has no folder for its sell-out reports: add one on "
                "the manufacturer.",
                manufacturer=self.name,
            )
        return not self._get_sellout_root() and self.env._(
            "No folder for sell-out reports is set: ask an administrator to name one "
            "under Configuration, Settings, Sell-out."
        )

    def _get_outside_folder_message(self):
        return self.env._(
            "The sell-out folder of %(manufacturer)s must lie below the root of all of "
            "them: write it like goodmake/reports, without .. and without a / before "
            "it.",
            manufacturer=self.name,
        )


def _tidy_reasons(vals):
    """What is on has no reason to be off, and a blank is none."""
    vals = dict(vals)
    for name, reason in REASONS.items():
        if vals.get(name):
            vals[reason] = False
        elif vals.get(reason):
            vals[reason] = vals[reason].strip()
    return vals


def _is_email(text):
    return len(email_normalize_all(text)) == 1
