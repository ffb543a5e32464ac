from datetime import datetime

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_catalogue import CatalogueCommon


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
        with self._assert_refuses("choose the term of this price"):
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
