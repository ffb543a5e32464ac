from odoo import fields, models


class WaasDeviceReplace(models.TransientModel):
    """A device that waits for its erasure cannot be a replacement (R15)."""

    _inherit = "waas.device.replace"

    replacement_id = fields.Many2one(
        domain="[('waas_role', '=', 'device'), ('waas_contract_id', '=', False), "
        "('waas_arrival_id', '=', False), ('location_id.usage', '=', 'internal'), "
        "('location_id.company_id', '=', company_id)]"
    )
