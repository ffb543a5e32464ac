"""License lines of a confirmed order become licenses."""

from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        if waas_orders := self.filtered("is_waas"):
            # The confirmation creates contracts and licenses, for any user who may
            # confirm.
            waas_orders.sudo().waas_contract_ids._waas_make_licenses()
        return result
