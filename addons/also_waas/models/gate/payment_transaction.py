"""A payment does not make a rental an invoiced order."""

from odoo import models


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _invoice_sale_orders(self):
        """A WaaS order is invoiced from its contract, whatever is paid on it."""
        ordinary = self.filtered(
            lambda tx: not any(tx.sale_order_ids.mapped("is_waas"))
        )
        return super(PaymentTransaction, ordinary)._invoice_sale_orders()
