"""Whether the rented-out fleet is capitalised (R13)."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ACCOUNT_FIELDS = (
    "waas_equipment_account_id",
    "waas_accumulated_account_id",
    "waas_depreciation_account_id",
    "waas_write_off_account_id",
    "waas_fleet_journal_id",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_capitalise = fields.Boolean(
        string="Capitalise Rented Devices",
        help="From its delivery a device is rental equipment and is depreciated month "
        "by month; when it comes back, its book value returns to stock. Devices "
        "delivered before stay stock.",
    )
    waas_equipment_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Rental Equipment Account",
        check_company=True,
        domain="[('account_type', 'in', ('asset_fixed', 'asset_non_current'))]",
        help="The cost of devices at customers.",
    )
    waas_accumulated_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Accumulated Depreciation Account",
        check_company=True,
        domain="[('account_type', 'in', ('asset_fixed', 'asset_non_current'))]",
    )
    waas_depreciation_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Depreciation Expense Account",
        check_company=True,
        domain="[('account_type', 'in', ('expense_depreciation', 'expense'))]",
    )
    waas_write_off_account_id = fields.Many2one(
        comodel_name="account.account",
        string="Write-off Account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other'))]",
        help="The book value of devices that are lost.",
    )
    waas_fleet_journal_id = fields.Many2one(
        comodel_name="account.journal",
        string="Rental Equipment Journal",
        check_company=True,
        domain="[('type', '=', 'general')]",
    )
    waas_depreciation_months = fields.Integer(
        string="Life (months)",
        default=36,
        help="A device is depreciated in equal parts over this number of months.",
    )
    waas_residual_percent = fields.Float(
        string="Residual Value (%)",
        help="What a device is worth at the end of its life, in percent of its cost.",
    )

    _check_waas_depreciation = models.Constraint(
        "CHECK (waas_depreciation_months > 0 AND waas_residual_percent >= 0 "
        "AND waas_residual_percent <= 100)",
        "The life of a device is at least one month, and its residual value is "
        "between 0 and 100%.",
    )

    @api.constrains("waas_capitalise", *ACCOUNT_FIELDS)
    def _check_waas_capitalise(self):
        for company in self:
            if company.waas_capitalise and not all(
                company[name] for name in ACCOUNT_FIELDS
            ):
                raise ValidationError(
                    self.env._(
                        "Choose the accounts and the journal of the rental equipment "
                        "of %(company)s before it is capitalised.",
                        company=company.name,
                    )
                )

    def stock_value(self, accounts_by_product=None, at_date=None):
        """Do not count twice what the accounts of the rental equipment hold.

        The closing compares this with the balance of the stock accounts: devices at
        customers are in the quantity of the stock, and their value is elsewhere.
        """
        values = super().stock_value(accounts_by_product, at_date)
        held_elsewhere = self.env["waas.asset"]._get_value_outside_stock(self, at_date)
        for account, amount in held_elsewhere.items():
            if account in values:
                values[account] -= amount
        return values
