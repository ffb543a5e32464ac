from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_catalogue import CatalogueCommon


@tagged("post_install", "-at_install")
class TestTerm(CatalogueCommon):
    """R10: terms are data."""

    def test_r10_the_terms_are_12_24_and_36_months(self):
        terms = self.env["waas.term"].search([])
        self.assertEqual(terms.mapped("months"), [12, 24, 36])
        self.assertEqual(terms[0].display_name, "12 months")

    def test_r10_another_term_is_data_and_gets_a_price(self):
        term = self.env["waas.term"].create({"months": 18, "reason": "Pilot"})
        self.terms[18] = term
        self.addCleanup(self.terms.pop, 18)
        self._create_price(self.bundle, 18, 65.0, 30.0)
        order = self._create_order(18, quantity=2)
        self.assertEqual(order.waas_monthly_amount, 130.0)
        self.assertEqual(order.waas_total_amount, 2340.0)
        self.assertEqual(order.waas_commission_amount, 60.0)

    def test_r12_a_term_beyond_36_months_is_refused(self):
        """Without its reason; however good that is, nobody rents for decades."""
        for values in ({"months": 37}, {"months": 121, "reason": "Forever"}):
            with self._assert_violates():
                self.env["waas.term"].create(values)

    def test_a_term_has_a_month_at_least(self):
        with self._assert_violates():
            self.env["waas.term"].create({"months": 0})

    def test_a_term_exists_once(self):
        with self._assert_violates():
            self.env["waas.term"].create({"months": 36})

    def test_the_length_of_a_term_stays(self):
        with self._assert_refuses("The length of a term cannot be changed"):
            self.terms[36].months = 30
        self.terms[36].write({"months": 36, "active": True})  # nothing changes

    def test_a_term_in_use_is_archived_not_deleted(self):
        self._create_order(12)
        with self._assert_violates():
            self.terms[12].unlink()

    def test_a_term_is_found_by_what_people_and_files_write(self):
        find = self.env["waas.term"].name_search
        for text in ("36", "36 months", " 36 maanden ", "36.0"):
            found = find(text, operator="=")
            self.assertEqual([term for term, _name in found], self.terms[36].ids, text)
        self.assertEqual([term for term, _name in find("3")], self.terms[36].ids)
        self.assertEqual(len(find("")), 3)
        self.assertEqual(
            self.env["waas.term"].search([("display_name", "in", ["12", "24 months"])]),
            self.terms[12] + self.terms[24],
        )

    def test_a_term_that_is_not_there_is_not_guessed(self):
        find = self.env["waas.term"].name_search
        for text in ("48", "soon", "12 or 24"):
            self.assertFalse(find(text, operator="="), text)

    def test_only_managers_make_terms(self):
        terms = self.env["waas.term"].with_user(self.seller)
        with self.assertRaises(AccessError):
            terms.create({"months": 6})


@tagged("post_install", "-at_install")
class TestBundle(CatalogueCommon):
    """R6, R7: what a bundle is made of."""

    def test_r7_a_slot_offers_upgrades_only(self):
        with self._assert_refuses("Laptop is not an upgrade, so slot Office cannot"):
            self.office_slot.upgrade_ids += self.laptop

    def test_a_slot_holds_what_can_be_delivered(self):
        with self._assert_refuses("Second Monitor cannot fill slot Office"):
            self.office_slot.component_id = self.monitor_option

    def test_a_slot_holds_at_least_one(self):
        with self._assert_violates():
            self.office_slot.quantity = 0

    def test_only_a_bundle_has_slots(self):
        with self._assert_refuses("Only a bundle has slots: make Helpdesk a bundle"):
            self.helpdesk.waas_slot_ids = [
                Command.create({"name": "X", "component_id": self.laptop.id})
            ]

    def test_a_bundle_offers_options_only(self):
        with self._assert_refuses("Office Premium is not an option"):
            self.bundle.waas_option_ids += self.office_premium

    def test_an_upgrade_says_what_it_delivers(self):
        with self._assert_refuses("Enter under 'Delivers' what the customer gets"):
            self._create_waas_product("Nothing", "upgrade")

    def test_what_is_delivered_is_something(self):
        with self._assert_refuses("Workplace cannot be delivered with Odd"):
            self._create_waas_product("Odd", "option", waas_component_id=self.bundle.id)

    def test_r13_a_device_is_tracked_by_serial_number(self):
        for values in ({"tracking": "none"}, {"is_storable": False}):
            with self._assert_refuses("must be a storable good tracked by unique"):
                self._create_device("Loose", **values)

    def test_what_is_invoiced_monthly_is_a_service(self):
        for role in ("bundle", "option", "license", "service"):
            with self._assert_refuses("must be of type Service"):
                self._create_waas_product("Heavy", role, type="consu")

    def test_a_role_that_others_rest_on_stays(self):
        with self._assert_refuses("Office Basic cannot fill slot Office"):
            self.office_basic.waas_role = False
        with self._assert_refuses("is not an upgrade, so slot Office cannot"):
            self.premium_upgrade.waas_role = "option"
        with self._assert_refuses("Second Monitor is not an option"):
            self.monitor_option.waas_role = "service"
        with self._assert_refuses("Office Premium cannot be delivered with"):
            self.office_premium.waas_role = "bundle"
        with self._assert_refuses("has no monthly price of its own"):
            self.bundle.waas_slot_ids = False
            self.bundle.waas_role = "service"

    def test_a_copied_bundle_has_the_same_contents(self):
        copied = self.bundle.product_tmpl_id.copy()
        self.assertEqual(copied.waas_role, "bundle")
        self.assertEqual(
            copied.waas_slot_ids.mapped("component_id"),
            self.laptop + self.office_basic + self.helpdesk,
        )
        self.assertEqual(copied.waas_slot_ids.upgrade_ids, self.premium_upgrade)
        self.assertEqual(copied.waas_option_ids, self.monitor_option)

    def test_sellers_read_the_catalogue_and_do_not_change_it(self):
        bundle = self.bundle.with_user(self.seller)
        self.assertEqual(bundle.waas_slot_ids.component_id[0], self.laptop)
        with self.assertRaises(AccessError):
            bundle.waas_slot_ids[0].quantity = 2
        with self.assertRaises(AccessError):
            self.manufacturer.with_user(self.seller).approved = False


