"""What is rented is delivered to the customer and stays in the stock."""

from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _get_location_final(self):
        """Rented devices go *at customer*: to the end customer, yet ALSO's (R13)."""
        location = self.order_id.company_id.waas_location_id
        if self.waas_role == "component" and location:
            return location
        return super()._get_location_final()
