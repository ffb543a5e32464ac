import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import format_date

from ...batches import OF_THE_DATABASE
from .waas_sellout_line import SNAPSHOT_FIELDS

_logger = logging.getLogger(__name__)

# What people choose when they make a report; its methods write the rest.
CHOSEN_FIELDS = frozenset(("manufacturer_id", "company_id", "user_id"))
# What still changes on a report that is closed: what became of it.
LIVE_FIELDS = frozenset(("user_id", "state", "sent_on"))


class WaasSelloutReport(models.Model):
    """What one manufacturer is told of one period (R5).

    A manufacturer has one open report at a time; the next begins where it ended. Its
    lines are the difference between what is sold out at its end and what the closed
    ones said, so whatever was late, undone, replaced or corrected comes by itself,
    once. A closed report is final.
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
        help="Closed: final. What was wrong or late comes in the next one (R5).",
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
        """The day after the report before, or the first of all."""
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
            # A report begins open, whoever makes it.
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
        """What a report is; the rest is its thread and its to-dos."""
        return {
            name
            for name, field in self._fields.items()
            if field._modules[:1] == ("also_waas",)
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._ensure_open()

    def _ensure_open(self):
        """:raises UserError: when a report is closed, also to the superuser"""
        for report in self:
            if report.state != "draft":
                raise UserError(
                    self.env._(
                        "Sell-out report %(report)s is closed, so it is final. What "
                        "was wrong or late is corrected by the next one (R5).",
                        report=report.name,
                    )
                )

    @api.model
    def _ensure_may_begin(self, vals_list):
        """Say what the database would: one open report at a time."""
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
                "%(manufacturer)s has been told of everything until "
                "%(date)s: make the next report when its period has begun.",
                manufacturer=self.manufacturer_id.name,
                date=format_date(self.env, self.date_from - timedelta(days=1)),
            )
        )

    # === ACTIONS ===#

    def action_refresh(self):
        """Take up what happened since."""
        for report in self:
            report.check_access("write")
            report._ensure_open()
            report._refresh()
        return True

    def action_close(self):
        """Make reports final; one that changed since somebody looked is shown again."""
        changed = self.browse()
        for report in self:
            report._ensure_manager()
            report._lock()
            report._ensure_open()
            if report._refresh():
                changed |= report
            else:
                report._close()
        return not changed or changed._get_changed_action()

    def action_view_lines(self):
        """Open the lines, to filter, group and count them."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "also_waas.waas_sellout_line_action"
            ),
            "domain": [("report_id", "=", self.id)],
            "context": {},
        }

    def _get_changed_action(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "%(reports)s changed since it was last refreshed, so it is not "
                    "closed yet: look at it once more.",
                    reports=", ".join(changed.name for changed in self),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _ensure_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group(
            "also_waas.group_waas_manager"
        ):
            raise AccessError(
                self.env._("Only WaaS managers close and send sell-out reports.")
            )

    # === BUSINESS METHODS ===#

    def _get_today(self):
        """Today where the company is: the day on which a period is over must not hang
        on who looks."""
        return self.company_id._waas_today()

    def _is_over(self):
        return self.date_to < self._get_today()

    def _get_day(self, moment):
        """The day of a moment where the company is."""
        return self.company_id._waas_get_day(moment)

    def _lock(self):
        try:
            self.lock_for_update()
        except LockError:
            raise UserError(
                self.env._(
                    "Somebody else is closing or sending %(report)s: try again in a "
                    "moment.",
                    report=self.name,
                )
            ) from None

    def _refresh(self):
        """Make the lines anew.

        :return: whether they are others than before
        """
        self.ensure_one()
        # Lines are made from deliveries and contracts, and by nobody's hand; who may
        # prepare a report was checked.
        report_sudo = self.sudo()
        lines = report_sudo._prepare_lines()
        before = report_sudo.line_ids.sorted("number").read(SNAPSHOT_FIELDS, load=None)
        if [_get_snapshot(line) for line in before] == [
            _get_snapshot(line) for line in lines
        ]:
            return False
        report_sudo.line_ids.unlink()
        report_sudo.env["waas.sellout.line"].create(
            [{**line, "report_id": self.id} for line in lines]
        )
        self.invalidate_recordset(["line_ids"])
        return True

    def _get_problems(self):
        """Why the report cannot be closed, as sentences."""
        self.ensure_one()
        if self.date_to >= self._get_today():
            return [
                self.env._(
                    "The period runs until %(date)s: close the report after it.",
                    date=format_date(self.env, self.date_to),
                )
            ]
        return self._get_line_problems()

    def _get_obstacles(self):
        """Why the report does not go by itself, as sentences."""
        return self._get_problems()

    def _get_line_problems(self):
        """What the lines lack, as sentences."""
        problems = []
        lines = self.line_ids
        if products := lines.filtered(lambda line: not line.mpn).product_id:
            problems.append(
                self.env._(
                    "Without a manufacturer part number: %(products)s. Give it on the "
                    "product, then refresh.",
                    products=", ".join(products.mapped("display_name")),
                )
            )
        homeless = lines.filtered(lambda line: not line.country_id).contract_id
        if homeless:
            problems.append(
                self.env._(
                    "Without a country: %(customers)s. Give it on the end customer, "
                    "then refresh.",
                    customers=", ".join(homeless.partner_id.mapped("display_name")),
                )
            )
        return problems

    def _close(self):
        """Make the report final: its lines, and its file.

        :raises UserError: when something is missing
        """
        self.ensure_one()
        if problems := self._get_problems():
            raise UserError("\n".join([self.display_name, *problems]))
        # The right to close was checked; nobody writes it by hand.
        self.sudo().write(self._prepare_closing())
        self._waas_todo_drop("sellout_close", "sellout_stuck", "sellout_error")

    def _prepare_closing(self):
        """Hook: what is kept of a report that closes now."""
        return {
            "state": "closed",
            "closed_on": fields.Datetime.now(),
            "closed_by_id": self.env.uid,
        }

    # === SCHEDULED ===#

    @api.model
    def _cron_report(self):
        """Every day: open what is over, close and send what goes by itself, and send
        again what failed."""
        cron = self.env["ir.cron"]
        self.env["waas.manufacturer"]._turn_on_delivered()
        self._open_due()
        for report in self.search([("state", "=", "draft")]):
            if report._get_manufacturer().sellout and report._is_over():
                report._attempt(report._attend)
                # Before it is sent: a file that somebody fetched is not taken back,
                # and closed anew it could have other lines.
                cron._commit_progress(1)
        for report in self._find_unsent():
            report._attempt(report._send)
            cron._commit_progress(1)
        cron._commit_progress()

    @api.model
    def _find_unsent(self):
        """Hook: closed reports that go by themselves and did not yet."""
        return self.browse()

    def _attempt(self, work):
        """Do one report's work; what keeps it from being done keeps no other back."""
        try:
            with self.env.cr.savepoint():
                work()
        except UserError as error:
            self._ask_for_help(str(error))
        except OF_THE_DATABASE:  # the next night begins anew
            if self.env.cr.connection.closed:
                raise
            _logger.info("Sell-out report %s waits for another transaction", self.name)
        except Exception as error:  # noqa: BLE001 - see above
            _logger.exception("Sell-out report %s could not go by itself", self.name)
            self._ask_for_help(
                self.env._(
                    "An error of the system (%(error)s): see the log of the server.",
                    error=type(error).__name__,
                )
            )

    def _ask_for_help(self, note):
        self._ask("sellout_error", note)

    @api.model
    def _open_due(self):
        """Open a report for each period that is over, in companies that rent out."""
        groups = self.env["contract.contract"]._read_group(
            [("generation_type", "=", "waas")], ["company_id"]
        )
        for (company,) in groups:
            manufacturers = self.env["waas.manufacturer"].with_company(company)
            # An archived one is told of what was delivered, too.
            manufacturers = manufacturers.with_context(active_test=False)
            for manufacturer in manufacturers.search([("sellout", "=", True)]):
                self._open_next(manufacturer, company)

    @api.model
    def _open_next(self, manufacturer, company):
        """Open the next report of a manufacturer, if its period is over.

        :return: the report that is open, or none
        """
        manufacturer = manufacturer.with_company(company)
        if report := self._get_open(manufacturer, company.id):
            return report
        values = {"manufacturer_id": manufacturer.id, "company_id": company.id}
        following = self.new(values)
        if following.date_to >= following._get_today():
            return self.browse()
        report = self.create(values)
        if not manufacturer.sellout_auto:
            report._ask("sellout_close")
        return report

    def _attend(self):
        """Bring an open report up to date; close it where that goes by itself. The next
        period may be over as well."""
        self.ensure_one()
        self._refresh()
        if not self._get_manufacturer().sellout_auto:
            return
        if problems := self._get_obstacles():
            self._ask("sellout_stuck", "\n".join(problems))
            return
        self._close()
        following = self._open_next(self.manufacturer_id, self.company_id)
        if following:
            following._attend()

    def _ask(self, kind, note=""):
        """A to-do for the responsible, once; see :meth:`_waas_todo`."""
        self._waas_todo(kind, self.user_id, note=note)


def _get_snapshot(line):
    """What counts of a line, of the database or about to be made."""
    return tuple(line.get(name) or False for name in SNAPSHOT_FIELDS)
