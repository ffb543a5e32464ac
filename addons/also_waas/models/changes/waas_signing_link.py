from odoo import api, fields, models
from odoo.fields import Domain


class WaasSigningLink(models.Model):
    """A link to what a change has signed."""

    _inherit = "waas.signing.link"

    change_id = fields.Many2one(
        comodel_name="waas.change",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )

    def _get_deal(self):
        return self.change_id or super()._get_deal()

    @api.model
    def _get_deal_domain(self, deal):
        if deal._name == "waas.change":
            return Domain("change_id", "=", deal.id)
        return super()._get_deal_domain(deal) & Domain("change_id", "=", False)
