from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_term_id = fields.Many2one(related="company_id.waas_term_id", readonly=False)
    waas_pricelist_id = fields.Many2one(
        related="company_id.waas_pricelist_id", readonly=False
    )
    waas_hardware_answer_days = fields.Integer(
        related="company_id.waas_hardware_answer_days", readonly=False
    )
    waas_auto_confirm = fields.Boolean(
        related="company_id.waas_auto_confirm", readonly=False
    )
    waas_signature_code = fields.Boolean(
        related="company_id.waas_signature_code", readonly=False
    )
    waas_link_validity_days = fields.Integer(
        related="company_id.waas_link_validity_days", readonly=False
    )
    waas_creditor_identifier = fields.Char(
        related="company_id.waas_creditor_identifier", readonly=False
    )
    waas_credit_validity_days = fields.Integer(
        related="company_id.waas_credit_validity_days", readonly=False
    )
    waas_billing_start = fields.Selection(
        related="company_id.waas_billing_start", readonly=False
    )
    waas_change_signatures = fields.Boolean(
        related="company_id.waas_change_signatures", readonly=False
    )
    waas_max_months = fields.Integer(
        related="company_id.waas_max_months", readonly=False
    )
    waas_extension_step = fields.Integer(
        related="company_id.waas_extension_step", readonly=False
    )
    waas_end_notice_days = fields.Integer(
        related="company_id.waas_end_notice_days", readonly=False
    )
    waas_settlement_day = fields.Integer(
        related="company_id.waas_settlement_day", readonly=False
    )
    waas_commission_journal_id = fields.Many2one(
        related="company_id.waas_commission_journal_id", readonly=False
    )
    waas_invoicing_user_id = fields.Many2one(
        related="company_id.waas_invoicing_user_id", readonly=False
    )
    # === Returns ===
    waas_return_days = fields.Integer(
        related="company_id.waas_return_days", readonly=False
    )
    waas_bill_use = fields.Boolean(related="company_id.waas_bill_use", readonly=False)
    waas_pickup_product_id = fields.Many2one(
        related="company_id.waas_pickup_product_id", readonly=False
    )
    waas_pickup_device_product_id = fields.Many2one(
        related="company_id.waas_pickup_device_product_id", readonly=False
    )
    waas_pickup_site_product_id = fields.Many2one(
        related="company_id.waas_pickup_site_product_id", readonly=False
    )
    waas_claim_product_id = fields.Many2one(
        related="company_id.waas_claim_product_id", readonly=False
    )
    waas_claim_basis = fields.Selection(
        related="company_id.waas_claim_basis", readonly=False
    )
    waas_quarantine_location_id = fields.Many2one(
        related="company_id.waas_quarantine_location_id", readonly=False
    )
    waas_resale_location_id = fields.Many2one(
        related="company_id.waas_resale_location_id", readonly=False
    )
    # === Fleet ===
    waas_capitalise = fields.Boolean(
        related="company_id.waas_capitalise", readonly=False
    )
    waas_equipment_account_id = fields.Many2one(
        related="company_id.waas_equipment_account_id", readonly=False
    )
    waas_accumulated_account_id = fields.Many2one(
        related="company_id.waas_accumulated_account_id", readonly=False
    )
    waas_depreciation_account_id = fields.Many2one(
        related="company_id.waas_depreciation_account_id", readonly=False
    )
    waas_write_off_account_id = fields.Many2one(
        related="company_id.waas_write_off_account_id", readonly=False
    )
    waas_fleet_journal_id = fields.Many2one(
        related="company_id.waas_fleet_journal_id", readonly=False
    )
    waas_depreciation_months = fields.Integer(
        related="company_id.waas_depreciation_months", readonly=False
    )
    waas_residual_percent = fields.Float(
        related="company_id.waas_residual_percent", readonly=False
    )

    # === PRICE LISTS ===#

    @api.onchange("group_product_pricelist")
    def _onchange_group_sale_pricelist(self):
        """Nothing is lost where WaaS has the only price lists."""
        warning = super()._onchange_group_sale_pricelist()
        if not warning:
            return warning
        lists_sudo = self.env["product.pricelist"].sudo()  # of all companies
        kept_sudo = lists_sudo._waas_find_rented_by()
        others_sudo = lists_sudo.search([("id", "not in", kept_sudo.ids)], limit=1)
        return warning if others_sudo else None

    def set_values(self):
        """While Odoo's own price lists are off, each saving of the settings archives
        all lists, whatever was changed: those that WaaS rents by stay."""
        lists_sudo = self.env["product.pricelist"].sudo()  # of all companies
        kept_sudo = lists_sudo._waas_find_rented_by().filtered("active")
        result = super().set_values()
        kept_sudo.filtered(lambda pricelist: not pricelist.active).action_unarchive()
        return result
