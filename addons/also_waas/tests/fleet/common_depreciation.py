from datetime import date
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import UserError

from ..common.cases_returns import WaasReturnCommon

DELIVERED = date(2026, 1, 20)


ACCOUNTS = (
    ("stock", "asset_current"),
    ("variation", "expense"),
    ("equipment", "asset_fixed"),
    ("accumulated", "asset_fixed"),
    ("depreciation", "expense_depreciation"),
    ("write_off", "expense"),
)


class FleetAccountsCommon(WaasReturnCommon):
    """Four laptops bought for 1000 each on 1 January; the fleet is capitalised over 36
    months, 10% remain. Three are rented out on 20 January."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time("2026-01-01"))
        super().setUpClass()

    @classmethod
    def _complete_world(cls):
        result = super()._complete_world()
        cls.accounts = {
            name: cls.env["account.account"].create(
                {"name": name, "code": f"WAAS.{number}", "account_type": kind}
            )
            for number, (name, kind) in enumerate(ACCOUNTS)
        }
        cls.accounts["stock"].account_stock_variation_id = cls.accounts["variation"]
        journal = cls.env["account.journal"].create(
            {"name": "Fleet", "code": "FLEET", "type": "general"}
        )
        cls.also.write(
            {
                "account_stock_valuation_id": cls.accounts["stock"].id,
                "account_stock_journal_id": journal.id,
                "waas_fleet_journal_id": journal.id,
                "waas_equipment_account_id": cls.accounts["equipment"].id,
                "waas_accumulated_account_id": cls.accounts["accumulated"].id,
                "waas_depreciation_account_id": cls.accounts["depreciation"].id,
                "waas_write_off_account_id": cls.accounts["write_off"].id,
                "waas_depreciation_months": 36,
                "waas_residual_percent": 10.0,
                "waas_capitalise": True,
            }
        )
        category = cls.env["product.category"].create(
            {
                "name": "Valued",
                "property_cost_method": "standard",
                "property_valuation": "periodic",
                "property_stock_valuation_account_id": cls.accounts["stock"].id,
            }
        )
        (cls.laptop + cls.monitor).categ_id = category
        return result

    @classmethod
    def _deliver(cls, order, day=DELIVERED):
        with freeze_time(day):
            return super()._deliver(order)

    def _get_balance(self, *names):
        self.env.flush_all()
        accounts = self.env["account.account"].browse(
            self.accounts[name].id for name in names
        )
        [(balance,)] = self.env["account.move.line"]._read_group(
            [("account_id", "in", accounts.ids), ("parent_state", "=", "posted")],
            [],
            ["balance:sum"],
        )
        return self.also.currency_id.round(balance)

    def _close(self):
        """What the accountant does at the end of a period.

        :return: whether there was anything to close
        """
        self.env.invalidate_all()
        try:
            self.also.action_close_stock_valuation(auto_post=True)
        except UserError as error:
            self.assertIn("correctly closed", str(error))
            return False
        return True

    def _depreciate(self, today):
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            self.env["waas.asset"].sudo()._cron_depreciate(today)
