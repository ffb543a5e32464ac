"""What a purchase brings is received by the warehouse, never as a return."""

from odoo import api, models
from odoo.fields import Domain


class PurchaseOrder(models.Model):
    _inherit = "purchase.order"

    @api.model
    def _get_picking_type(self, company_id):
        """A user who made the returns a favourite would have them proposed."""
        picking_type = super()._get_picking_type(company_id)
        company_sudo = self.env["res.company"].sudo().browse(company_id)  # an id
        returns = company_sudo.waas_return_type_id
        if not returns or picking_type != returns:
            return picking_type
        receipts = Domain("code", "=", "incoming") & Domain("id", "!=", returns.id)
        of_company = Domain("warehouse_id.company_id", "=", company_id)
        return picking_type.search(receipts & of_company, limit=1)
