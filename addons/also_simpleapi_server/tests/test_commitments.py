from datetime import date, datetime, timedelta

from odoo.tests import BaseCase

from ..server.commitments import Commitment
from ..server.faults import RefusedError

START = datetime(2027, 3, 24, 15, 0)
DAY = timedelta(days=1)


class TestCommitments(BaseCase):
    """What Microsoft allows, rule by rule."""

    def _buy(self, seats=5, months=12):
        bought = Commitment(START, months)
        bought.change_to(seats, START)
        return bought

    def test_seats_shrink_within_seven_days_of_their_addition(self):
        bought = self._buy()
        bought.change_to(3, START + 7 * DAY - timedelta(minutes=1))
        self.assertEqual(bought.seats, 3)

    def test_a_minute_late_is_too_late(self):
        """Seven days, also where the clocks change in between."""
        bought = self._buy()
        with self.assertRaisesRegex(RefusedError, "within 7 days"):
            bought.change_to(4, START + 7 * DAY)
        self.assertEqual(bought.seats, 5)

    def test_each_addition_has_its_window(self):
        bought = self._buy()
        bought.change_to(8, START + 5 * DAY)
        bought.change_to(10, START + 11 * DAY)
        later = START + 11 * DAY + timedelta(hours=1)
        self.assertEqual(bought.get_returnable(later), 5)
        bought.change_to(6, later)
        self.assertEqual(bought.get_returnable(later), 1)
        with self.assertRaises(RefusedError):
            bought.change_to(4, later)
        bought.change_to(5, later)

    def test_what_was_given_back_is_not_given_back_twice(self):
        bought = self._buy()
        bought.change_to(2, START + DAY)
        bought.change_to(5, START + 6 * DAY)
        with self.assertRaises(RefusedError):
            bought.change_to(1, START + 8 * DAY)
        bought.change_to(2, START + 8 * DAY)

    def test_renewal_applies_what_was_planned_and_opens_a_window(self):
        bought = self._buy()
        bought.plan(3)
        bought.tick(datetime(2028, 3, 23, 23, 59))
        self.assertEqual((bought.seats, bought.renewals), (5, 0))
        bought.tick(datetime(2028, 3, 24, 0, 0))
        self.assertEqual((bought.seats, bought.renewals), (3, 1))
        self.assertEqual(bought.end, date(2029, 3, 24))
        self.assertTrue(bought.can_be_cancelled(datetime(2028, 3, 30, 23, 59)))
        self.assertFalse(bought.can_be_cancelled(datetime(2028, 3, 31, 0, 0)))

    def test_an_immediate_change_deletes_what_was_planned(self):
        bought = self._buy()
        bought.plan(3)
        bought.change_to(6, START + 30 * DAY)
        bought.tick(datetime(2028, 3, 24))
        self.assertEqual(bought.seats, 6)

    def test_it_renews_by_itself_unless_it_is_to_end(self):
        bought = self._buy(months=1)
        bought.tick(START + 100 * DAY)
        self.assertEqual(bought.renewals, 3)
        bought.set_end_action("Terminate")
        with self.assertRaisesRegex(RefusedError, "renewed"):
            bought.plan(1)
        bought.tick(START + 200 * DAY)
        self.assertTrue(bought.is_over)
        self.assertEqual(bought.renewals, 3)
