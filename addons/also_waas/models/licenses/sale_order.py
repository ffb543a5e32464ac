from odoo import models


class SaleOrder(models.Model):
    """License lines of a confirmed order become licenses."""

    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        # The confirmation creates contracts and licenses, for any user who may confirm.
        contracts_sudo = self.filtered("is_waas").sudo().waas_contract_ids
        contracts_sudo._waas_make_licenses()
        return result
