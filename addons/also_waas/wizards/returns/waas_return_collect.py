from odoo import api, fields, models


class WaasReturnCollect(models.TransientModel):
    """Record the hand-over of devices at a pick-up: counted, sealed, signed (R15)."""

    _name = "waas.return.collect"
    _description = "Hand Over WaaS Devices"
    _inherit = "waas.readable.mixin"

    return_id = fields.Many2one(
        comodel_name="waas.return", required=True, ondelete="cascade"
    )
    site_ids = fields.Many2many(
        comodel_name="res.partner", string="Sites", compute="_compute_site_ids"
    )
    address_id = fields.Many2one(
        comodel_name="res.partner",
        string="Picked Up At",
        compute="_compute_address_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('id', 'in', site_ids)]",
    )
    expected_count = fields.Integer(
        string="Announced", compute="_compute_expected_count"
    )
    counted = fields.Integer(help="How many devices are handed over.")
    seals = fields.Char(
        string="Seal Numbers",
        help="Of bags, boxes or the vehicle; several with commas.",
    )
    collected_on = fields.Datetime(
        string="Picked Up On", required=True, default=fields.Datetime.now
    )
    handed_over_by = fields.Char(
        compute="_compute_handed_over_by",
        store=True,
        readonly=False,
        help="Who gives the devices, for the customer.",
    )
    collected_by = fields.Char(help="Who takes them, for the processor.")
    signature = fields.Image(
        max_width=1024,
        max_height=1024,
        attachment=False,
        help="Of the person who hands the devices over.",
    )
    document = fields.Binary(
        string="Signed Slip",
        attachment=False,
        help="A photo or scan of the pick-up order, where it was signed on paper.",
    )
    document_name = fields.Char()
    note = fields.Char(string="Remark")
    warning = fields.Char(compute="_compute_warning")

    # === COMPUTE METHODS ===#

    @api.depends("return_id")
    def _compute_site_ids(self):
        for wizard in self:
            sites = wizard.return_id._get_unproved_sites() if wizard.return_id else {}
            wizard.site_ids = self.env["res.partner"].union(*sites)

    @api.depends("return_id")
    def _compute_address_id(self):
        for wizard in self:
            wizard.address_id = wizard.site_ids[:1]

    @api.depends("return_id", "address_id")
    def _compute_expected_count(self):
        for wizard in self:
            wizard.expected_count = len(wizard._get_lines())

    @api.depends("return_id")
    def _compute_handed_over_by(self):
        for wizard in self:
            wizard.handed_over_by = wizard.return_id.pickup_contact

    @api.depends("counted", "expected_count")
    def _compute_warning(self):
        for wizard in self:
            differs = wizard.counted not in (0, wizard.expected_count)
            wizard.warning = differs and self.env._(
                "%(counted)s devices are counted, and %(expected)s were announced: "
                "count again. If the number is right, explain it under Remark: the "
                "difference is followed up.",
                counted=wizard.counted,
                expected=wizard.expected_count,
            )

    def _get_lines(self):
        self.ensure_one()
        lines = self.env["waas.return.line"]
        if not self.return_id:
            return lines
        sites = self.return_id._get_unproved_sites()
        return sites.get(self.address_id._origin, lines)

    # === ACTIONS ===#

    def action_collect(self):
        """Save the hand-over, in the chain of custody of every device."""
        self.ensure_one()
        self.return_id._collect(self.address_id, self._prepare_handover())
        return {"type": "ir.actions.act_window_close"}

    def _prepare_handover(self):
        values = {
            name: (self[name] or "").strip() or False
            for name in ("seals", "handed_over_by", "collected_by", "note")
        }
        return {
            **values,
            "collected_on": self.collected_on,
            "counted": self.counted,
            "signature": self.signature,
            "document": self.document,
            "document_name": self.document and self.document_name,
        }
