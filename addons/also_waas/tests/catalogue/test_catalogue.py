from datetime import date, datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from ..common.cases import WaasCommon


class CatalogueCommon(WaasCommon):
    def _get_price(self, product, months=36, quantity=1, pricelist=None, on=None):
        """Pair of price and commission, or None."""
        key = (product, float(quantity), product.uom_id)
        prices = (pricelist or self.pricelist)._waas_get_prices(
            [key], self.terms[months], on or fields.Datetime.now()
        )
        price = prices.get(key)
        return price and (price.price, price.commission)


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
        with self._assert_refuses("The length of a term stays"):
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
        with self._assert_refuses("Say under 'Delivers' what the customer gets"):
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


@tagged("post_install", "-at_install")
class TestHardwareRequest(CatalogueCommon):
    """R14: other hardware is looked at case by case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls.env["waas.manufacturer"].create({"name": "Newcomer"})
        cls.device = cls._create_device("New", waas_manufacturer_id=cls.newcomer.id)

    @classmethod
    def _create_request(cls, **values):
        return (
            cls.env["waas.hardware.request"]
            .with_user(cls.seller)
            .create(
                {
                    "company_id": cls.also.id,
                    "reseller_id": cls.reseller.id,
                    "manufacturer_name": "Newcomer",
                    "description": "New 15 inch, 32 GB",
                    **values,
                }
            )
        )

    def _create_approval(self, **values):
        request = self._create_request(product_id=self.device.id, **values)
        request.action_submit()
        request.with_user(self.manager).action_approve()
        return request

    def _get_problem(self, reseller=None, company=None, on=None):
        return self.device._waas_get_hardware_problem(reseller, company, on)

    def test_r14_life_of_a_request_that_is_approved(self):
        request = self._create_request()
        self.assertEqual(request.state, "draft")
        self.assertRegex(request.name, r"\w")
        self.assertNotEqual(request.name, "/")
        self.also.waas_hardware_answer_days = 5
        request.action_submit()
        self.assertEqual(request.state, "submitted")
        today = fields.Date.context_today(request)
        self.assertEqual(request.answer_due_date, today + timedelta(days=5))
        activity = request.activity_ids
        self.assertEqual(activity.date_deadline, request.answer_due_date)
        self.assertTrue(activity.user_id.has_group("also_waas.group_waas_manager"))

        decided = request.with_user(self.manager)
        decided.product_id = self.device
        decided.action_approve()
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.decided_by_id, self.manager)
        self.assertTrue(request.decided_on)
        self.assertFalse(request.activity_ids)
        self.assertFalse(self._get_problem(self.reseller))
        self.laptop_slot.component_id = self.device

    def test_r14_life_of_a_request_that_is_rejected_and_taken_up_again(self):
        request = self._create_request()
        request.action_submit()
        decided = request.with_user(self.manager)
        decided.decision_note = "No spare parts."
        decided.action_reject()
        self.assertEqual(request.state, "rejected")
        self.assertEqual(request.decided_by_id, self.manager)
        self.assertTrue(self._get_problem(self.reseller))
        request.action_draft()
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.decided_by_id)
        self.assertFalse(request.decided_on)
        request.action_submit()
        self.assertEqual(request.state, "submitted")

    def test_r14_an_approval_names_its_device(self):
        request = self._create_request()
        request.action_submit()
        with self._assert_refuses("Choose the device that request .* approves"):
            request.with_user(self.manager).action_approve()
        with self._assert_violates():
            request.with_user(self.manager).state = "approved"
            request.flush_recordset()

    def test_r14_an_approval_is_for_a_device(self):
        with self._assert_refuses("Helpdesk is not a device"):
            self._create_request(product_id=self.helpdesk.id)

    def test_r14_an_approval_that_is_over_is_not_given(self):
        request = self._create_request(
            product_id=self.device.id, valid_until=date(2020, 1, 31)
        )
        request.action_submit()
        with self._assert_refuses("01/31/2020 is over, so the approval"):
            request.with_user(self.manager).action_approve()

    def test_r14_a_rejection_has_a_reason(self):
        request = self._create_request(decision_note="  ")
        request.action_submit()
        with self._assert_refuses("Write under 'Decision' why request"):
            request.with_user(self.manager).action_reject()

    def test_r14_steps_follow_each_other(self):
        request = self._create_request(product_id=self.device.id, decision_note="No")
        manager = request.with_user(self.manager)
        for step in ("action_approve", "action_reject"):
            with self._assert_refuses(
                "Request .* is Draft; this step is for requests that are Submitted"
            ):
                getattr(manager, step)()
        with self._assert_refuses("that are Rejected, Cancelled"):
            request.action_draft()
        request.action_submit()
        with self._assert_refuses("is Submitted; this step is for .* Draft"):
            request.action_submit()
        request.action_cancel()
        self.assertEqual(request.state, "cancelled")
        self.assertFalse(request.activity_ids)
        with self._assert_refuses("is Cancelled; this step is for"):
            request.action_cancel()

    def test_r14_only_managers_decide(self):
        request = self._create_request(product_id=self.device.id, decision_note="No")
        request.action_submit()
        refusal = "Only a WaaS manager decides on a hardware request"
        for step in ("action_approve", "action_reject"):
            with self._assert_refuses(refusal):
                getattr(request, step)()
        for state in ("approved", "rejected"):
            with self._assert_refuses(refusal):
                request.state = state
            with self._assert_refuses(refusal):
                self._create_request(product_id=self.device.id, state=state)
            with self._assert_refuses(refusal):
                self._create_request(product_id=self.device.id).with_context(
                    default_state=state
                ).copy({"product_id": self.device.id})

    def test_r14_only_managers_change_an_approval(self):
        approval = self._create_approval()
        refusal = "Only a WaaS manager decides"
        for values in (
            {"product_id": self.laptop.id},
            {"valid_until": date(2099, 1, 1)},
            {"reseller_id": False},
            {"state": "draft"},
        ):
            with self._assert_refuses(refusal):
                approval.write(values)
        with self._assert_refuses(refusal):
            approval.action_cancel()
        approval.reason = "The customer asked for it."  # says nothing new
        approval.with_user(self.manager).action_cancel()
        self.assertTrue(self._get_problem(self.reseller))

    def test_r14_an_approval_is_for_the_partner_who_asked(self):
        self._create_approval()
        self.assertFalse(self._get_problem(), "the catalogue may offer it")
        self.assertFalse(self._get_problem(self.reseller))
        self.assertFalse(self._get_problem(self.reseller.child_ids))
        self.assertIn("not an approved", self._get_problem(self.other_reseller))

    def test_r14_an_approval_without_partner_is_for_everybody(self):
        self._create_approval(reseller_id=False)
        self.assertFalse(self._get_problem(self.other_reseller))

    def test_r14_an_approval_is_for_the_company_that_gave_it(self):
        self._create_approval()
        elsewhere = self.env["res.company"].create({"name": "ALSO Elsewhere"})
        self.assertFalse(self._get_problem(self.reseller, self.also))
        self.assertTrue(self._get_problem(self.reseller, elsewhere))

    def test_r14_an_approval_ends_with_its_last_day(self):
        self._create_approval(valid_until=date(2099, 12, 31))
        self.assertFalse(self._get_problem(self.reseller, on=date(2099, 12, 31)))
        self.assertTrue(self._get_problem(self.reseller, on=date(2100, 1, 1)))

    def test_r14_an_approval_also_lets_a_short_warranty_pass(self):
        self.device.waas_manufacturer_id = self.manufacturer
        self.device.waas_warranty_months = 12
        self.assertIn("12 months of warranty", self._get_problem(self.reseller))
        self._create_approval()
        self.assertFalse(self._get_problem(self.reseller))

    def test_a_request_that_was_handed_in_is_kept(self):
        request = self._create_request()
        request.copy().unlink()
        request.action_submit()
        request.action_cancel()
        refusal = "A hardware request that was handed in is kept as a record"
        with self._assert_refuses(refusal):
            request.unlink()
        with self._assert_refuses(refusal):
            self._create_approval().with_user(self.manager).unlink()

    def test_a_copy_is_a_new_question(self):
        copied = self._create_approval().copy()
        self.assertRecordValues(
            copied,
            [
                {
                    "state": "draft",
                    "product_id": False,
                    "decided_by_id": False,
                    "answer_due_date": False,
                    "reseller_id": self.reseller.id,
                }
            ],
        )

    def test_a_request_is_for_one_device_at_least(self):
        with self._assert_violates():
            self._create_request(quantity=0)


@tagged("post_install", "-at_install")
class TestPriceList(CatalogueCommon):
    """R8: price and commission side by side, per term."""

    def test_r8_price_and_commission_per_term(self):
        for product, by_months in self.prices.items():
            for months, expected in by_months.items():
                self.assertEqual(self._get_price(product, months), expected)

    def test_r10_no_price_for_the_term_is_no_price(self):
        self._get_rules(self.bundle, 24).unlink()
        self.assertIsNone(self._get_price(self.bundle, 24))
        self.assertEqual(self._get_price(self.bundle, 36), (45.99, 60.0))

    def _get_rules(self, product, months):
        return self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == product.product_tmpl_id
            and rule.waas_term_id == self.terms[months]
        )

    def test_r8_upgrades_and_options_earn_commission_of_their_own(self):
        self.assertGreater(self._get_price(self.premium_upgrade)[1], 0)
        self.assertGreater(self._get_price(self.monitor_option)[1], 0)

    def test_r8_rules_are_dated(self):
        rule = self._get_rules(self.bundle, 36)
        rule.date_end = datetime(2026, 12, 31, 23, 59, 59)
        self._create_price(
            self.bundle, 36, 47.99, 65.0, date_start=datetime(2027, 1, 1)
        )
        for on, expected in (
            (datetime(2026, 6, 1), (45.99, 60.0)),
            (datetime(2026, 12, 31, 23), (45.99, 60.0)),
            (datetime(2027, 1, 1, 0, 0, 1), (47.99, 65.0)),
        ):
            self.assertEqual(self._get_price(self.bundle, on=on), expected)

    def test_r8_a_price_may_begin_with_a_quantity(self):
        self._create_price(self.bundle, 36, 43.0, 62.0, min_quantity=10)
        self.assertEqual(self._get_price(self.bundle, quantity=9), (45.99, 60.0))
        self.assertEqual(self._get_price(self.bundle, quantity=10), (43.0, 62.0))

    def test_r8_a_partner_has_a_list_that_follows_another(self):
        partner_list = self._create_list("Partner One")
        self._follow(partner_list, self.pricelist, percent=10)
        # 45.99 x 0.9 = 41.391
        self.assertEqual(
            self._get_price(self.bundle, pricelist=partner_list), (41.39, 60.0)
        )
        self.assertEqual(
            self._get_price(self.premium_upgrade, 12, pricelist=partner_list),
            (5.85, 1.0),
        )

    def test_r8_a_list_that_follows_may_have_a_commission_of_its_own(self):
        partner_list = self._create_list("Partner One")
        self._follow(partner_list, self.pricelist, waas_commission_unit=5.0)
        self.assertEqual(
            self._get_price(self.bundle, pricelist=partner_list), (45.99, 5.0)
        )

    def test_r8_a_list_may_follow_a_list_that_follows(self):
        first, second = self._create_list("First"), self._create_list("Second")
        self._follow(first, self.pricelist, percent=10)
        self._follow(second, first, percent=10)
        # 41.39 x 0.9 = 37.251
        self.assertEqual(self._get_price(self.bundle, pricelist=second), (37.25, 60.0))

    def test_r10_following_a_list_without_price_is_no_price(self):
        """Core would fall back to the list price of the product, 999."""
        self._get_rules(self.bundle, 24).unlink()
        partner_list = self._create_list("Partner One")
        self._follow(partner_list, self.pricelist)
        self.assertIsNone(self._get_price(self.bundle, 24, pricelist=partner_list))
        self.assertEqual(
            [
                row["terms"].keys()
                for row in partner_list._waas_get_offer()
                if row["product"] == self.bundle
            ],
            [{self.terms[12], self.terms[36]}],
        )

    def test_r8_own_prices_come_before_followed_ones(self):
        partner_list = self._create_list("Partner One")
        self._follow(partner_list, self.pricelist)
        self._create_price(self.bundle, 36, 40.0, 50.0, pricelist_id=partner_list.id)
        self.assertEqual(
            self._get_price(self.bundle, pricelist=partner_list), (40.0, 50.0)
        )
        self.assertEqual(
            self._get_price(self.premium_upgrade, pricelist=partner_list), (4.5, 3.0)
        )

    def test_r8_one_list_per_currency(self):
        currency = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        swiss_list = self._create_list("Swiss", currency)
        self._create_price(self.bundle, 36, 90.0, 110.0, pricelist_id=swiss_list.id)
        self._follow(swiss_list, self.pricelist, months=(24,))
        self.assertEqual(
            self._get_price(self.bundle, pricelist=swiss_list), (90.0, 110.0)
        )
        # Followed from another currency: 55.00 and 40.00, twice.
        self.assertEqual(
            self._get_price(self.bundle, 24, pricelist=swiss_list), (110.0, 80.0)
        )

    def test_r8_a_price_is_for_a_variant_or_its_whole_product(self):
        self._create_price(
            self.bundle,
            36,
            44.0,
            61.0,
            applied_on="0_product_variant",
            product_id=self.bundle.id,
        )
        self.assertEqual(self._get_price(self.bundle), (44.0, 61.0))

    def test_r8_a_price_in_another_unit_is_for_that_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        key = (self.bundle, 1.0, dozen)
        price = self.pricelist._waas_get_prices(
            [key], self.terms[36], fields.Datetime.now()
        )[key]
        self.assertEqual((price.price, price.commission), (551.88, 720.0))

    def test_ordinary_prices_do_not_see_terms(self):
        product = self._create_waas_product("Ordinary", False)
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": product.product_tmpl_id.id,
                "fixed_price": 7.0,
            }
        )
        self.assertEqual(self.pricelist._get_product_price(product, 1.0), 7.0)
        self.assertIsNone(self._get_price(product))
        self.assertFalse(self.pricelist._get_product_rule(self.bundle, 1.0))

    def test_r8_two_prices_at_once_are_refused(self):
        refusal = (
            "There are two prices of .*Workplace.* for 36 months on the same days in "
            "WaaS.*: end one before the other starts"
        )
        with self._assert_refuses(refusal):
            self._create_price(self.bundle, 36, 44.0)
        later = self._create_price(
            self.bundle, 36, 44.0, min_quantity=5, date_start=datetime(2027, 1, 1)
        )
        with self._assert_refuses(refusal):
            later.min_quantity = 0
        self._get_rules(self.bundle, 36).filtered(
            lambda rule: rule != later
        ).date_end = datetime(2026, 12, 31, 23, 59, 59)
        later.min_quantity = 0
        with self._assert_refuses(refusal):
            later.date_start = datetime(2026, 12, 31)

    def test_r8_a_monthly_price_has_a_term(self):
        with self._assert_refuses("say for which term this price is"):
            self._create_price(self.bundle, 36, 1.0, waas_term_id=False)

    def test_r8_a_commission_has_a_term(self):
        product = self._create_waas_product("Ordinary", False)
        with self._assert_refuses("A commission belongs to a price with a term"):
            self._create_price(product, 36, 1.0, 1.0, waas_term_id=False)

    def test_r8_what_has_no_monthly_price_has_no_term(self):
        for product in (self.laptop, self._create_waas_product("Ordinary", False)):
            with self._assert_refuses("has no monthly price of its own"):
                self._create_price(product, 36, 1.0)

    def test_r8_a_monthly_price_is_fixed_or_follows(self):
        with self._assert_refuses("is a fixed price, or follows another price list"):
            self._create_price(
                self.bundle, 36, 0.0, min_quantity=3, compute_price="percentage"
            )

    def test_r8_amounts_are_not_negative(self):
        with self._assert_violates():
            self._create_price(self.bundle, 36, 1.0, -1.0, min_quantity=3)
        with self._assert_violates():
            self._create_price(self.bundle, 36, -1.0, min_quantity=3)

    def test_r8_commission_is_not_for_everybody(self):
        rule = self.pricelist.item_ids[0]
        portal_user = self._create_portal_user("portal_customer", self.signatory)
        with self.assertRaises(AccessError):
            rule.with_user(portal_user).read(["waas_commission_unit"])


@tagged("post_install", "-at_install")
class TestOffer(CatalogueCommon):
    """R8, R10: the offer is printed, published and quoted from one function."""

    def _get_offer(self, pricelist=None):
        return [
            (
                row["product"],
                row["min_quantity"],
                {
                    term.months: (amounts["price"], amounts["commission"])
                    for term, amounts in row["terms"].items()
                },
            )
            for row in (pricelist or self.pricelist)._waas_get_offer()
            if row["product"] in self.prices
        ]

    def test_r8_bundles_then_upgrades_then_options(self):
        self.assertEqual(
            self._get_offer(),
            [(product, 1.0, by_months) for product, by_months in self.prices.items()],
        )

    def test_r8_a_row_for_each_quantity_from_which_something_changes(self):
        self._create_price(self.bundle, 36, 43.0, 62.0, min_quantity=10)
        rows = [row for row in self._get_offer() if row[0] == self.bundle]
        self.assertEqual(
            rows,
            [
                (self.bundle, 1.0, self.prices[self.bundle]),
                (self.bundle, 10.0, {**self.prices[self.bundle], 36: (43.0, 62.0)}),
            ],
        )

    def test_r8_a_list_that_follows_shows_the_quantities_of_the_other(self):
        self._create_price(self.bundle, 36, 43.0, 62.0, min_quantity=10)
        partner_list = self._create_list("Partner One")
        self._follow(partner_list, self.pricelist)
        self.assertEqual(self._get_offer(partner_list), self._get_offer())

    def test_r8_what_is_sold_from_a_quantity_only_is_shown_with_it(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.monitor_option.product_tmpl_id
        ).min_quantity = 5
        rows = [row for row in self._get_offer() if row[0] == self.monitor_option]
        self.assertEqual(
            rows, [(self.monitor_option, 5.0, self.prices[self.monitor_option])]
        )

    def test_what_is_archived_or_not_for_sale_is_not_offered(self):
        self.premium_upgrade.active = False
        self.monitor_option.sale_ok = False
        self.assertEqual([row[0] for row in self._get_offer()], [self.bundle])

    def test_what_has_no_price_is_not_offered(self):
        self._create_waas_product("Priceless", "bundle")
        products = [row["product"].name for row in self.pricelist._waas_get_offer()]
        self.assertNotIn("Priceless", products)

    def test_the_offer_does_not_ask_for_each_product(self):
        self.pricelist._waas_get_offer()  # warm
        start = self.env.cr.sql_log_count
        self.pricelist._waas_get_offer()
        few = self.env.cr.sql_log_count - start
        for index in range(10):
            product = self._create_waas_product(f"Bundle {index}", "bundle")
            self._create_price(product, 36, 10.0 + index, 5.0)
        self.pricelist._waas_get_offer()
        start = self.env.cr.sql_log_count
        self.assertEqual(len(self.pricelist._waas_get_offer()), 13)
        self.assertLessEqual(self.env.cr.sql_log_count - start, few)


@tagged("post_install", "-at_install")
class TestPriceListImport(CatalogueCommon):
    """R8: the price list comes and goes through Odoo's own import."""

    COLUMNS = (
        "pricelist_id",
        "product_tmpl_id",
        "waas_term_id",
        "fixed_price",
        "waas_commission_unit",
        "min_quantity",
        "date_start",
        "date_end",
    )
    # What the file offers; a list may leave the commission of extensions out.
    FILE_COLUMNS = (*COLUMNS[:5], "waas_extension_commission", *COLUMNS[5:])

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist.item_ids.unlink()
        cls.items = cls.env["product.pricelist.item"].with_user(cls.manager)

    def _load(self, *rows):
        return self.items.load(list(self.COLUMNS), [list(row) for row in rows])

    def _import(self, text):
        """As the import screen does: columns are recognised by their names."""
        options = {
            "has_headers": True,
            "separator": ",",
            "quoting": '"',
            "keep_matches": False,
        }
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create(
                {
                    "res_model": "product.pricelist.item",
                    "file": text.encode(),
                    "file_name": "waas_price_list.csv",
                    "file_type": "text/csv",
                }
            )
        )
        preview = wizard.parse_preview(options)
        self.assertNotIn("error", preview)
        headers = preview["headers"]
        matches = [
            "/".join(preview["matches"].get(index, ())) or False
            for index in range(len(headers))
        ]
        self.assertEqual(tuple(matches), self.FILE_COLUMNS)
        return wizard.execute_import(matches, headers, preview["options"])

    def test_r8_rows_become_prices_with_commission(self):
        result = self._load(
            ("WaaS", "Workplace", "36", "45.99", "60.00", "1", "", ""),
            ("WaaS", "Workplace", "24 months", "55.00", "40.00", "1", "", ""),
            ("WaaS", "Second Monitor", "12", "4.00", "1.00", "", "", ""),
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self._get_price(self.bundle, 36), (45.99, 60.0))
        self.assertEqual(self._get_price(self.bundle, 24), (55.0, 40.0))
        self.assertEqual(self._get_price(self.monitor_option, 12), (4.0, 1.0))

    def test_r8_the_template_file_can_be_imported_as_it_is(self):
        with file_open("also_waas/static/import/waas_price_list.csv") as template:
            text = template.read()
        self.assertEqual(tuple(text.splitlines()[0].split(",")), self.FILE_COLUMNS)
        result = self._import(text)
        self.assertFalse(result["messages"], result["messages"])
        self.assertEqual(len(result["ids"]), len(text.splitlines()) - 1)
        self.assertEqual(
            self._get_price(self.bundle, on=datetime(2026, 6, 1)), (45.99, 60.0)
        )
        self.assertIsNone(self._get_price(self.bundle, on=datetime(2027, 6, 1)))

    def test_r8_the_import_offers_the_template(self):
        templates = [item["template"] for item in self.items.get_import_templates()]
        self.assertIn("/also_waas/static/import/waas_price_list.csv", templates)

    def test_r8_what_is_wrong_in_a_file_is_said_row_by_row(self):
        result = self._load(
            ("WaaS", "Workplace", "36", "45.99", "60.00", "1", "", ""),
            ("WaaS", "Workplace", "48", "35.99", "60.00", "1", "", ""),
            ("WaaS", "No Such Thing", "36", "1.00", "0", "1", "", ""),
        )
        self.assertFalse(result["ids"])
        messages = {
            (message["record"], message.get("field")): message["message"]
            for message in result["messages"]
        }
        self.assertIn("'48'", messages[1, "waas_term_id"])
        self.assertIn("'No Such Thing'", messages[2, "product_tmpl_id"])

    @mute_logger("odoo.sql_db")
    def test_r8_two_prices_for_the_same_are_refused_in_a_file_too(self):
        result = self._load(
            ("WaaS", "Workplace", "36", "45.99", "60.00", "1", "", ""),
            ("WaaS", "Workplace", "36", "35.99", "60.00", "1", "", ""),
        )
        self.assertFalse(result["ids"])
        self.assertIn("There are two prices of", result["messages"][0]["message"])

    def test_r8_what_was_exported_can_be_imported_again(self):
        self._load(("WaaS", "Workplace", "36", "45.99", "60.00", "1", "", ""))
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        columns = ["id", *self.COLUMNS]
        rule = self.pricelist.item_ids.with_user(self.manager)
        rows = rule.export_data(columns)["datas"]
        rows[0][columns.index("fixed_price")] = "44.99"
        result = self.items.load(columns, [[str(v or "") for v in rows[0]]])
        self.assertFalse(result["messages"], result["messages"])
        self.assertEqual(result["ids"], rule.ids)
        self.assertEqual(self._get_price(self.bundle), (44.99, 60.0))

    def test_r8_sellers_do_not_import_prices(self):
        items = self.items.with_user(self.seller)
        with self.assertRaises(AccessError):
            items.create(
                {
                    "pricelist_id": self.pricelist.id,
                    "product_tmpl_id": self.bundle.product_tmpl_id.id,
                    "waas_term_id": self.terms[36].id,
                }
            )


