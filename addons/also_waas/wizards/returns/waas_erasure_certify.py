from odoo import api, fields, models
from odoo.exceptions import AccessError


class WaasErasureCertify(models.TransientModel):
    """Enter the result of erasing many devices at once (R15)."""

    _name = "waas.erasure.certify"
    _description = "Certify WaaS Erasures"
    _inherit = "waas.readable.mixin"

    erasure_ids = fields.Many2many(
        comodel_name="waas.erasure",
        string="Devices",
        required=True,
        domain="[('state', '=', 'todo')]",
    )
    processor_id = fields.Many2one(
        comodel_name="res.partner",
        required=True,
        ondelete="cascade",
        domain="[('waas_is_processor', '=', True), "
        "('waas_certified_until', '>=', date)]",
        help="Who erased the data: a company whose certificate was valid on that day.",
    )
    standard_id = fields.Many2one(
        comodel_name="waas.erasure.standard",
        required=True,
        compute="_compute_standard_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="cascade",
        help="As the processor's certificate names it.",
    )
    standard_problem = fields.Char(compute="_compute_standard_problem")
    standard_reason = fields.Char(
        string="Reason",
        help="Why the processor's certificate names a standard that was withdrawn by "
        "then. It is kept with the erasure.",
    )
    method = fields.Selection(
        selection=[
            ("clear", "Clear: overwritten"),
            ("purge", "Purge: cryptographic or firmware erase"),
            ("destroy", "Destroy: shredded"),
        ],
        required=True,
        default="purge",
    )
    date = fields.Date(
        string="Erased On",
        required=True,
        default=lambda self: self.env.company._waas_today(),
    )
    result = fields.Selection(
        selection=[("passed", "Passed"), ("failed", "Failed")],
        required=True,
        default="passed",
        help="What could not be erased is destroyed next, with proof, and scrapped.",
    )
    document = fields.Binary(
        string="Processor's Certificate",
        help="One document may be for many devices.",
    )
    document_name = fields.Char()
    note = fields.Text()

    # === COMPUTE METHODS ===#

    @api.depends("method", "date")
    def _compute_standard_id(self):
        """The first that fits; a choice stays as long as it fits."""
        standards = self.env["waas.erasure.standard"]
        for wizard in self:
            chosen = wizard.standard_id
            if not wizard.date or not wizard.method:
                wizard.standard_id = chosen
            elif not chosen or chosen._get_problem(wizard.method, wizard.date):
                wizard.standard_id = standards._get_default(wizard.method, wizard.date)

    @api.depends("standard_id", "method", "date")
    def _compute_standard_problem(self):
        for wizard in self:
            is_known = wizard.standard_id and wizard.date and wizard.method
            wizard.standard_problem = (
                wizard.standard_id._get_problem(wizard.method, wizard.date)
                if is_known
                else False
            )

    # === ACTIONS ===#

    def action_certify(self):
        """Keep the results; warehouse users may."""
        self.ensure_one()
        if not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(
                self.env._("Only warehouse users and WaaS users certify an erasure.")
            )
        erasures = self.erasure_ids
        erasures.check_access("read")
        erasures._certify(self._prepare_result(), passed=self.result == "passed")
        return erasures._get_records_action(name=self.env._("Erasures"))

    def _prepare_result(self):
        return {
            "processor_id": self.processor_id.id,
            "standard_id": self.standard_id.id,
            "standard_reason": self.standard_reason,
            "method": self.method,
            "date": self.date,
            "document": self.document,
            "document_name": self.document_name,
            "note": self.note,
        }
