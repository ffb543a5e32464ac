from decimal import Decimal

from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.also_simpleapi_server.server.catalogue import BASIC, TENANT

from ...commitments import Term, plan_terms
from ...simpleapi.desk import AmbiguousError, Desk, Order, Renewal
from ...simpleapi.journal import LOST, MemoryJournal
from ...simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceInDoubt,
    MarketplaceRefused,
)
from ...simpleapi.profile import DEFAULT
from ...simpleapi.subscription import Subscription
from .common_simpleapi import SimpleApiCase

# What can happen to a call, quickly: nothing hangs.
MISHAPS = ("", "", "reset", "500", "half", "429", "expired")
MISHAPS += ("lost_500", "lost_reset", "lost_shape")


class DeskCase(SimpleApiCase):
    def _open(self):
        self.server = self._serve()
        self.client = self._connect(self.server)
        self.marketplace = self.server.marketplace
        self.journal = MemoryJournal()
        self.desk = Desk(self.client, self.journal)
        self.company_id, self.tenant_id = self._make_customer(self.client)

    def _get_order(self, seats=5, reference="WAAS-1"):
        return Order(
            self.company_id,
            BASIC,
            reference,
            "WC/0001",
            {"Quantity": seats, "BillingType": "monthly_P1Y"},
            self.tenant_id,
        )

    def _get_bought(self, reference="WAAS-1"):
        return [
            entry
            for entry in self.marketplace.journal
            if entry[0] == "buy" and entry[2] == reference
        ]