@tagged("post_install", "-at_install")
class TestPriceListsStay(CatalogueCommon):
    """Where Odoo's own price lists are off, its settings archive every list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        feature = cls.env.ref("product.group_product_pricelist").sudo()
        cls.env.ref("base.group_user").sudo().implied_ids -= feature
        cls.lists = cls.env["product.pricelist"].sudo()
        (cls.lists.search([]) - cls.pricelist).action_archive()
        cls.settings = cls.env["res.config.settings"].sudo()

    def _warn(self):
        values = dict(self.settings.default_get(list(self.settings._fields)))
        return self.settings.new(values)._onchange_group_sale_pricelist()

    def test_saved_settings_leave_the_prices_of_waas(self):
        ordinary = self.lists.create({"name": "Ordinary"})
        given_up = self.pricelist.sudo().copy({"active": False})
        rented_by = self.lists.create({"name": "Empty yet"})
        self.also.sudo().waas_pricelist_id = rented_by
        self.settings.create({}).execute()
        self.assertTrue(self.pricelist.active)
        self.assertTrue(rented_by.active)
        self.assertFalse(ordinary.active)
        self.assertFalse(given_up.active)
        self.assertEqual(self._get_price(self.bundle), (45.99, 60.0))

    def test_settings_warn_of_what_they_archive_only(self):
        self.assertFalse(self._warn())
        self.lists.create({"name": "Ordinary"})
        self.assertIn("archived", self._warn()["warning"]["message"])
