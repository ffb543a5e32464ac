from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

# Entered by users when they create a report; all other fields are system fields.
CHOSEN_FIELDS = frozenset(("manufacturer_id", "company_id", "user_id"))
# Fields of a closed report that may still change: what happens after closing.
LIVE_FIELDS = frozenset(("user_id", "state", "sent_on"))


class WaasSelloutReport(models.Model):
    """The report of one period to one manufacturer (R5).

    A manufacturer has one open report at a time; the next begins where it ended. Its
    lines are the difference between what is sold out at its end and what the closed
    reports say. Late, reversed, replaced and corrected deliveries are therefore
    included automatically, and once. A closed report is final.
    """

    _name = "waas.sellout.report"
    _description = "WaaS Sell-out Report"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.numbered.mixin",
        "waas.readable.mixin",
    ]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    manufacturer_id = fields.Many2one(
        comodel_name="waas.manufacturer",
        required=True,
        index=True,
        domain="[('sellout', '=', True)]",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('share', '=', False)]",
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_period",
        store=True,
        precompute=True,
        required=True,
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_period",
        store=True,
        precompute=True,
        required=True,
    )
    state = fields.Selection(
        selection=[("draft", "Open"), ("closed", "Closed"), ("sent", "Sent")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
        help="Closed: final. What was wrong or late comes in the next one.",
    )
    line_ids = fields.One2many(
        comodel_name="waas.sellout.line",
        inverse_name="report_id",
        readonly=True,
        copy=False,
    )
    closed_on = fields.Datetime(readonly=True, copy=False)
    closed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    sent_on = fields.Datetime(
        readonly=True, copy=False, help="When it was sent for the first time."
    )
    # === Totals ===
    line_count = fields.Integer(string="Lines", compute="_compute_totals")
    quantity = fields.Integer(
        string="Sold Out", compute="_compute_totals", help="Less what was taken back."
    )
    delta_count = fields.Integer(
        string="Corrections",
        compute="_compute_totals",
        help="Lines that change what an earlier report said, or come late.",
    )

    _unique_open = models.UniqueIndex(
        "(company_id, manufacturer_id) WHERE state = 'draft'",
        "This manufacturer has an open report already: close that one first.",
    )
    _unique_start = models.UniqueIndex(
        "(company_id, manufacturer_id, date_from)",
        "This manufacturer has a report of this period already.",
    )
    _unique_end = models.UniqueIndex(
        "(company_id, manufacturer_id, date_to)",
        "This manufacturer has a report of this period already.",
    )
    _check_period = models.Constraint(
        "CHECK (date_to >= date_from)", "A period cannot end before it begins."
    )

    # === COMPUTE METHODS ===#

    @api.depends("manufacturer_id", "company_id")
    def _compute_user_id(self):
        for report in self:
            report.user_id = report._get_manufacturer().sellout_user_id

    @api.depends("manufacturer_id", "company_id")
    def _compute_period(self):
        for report in self:
            if report.state != "draft":
                continue
            first_day = report._get_first_day()
            report.date_from = first_day
            report.date_to = first_day and (
                report._get_manufacturer()._get_sellout_period_end(first_day)
            )

    def _get_manufacturer(self):
        """The manufacturer with the settings of the report's company."""
        return self.manufacturer_id.with_company(self.company_id)

    def _get_before(self):
        """The latest report before this one."""
        return self.search(
            [
                ("manufacturer_id", "=", self.manufacturer_id.id),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self._origin.id),
            ],
            limit=1,
        )

    def _get_first_day(self):
        """The day after the previous report, or the first day of the manufacturer's
        reports."""
        before = self._get_before()
        if before:
            return before.date_to + timedelta(days=1)
        return self._get_manufacturer().sellout_start

    @api.depends("line_ids")
    def _compute_totals(self):
        Line = self.env["waas.sellout.line"]
        domain = [("report_id", "in", self.ids)]
        totals = Line._read_group(domain, ["report_id"], ["__count", "quantity:sum"])
        deltas = Line._read_group(
            [*domain, "|", ("kind", "!=", "sale"), ("is_late", "=", True)],
            ["report_id"],
            ["__count"],
        )
        counts = {report: (count, total) for report, count, total in totals}
        deltas = dict(deltas)
        for report in self:
            report.line_count, report.quantity = counts.get(report, (0, 0))
            report.delta_count = deltas.get(report, 0)

    @api.depends("name", "manufacturer_id")
    def _compute_display_name(self):
        for report in self:
            report.display_name = f"{report.name} {report.manufacturer_id.name or ''}"

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        for vals in vals_list:
            # A new report is open, whatever the values say.
            for name in self._get_own_fields().intersection(vals) - CHOSEN_FIELDS:
                del vals[name]
        self._ensure_may_begin(vals_list)
        reports = super().create(vals_list)
        for report in reports:
            report._ensure_has_begun()
            report._refresh()
        return reports

    def write(self, vals):
        ours = self._get_own_fields().intersection(vals)
        if ours - LIVE_FIELDS or vals.get("state", "sent") != "sent":
            self.filtered(lambda report: report.state != "draft")._ensure_open()
        if ours - {"user_id"} and not self.env.su:
            raise AccessError(
                self.env._(
                    "A sell-out report is made by its buttons: refresh, close or send "
                    "it. For another manufacturer, make another report."
                )
            )
        return super().write(vals)

    @api.model
    def _get_own_fields(self):
        """The fields of the report itself, without its chatter and its activities."""
        return {
            name
            for name, field in self._fields.items()
            if field._modules[:1] == ("also_waas",)
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._ensure_open()

    def _ensure_open(self):
        """:raises UserError: when a report is closed, for the superuser as well"""
        for report in self:
            if report.state != "draft":
                raise UserError(
                    self.env._(
                        "Sell-out report %(report)s is closed, so it is final. What "
                        "was wrong or late is corrected by the next one.",
                        report=report.name,
                    )
                )

    @api.model
    def _ensure_may_begin(self, vals_list):
        """Check what the database enforces, with a clear message: one open report at a
        time."""
        for vals in vals_list:
            company_id = vals.get("company_id") or self.env.company.id
            manufacturers = self.env["waas.manufacturer"].with_company(company_id)
            manufacturer = manufacturers.browse(vals.get("manufacturer_id"))
            if not manufacturer.sellout:
                raise UserError(
                    self.env._(
                        "Choose a manufacturer that gets sell-out reports, or turn "
                        "them on for it: %(manufacturer)s gets none.",
                        manufacturer=manufacturer.name or self.env._("this one"),
                    )
                )
            if before := self._get_open(manufacturer, company_id):
                raise UserError(
                    self.env._(
                        "%(report)s is still open: close it first, the next one begins "
                        "where it ends.",
                        report=before.display_name,
                    )
                )

    @api.model
    def _get_open(self, manufacturer, company_id):
        return self.search(
            [
                ("manufacturer_id", "=", manufacturer.id),
                ("company_id", "=", company_id),
                ("state", "=", "draft"),
            ],
            limit=1,
        )

    def _ensure_has_begun(self):
        if self.date_from <= self._get_today():
            return
        if not self._get_before():
            raise UserError(
                self.env._(
                    "The first report to %(manufacturer)s begins on %(date)s: make it "
                    "when that day has come, or choose another day under 'Reported "
                    "From' on the manufacturer.",
                    manufacturer=self.manufacturer_id.name,
                    date=format_date(self.env, self.date_from),
                )
            )
        raise UserError(
            self.env._(
                "%(manufacturer)s has been notified of everything until %(date)s: "
                "make the next report when its period has begun.",
                manufacturer=self.manufacturer_id.name,
                date=format_date(self.env, self.date_from - timedelta(days=1)),
            )
        )
