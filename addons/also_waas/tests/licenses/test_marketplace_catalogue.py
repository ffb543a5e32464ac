from dataclasses import replace

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.also_simpleapi_server.server.catalogue import (
    BASIC,
    PREMIUM,
    TENANT,
    get_demo_services,
)

from .common_connection import ConnectionCommon


@tagged("post_install", "-at_install")
class TestMarketplaceCatalogue(ConnectionCommon):
    """R9: the catalogue is read, and each license of ours is one of its services."""

    def setUp(self):
        super().setUp()
        self.server.marketplace.services = get_demo_services()
        self.server.marketplace.accepted = {BASIC, PREMIUM, TENANT}
        self._press("action_test")
        self._press("action_read_catalogue")
        self.basic = self._get_service(BASIC)

    def _get_service(self, name):
        return self.marketplace.service_ids.filtered(lambda one: one.name == name)

    def _assign(self):
        service = self.basic.with_user(self.manager).sudo(False)
        service.product_id = self.office_basic
        service.action_read_fields()

    def _change_service(self, **values):
        services = self.server.marketplace.services
        services[BASIC] = replace(services[BASIC], **values)

    def test_every_service_is_in_the_catalogue_once(self):
        self._press("action_read_catalogue")
        self.assertCountEqual(
            self.marketplace.service_ids.mapped("name"), [BASIC, PREMIUM, TENANT]
        )
        self.assertEqual(self.basic.product_number, "DEMO-BASIC")
        self.assertFalse(self.basic.problem, "it is nobody's license yet")

    def test_a_license_is_assigned_and_its_terms_are_read(self):
        self._assign()
        self.assertEqual(self.basic.seat_field, "Quantity")
        self.assertEqual(self.basic.billing_field, "BillingType")
        terms = {term.value: term.months for term in self.basic.term_ids}
        self.assertEqual(terms, {"monthly_P1M": 1, "monthly_P1Y": 12})
        self.assertFalse(self.basic.problem)

    def test_what_a_manager_entered_stays(self):
        self._assign()
        yearly = self.basic.term_ids.filtered(lambda term: term.months == 12)
        yearly.write({"price": 5.0, "is_used": False})
        self._press("action_read_catalogue")
        self.basic.action_read_fields()
        self.assertEqual(self.basic.product_id, self.office_basic)
        self.assertEqual((yearly.price, yearly.is_used), (5.0, False))

    def test_what_is_not_sold_any_more_says_so(self):
        self._assign()
        del self.server.marketplace.services[BASIC]
        self._press("action_read_catalogue")
        self.assertFalse(self.basic.is_offered)
        self.assertIn("not list it any more", self.basic.problem)
        self.server.marketplace.services = get_demo_services()
        self._press("action_read_catalogue")
        self.assertFalse(self.basic.problem)

    def test_a_term_that_is_gone_goes(self):
        self._assign()
        monthly = {"monthly_P1M": ("P1M", 6.0)}
        self._change_service(terms=monthly)
        self.basic.action_read_fields()
        self.assertEqual(self.basic.term_ids.mapped("value"), ["monthly_P1M"])

    def test_why_a_service_cannot_be_ordered(self):
        self.basic.product_id = self.office_basic
        self.assertIn("Read its fields", self.basic.problem)
        self.basic.action_read_fields()
        self.basic.term_ids.is_used = False
        self.assertIn("None of its terms", self.basic.problem)
        self.basic.term_ids.is_used = True
        self.server.marketplace.accepted.discard(BASIC)
        self._press("action_read_catalogue")
        self.assertIn("Its terms wait", self.basic.problem)

    def test_other_fields_want_a_value_that_is_possible(self):
        tenant = self._get_service(TENANT)
        tenant.product_id = self.office_basic
        tenant.action_read_fields()
        [domain] = tenant.value_ids
        self.assertTrue(domain.is_mandatory)
        domain.choices = "acme\nbeta"
        with self.assertRaisesRegex(ValidationError, "Choose one of acme, beta"):
            domain.value = "gamma"

    def test_a_license_is_one_service_of_a_marketplace(self):
        self.basic.product_id = self.office_basic
        with self._assert_violates():
            self._get_service(PREMIUM).product_id = self.office_basic
            self.env.flush_all()

    def test_a_catalogue_that_cannot_be_read_says_why(self):
        self.marketplace.market_account = False
        with self.assertRaisesRegex(UserError, "Which of the marketplaces"):
            self._press("action_read_catalogue")
        self.marketplace.market_account = "7"
        with self.assertRaisesRegex(UserError, "no marketplace 7"):
            self._press("action_read_catalogue")
