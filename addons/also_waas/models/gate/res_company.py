"""How a company checks and signs."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...checked_numbers import is_creditor_identifier


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_auto_confirm = fields.Boolean(
        string="Automatic Confirmation",
        default=True,
        help="WaaS quotations are confirmed as soon as nothing is missing any more.",
    )
    waas_signature_code = fields.Boolean(
        string="One-time Code",
        default=True,
        help="Signing online requires a code that is mailed to the signatory.",
    )
    waas_link_validity_days = fields.Integer(
        string="Signing Link Validity (days)",
        default=14,
        help="The link in the mail to the signatory works for this many days.",
    )
    waas_credit_validity_days = fields.Integer(
        string="Credit Approval Validity (days)",
        default=90,
        help="An approved credit check is valid for this many days, unless the "
        "credit officer decides otherwise.",
    )
    waas_creditor_identifier = fields.Char(
        string="SEPA Creditor Identifier",
        help="Printed on direct debit mandates; your bank gives it to you.",
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
