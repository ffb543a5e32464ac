"""The first device that is delivered to a customer activates the reports to its
manufacturer, and what happens to a device may have to be reported (R5)."""

from odoo import fields, models

# Fields of a device on which the reports depend; all that moves it writes the first.
CHANGED_BY_MOVES = "waas_contract_id"
CHANGED_BY_USERS = frozenset(("name", "product_id"))


class StockLot(models.Model):
    _inherit = "stock.lot"

    waas_sellout_changed_on = fields.Datetime(
        string="Sell-out Changed On",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="When it was last delivered, taken back, replaced or renamed.",
    )

    # === CRUD METHODS ===#

    def write(self, vals):
        if CHANGED_BY_MOVES in vals:
            vals = {**vals, "waas_sellout_changed_on": fields.Datetime.now()}
        elif not CHANGED_BY_USERS.isdisjoint(vals):
            # Whoever may rename a device need not know of reports.
            self.sudo().filtered("waas_sellout_changed_on")._waas_note_change()
        return super().write(vals)

    # === BUSINESS METHODS ===#

    def _waas_arrive(self, contract, date):
        result = super()._waas_arrive(contract, date)
        # The warehouse delivers for contracts that it cannot read.
        company = contract.sudo().company_id
        # Warehouse users need no access to settings; one read for all devices of a
        # delivery.
        makers_sudo = self.sudo().waas_manufacturer_id.with_company(company)
        makers_sudo._note_sellout(date)
        return result

    def _waas_note_change(self):
        """The next report looks at these devices."""
        self.write({"waas_sellout_changed_on": fields.Datetime.now()})
