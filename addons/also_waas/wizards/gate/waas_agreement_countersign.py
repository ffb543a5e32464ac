from odoo import fields, models
from odoo.http import request


class WaasAgreementCountersign(models.TransientModel):
    """ALSO's signature under all agreements that wait for it, in one go."""

    _name = "waas.agreement.countersign"
    _description = "Countersign WaaS Agreements"
    _inherit = "waas.readable.mixin"

    agreement_ids = fields.Many2many(
        comodel_name="waas.agreement", string="Agreements", required=True
    )
    signed_by = fields.Char(
        string="Name", default=lambda self: self.env.user.name, readonly=True
    )
    signature = fields.Image(max_width=1024, max_height=1024, attachment=False)

    def action_sign(self):
        """Sign (R1)."""
        self.ensure_one()
        origin = request.httprequest.remote_addr if request else False
        self.agreement_ids._countersign(self.signature, origin)
        return {"type": "ir.actions.act_window_close"}
