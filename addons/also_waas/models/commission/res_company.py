"""When and by which bills a company pays commission."""

from dateutil.relativedelta import relativedelta

from odoo import fields, models

JOURNAL_CODE = "WCOM"


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_settlement_day = fields.Integer(
        string="Commission Settlement Day",
        default=1,
        required=True,
        help="On this day of the month, 1 to 28, the commission of the periods that "
        "are over is settled.",
    )
    waas_commission_product_id = fields.Many2one(
        comodel_name="product.product",
        string="Commission Product",
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="On the bills by which your company pays commission.",
    )
    waas_commission_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Commission Journal",
        check_company=True,
        domain="[('type', '=', 'purchase'), ('is_self_billing', '=', True)]",
        help="Bills by which your company pays commission: self-billed, with your own "
        "numbers.",
    )

    _check_waas_settlement_day = models.Constraint(
        "CHECK (waas_settlement_day BETWEEN 1 AND 28)",
        "The commission settlement day is a day that every month has: 1 to 28.",
    )

    def _waas_set_up(self):
        result = super()._waas_set_up()
        for company in self:
            company._waas_get_commission_product()
        # Without a chart of accounts there are no journals; the first bill makes it.
        for company in self.filtered("chart_template"):
            company._waas_get_commission_journal()
        return result

    def _waas_get_commission_product(self):
        """The product of the bills by which commission is paid (R1)."""
        self.ensure_one()
        company_sudo = self.sudo()  # users who bill need no right to create products
        company_sudo._waas_set_up_service(
            "waas_commission_product_id",
            "WAAS-COMMISSION",
            lambda env: env._("WaaS Commission"),
            purchase_ok=True,
            taxes_id=False,
        )
        return company_sudo.waas_commission_product_id.with_env(self.env)

    def _waas_get_commission_journal(self):
        """The self-billing journal for commission, made where it is missing (R1)."""
        self.ensure_one()
        company_sudo = self.sudo()  # users who bill need no right to create journals
        if not company_sudo.waas_commission_journal_id:
            company_sudo.waas_commission_journal_id = company_sudo._waas_get_or_make(
                "account.journal",
                [
                    ("code", "=", JOURNAL_CODE),
                    ("type", "=", "purchase"),
                    ("is_self_billing", "=", True),
                ],
                company_sudo._waas_prepare_commission_journal(),
            )
        return company_sudo.waas_commission_journal_id.with_env(self.env)

    def _waas_prepare_commission_journal(self):
        values = {
            "name": self.env._("WaaS Commission (Self-billing)"),
            "type": "purchase",
            "is_self_billing": True,
            "refund_sequence": True,
            "alias_name": False,  # the company makes these bills, none is received
        }
        if self._waas_is_taken("account.journal", [("code", "=", JOURNAL_CODE)]):
            return values  # Odoo finds a free code
        return {**values, "code": JOURNAL_CODE}

    def _waas_get_settlement_date(self):
        """What was booked in periods that were over on this day, is to be settled:
        today from the settlement day of the month on, before it the one of the month
        before."""
        today = self._waas_today()
        if today.day >= self.waas_settlement_day:
            return today
        return today + relativedelta(months=-1, day=self.waas_settlement_day)