@tagged("post_install", "-at_install")
class TestFreeDelivery(CatalogueCommon):
    """R3: what is delivery is free, whatever its name."""

    def test_r3_an_option_that_sounds_like_a_delivery_is_warned_of(self):
        option = self.monitor_option.product_tmpl_id
        self.assertFalse(option.waas_is_like_delivery)
        for name in (
            "Delivery on Saturday",
            "Express shipping",
            "Zaterdaglevering",
            "Bezorgkosten",
            "Vrachttoeslag",
            "Lieferung",
            "Koeriersdienst",
        ):
            with self.subTest(name):
                option.name = name
                self.assertTrue(option.waas_is_like_delivery)
        device = self.laptop.product_tmpl_id
        device.name = "Delivery robot"
        self.assertFalse(device.waas_is_like_delivery)  # it has no price


@tagged("post_install", "-at_install")
class TestManufacturer(CatalogueCommon):
    """R14: approved manufacturers and three years of warranty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls.env["waas.manufacturer"].create({"name": "Newcomer"})

    def _put_in_bundle(self, device):
        self.laptop_slot.component_id = device

    def test_r14_hardware_of_an_approved_manufacturer_may_be_in_a_bundle(self):
        self._put_in_bundle(self._create_device("Better Laptop"))

    def test_r14_hardware_of_another_manufacturer_is_refused(self):
        device = self._create_device("New", waas_manufacturer_id=self.newcomer.id)
        with self._assert_refuses(
            "Newcomer, who makes New, is not an approved manufacturer: choose other "
            "hardware, or have a hardware request for it approved"
        ):
            self._put_in_bundle(device)

    def test_r14_hardware_without_a_manufacturer_is_refused(self):
        device = self._create_device("Nobody's", waas_manufacturer_id=False)
        with self._assert_refuses("Nobody's has no manufacturer: choose an approved"):
            self._put_in_bundle(device)

    def test_r14_less_than_36_months_of_warranty_is_refused(self):
        device = self._create_device("Short", waas_warranty_months=35)
        with self._assert_refuses(
            "Short has 35 months of warranty, bundle hardware needs 36"
        ):
            self._put_in_bundle(device)
        device.waas_warranty_months = 36
        self._put_in_bundle(device)

    def test_r14_an_archived_manufacturer_is_not_approved(self):
        device = self._create_device("Better Laptop")
        self.manufacturer.active = False
        with self._assert_refuses("Goodmake, who makes .* is not an approved"):
            self._put_in_bundle(device)

    def test_r14_what_upgrades_and_options_deliver_is_looked_at_too(self):
        device = self._create_device("New", waas_manufacturer_id=self.newcomer.id)
        for role in ("upgrade", "option"):
            with self._assert_refuses("Newcomer, who makes New, is not an approved"):
                self._create_waas_product("With New", role, waas_component_id=device.id)
        with self._assert_refuses("Newcomer, who makes New, is not an approved"):
            self.monitor_option.waas_component_id = device

    def test_r14_new_manufacturers_are_added_over_time(self):
        device = self._create_device("New", waas_manufacturer_id=self.newcomer.id)
        self.newcomer.approved = True
        self._put_in_bundle(device)

    def test_a_device_starts_with_the_warranty_of_its_manufacturer(self):
        self.assertEqual(self.laptop.waas_warranty_months, 36)
        self.assertEqual(self.laptop.waas_warranty_max_months, 60)
        self.manufacturer.warranty_months = 48
        self.assertEqual(self.laptop.waas_warranty_months, 36, "is kept")

    def test_the_longest_warranty_is_no_shorter_than_the_warranty(self):
        self.newcomer.warranty_months = 48
        self.assertEqual(self.newcomer.warranty_max_months, 48)
        with self._assert_violates():
            self.newcomer.warranty_max_months = 36
            self.newcomer.flush_recordset()
        with self._assert_violates():
            self.laptop.waas_warranty_max_months = 24
            self.laptop.flush_recordset()

    def test_a_manufacturer_has_a_name_of_its_own(self):
        with self._assert_violates():
            self.env["waas.manufacturer"].create({"name": "GOODMAKE"})
        with self._assert_refuses("A manufacturer needs a name"):
            self.newcomer.name = "  "

    def test_a_manufacturer_shows_its_products(self):
        self.assertEqual(self.manufacturer.product_count, 2)
        action = self.manufacturer.action_view_products()
        self.assertEqual(
            self.env[action["res_model"]].search(action["domain"]),
            (self.laptop + self.monitor).product_tmpl_id,
        )
