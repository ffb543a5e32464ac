import random
import threading
from datetime import timedelta
from unittest.mock import patch

from odoo.addons.also_simpleapi_server.server import SimpleApiServer

from ...simpleapi.client import SimpleApiClient
from ...simpleapi.customers import CustomerDesk
from ...simpleapi.desk import Desk
from ...simpleapi.journal import LOST
from ...simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceError,
    MarketplaceInDoubt,
)
from .common_simpleapi import COMPANY
from .test_simpleapi_desk import DeskCase

KILLS = 200
MISHAPS = ("", "", "reset", "500", "half", "429", *SimpleApiServer.LATE)


class WorkerDied(BaseException):
    """Nothing that a worker could still handle."""


class JournalCase(DeskCase):
    """Orders of workers that share a journal, as all workers of a database do."""

    def _open(self):
        result = super()._open()
        self.server.hang_seconds = 0.05
        return result

    def _count(self, what):
        return sum(entry[0] == what for entry in self.marketplace.journal)


class TestSimpleApiJournal(JournalCase):
    def test_18_what_cannot_be_seen_yet_is_not_bought_again(self):
        self._open()
        self.server.mishaps += ["", "lost_unseen"]
        for _try in range(3):
            with self.assertRaises(MarketplaceInDoubt):
                self.desk.order(self._get_order())
        self.marketplace.clock.go(minutes=5)
        self.assertEqual(self.desk.order(self._get_order()).seats, 5)
        self.assertEqual(len(self._get_bought()), 1)

    def test_19_a_person_says_that_it_never_came_about(self):
        self._open()
        self.server.mishaps += ["", "reset"]
        for _try in range(2):
            with self.assertRaises(MarketplaceInDoubt):
                self.desk.order(self._get_order())
        self.journal.settle("CreateSubscription", "WAAS-1", LOST)
        self.desk.order(self._get_order())
        self.assertEqual(len(self._get_bought()), 1)

    def test_what_was_refused_can_be_tried_again(self):
        self._open()
        self.server.mishaps += ["", "429"]
        with self.assertRaises(MarketplaceBusy):
            self.desk.order(self._get_order())
        self.assertEqual(self.desk.order(self._get_order()).seats, 5)

    def test_17_an_answer_that_makes_no_sense(self):
        self._open()
        self.server.mishaps += ["", "lost_shape"]
        with self.assertRaises(MarketplaceInDoubt):
            self.desk.order(self._get_order())
        self.assertEqual(self.desk.order(self._get_order()).seats, 5)
        self.assertEqual(len(self._get_bought()), 1)

    def test_what_has_ended_is_bought_anew(self):
        self._open()
        bought = self.desk.order(self._get_order())
        self.assertEqual(self.desk.order(self._get_order()), bought)
        self.desk.end(bought.account_id, self.company_id, bought.service, True)
        again = self.desk.order(self._get_order())
        self.assertNotEqual(again.account_id, bought.account_id)
        self.assertEqual(self.desk.order(self._get_order()), again)

    def test_18_what_was_answered_and_is_not_listed_yet(self):
        self._open()
        self.marketplace.hides_next = timedelta(minutes=4)
        self.desk.order(self._get_order())
        with self.assertRaises(MarketplaceInDoubt):
            self.desk.order(self._get_order())
        self.marketplace.clock.go(minutes=5)
        self.desk.order(self._get_order())
        self.assertEqual(len(self._get_bought()), 1)

    def test_20_two_workers_want_the_same(self):
        self._open()
        for number in range(10):
            reference = f"BOTH-{number}"
            workers = [
                threading.Thread(target=self._try_to_order, args=(reference,))
                for _worker in range(2)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            self.desk.order(self._get_order(reference=reference))
            self.assertEqual(len(self._get_bought(reference)), 1)

    def _try_to_order(self, reference):
        desk = Desk(self._connect(self.server), self.journal)
        try:
            desk.order(self._get_order(reference=reference))
        except MarketplaceInDoubt:
            return  # the other one is at it

    def test_23_an_account_that_may_have_been_made(self):
        self._open()
        account = {**COMPANY, "CustomerId": "C-2"}
        desk = CustomerDesk(self.client, COMPANY["ParentAccountId"], self.journal)
        self.server.mishaps += ["", "reset"]
        for _try in range(2):
            with self.assertRaises(MarketplaceInDoubt):
                desk.open(account, "", "C-2")
        self.assertEqual(self._count("company"), 1)  # that of the test
        self.journal.settle("CreateCompany", "C-2", LOST)
        desk.open(account, "", "C-2")
        self.assertEqual(self._count("company"), 2)


class TestSimpleApiKills(JournalCase):
    """Workers die before the request, during it, and after the server wrote."""

    def test_17_workers_die_and_nothing_is_bought_twice_or_lost(self):
        chance = random.Random(20)
        in_doubt = 0
        for number in range(KILLS):
            if not number % 25:
                self._open()  # a list of all that were bought is short
            reference = f"KILL-{number}"
            moment = chance.choice(("before", "during", "after"))
            with self.subTest(number=number, moment=moment):
                in_doubt += self._survive(reference, moment)
                self.assertEqual(len(self._get_bought(reference)), 1)
        # Each of them was seen, or waited for a person.
        self.assertGreater(in_doubt, KILLS // 10)

    def _survive(self, reference, moment):
        """:return: whether it was in doubt until a person said what had happened"""
        with patch.object(SimpleApiClient, "_post", self._die(moment)):
            with self.assertRaises(WorkerDied):
                self.desk.order(self._get_order(reference=reference))
        try:
            self.desk.order(self._get_order(reference=reference))
        except MarketplaceInDoubt:
            # The marketplace does not have it: a person looked, and says so.
            self.assertFalse(self._get_bought(reference))
            self.journal.settle("CreateSubscription", reference, LOST)
            self.desk.order(self._get_order(reference=reference))
            return True
        return False

    def _die(self, moment):
        post = SimpleApiClient._post

        def die(client, operation, body, token):
            if operation != "CreateSubscription":
                return post(client, operation, body, token)
            if moment == "before":
                raise WorkerDied
            if moment == "during":
                self.server.mishaps.append("lost_reset")
            try:
                post(client, operation, body, token)
            except MarketplaceError:
                raise WorkerDied from None
            raise WorkerDied

        return die

    def test_46_orders_of_many_meet_every_mishap(self):
        """20 seeds: nothing is bought twice; what is in doubt is found, or a person
        who looked orders it again."""
        for seed in range(20):
            self._open()
            chance = random.Random(seed)
            references = [f"WALK-{number}" for number in range(10)]
            for _step in range(50):
                self.server.mishaps.append(chance.choice(MISHAPS))
                self.marketplace.clock.go(minutes=1)
                try:
                    self.desk.order(
                        self._get_order(reference=chance.choice(references))
                    )
                except MarketplaceError:
                    continue
            self.server.mishaps.clear()
            self.marketplace.clock.go(minutes=5)
            for reference in references:
                self._order_at_last(reference)
                self.assertEqual(len(self._get_bought(reference)), 1, seed)
            self.server.stop()

    def _order_at_last(self, reference):
        try:
            self.desk.order(self._get_order(reference=reference))
        except MarketplaceInDoubt:
            self.journal.settle("CreateSubscription", reference, LOST)
            self.desk.order(self._get_order(reference=reference))
