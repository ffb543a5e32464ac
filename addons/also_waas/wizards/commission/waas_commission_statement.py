from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class WaasCommissionStatementPrint(models.TransientModel):
    """Print the account of resellers for a month."""

    _name = "waas.commission.statement"
    _description = "WaaS Commission Statement"
    _inherit = "waas.readable.mixin"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_date_from(),
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    reseller_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Partners",
        domain="[('waas_is_reseller', '=', True)]",
        help="Empty: every partner that has something.",
    )

    @api.model
    def _default_date_from(self):
        """The first day of the last month that is over."""
        today = self.env.company._waas_today()
        return today + relativedelta(months=-1, day=1)

    @api.depends("date_from")
    def _compute_date_to(self):
        for wizard in self:
            first = wizard.date_from
            wizard.date_to = first and first + relativedelta(months=1, day=1, days=-1)

    def action_print(self):
        """The statements on paper."""
        return self._print("also_waas.action_report_commission_statement")

    def action_export(self):
        """The statements as spreadsheet."""
        return self._print("also_waas.action_report_commission_statement_xlsx")

    def _print(self, report):
        self.ensure_one()
        if not self._get_statements():
            raise UserError(
                self.env._(
                    "There is no commission to state: nothing was open, booked or paid "
                    "in this period. Choose another one."
                )
            )
        return self.env.ref(report).report_action(self)

    def _get_statements(self):
        """What is printed; see ``waas.commission``."""
        self.ensure_one()
        if self.date_to < self.date_from:
            raise UserError(self.env._("The last day is before the first day."))
        return self.env["waas.commission"]._get_statements(
            self.company_id,
            self.date_from,
            self.date_to,
            self.reseller_ids.commercial_partner_id,
        )
