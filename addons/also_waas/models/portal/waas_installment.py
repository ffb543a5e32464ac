from odoo import models


class WaasInstallment(models.Model):
    """A month as the portal shows it to the parties of its contract."""

    _inherit = "waas.installment"

    def _get_portal_row(self, is_reseller):
        """:return: dict ``{number, date_start, date_end, amount, state, label,
        is_overdue, invoice, invoice_url}``, the amount as text; the last two for the
        end customer only"""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        # A draft is internal: portal users see a month without invoice.
        state = "planned" if self.state == "draft" else self.state
        show_invoice = not is_reseller and self.move_id.state == "posted"
        return {
            "number": self.number,
            "date_start": self.date_start,
            "date_end": self.date_end,
            "amount": self.currency_id.format(self.amount),
            "state": state,
            "label": labels[state],
            "is_overdue": self.is_overdue,
            "invoice": self.move_id.name if show_invoice else False,
            "invoice_url": self.move_id.get_portal_url() if show_invoice else False,
        }
