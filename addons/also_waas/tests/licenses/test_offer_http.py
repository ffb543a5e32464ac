from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.licenses.waas_marketplace_offer import OFFER_SCOPE
from ..common.cases import WaasHttpCommon

PATH = "/waas/offer/v1"


@tagged("post_install", "-at_install")
class TestOfferHttp(WaasHttpCommon):
    """R10: the choices are visible in the ALSO Cloud Marketplace."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = cls._create_portal_user("feed_reader", cls._create_party("Feed"))
        cls.marketplace = (
            cls.env["waas.marketplace"]
            .sudo()
            .create(
                {
                    "company_id": cls.also.id,
                    "base_url": "https://marketplace.test",
                    "offer_user_id": cls.reader.id,
                }
            )
        )
        cls.key = cls.marketplace._make_offer_key()

    def setUp(self):
        super().setUp()
        self.authenticate(None, None)

    def _read(self, path=PATH, key=None, **headers):
        return self.url_open(
            path,
            headers={"Authorization": f"Bearer {key or self.key}", **headers},
        )

    def _make_key(self, user, scope=OFFER_SCOPE):
        keys_sudo = self.env["res.users.apikeys"].with_user(user).sudo()
        return keys_sudo._generate(scope, "test", None)

    def _get_prices(self, row):
        return {price["months"]: price["price"] for price in row["prices"]}

    # === WHAT IS OFFERED ===#

    def test_r10_the_choices_of_12_24_and_36_months_are_visible(self):
        offer = self._read().json()
        self.assertEqual(offer["schema"], "waas.offer/1")
        self.assertEqual(offer["currency"], self.also.currency_id.name)
        self.assertEqual(offer["terms"], [12, 24, 36])
        [bundle] = offer["bundles"]
        self.assertEqual(bundle["name"], "Workplace")
        self.assertEqual(
            self._get_prices(bundle), {12: "79.00", 24: "55.00", 36: "45.99"}
        )
        [option] = bundle["options"]
        self.assertEqual(self._get_prices(option), {12: "4.00", 24: "3.00", 36: "2.50"})
        slots = {slot["name"]: slot for slot in bundle["slots"]}
        self.assertEqual(slots["Office"]["included"]["name"], "Office Basic")
        [upgrade] = slots["Office"]["upgrades"]
        self.assertEqual(
            self._get_prices(upgrade), {12: "6.50", 24: "5.50", 36: "4.50"}
        )

    def test_r10_what_is_archived_vanishes(self):
        self.terms[24].active = False
        self.monitor_option.active = False
        offer = self._read().json()
        self.assertEqual(offer["terms"], [12, 36])
        [bundle] = offer["bundles"]
        self.assertEqual(set(self._get_prices(bundle)), {12, 36})
        self.assertFalse(bundle["options"])
        self.bundle.active = False
        self.assertFalse(self._read().json()["bundles"])

    def test_r10_what_has_no_price_is_not_offered(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.premium_upgrade.product_tmpl_id
        ).unlink()
        slots = self._read().json()["bundles"][0]["slots"]
        self.assertFalse([slot for slot in slots if slot["upgrades"]])

    def test_r10_other_companies_products_are_not_offered(self):
        other = self.env["res.company"].create({"name": "Other"})
        bundle = self._create_waas_product("Theirs", "bundle")
        self._create_price(bundle, 12, 1.0)
        self.assertEqual(len(self._read().json()["bundles"]), 2)
        bundle.company_id = other
        self.assertEqual(len(self._read().json()["bundles"]), 1)

    def test_r10_the_offer_says_how_long_it_holds(self):
        now = fields.Datetime.now()
        rules = self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.bundle.product_tmpl_id
        )
        rules[0].date_start = now - timedelta(days=3)
        rules[1].date_end = now + timedelta(days=9)
        offer = self._read().json()
        self.assertEqual(offer["valid_from"], f"{rules[0].date_start.isoformat()}Z")
        self.assertEqual(offer["valid_until"], f"{rules[1].date_end.isoformat()}Z")
        # When it ends, another offer holds.
        later = self.pricelist._waas_get_feed(now + timedelta(days=10))
        self.assertNotEqual(later["version"], offer["version"])

    # === VERSIONS ===#

    def test_r10_an_offer_that_is_known_is_not_sent_again(self):
        first = self._read()
        etag = first.headers["ETag"]
        self.assertEqual(etag, f'"{first.json()["version"]}"')
        again = self._read(**{"If-None-Match": etag})
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertEqual(again.headers["ETag"], etag)
        weak = self._read(**{"If-None-Match": f"W/{etag}"})
        self.assertEqual(weak.status_code, 304)
        self.assertEqual(self._read().json()["version"], first.json()["version"])

        self.pricelist.item_ids[0].fixed_price += 1
        changed = self._read(**{"If-None-Match": etag})
        self.assertEqual(changed.status_code, 200)
        self.assertNotEqual(changed.headers["ETag"], etag)

    # === WHO READS IT ===#

    def test_r10_without_the_right_key_there_is_no_offer(self):
        for header in ("", "Bearer", "Bearer wrong", f"Basic {self.key}"):
            response = self.url_open(PATH, headers={"Authorization": header})
            self.assertEqual(response.status_code, 401, header)
            self.assertEqual(response.headers["WWW-Authenticate"], "Bearer")
        self.assertEqual(self._read().status_code, 200)
        self.reader.active = False
        self.assertEqual(self._read().status_code, 401)

    def test_r10_the_key_opens_nothing_else(self):
        with mute_logger("odoo.http"):
            response = self.url_open(
                "/json/2/res.partner/search",
                json={"domain": []},
                headers={"Authorization": f"Bearer {self.key}"},
            )
        self.assertEqual(response.status_code, 401)

    def test_r10_a_key_of_anybody_else_does_not_open_it(self):
        stranger = self._create_portal_user("stranger", self.customer.child_ids)
        for scope in (None, OFFER_SCOPE):
            key = self._make_key(stranger, scope)
            self.assertEqual(self._read(key=key).status_code, 401)
        key = self._make_key(self.seller, "something else")
        self.assertEqual(self._read(key=key).status_code, 401)

    def test_r8_commissions_are_for_waas_users_alone(self):
        self.assertNotIn("commission", self._read().text)
        response = self._read(f"{PATH}?commission=1")
        self.assertEqual(response.status_code, 403)
        key = self._make_key(self.seller)
        self.assertNotIn("commission", self._read(key=key).text)
        offer = self._read(f"{PATH}?commission=1", key=key).json()
        prices = offer["bundles"][0]["prices"]
        self.assertEqual(
            {price["months"]: price["commission"] for price in prices},
            {12: "20.00", 24: "40.00", 36: "60.00"},
        )

    def test_r10_a_company_without_price_list_offers_nothing(self):
        self.also.waas_pricelist_id = False
        self.assertEqual(self._read().status_code, 404)

    def test_only_administrators_make_a_key(self):
        with self._assert_refuses("Only administrators", AccessError):
            self.marketplace.with_user(self.manager)._make_offer_key()
        self.marketplace.offer_user_id = False
        with self._assert_refuses("as whom"):
            self.marketplace._make_offer_key()

    # === WHAT IT COSTS ===#

    def test_r10_more_bundles_cost_no_more_queries(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.pricelist.sudo()._waas_get_feed()
            return self.env.cr.sql_log_count - before

        count()  # fill what is kept between requests
        few = count()
        for index in range(12):
            bundle = self._create_waas_product(
                f"Bundle {index}",
                "bundle",
                waas_slot_ids=[
                    Command.create(
                        {
                            "name": "Office",
                            "component_id": self.office_basic.id,
                            "upgrade_ids": self.premium_upgrade.ids,
                        }
                    )
                ],
                waas_option_ids=self.monitor_option.ids,
            )
            for months in (12, 24, 36):
                self._create_price(bundle, months, 10.0 + index)
        feed = self.pricelist.sudo()._waas_get_feed()
        self.assertEqual(len(feed["bundles"]), 13)
        self.assertLessEqual(count(), few)
