import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...checked_numbers import is_creditor_identifier
from ...schedule import LONGEST_MONTHS, MAX_MONTHS


class ResCompany(models.Model):
    """What a company decides about its WaaS business."""

    _inherit = "res.company"

    # === Catalogue and quotation ===
    waas_term_id = fields.Many2one(
        comodel_name="waas.term",
        string="Default Term",
        default=lambda self: self.env.ref(
            "also_waas.waas_term_36", raise_if_not_found=False
        ),
    )
    waas_pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        string="WaaS Price List",
        check_company=True,
        help="Holds for every partner without a price list of its own.",
    )
    waas_hardware_answer_days = fields.Integer(
        string="Hardware Request Answer (days)", default=5
    )
    # === Gate ===
    waas_auto_confirm = fields.Boolean(
        string="Confirm by Itself",
        default=True,
        help="A WaaS quotation confirms by itself when the last missing thing arrives.",
    )
    waas_signature_code = fields.Boolean(
        string="One-time Code",
        default=True,
        help="Whoever signs online types a code that was mailed to the signatory.",
    )
    waas_link_validity_days = fields.Integer(
        string="Signing Link Validity (days)",
        default=14,
        help="The link in the mail to the signatory works for this many days.",
    )
    waas_credit_validity_days = fields.Integer(
        string="Credit Approval Validity (days)",
        default=90,
        help="An approved credit check counts for this many days, unless the credit "
        "officer says otherwise.",
    )
    waas_creditor_identifier = fields.Char(
        string="SEPA Creditor Identifier",
        help="Printed on direct debit mandates; your bank gives it to you.",
    )
    # === Contract ===
    waas_billing_start = fields.Selection(
        selection=[
            ("delivery", "On the day of delivery"),
            ("next_month", "On the first of the next month"),
        ],
        string="Contracts Start",
        default="delivery",
        required=True,
        help="First day of a contract whose devices were delivered. The days before "
        "the first of the next month are not invoiced; the number of installments is "
        "the same.",
    )
    # === Invoicing ===
    waas_invoicing_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Told of Failed Invoices",
        domain="[('share', '=', False)]",
        help="Who gets a to-do when an invoice run leaves something behind. Empty: "
        "whoever started the run.",
    )
    # === Changes ===
    waas_change_signatures = fields.Boolean(
        string="Changes Are Signed",
        default=True,
        help="The end customer and ALSO sign every change of a contract before it is "
        "applied.",
    )
    waas_extension_step = fields.Integer(
        string="Extension Step (months)",
        default=3,
        help="A contract is extended in steps of this many months, up to the longest "
        "contract.",
    )
    waas_max_months = fields.Integer(
        string="Longest Contract (months)",
        default=MAX_MONTHS,
        required=True,
        help="A contract lasts so many months at most, from its first day to its last, "
        "extensions included. A contract that was signed under a higher number "
        "keeps it.",
    )
    waas_end_notice_days = fields.Integer(
        string="End Announced (days before)",
        default=90,
        help="So many days before a term ends, partner and end customer are told and "
        "the back office gets a task. Half of it is left for the choice.",
    )
    # === Devices ===
    waas_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="At Customer Location",
        check_company=True,
        domain="[('is_waas', '=', True), ('company_id', '=', id)]",
        help="Where rented devices are: at the end customer, still in ALSO's books.",
    )
    # === Commission ===
    waas_settlement_day = fields.Integer(
        string="Commission Settlement Day",
        default=1,
        required=True,
        help="On this day of the month, 1 to 28, the commission of the periods that "
        "are over is settled.",
    )
    waas_commission_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Commission Journal",
        check_company=True,
        domain="[('type', '=', 'purchase'), ('is_self_billing', '=', True)]",
        help="Bills by which ALSO pays commission: self-billed, numbered by ALSO.",
    )

    _check_waas_settlement_day = models.Constraint(
        "CHECK (waas_settlement_day BETWEEN 1 AND 28)",
        "The commission settlement day is a day that every month has: 1 to 28.",
    )

    _check_waas_max_months = models.Constraint(
        f"CHECK (waas_max_months BETWEEN 1 AND {LONGEST_MONTHS})",
        f"The longest contract has at least 1 and at most {LONGEST_MONTHS} months.",
    )
    _check_waas_changes = models.Constraint(
        "CHECK (waas_extension_step > 0 AND waas_end_notice_days >= 0)",
        "An extension has one month at least, and an end is not announced after it.",
    )

    @api.constrains("waas_creditor_identifier")
    def _check_waas_creditor_identifier(self):
        for company in self:
            number = company.waas_creditor_identifier
            if number and not is_creditor_identifier(number):
                raise ValidationError(
                    self.env._(
                        "%(number)s is no valid SEPA creditor identifier: copy it from "
                        "your bank's letter, like NL79ZZZ999999990000.",
                        number=number,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._waas_set_up()
        return companies

    def _waas_set_up(self):
        """Give each company what its WaaS business needs; safe to repeat."""
        self._waas_set_up_location()
        # Without a chart of accounts there are no journals; the first bill makes it.
        for company in self.filtered("chart_template"):
            company._waas_get_commission_journal()

    def _waas_set_up_location(self):
        """Give each company its *at customer* location."""
        customers = self.env.ref("stock.stock_location_customers")
        for company in self.filtered(lambda company: not company.waas_location_id):
            company_sudo = company.sudo()  # whoever may make a company, may complete it
            company_sudo.waas_location_id = company_sudo.env["stock.location"].create(
                {
                    "name": self.env._("At Customer (WaaS)"),
                    "usage": "internal",
                    "is_waas": True,
                    "company_id": company.id,
                    # A child of Customers, so that ordinary delivery rules lead here.
                    "location_id": customers.id,
                }
            )

    def _waas_get_commission_journal(self):
        """The self-billing journal for commission, made where it is missing (R1)."""
        self.ensure_one()
        company_sudo = self.sudo()  # whoever may bill need not be able to make journals
        if not company_sudo.waas_commission_journal_id:
            company_sudo.waas_commission_journal_id = company_sudo.env[
                "account.journal"
            ].create(
                {
                    "name": self.env._("WaaS Commission (Self-billing)"),
                    "code": "WCOM",
                    "type": "purchase",
                    "is_self_billing": True,
                    "refund_sequence": True,
                    "company_id": self.id,
                }
            )
        return company_sudo.waas_commission_journal_id.with_env(self.env)

    def _waas_get_settlement_date(self):
        """What was booked in periods that were over on this day, is to be settled:
        today from the settlement day of the month on, before it the one of the month
        before."""
        today = self._waas_today()
        if today.day >= self.waas_settlement_day:
            return today
        return today + relativedelta(months=-1, day=self.waas_settlement_day)

    # === THE CLOCK ===#

    def _waas_today(self):
        """The day it is where the company is: of everything that is booked. It does
        not hang on who happened to cause it, from where."""
        return self._waas_get_day(fields.Datetime.now())

    def _waas_get_day(self, moment):
        """The day of a moment where the company is; False when there is none.

        :param datetime moment: in UTC, as Odoo keeps it
        """
        if not moment:
            return False
        return pytz.utc.localize(moment).astimezone(self._waas_get_zone()).date()

    def _waas_get_zone(self):
        """The time zone of the company's contact; else of its country, where that has
        a single one; else UTC. A record that has no company yet will have the active
        one."""
        company_sudo = (
            self or self.env.company
        ).sudo()  # what time it is, is no secret
        company_sudo.ensure_one()
        partner_sudo = company_sudo.partner_id
        zones = pytz.country_timezones.get(partner_sudo.country_id.code or "", [])
        name = partner_sudo.tz or (zones[0] if len(zones) == 1 else "UTC")
        return pytz.timezone(name)

    @api.model
    def _waas_with_today(self, build):
        """A domain in which today is each company's own day.

        :param build: takes a day and returns a ``Domain`` on a model with
            ``company_id``
        """
        # Also of companies that the user does not see: their records are not his.
        companies = (
            self.sudo()
            .with_context(active_test=False)
            .search([("partner_id", "!=", False)])
        )
        days = companies.grouped(lambda company: company._waas_today())
        if len(days) == 1:
            return Domain(build(next(iter(days))))
        return Domain.OR(
            Domain("company_id", "in", group.ids) & Domain(build(day))
            for day, group in days.items()
        )
