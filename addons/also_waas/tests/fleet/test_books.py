from datetime import date

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from .common_depreciation import FleetAccountsCommon

LIVES = st.lists(
    st.sampled_from(("out", "back", "month", "month", "lose", "scrap", "close")),
    min_size=1,
    max_size=10,
)


@tagged("post_install", "-at_install")
class TestBooks(FleetAccountsCommon):
    """I7: whatever happens to a device, in whatever order, its cost is in stock, in the
    equipment, or spent. To the cent, and the closing finds nothing to correct."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls._create_device("Any", categ_id=cls.laptop.categ_id.id)

    @settings(
        max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(
        cost=st.decimals("0.00", "9999.99", places=2).map(float),
        months=st.integers(1, 60),
        residual=st.floats(0, 100),
        life=LIVES,
    )
    def test_i7_the_accounts_tell_what_the_stock_tells(
        self, cost, months, residual, life
    ):
        with self._undone():
            self.also.write(
                {"waas_depreciation_months": months, "waas_residual_percent": residual}
            )
            self.product.standard_price = cost
            self._live(life, cost)

    def _live(self, life, cost):
        device = self._put_in_stock(self.product, 1, 900).sudo()
        self._close()
        start = self._get_balance(*self.accounts)
        known = "stock", "equipment", "accumulated"
        before = self._get_balance(*known)
        spent = self._get_balance("depreciation", "write_off", "variation")
        day = date(2026, 3, 5)
        for event in life:
            day += relativedelta(days=17)
            getattr(self, f"_do_{event}")(device, day)
            self.assertEqual(self._get_balance(*self.accounts), start)
            gone = self._get_balance("depreciation", "write_off", "variation") - spent
            self.assertEqual(
                self._get_balance(*known), self.also.currency_id.round(before - gone)
            )
        had = device.quant_ids.filtered(
            lambda quant: quant.quantity > 0 and quant.location_id.usage == "internal"
        )
        self._close()
        self.assertFalse(self._close())
        others = self.devices.sudo().waas_asset_ids
        left = self._get_balance(*known) - sum(others.mapped("book_value"))
        depreciated = sum(
            device.waas_asset_ids.filtered(
                lambda asset: not asset.date_disposed
            ).mapped("depreciated_amount")
        )
        expected = (cost - depreciated) if had else 0.0
        self.assertEqual(
            self.also.currency_id.compare_amounts(left, expected), 0, (left, expected)
        )

    def _is_out(self, device):
        return bool(device.waas_contract_id)

    def _has(self, device):
        return any(
            quant.quantity > 0 and quant.location_id.usage == "internal"
            for quant in device.quant_ids
        )

    def _transfer(self, device, target):
        """Only the stock: the papers are for other tests."""
        quants = self.env["stock.quant"]
        source = device.quant_ids.filtered(
            lambda quant: quant.quantity > 0 and quant.location_id.usage == "internal"
        ).location_id
        quants._update_available_quantity(device.product_id, source, -1, lot_id=device)
        quants._update_available_quantity(device.product_id, target, 1, lot_id=device)

    def _do_out(self, device, day):
        if self._has(device) and not self._is_out(device):
            device._waas_arrive(self.contract.sudo(), day)
            self._transfer(device, self.also.waas_location_id)

    def _do_back(self, device, day):
        if self._is_out(device):
            shelf = self.also.waas_return_type_id.warehouse_id.lot_stock_id
            device._waas_leave(day)
            self._transfer(device, shelf)

    def _do_month(self, _device, day):
        self._depreciate(day)

    def _do_lose(self, device, day):
        if self._is_out(device):
            device._waas_lose(day)
            device._waas_leave(day)
            self._go(device, day)

    def _do_scrap(self, device, day):
        if self._has(device) and not self._is_out(device):
            self._go(device, day)

    def _go(self, device, day):
        self._transfer(device, self.also._waas_get_release_location("scrap"))
        device._waas_leave_books(day)
        self._close()

    def _do_close(self, _device, _day):
        self._close()
