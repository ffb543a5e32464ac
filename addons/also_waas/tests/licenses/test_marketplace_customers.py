from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.also_simpleapi_server.server.marketplace import RESELLER

from .common_connection import ConnectionCommon
from .common_simpleapi import COMPANY


@tagged("post_install", "-at_install")
class TestMarketplaceCustomers(ConnectionCommon):
    """R9: the account of an end customer is found before one is made."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._forget_accounts, dict(self.server.marketplace.accounts))
        self._press("action_test")
        self.customer.vat = "NL123456782B90"
        self.account = self._get_account(self.customer)

    def _forget_accounts(self, kept):
        self.server.marketplace.accounts = kept

    def _get_account(self, partner):
        accounts_sudo = self.env["waas.marketplace.customer"].sudo()
        return accounts_sudo._get_for(self.marketplace, partner)

    def _make_there(self, **values):
        """An account that exists at the marketplace."""
        company = self.server.marketplace.create_company(
            {**COMPANY, "CustomerId": "C-1", **values}
        )
        return str(company["AccountId"])

    def _find(self):
        return self.account.with_user(self.manager).sudo(False).action_find()["params"]

    def _rent_licenses(self, partner):
        contract_sudo = self._create_contract(date(2026, 1, 1), partner_id=partner.id)
        contract_sudo._waas_make_licenses()

    def test_an_account_is_found_by_its_vat_number(self):
        number = self._make_there(VATID="NL123456782B90")
        self.assertIn(number, self._find()["message"])
        self.assertEqual(self.account.account_number, number)

    def test_or_by_our_number(self):
        number = self._make_there(CustomerId=f"WAAS-{self.customer.id}")
        self._find()
        self.assertEqual(self.account.account_number, number)

    def test_nobody_there_is_not_an_error(self):
        self.assertIn("first order", self._find()["message"])
        self.assertFalse(self.account.account_number)

    def test_two_accounts_are_for_a_person(self):
        for _account in range(2):
            self._make_there(VATID="NL123456782B90")
        with self.assertRaisesRegex(UserError, "Choose one"):
            self._find()

    def test_the_account_of_another_reseller_is_not_ours(self):
        accounts = self.server.marketplace.accounts
        accounts[1] = accounts[RESELLER]
        self._make_there(VATID="NL123456782B90", ParentAccountId=1)
        self._find()
        self.assertFalse(self.account.account_number)

    def test_a_wrong_account_is_looked_for_anew(self):
        self._make_there(VATID="NL123456782B90")
        self._find()
        self.account.with_user(self.manager).sudo(False).action_forget()
        self.assertFalse(self.account.account_number)
        with self.assertRaises(AccessError):
            self.account.with_user(self.manager).sudo(False).write(
                {"account_number": "1"}
            )

    def test_all_customers_with_licenses_are_matched_in_one_call(self):
        others = self.customer.copy({"vat": False}) | self.customer.copy({"vat": False})
        for partner in self.customer | others:
            self._rent_licenses(partner)
        first = self._make_there(VATID="NL123456782B90")
        second = self._make_there(CustomerId=f"WAAS-{others[0].id}")
        calls = len(self.server.calls)
        self._press("action_match_customers")
        self.assertEqual(len(self.server.calls) - calls, 1)
        numbers = {
            one.partner_id: one.account_number for one in self.marketplace.customer_ids
        }
        self.assertEqual(
            numbers,
            {self.customer: first, others[0]: second, others[1]: False},
        )
        # Nothing is left to ask but for the one that is not there.
        self._press("action_match_customers")
        self.assertEqual(len(self.marketplace.customer_ids), 3)

    def test_what_is_missing_for_an_account_is_said(self):
        self.customer.write({"zip": False, "email": False})
        self.assertIn("Zip", self.account.problem)
        self.assertIn("Tenant Domain", self.account.problem)
        self.account.account_number = "1"
        self.assertFalse(self.account.problem)

    def test_what_an_account_is_made_with_is_accepted(self):
        self.customer.write(
            {
                "street": "Street 1",
                "city": "Amsterdam",
                "zip": "1011 AA",
                "email": "it@acme.example",
                "country_id": self.env.ref("base.nl").id,
                "lang": False,
            }
        )
        self.account.domain = "acme"
        self.assertFalse(self.account.problem)
        with self.marketplace._connect() as client:
            made = self.marketplace._get_customer_desk(client).open(
                self.account._prepare_account(),
                self.customer.vat,
                self.account._get_reference(),
            )
        self.assertFalse(self.server.mistakes)
        there = self.server.marketplace.accounts[made.account_id].values
        self.assertEqual(there["Country"], "Netherlands")
        self.assertEqual(there["Domain"], ["acme.onmicrosoft.com"])

    def test_a_domain_is_what_stands_before_the_dot(self):
        for wrong in ("acme.onmicrosoft.com", "acmé", "a" * 28, "a b"):
            with self.subTest(domain=wrong), self.assertRaises(ValidationError):
                self.account.domain = wrong

    def test_a_contact_has_the_account_of_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "It", "parent_id": self.customer.id}
        )
        self.assertEqual(self._get_account(contact), self.account)
