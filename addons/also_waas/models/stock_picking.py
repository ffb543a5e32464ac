from odoo import fields, models


class StockPicking(models.Model):
    """Chapter 5, devices: the delivery of its last device starts a contract."""

    _inherit = "stock.picking"

    def _action_done(self):
        result = super()._action_done()
        for picking in self:
            orders = picking.move_ids.sale_line_id.order_id.filtered("is_waas")
            date = fields.Date.context_today(picking, picking.date_done)
            orders._waas_start_if_delivered(date)
        return result
