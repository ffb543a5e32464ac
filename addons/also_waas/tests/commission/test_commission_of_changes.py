from datetime import date

from odoo.tests import tagged

from ..changes.test_upgrade import ChangeCommon


@tagged("post_install", "-at_install")
class TestCommissionOfChanges(ChangeCommon):
    """A change earns its fixed amount once, when both have signed; an early end earns
    nothing and takes nothing back (R1, R8)."""

    def _get_rows(self):
        return self.env["waas.commission"].search(
            [("contract_id", "=", self.contract.id)]
        )

    def _submit(self, change):
        """Send it, and have its credit approved."""
        change.action_submit()
        change.waas_credit_check_ids.with_user(self.officer)._approve(
            1_000_000.0, date(2099, 12, 31)
        )

    def test_r8_an_upgrade_earns_more(self):
        change = self._upgrade(self.contract, date(2026, 4, 30))
        self._submit(change)
        self.assertFalse(self._get_rows())
        self._customer_signs(change)
        self.assertFalse(self._get_rows(), "ALSO has not signed (R1).")
        self._also_signs(change)
        self.assertEqual(change.state, "applied")
        self.assertRecordValues(
            self._get_rows(),
            [
                {
                    "event": "upgrade",
                    "product_id": self.premium_upgrade.id,
                    "quantity": 5.0,
                    "unit_amount": 1.0,
                    "amount": change.commission_amount,
                    "reseller_id": self.reseller.id,
                }
            ],
        )

    def test_r1_the_amount_is_frozen_when_the_change_is_sent(self):
        change = self._upgrade(self.contract, date(2026, 4, 30))
        self._submit(change)
        self.pricelist.item_ids.waas_commission_unit = 99.0
        self._customer_signs(change)
        self._also_signs(change)
        self.assertEqual(self._get_rows().amount, 5.0)

    def test_r1_an_extension_earns_its_fixed_amount_once(self):
        self.pricelist.item_ids.waas_extension_commission = 7.0
        change = self._create_change(self.contract, kind="extension", months=15)
        self._agree(change)
        self.assertEqual(change.state, "applied")
        rows = self._get_rows()
        self.assertEqual(rows.mapped("event"), ["extension"])
        self.assertAlmostEqual(rows.amount, 35.0, 2)
        change._after_apply()
        self.assertEqual(self._get_rows(), rows, "Booked once, whoever asks again.")

    def test_r1_an_early_end_takes_nothing_back(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        rows = self._get_rows()
        self._agree(self._create_change(self.contract, kind="termination"))
        self.assertEqual(self.contract.waas_state, "ended")
        self.assertEqual(self._get_rows(), rows)
        self.assertEqual(rows.mapped("state"), ["earned"])

    def test_r1_a_change_that_is_given_up_earns_nothing(self):
        change = self._upgrade(self.contract, date(2026, 4, 30))
        change.action_submit()
        change.action_cancel()
        self.assertFalse(self._get_rows())
