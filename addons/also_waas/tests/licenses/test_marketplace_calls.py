import time
from contextlib import ExitStack, contextmanager
from datetime import date

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from odoo.addons.also_simpleapi_server.server.catalogue import BASIC, TENANT

from ...models.licenses.waas_marketplace_call import Journal
from ...models.licenses.waas_marketplace_session import Sessions
from ...simpleapi.desk import AmbiguousError
from ...simpleapi.journal import DONE, IN_DOUBT, NOT_DONE, OPEN
from ...simpleapi.outcomes import MarketplaceInDoubt, MarketplaceRefused
from .common_connection import ConnectionCommon
from .common_simpleapi import COMPANY

UNKNOWN = (OPEN, IN_DOUBT)


@tagged("post_install", "-at_install")
class TestMarketplaceCalls(ConnectionCommon):
    """R9: an account and a tenant are made once, whatever becomes of the answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketplace.with_user(cls.manager).sudo(False).action_test()
        cls.marketplace.with_user(cls.manager).sudo(False).action_read_catalogue()
        cls.marketplace.tenant_service_id = cls.marketplace.service_ids.filtered(
            lambda service: service.name == TENANT
        )
        cls.marketplace.tenant_service_id.action_read_fields()
        cls.customer.write(
            {
                "street": "Street 1",
                "city": "Amsterdam",
                "zip": "1011 AA",
                "email": "it@acme.example",
                "country_id": cls.env.ref("base.nl").id,
                "vat": False,
            }
        )
        cls.account = (
            cls.env["waas.marketplace.customer"]
            .sudo()
            ._get_for(cls.marketplace, cls.customer)
        )
        cls.account.domain = "acme"

    def setUp(self):
        super().setUp()
        marketplace = self.server.marketplace
        self.addCleanup(setattr, marketplace, "accounts", dict(marketplace.accounts))
        self.addCleanup(self.server.mishaps.clear)
        self.addCleanup(self.server.mistakes.clear)
        del marketplace.journal[:]

    def _open(self):
        with self.marketplace._connect() as client:
            self.account._open(client)

    def _get_made(self):
        return [entry[0] for entry in self.server.marketplace.journal]

    def _get_calls(self):
        return self.env["waas.marketplace.call"].search([], order="id")

    def test_an_account_and_a_tenant_are_made_once(self):
        for _time in range(2):
            self._open()
        self.assertEqual(self._get_made(), ["company", "buy"])
        self.assertEqual(self._get_calls().mapped("outcome"), [DONE, DONE])
        accounts = self.server.marketplace.accounts
        tenant = accounts[int(self.account.tenant_number)]
        self.assertEqual(tenant.parent_id, int(self.account.account_number))
        self.assertEqual(tenant.fields["Primarydomainname"], "acme")
        self.assertFalse(self.server.mistakes)

    def test_23_what_is_in_doubt_waits_for_the_marketplace_or_a_person(self):
        # Of the company: log in, look for it by our number, make it.
        self.server.mishaps += ["", "reset"]
        for _try in range(2):
            self._catch(MarketplaceInDoubt, self._open)
        call = self._get_calls()
        self.assertIn(call.outcome, UNKNOWN)
        with self.assertRaises(AccessError):
            call.with_user(self.manager).write({"outcome": DONE})
        with self._assert_refuses("Only WaaS managers"):
            call.with_user(self.seller).action_lost()
        call.with_user(self.manager).action_lost()
        self.assertEqual(call.settled_by_id, self.manager)
        with self._assert_refuses("is known"):
            call.with_user(self.manager).action_lost()
        self._open()
        self.assertEqual(self._get_made(), ["company", "buy"])

    def test_23_what_was_done_is_found(self):
        self.server.mishaps += ["", "lost_reset"]
        self._catch(MarketplaceInDoubt, self._open)
        self._open()
        self.assertEqual(self._get_made(), ["company", "buy"])
        self.assertEqual(self._get_calls().mapped("outcome"), [DONE, DONE])

    def test_what_was_refused_is_tried_again(self):
        self.server.marketplace.accepted.discard(TENANT)
        self.assertIn("terms", self._catch(MarketplaceRefused, self._open))
        self.assertEqual(self._get_calls().mapped("outcome"), [DONE, NOT_DONE])
        self.server.marketplace.accepted.add(TENANT)
        self._open()
        self.assertEqual(self._get_made(), ["company", "buy"])

    def test_what_is_missing_is_said_before_anything_is_sent(self):
        self.customer.zip = False
        calls = len(self.server.calls)
        with self.assertRaisesRegex(MarketplaceRefused, "Zip"):
            self._open()
        self.assertEqual(len(self.server.calls), calls)

    def test_the_tenant_that_a_customer_has_is_used(self):
        there = self.server.marketplace
        company = there.create_company(
            {**COMPANY, "CustomerId": self.account._get_reference()}
        )
        tenants = [
            there.create_subscription(
                {
                    "ParentAccountId": company["AccountId"],
                    "ServiceName": TENANT,
                    "Fields": {"Primarydomainname": name},
                }
            )["AccountId"]
            for name in ("acme", "other")
        ]
        said = self._catch(AmbiguousError, self._open)
        self.assertIn("more than one tenant", said)
        there.accounts[tenants[1]].state = "Terminated"
        self._open()
        self.assertEqual(self.account.tenant_number, str(tenants[0]))

    # === TERMS ===#

    def test_r12_terms_add_up_to_the_contract(self):
        service = self.marketplace.service_ids.filtered(
            lambda service: service.name == BASIC
        )
        service.product_id = self.office_basic
        service.action_read_fields()
        for term in service.term_ids:
            term.price = 5.0 if term.months == 12 else 6.0
        contract = self._create_contract(date(2026, 1, 31), months=36)
        contract._waas_make_licenses()
        license_ = contract.waas_license_ids
        license_.date_start = contract.date_start
        for day, months in (
            ("2026-01-31", [12, 12, 12]),
            ("2027-07-31", [12, 1, 1, 1, 1, 1, 1]),
            ("2028-12-31", [1]),
            ("2029-01-01", [1]),
            ("2029-01-31", []),
        ):
            with self.subTest(day=day):
                plan = license_._plan_terms(date.fromisoformat(day))
                self.assertEqual([term.months for term in plan], months)
        renewal = license_._get_renewal(date.fromisoformat("2027-01-31"))
        self.assertEqual(renewal, (1, {"BillingType": "monthly_P1Y"}))
        self.assertEqual(
            license_._get_renewal(date.fromisoformat("2029-01-31")), (0, {})
        )
        # Without the short one no mix ends with the contract.
        service.term_ids.filtered(lambda term: term.months == 1).is_used = False
        self.assertIsNone(license_._plan_terms(date.fromisoformat("2027-07-31")))


@tagged("post_install", "-at_install")
class TestMarketplaceCallsAtOnce(TransactionCase):
    """R9: workers at the same moment, in database transactions of their own."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean_up)
        with self._in_transaction() as env:
            company = env["res.company"].create({"name": "Calls at Once"})
            self.company_id = company.id
            self.marketplace_id = (
                env["waas.marketplace"]
                .create({"company_id": company.id, "base_url": "https://m.invalid"})
                .id
            )

    @contextmanager
    def _in_transaction(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _clean_up(self):
        with self._in_transaction() as env:
            env["waas.marketplace"].browse(self.marketplace_id).unlink()
            company = env["res.company"].browse(self.company_id)
            company.write({"active": False, "name": f"Gone {company.id}"})

    def test_20_of_two_workers_one_begins(self):
        began = [
            self._get_journal(worker).begin("CreateCompany", "WAAS-1")
            for worker in self._hire(2)
        ]
        self.assertTrue(began[0])
        self.assertIsNone(began[1])

    def _hire(self, number):
        """Workers whose transactions began before any of them did anything."""
        with ExitStack() as stack:
            workers = [
                stack.enter_context(self._in_transaction()) for _ in range(number)
            ]
            for env in workers:
                env["waas.marketplace"].browse(self.marketplace_id).fetch(["name"])
            yield from workers

    def _get_journal(self, env):
        return Journal(env["waas.marketplace"].browse(self.marketplace_id))

    def test_17_a_worker_that_dies_leaves_what_it_sent(self):
        with self.registry.cursor() as cr:
            journal = self._get_journal(api.Environment(cr, SUPERUSER_ID, {}))
            self.assertTrue(journal.begin("CreateCompany", "WAAS-1"))
            cr.rollback()
        with self._in_transaction() as env:
            journal = self._get_journal(env)
            self.assertIsNone(journal.begin("CreateCompany", "WAAS-1"))
            self.assertTrue(journal.begin("CreateCompany", "WAAS-2"))
            journal.settle("CreateCompany", "WAAS-1", "lost")
            self.assertTrue(journal.begin("CreateCompany", "WAAS-1"))

    def test_1_of_many_workers_one_logs_in(self):
        logins = []

        def login():
            logins.append(1)
            return "token"

        for env in self._hire(3):
            marketplace = env["waas.marketplace"].browse(self.marketplace_id)
            sessions = Sessions(marketplace, 600)
            sessions.wait_for_turn(0.01)
            self.assertEqual(
                sessions.get_token() or sessions.renew(None, login), "token"
            )
        self.assertEqual(len(logins), 1)

    def test_11_calls_of_all_workers_keep_the_pace(self):
        began = time.monotonic()
        for env in self._hire(3):
            marketplace = env["waas.marketplace"].browse(self.marketplace_id)
            Sessions(marketplace, 600).wait_for_turn(0.1)
        self.assertGreaterEqual(time.monotonic() - began, 0.19)
