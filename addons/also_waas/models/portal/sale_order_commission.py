"""The commission of a deal as the portal shows it to its partner (R1)."""

from odoo import api, models

SHOWN = (
    "order",
    "contract",
    "customer",
    "light",
    "state",
    "state_label",
    "missing",
    "date_payout",
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.private
    def _waas_get_commission_row(self, light):
        """The traffic light of this deal, for the page.

        :param dict light: see :meth:`_waas_get_commission_light`
        :return: dict ``{id, order, contract, customer, light, state, state_label,
            missing, date_payout, amount}``, the amount as text
        """
        self.ensure_one()
        return {
            **{name: light[name] for name in SHOWN},
            "id": self.id,
            "amount": light["currency"].format(light["amount"]),
        }
