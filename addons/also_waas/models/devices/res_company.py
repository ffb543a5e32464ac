"""Where a company keeps what it rents out."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="At Customer Location",
        check_company=True,
        domain="[('is_waas', '=', True), ('company_id', '=', id)]",
        help="Where rented devices are: at the end customer, still in your books.",
    )

    def _waas_set_up(self):
        result = super()._waas_set_up()
        self._waas_show_serial_numbers()
        for company in self.filtered(lambda company: not company.waas_location_id):
            company_sudo = company.sudo()  # who turns it on may not write locations
            company_sudo.waas_location_id = company_sudo._waas_make_location(
                "WAAS-CUSTOMER",
                name=self.env._("At Customer (WaaS)"),
                is_waas=True,
                # A child of Customers, so that ordinary delivery rules lead here.
                location_id=self.env.ref("stock.stock_location_customers").id,
            )
        return result

    def _waas_show_serial_numbers(self):
        """Show serial numbers to the users of the inventory, as its own setting does:
        what is rented has one, and they pick it."""
        stock_users_sudo = self.env.ref("stock.group_stock_user").sudo()
        stock_users_sudo._apply_group(self.env.ref("stock.group_production_lot"))

    def _waas_make_location(self, barcode, **vals):
        """A location of the company's own stock, which is recognised by its barcode."""
        is_taken = self._waas_is_taken(
            "stock.location", [("barcode", "=", barcode), ("usage", "!=", "internal")]
        )
        location = self._waas_get_or_make(
            "stock.location",
            [("barcode", "=", barcode), ("usage", "=", "internal")],
            {"usage": "internal", "barcode": not is_taken and barcode, **vals},
        )
        flags = {name: True for name in vals if name.startswith("is_waas")}
        location.write(flags)  # an earlier installation took them along
        return location

    def _waas_get_uses(self):
        uses = super()._waas_get_uses()
        count = (
            self.env["stock.lot"]
            .sudo()  # only their number
            .search_count([("waas_contract_id.company_id", "=", self.id)])
        )
        if count:
            uses.append(
                self.env._("%(count)s devices are at end customers", count=count)
            )
        return uses
