"""What a device is worth, in stock and at a customer (R13)."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class StockLot(models.Model):
    _inherit = "stock.lot"

    waas_asset_ids = fields.One2many(
        comodel_name="waas.asset",
        inverse_name="device_id",
        string="Rental Equipment",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice,"
        "also_waas.group_waas_manager",
    )

    def _waas_arrive(self, contract, date):
        result = super()._waas_arrive(contract, date)
        # The delivery capitalises, whichever user confirms it.
        devices_sudo = self.sudo()
        if contract.sudo().company_id.waas_capitalise:
            devices_sudo.env["waas.asset"]._capitalise(
                devices_sudo, contract.sudo(), date
            )
        return result

    def _waas_leave(self, date):
        result = super()._waas_leave(date)
        self._waas_get_running_assets()._end(date)
        return result

    def _waas_lose(self, date):
        result = super()._waas_lose(date)
        self._waas_get_running_assets()._end(date, is_lost=True)
        return result

    def _waas_get_running_assets(self):
        """The devices as rental equipment, as superuser."""
        return self.sudo().waas_asset_ids.filtered(
            lambda asset: asset.state == "running"
        )

    @api.private
    def _waas_leave_books(self, date):
        """ALSO no longer has the devices: what was depreciated of them is history."""
        # The books follow what the warehouse did.
        self.sudo().waas_asset_ids.filtered(
            lambda asset: not asset.date_disposed
        ).write({"date_disposed": date})

    def _waas_get_book_value(self):
        self.ensure_one()
        if asset := self._waas_get_running_assets():
            return asset.book_value
        return self._waas_get_stock_value(self._waas_get_owner())

    def _waas_get_stock_value(self, company):
        """What the stock accounts hold of the device when it is in stock: its cost,
        less what was depreciated while it was rented out before.

        :raises UserError: without an account to take it from
        """
        self.ensure_one()
        # The books follow what the warehouse did.
        product = self.sudo().product_id.with_company(company)
        if (
            company.waas_capitalise
            and not (product._get_product_accounts()["stock_valuation"])
        ):
            raise UserError(
                self.env._(
                    "%(product)s has no stock valuation account: choose one for its "
                    "category or for the company.",
                    product=product.display_name,
                )
            )
        depreciated = sum(
            # The books follow what the warehouse did.
            self.sudo()
            .waas_asset_ids.filtered(
                lambda asset: asset.state == "returned" and not asset.date_disposed
            )
            .mapped("depreciated_amount")
        )
        value = company.currency_id.round(product.standard_price - depreciated)
        return max(value, 0.0)

    def _waas_vanish_from_books(self):
        result = super()._waas_vanish_from_books()
        # The device as rental equipment, back in stock and still the company's.
        self.waas_asset_ids.filtered(
            lambda asset: asset.state == "returned" and not asset.date_disposed
        ).sorted("id")[-1:].state = "written_off"
        return result
