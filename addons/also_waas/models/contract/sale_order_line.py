"""What a line becomes, and where its devices go."""

from odoo import models

from ...schedule import get_last_day


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _waas_get_device_lines(self):
        return self.filtered(
            lambda line: line.waas_role == "component"
            and line.product_id.waas_role == "device"
        )

    def _waas_prepare_contract_line(self, start):
        self.ensure_one()
        months = self.order_id.waas_term_id.months
        return {
            "product_id": self.product_id.id,
            "name": f"{self.name}\n#START# - #END#",
            "quantity": self.product_uom_qty,
            "uom_id": self.product_uom_id.id,
            "price_unit": self.price_unit,
            "sequence": self.sequence,
            "date_start": start,
            "date_end": get_last_day(start, months),
            "recurring_next_date": start,
            "recurring_rule_type": "monthly",
            "recurring_interval": 1,
            "recurring_invoicing_type": "pre-paid",
            "waas_order_line_id": self.id,
        }
