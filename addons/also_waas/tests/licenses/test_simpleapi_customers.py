from odoo.addons.also_simpleapi_server.server.marketplace import RESELLER

from ...simpleapi.customers import Customer, CustomerDesk, normalise_vat
from ...simpleapi.desk import AmbiguousError
from ...simpleapi.outcomes import MarketplaceInDoubt
from .common_simpleapi import COMPANY, SimpleApiCase

VAT = "NL123456782B90"


class TestSimpleApiCustomers(SimpleApiCase):
    def setUp(self):
        super().setUp()
        self.server = self._serve()
        self.desk = CustomerDesk(self._connect(self.server), RESELLER)

    def _open(self, vat=VAT, reference="C-1", **values):
        known = ("ParentAccountId", "CustomerId")
        account = {name: COMPANY[name] for name in COMPANY if name not in known}
        return self.desk.open({**account, **values}, vat, reference)

    def _count_made(self):
        return sum(entry[0] == "company" for entry in self.server.marketplace.journal)

    def test_22_a_customer_is_found_by_its_vat_number(self):
        first = self._open()
        self.assertEqual(self._open("nl 1234.56.782.B90", "C-2"), first)
        self.assertEqual(self._count_made(), 1)
        self.assertFalse(self.server.mistakes)

    def test_22_or_by_our_number(self):
        first = self._open(vat="")
        self.assertEqual(self._open(vat=""), first)
        self.assertEqual(self._open(vat=VAT), first)  # entered later
        self.assertNotEqual(self._open(vat="", reference="C-2"), first)
        self.assertEqual(self._count_made(), 2)

    def test_22_two_accounts_are_for_a_person_to_choose_from(self):
        first = self._open()
        account = self.server.marketplace.accounts[first.account_id]
        self.server.marketplace.create_company(
            {**account.values, "ParentAccountId": RESELLER}
        )
        with self.assertRaisesRegex(AmbiguousError, "Choose one"):
            self._open()

    def test_22_an_ended_account_is_left_alone(self):
        first = self._open()
        self.server.marketplace.accounts[first.account_id].state = "Terminated"
        self.assertNotEqual(self._open().account_id, first.account_id)

    def test_23_an_account_in_doubt_is_found_and_not_made_twice(self):
        for number, mishap in enumerate(("lost_reset", "lost_shape"), 1):
            with self.subTest(mishap=mishap):
                mine = {"vat": "", "reference": f"C-{number}"}
                self.server.mishaps += ["", mishap]
                with self.assertRaises(MarketplaceInDoubt):
                    self._open(**mine)
                self.assertEqual(self._open(**mine).name, "Acme")
                self.assertEqual(self._count_made(), number)

    def test_22_a_long_number_of_ours_is_found_again(self):
        first = self._open(vat="", reference="C-" + "1" * 60)
        self.assertEqual(self._open(vat="", reference="C-" + "1" * 60), first)
        self.assertEqual(self._count_made(), 1)

    def test_vat_numbers_are_written_in_many_ways(self):
        self.assertEqual(normalise_vat(" nl-1234.56782 b90"), VAT)
        self.assertEqual(normalise_vat(None), "")
        with self.assertRaises(ValueError):
            Customer.parse([])