class TestSimpleApiDesk(DeskCase):
    def test_what_is_read_back(self):
        self._open()
        bought = self.desk.order(self._get_order())
        self.assertEqual(
            bought,
            Subscription(
                account_id=bought.account_id,
                company_id=self.company_id,
                service=BASIC,
                is_active=True,
                reference="WAAS-1",
                contract="WC/0001",
                seats=5,
                seat_field="Quantity",
                fields={"Quantity": 5, "BillingType": "monthly_P1Y"},
                renewal_seats=None,
                renewal={},
                is_renewed=True,
                end=self.marketplace.clock.now.date().replace(year=2028),
                months=12,
                price=Decimal("5.0"),
                currency="EUR",
                progress="working",
                error="",
            ),
        )
        self.marketplace.clock.go(hours=1)
        self.assertEqual(self.desk.get(bought.account_id).progress, "done")
        self.assertIsNone(self.desk.get(self.tenant_id).seats)
        self.assertFalse(self.server.mistakes)

    def test_an_unknown_word_means_that_the_vendor_is_at_work(self):
        data = {"AccountId": "7", "ServiceName": "S", "ProvisioningStatus": "Brewing"}
        self.assertEqual(Subscription.parse(data, DEFAULT).progress, "working")
        for wrong in (None, [], {}, {"ServiceName": "S", "AccountId": "x"}):
            with self.assertRaises(ValueError):
                Subscription.parse(wrong, DEFAULT)

    def test_what_was_bought_is_not_bought_again(self):
        self._open()
        first = self.desk.order(self._get_order())
        self.assertEqual(
            self.desk.order(self._get_order()).account_id, first.account_id
        )
        self.assertEqual(len(self._get_bought()), 1)

    def test_21_two_subscriptions_with_our_reference(self):
        self._open()
        for _time in range(2):
            self._buy(self.client, self.company_id, self.tenant_id)
        with self.assertRaisesRegex(AmbiguousError, "More than one"):
            self.desk.order(self._get_order())
        self.assertEqual(len(self._get_bought()), 2)

    def test_our_reference_on_something_else(self):
        self._open()
        with self.assertRaisesRegex(AmbiguousError, "is of"):
            self.desk.order(self._get_order(reference="T-1"))

    def test_17_what_appears_after_all_is_adopted(self):
        self._open()
        self.server.mishaps += ["", "lost_500"]
        with self.assertRaises(MarketplaceInDoubt):
            self.desk.order(self._get_order())
        self.assertEqual(self.desk.order(self._get_order()).seats, 5)
        self.assertEqual(len(self._get_bought()), 1)

    def test_18_what_appears_minutes_later(self):
        self._open()
        self.server.mishaps += ["", "lost_unseen"]
        with self.assertRaises(MarketplaceInDoubt):
            self.desk.order(self._get_order())
        self.assertIsNone(self.desk.find(self.company_id, "WAAS-1"))
        self.marketplace.clock.go(minutes=5)
        found = self.desk.find(self.company_id, "WAAS-1", BASIC)
        self.assertEqual(found.seats, 5)

    def test_29_seats_that_can_be_given_back_and_those_that_wait(self):
        self._open()
        bought = self.desk.order(self._get_order(10))
        self.marketplace.clock.go(days=20)
        account_id = bought.account_id
        self.assertEqual(self.desk.set_seats(account_id, 14).seats, 14)
        after = self.desk.set_seats(account_id, 8, returnable=4)
        self.assertEqual((after.seats, after.renewal_seats), (10, 8))
        # 31: a change deletes the plan, and it is made again.
        after = self.desk.set_seats(account_id, 11)
        self.assertEqual((after.seats, after.renewal_seats), (11, None))
        after = self.desk.set_seats(account_id, 8, returnable=1)
        self.assertEqual((after.seats, after.renewal_seats), (10, 8))
        self.marketplace.clock.go(days=400)
        self.assertEqual(self.desk.get(account_id).seats, 8)

    def test_a_wish_for_now_and_for_the_renewal_is_written_once(self):
        self._open()
        account_id = self.desk.order(self._get_order(10)).account_id
        self.marketplace.clock.go(days=20)
        renewal = Renewal(6, {"BillingType": "monthly_P1M"})
        after = self.desk.bring_to(account_id, 12, renewal)
        self.assertEqual((after.seats, after.renewal_seats), (12, 6))
        self.assertEqual(after.renewal["BillingType"], "monthly_P1M")
        self.server.calls.clear()
        self.assertEqual(self.desk.bring_to(account_id, 12, renewal), after)
        self.assertEqual(self.server.calls, ["GetSubscription"])
        self.marketplace.clock.go(days=350)
        after = self.desk.get(account_id)
        self.assertEqual((after.seats, after.months, after.renewal), (6, 1, {}))
        self.assertFalse(self.server.mistakes)

    def test_what_ends_with_its_term_goes_on_after_an_extension(self):
        self._open()
        account_id = self.desk.order(self._get_order(10)).account_id
        after = self.desk.bring_to(account_id, 10, Renewal(0, {}))
        self.assertFalse(after.is_renewed)
        after = self.desk.bring_to(account_id, 10, Renewal(8, {}))
        self.assertEqual((after.is_renewed, after.renewal_seats), (True, 8))
        # A plan does not outlive the end.
        after = self.desk.bring_to(account_id, 10, Renewal(0, {}))
        self.assertEqual((after.is_renewed, after.renewal), (False, {}))

    def test_a_plan_that_is_not_wanted_any_more_is_planned_away(self):
        self._open()
        account_id = self.desk.order(self._get_order(10)).account_id
        self.marketplace.clock.go(days=20)
        self.desk.set_seats(account_id, 8)
        self.desk.set_seats(account_id, 10)
        self.server.calls.clear()
        self.desk.set_seats(account_id, 10)
        self.assertEqual(self.server.calls, ["GetSubscription"])
        self.marketplace.clock.go(days=400)
        self.assertEqual(self.desk.get(account_id).seats, 10)

    def test_terms_add_up_to_the_contract_and_nothing_outlives_it(self):
        """18 months of a contract: a year, then six months one by one."""
        self._open()
        yearly = Term("monthly_P1Y", 12, Decimal("5"))
        monthly = Term("monthly_P1M", 1, Decimal("6"))
        plan = plan_terms(18, [yearly, monthly])
        self.assertEqual([term.months for term in plan], [12] + [1] * 6)
        account_id = self.desk.order(self._get_order(10)).account_id
        for term in plan[1:]:
            renewal = Renewal(10, {"BillingType": term.code})
            end = self.desk.bring_to(account_id, 10, renewal).end
            self._go_to(end)
        self.desk.bring_to(account_id, 10, Renewal(0, {}))
        last = self.desk.get(account_id)
        begun = self.marketplace.accounts[account_id].commitment.start.date()
        self.assertEqual(last.end, begun + relativedelta(months=18))
        self._go_to(last.end)
        self.assertFalse(self.desk.get(account_id).is_active)

    def _go_to(self, day):
        clock = self.marketplace.clock
        clock.go(days=(day - clock.now.date()).days)

    def test_nothing_is_written_that_is_so_already(self):
        self._open()
        bought = self.desk.order(self._get_order())
        self.server.calls.clear()
        self.desk.set_seats(bought.account_id, 5)
        self.desk.set_renewed(bought.account_id, True)
        self.assertEqual(set(self.server.calls), {"GetSubscription"})

    def test_32_an_end_with_the_term(self):
        self._open()
        bought = self.desk.order(self._get_order())
        self.marketplace.clock.go(days=30)
        ended = self.desk.end(bought.account_id, self.company_id, BASIC, False)
        self.assertEqual((ended.is_active, ended.is_renewed), (True, False))
        self.assertTrue(self.desk.set_renewed(bought.account_id, True).is_renewed)
        self.desk.end(bought.account_id, self.company_id, BASIC, False)
        self.marketplace.clock.go(days=400)
        self.assertFalse(self.desk.get(bought.account_id).is_active)

    def test_45_a_broken_mapping_ends_no_customer(self):
        self._open()
        bought = self.desk.order(self._get_order())
        for account_id, company_id, service in (
            (self.company_id, self.company_id, BASIC),
            (bought.account_id, 1, BASIC),
            (bought.account_id, self.company_id, TENANT),
        ):
            with self.assertRaises(MarketplaceRefused):
                self.desk.end(account_id, company_id, service, True)
        self.assertNotIn("TerminateAccount", self.server.calls)
        ended = self.desk.end(bought.account_id, self.company_id, BASIC, True)
        self.assertFalse(ended.is_active)


class TestSimpleApiWalk(DeskCase):
    """Whatever is lost on the way: each step is repeated from its start."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.sampled_from(MISHAPS), max_size=12),
        st.lists(st.integers(1, 20), min_size=1, max_size=6),
    )
    def test_46_nothing_is_bought_twice_and_nothing_is_lost(self, mishaps, wishes):
        self._open()
        self.server.mishaps += mishaps
        bought = self._insist(lambda: self.desk.order(self._get_order(wishes[0])))
        for seats in wishes:
            before = self._insist(lambda: self.desk.get(bought.account_id)).seats
            after = self._insist(
                lambda seats=seats, before=before: self.desk.set_seats(
                    bought.account_id, seats, max(before - seats, 0)
                )
            )
            self.assertEqual(after.seats, seats)
        self.assertEqual(len(self._get_bought()), 1)
        self.assertFalse(self.server.mistakes)
        self.server.stop()

    def _insist(self, step):
        """As the scheduler: later, from the start. What is in doubt and never appears
        is ordered again by a person who looked."""
        for _try in range(20):
            try:
                return step()
            except MarketplaceInDoubt:
                if not self._get_bought():
                    self.journal.settle("CreateSubscription", "WAAS-1", LOST)
            except MarketplaceBusy:
                continue
        raise AssertionError("it never came to an end")
