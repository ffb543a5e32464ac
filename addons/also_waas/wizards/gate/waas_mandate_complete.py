from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...checked_numbers import is_creditor_identifier, is_iban


class WaasMandateComplete(models.TransientModel):
    """The two numbers that a direct debit mandate names, entered by those whom the gate
    asks for them (R1).

    Bank accounts and settings are for others. This window adds an account to a
    customer that has none to debit, and a company its creditor identifier where it has
    none: what is there already is not for it to change.
    """

    _name = "waas.mandate.complete"
    _description = "Complete a WaaS Mandate"
    _inherit = "waas.readable.mixin"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(related="order_id.partner_id.commercial_partner_id")
    acc_number = fields.Char(
        string="IBAN", help="Of the end customer: the mandate that it signs names it."
    )
    creditor_identifier = fields.Char(
        string="SEPA Creditor Identifier",
        help="Of your company; your bank gives it to you.",
    )
    lacks_account = fields.Boolean(compute="_compute_lacking")
    lacks_creditor = fields.Boolean(compute="_compute_lacking")

    @api.depends("order_id")
    def _compute_lacking(self):
        for wizard in self:
            codes = wizard._get_codes()
            wizard.lacks_account = "bank_account" in codes
            wizard.lacks_creditor = "creditor_identifier" in codes

    def _get_codes(self):
        if not self.order_id:
            return set()
        return {code for code, _message in self.order_id._waas_get_mandate_problems()}

    def action_save(self):
        """Enter what was typed; the open points of the deal say what is left."""
        self.ensure_one()
        self.order_id._waas_ensure_may_prepare()
        if self.acc_number:
            self._save_account()
        if self.creditor_identifier:
            self._save_creditor()
        return {"type": "ir.actions.act_window_close"}

    def _save_account(self):
        customer = self.order_id.partner_id.commercial_partner_id
        if "bank_account" not in self._get_codes():
            raise UserError(
                self.env._(
                    "%(customer)s has a bank account to debit: a user who manages "
                    "contacts can change it.",
                    customer=customer.display_name,
                )
            )
        if not is_iban(self.acc_number):
            raise UserError(
                self.env._(
                    "%(number)s is no valid IBAN of an account that SEPA debits: ask "
                    "the customer and correct it.",
                    number=self.acc_number,
                )
            )
        # Checked: the user prepares this deal, and there is none yet. Nothing is ever
        # paid out to it before an accountant trusts it.
        accounts_sudo = self.env["res.partner.bank"].sudo()
        account = accounts_sudo.create(
            {
                "partner_id": customer.id,
                "acc_number": self.acc_number,
                "allow_out_payment": False,
            }
        )
        self.order_id.message_post(
            body=self.env._(
                "Bank account %(account)s of %(customer)s entered.",
                account=account.acc_number,
                customer=customer.display_name,
            )
        )

    def _save_creditor(self):
        company = self.order_id.company_id
        if not self.env.user.has_group("also_waas.group_waas_manager"):
            raise AccessError(
                self.env._("Only a WaaS manager enters the creditor identifier.")
            )
        # Settings are for administrators: this one, where it is missing, as checked.
        company_sudo = company.sudo()
        if is_creditor_identifier(company_sudo.waas_creditor_identifier):
            raise UserError(
                self.env._(
                    "%(company)s has a creditor identifier: it is changed in the "
                    "settings.",
                    company=company.name,
                )
            )
        company_sudo.waas_creditor_identifier = self.creditor_identifier
