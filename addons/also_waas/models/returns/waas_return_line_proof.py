from odoo import api, fields, models


class WaasReturnLine(models.Model):
    """The proof that this device was handed over (R15)."""

    _inherit = "waas.return.line"

    handover_id = fields.Many2one(
        comodel_name="waas.return.handover",
        string="Hand-over",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )

    @api.model
    def _note_arrivals(self, arrival_by_line):
        """Devices without the proof of their pick-up are received, and a to-do is
        left."""
        result = super()._note_arrivals(arrival_by_line)
        self.browse().union(*arrival_by_line).return_id._report_unproved()
        return result
