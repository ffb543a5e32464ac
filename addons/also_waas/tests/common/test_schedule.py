from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...schedule import cut_periods, get_last_day

days = st.dates(date(2020, 1, 1), date(2060, 12, 31))
lengths = st.integers(1, 36)


@tagged("post_install", "-at_install")
class TestSchedule(BaseCase):
    """Installments touch, whatever the first day, and are as many as months."""

    # Shared machines are slow: a slow case is no failure.
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(days, lengths)
    def test_r10_periods_touch_and_are_as_many_as_months(self, start, months):
        periods = cut_periods(start, months)
        self.assertEqual([period.number for period in periods], [*range(1, months + 1)])
        self.assertEqual(periods[0].date_start, start)
        self.assertEqual(periods[-1].date_end, get_last_day(start, months))
        for period, following in zip(periods, periods[1:], strict=False):
            self.assertEqual(period.date_end + timedelta(days=1), following.date_start)
        for period in periods:
            self.assertLessEqual(period.date_start, period.date_end)
            self.assertIn((period.date_end - period.date_start).days + 1, range(28, 32))

    def test_r10_month_end_does_not_drift(self):
        periods = cut_periods(date(2026, 1, 31), 12)
        self.assertEqual(len(periods), 12)
        self.assertEqual(periods[1].date_start, date(2026, 2, 28))
        self.assertEqual(periods[2].date_start, date(2026, 3, 31))
        self.assertEqual(periods[-1].date_end, date(2027, 1, 30))
