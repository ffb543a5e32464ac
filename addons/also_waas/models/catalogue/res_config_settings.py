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
