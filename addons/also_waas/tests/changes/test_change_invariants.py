from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common.cases import WaasCommon

some = settings(
    deadline=None,
    max_examples=6,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
starts = st.dates(date(2024, 1, 1), date(2027, 12, 31))
# Days are counted from the first day of the contract.
offsets = st.integers(0, 364)
steps = st.lists(
    st.tuples(
        st.sampled_from(("premium", "deluxe", "option", "extension", "invoice")),
        st.integers(0, 60),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=5,
)


@tagged("post_install", "-at_install", "slow")
class TestChangeInvariants(WaasCommon):
    """Whatever happens to a contract on whichever day: its months are its total, and
    leaving closes it to the cent (I1, I3, I4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_change_signatures = False
        cls.deluxe = cls._create_waas_product(
            "Deluxe instead of Basic",
            "upgrade",
            waas_component_id=cls.office_premium.id,
        )
        cls.office_slot.upgrade_ids += cls.deluxe
        for months in (12, 24, 36):
            cls._create_price(cls.deluxe, months, 10.33, 4.0)
        cls.monitor_option.waas_component_id = cls.helpdesk

    def _create_any_contract(self, start, months=12):
        contract = self._create_contract(start, months=months, quantity=3)
        device = self._put_in_stock(self.laptop, 1)
        device.sudo()._waas_arrive(contract, start)
        return contract

    def _assert_ledger(self, contract):
        months = contract.waas_installment_ids
        self.assertLessEqual(len(months), 36)
        self.assertEqual(months[-1].date_end, contract.date_end)
        for month, following in zip(months, months[1:], strict=False):
            self.assertEqual(month.date_end + timedelta(days=1), following.date_start)
        self.assertAlmostEqual(
            sum(months.mapped("amount")), contract.waas_total_amount, 2
        )
        invoiced = sum(months.move_id.mapped("amount_untaxed"))
        to_come = sum(months.filtered(lambda month: not month.move_id).mapped("amount"))
        self.assertAlmostEqual(invoiced + to_come, contract.waas_total_amount, 2)
        for device in contract.waas_device_ids:
            self.assertLessEqual(contract.date_end, device.waas_warranty_max_end)

    def _step(self, contract, kind, days):
        """One thing that may happen; what is refused leaves everything as it was."""
        today = date.today()
        if kind == "invoice":
            contract._waas_invoice_due(today + timedelta(days=days))
            return
        day = today + timedelta(days=days)
        values = {
            "premium": {"effective_date": day, "products": {self.premium_upgrade: {}}},
            "deluxe": {"effective_date": day, "products": {self.deluxe: {}}},
            "option": {
                "effective_date": day,
                "products": {self.monitor_option: {"quantity": 1}},
            },
            "extension": {"months": min(12 + days, 36)},
        }[kind]
        before = contract.waas_total_amount
        change = self._create_change(
            contract, "extension" if kind == "extension" else "upgrade", **values
        )
        try:
            with self.env.cr.savepoint():
                self._agree(change)
        except UserError:
            self.assertEqual(contract.waas_total_amount, before)
            return
        self.assertEqual(change.state, "applied")
        self.assertAlmostEqual(contract.waas_total_amount, change.total_after, 2)

    def _leave(self, contract):
        for month in contract.waas_installment_ids:
            self.assertTrue(month._is_as_agreed())
        cost = contract._waas_get_leaving_cost()
        change = self._create_change(contract, "termination")
        change.action_submit()
        self.assertEqual(change.state, "applied")
        booked = sum(change.move_ids.mapped("amount_untaxed"))
        self.assertAlmostEqual(booked, cost["owed"], 2)
        self.assertAlmostEqual(
            sum(contract.waas_installment_ids.move_id.mapped("amount_untaxed")),
            contract.waas_total_amount,
            2,
        )
        self.assertAlmostEqual(
            contract.waas_invoiced_amount, contract.waas_total_amount, 2
        )
        self._assert_ledger(contract)

    def _run_example(self, example):
        # Credit is another test's story.
        grows = patch.object(self.registry["waas.change"], "_grows", lambda one: False)
        with grows, self._undone():
            example()

    @some
    @given(starts, offsets, st.integers(-1, 400))
    def test_r11_leaving_on_any_day_closes_to_the_cent(self, start, day, invoiced):
        def example():
            contract = self._create_any_contract(start)
            contract._waas_invoice_due(start + timedelta(days=invoiced))
            with freeze_time(start + timedelta(days=day)):
                self._leave(contract)

        self._run_example(example)

    @some
    @given(starts, steps)
    def test_r7_r12_no_sequence_of_changes_loses_a_cent(self, start, happenings):
        def example():
            contract = self._create_any_contract(start)
            today = start
            for kind, wait, days in happenings:
                today = min(today + timedelta(days=wait), start + timedelta(days=350))
                with freeze_time(today):
                    self._step(contract, kind, days)
                    self._assert_ledger(contract)
            with freeze_time(today):
                self._leave(contract)

        self._run_example(example)

    @some
    @given(starts, st.integers(1, 60), st.integers(0, 48))
    def test_r12_no_extension_passes_month_36_or_a_warranty(
        self, start, months, warranty
    ):
        def example():
            contract = self._create_any_contract(start)
            device = contract.waas_device_ids
            # All that can be had is bought: an extension waits for it otherwise.
            longest = contract.date_end + timedelta(days=30 * warranty)
            device.write(
                {"waas_warranty_end": longest, "waas_warranty_max_end": longest}
            )
            offer = contract._waas_get_extension_offer(months)
            if months <= 36:
                with freeze_time(start):
                    self._step(contract, "extension", months - 12)
                expected = months if offer["possible"] else 12
                self.assertEqual(len(contract.waas_installment_ids), expected)
            else:
                self.assertFalse(offer["possible"])
            self._assert_ledger(contract)

        self._run_example(example)
