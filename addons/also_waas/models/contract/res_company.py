"""When contracts begin, and who is notified of failed invoices."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

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
    waas_invoicing_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Failed Invoice Recipient",
        domain="[('share', '=', False)]",
        help="Who gets a to-do when an invoice run leaves something behind. Empty: "
        "the user who started the run.",
    )

    def _waas_get_uses(self):
        uses = super()._waas_get_uses()
        count = (
            self.env["contract.contract"]
            .sudo()  # only their number
            .search_count(
                [
                    ("company_id", "=", self.id),
                    ("waas_state", "in", ("awaiting", "running")),
                ]
            )
        )
        if count:
            uses.append(
                self.env._("%(count)s contracts run or await delivery", count=count)
            )
        return uses
