import pytz

from odoo import api, fields, models


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
        help="A contract is extended in steps of this many months, up to month 36 "
        "(R12).",
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

    _check_waas_changes = models.Constraint(
        "CHECK (waas_extension_step > 0 AND waas_end_notice_days >= 0)",
        "An extension has one month at least, and an end is not announced after it.",
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

    def _waas_get_day(self, moment):
        """The day of a moment where the company is: what is booked on a day does not
        hang on who happened to cause it, from where.

        :param datetime moment: in UTC, as Odoo keeps it
        """
        self.ensure_one()
        zone = self.partner_id.tz or self.env.user.tz or "UTC"
        return pytz.utc.localize(moment).astimezone(pytz.timezone(zone)).date()
