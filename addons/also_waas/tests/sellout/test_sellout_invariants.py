from datetime import timedelta
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import TransactionCase, tagged

from ...sellout.ledger import (
    COUNTED,
    REVERSED,
    SWAPPED,
    UNCOUNTED,
    Passage,
    count_devices,
)
from .common_sellout import SelloutCommon, few_examples


class Place:
    """What a test knows of one rented workplace: whose serial number counts."""

    def __init__(self, order):
        self.order, self.lot, self.since, self.is_counted = order, None, None, False


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("deliver", "take back", "replace", "rename", "close")),
        st.integers(0, 2),  # which place
        st.integers(0, 25),  # days since the step before
    ),
    min_size=3,
    max_size=8,
)


@tagged("post_install", "-at_install")
class TestSelloutInvariants(SelloutCommon):
    """Whatever happens in whatever order: every place counts once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock(12)
        cls.orders = [
            cls._confirm(cls._create_order(quantity=1)) for _place in range(3)
        ]

    @few_examples(5)
    @given(STEPS)
    def test_r5_reports_add_up_to_the_devices_that_are_sold_out(self, steps):
        with self._undone():
            self._play(steps)

    def _play(self, steps):
        places = [Place(order) for order in self.orders]
        day = self.start
        for step, index, pause in steps:
            day = min(day + timedelta(days=pause), self._day(6))
            if step == "close":
                report = self._open()
                self._assert_looks_at_enough(report)
                self._close(report)
                self._let_time_pass(report)
            else:
                self._step(step, places[index], day)
        while self._close().date_to < day:
            pass
        self._assert_adds_up(places)

    def _step(self, step, place, day):
        if step == "deliver" and not place.lot:
            self._hand_over(place.order, day)
            place.lot = place.order.waas_contract_ids.waas_device_ids
            place.since, place.is_counted = day, True
        elif not place.lot or not place.lot.waas_contract_id:
            return
        elif step == "take back":
            self._take_back(place.lot, day)
            place.is_counted = (day - place.since).days > 30
        elif step == "replace":
            other = self._find_new()
            self._replace(place.lot, other, day)
            place.lot = other
        elif step == "rename":
            place.lot.name += "x"

    def _assert_looks_at_enough(self, report):
        """What did not change, and what is settled, is left alone: lines and proof are
        those of a computation that reads everything."""
        report_sudo = report.sudo()
        quick = report_sudo._prepare_lines(recount=True), report_sudo._check()
        self.assertEqual(report_sudo._prepare_lines(), quick[0])
        with patch.object(type(report), "_knows_settled", lambda report: False):
            whole = report_sudo._prepare_lines(recount=True), report_sudo._check()
            self.assertEqual(report_sudo._prepare_lines(), whole[0])
        self.assertEqual(quick, whole)
        report._refresh()
        quick = report_sudo._check()
        with patch.object(type(report), "_knows_settled", lambda report: False):
            self.assertEqual(quick, report_sudo._check())

    def _let_time_pass(self, report):
        """What happened before the report was closed is long past: the next one need
        not look at it."""
        lots = self.env["stock.lot"].search([("waas_sellout_changed_on", "!=", False)])
        lots.sudo().waas_sellout_changed_on = report.checked_on - timedelta(days=1)

    def _find_new(self):
        """A device that no order has reserved, and that was never rented out."""
        lots = self.env["stock.lot"].search(
            [("product_id", "=", self.laptop.id), ("waas_history_ids", "=", False)]
        )
        return next(lot for lot in lots if lot._waas_is_free(self.also))

    def _assert_adds_up(self, places):
        counted = [place.lot.name for place in places if place.is_counted]
        reports = self.manufacturer.sellout_report_ids
        told = {}
        for report in reports.sorted("date_from"):
            for row in self._read_csv(report):
                told[row["serial"]] = told.get(row["serial"], 0) + int(row["quantity"])
                self.assertIn(told[row["serial"]], (0, 1), "never twice")
        self.assertEqual(
            sorted(serial for serial, quantity in told.items() if quantity),
            sorted(counted),
        )
        self.assertEqual(sum(reports.mapped("quantity")), len(counted))
        for report in reports:
            self.assertIn("0 differences", report.closing_summary)
        self.assertFalse(self.env["waas.sellout.unnotified"].search([]))


@tagged("post_install", "-at_install")
class TestLedger(TransactionCase):
    """The count itself, without a database: any order of anything."""

    @settings(deadline=None, max_examples=300)
    @given(
        st.lists(
            st.tuples(
                st.integers(1, 4),  # device
                st.integers(0, 40),  # days since the passage before
                st.integers(0, 4),  # the device that it replaces, if it is there
            ),
            max_size=25,
        )
    )
    def test_r5_a_replacement_never_changes_the_count(self, moves):
        start = fields.Date.to_date("2026-01-01")
        day, at_customer, passages = start, set(), []
        for lot, pause, replaced in moves:
            day += timedelta(days=pause)
            before = self._count(passages, start)
            if lot in at_customer:
                passages.append(Passage(lot, day, False))
                at_customer.remove(lot)
                self.assertLessEqual(self._count(passages, start), before)
                continue
            if replaced in at_customer:
                passages.append(Passage(lot, day, True, replaced))
                passages.append(Passage(replaced, day, False, undoes=False))
                at_customer.remove(replaced)
                self.assertEqual(self._count(passages, start), before)
            else:
                passages.append(Passage(lot, day, True))
                self.assertLessEqual(self._count(passages, start) - before, 1)
            at_customer.add(lot)

    def _count(self, passages, start):
        counts = count_devices(passages, start, 30)
        return sum(count.state == COUNTED for count in counts.values())

    def test_r5_undoing_a_replacement_is_measured_from_the_sale(self):
        def on(days):
            return fields.Date.to_date("2026-01-01") + timedelta(days=days)

        passages = [
            Passage(1, on(0), True),
            Passage(2, on(100), True, replaced=1),
            Passage(1, on(100), False, undoes=False),
            Passage(2, on(110), False),
        ]
        counts = count_devices(passages, on(0), 30)
        self.assertEqual((counts[1].state, counts[2].state), (SWAPPED, COUNTED))
        counts = count_devices(passages, on(0), 110)
        self.assertEqual(counts[2].state, REVERSED)

    def test_r5_what_came_back_at_once_was_never_rented_out(self):
        """Delivered before the first report, or for a device that was no sell-out."""

        def on(days):
            return fields.Date.to_date("2026-01-01") + timedelta(days=days)

        passages = [Passage(1, on(-10), True), Passage(1, on(-5), False)]
        passages += [Passage(1, on(5), True)]
        self.assertEqual(count_devices(passages, on(0), 30)[1].state, COUNTED)
        self.assertEqual(count_devices(passages, on(0), 4)[1].state, UNCOUNTED)
        passages = [
            Passage(1, on(-100), True),
            Passage(2, on(5), True, replaced=1),
            Passage(1, on(5), False, undoes=False),
            Passage(2, on(9), False),
            Passage(2, on(50), True),
        ]
        counts = count_devices(passages, on(0), 30)
        self.assertEqual((counts[1].state, counts[2].state), (UNCOUNTED, COUNTED))

    def test_r5_what_is_lost_at_the_customer_was_sold_out(self):
        day = fields.Date.to_date("2026-01-01")
        passages = [Passage(1, day, True), Passage(1, day, False, undoes=False)]
        self.assertEqual(count_devices(passages, day, 30)[1].state, COUNTED)
