from odoo import api, fields, models


class WaasSigningLink(models.Model):
    """A link to what a change has signed."""

    _inherit = "waas.signing.link"

    change_id = fields.Many2one(
        comodel_name="waas.change", index="btree_not_null", ondelete="cascade"
    )

    def _get_deal(self):
        return self.change_id or super()._get_deal()

    @api.model
    def _get_deal_domain(self, deal):
        if deal._name == "waas.change":
            return fields.Domain("change_id", "=", deal.id)
        return super()._get_deal_domain(deal) & fields.Domain("change_id", "=", False)
