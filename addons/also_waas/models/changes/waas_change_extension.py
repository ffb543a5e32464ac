from odoo import api, fields, models
from odoo.exceptions import UserError

from ...schedule import get_last_day


class WaasChange(models.Model):
    """How long an extension may be, and which devices limit it (R12)."""

    _inherit = "waas.change"

    months = fields.Integer(
        string="Total Term (Months)",
        compute="_compute_months",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="From the first day of the contract to its new end.",
    )
    max_months = fields.Integer(
        string="Months at Most",
        compute="_compute_max_months",
        store=True,
        precompute=True,
        aggregator=None,
        help="What the company allows, extensions included.",
    )
    date_end = fields.Date(string="New End", compute="_compute_date_end")
    ending_device_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Devices Blocking the Extension",
        compute="_compute_ending_device_ids",
        groups="stock.group_stock_user",
        help="Exchange them, or extend to an earlier day.",
    )

    _max_months = models.Constraint(
        "CHECK (kind != 'extension' OR months <= max_months)",
        "A contract has no more months than its company allows, extensions included.",
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            contract = self.env["contract.contract"].browse(vals.get("contract_id"))
            self._ensure_not_too_long(contract, vals)
        return super().create(vals_list)

    def write(self, vals):
        for change in self:
            self._ensure_not_too_long(change.contract_id, vals)
        if "months" in vals:
            # The company may allow more by now.
            drafts = self.filtered(lambda change: change.state == "draft")
            self.env.add_to_compute(self._fields["max_months"], drafts)
        return super().write(vals)

    @api.model
    def _ensure_not_too_long(self, contract, vals):
        """Refuse more months than allowed, before the database does, in words (R12)."""
        months = vals.get("months")
        if months and contract:
            contract.check_access("read")
            if months > contract._waas_get_max_months():
                raise UserError(contract._waas_get_max_message())

    # === COMPUTE METHODS ===#

    @api.depends("contract_id", "kind")
    def _compute_months(self):
        """The longest time that is possible; the shortest where none is."""
        for change in self:
            if change.kind != "extension" or not change.contract_id:
                change.months = 0
                continue
            if change.state != "draft":
                change.months = change.months
                continue
            offers = change.contract_id._waas_get_extension_offers()
            possible = [offer["months"] for offer in offers if offer["possible"]]
            longest = change.contract_id._waas_get_max_months()
            change.months = min(max(possible, default=offers[0]["months"]), longest)

    @api.depends("contract_id", "kind")
    def _compute_max_months(self):
        for change in self:
            contract = change.contract_id
            change.max_months = contract._waas_get_max_months() if contract else 0

    @api.depends("contract_id", "kind", "months", "state")
    def _compute_date_end(self):
        for change in self:
            contract = change.contract_id
            change.date_end = (
                get_last_day(contract.date_start, change.months)
                if change.kind == "extension" and contract.date_start
                else False
            )

    @api.depends("contract_id", "kind", "date_end", "state")
    def _compute_ending_device_ids(self):
        for change in self:
            change.ending_device_ids = (
                change.contract_id._waas_get_ending_devices(change.date_end)
                if change.date_end and change.state not in ("applied", "cancelled")
                else False
            )
