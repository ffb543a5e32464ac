import logging
import sys
import time
from contextlib import contextmanager
from datetime import datetime

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from ..common.replayed import replayed
from .common_quotation import QuotationCommon

_logger = logging.getLogger(__name__)


@tagged("post_install", "-at_install")
class TestOrdinaryOrders(QuotationCommon):
    """What is sold is sold exactly as without the addon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chair = cls._create_waas_product("Chair", False, list_price=100.0)
        cls.lists = cls.env["product.pricelist"].create(
            [
                {
                    "name": f"Minus {percent}",
                    "currency_id": cls.also.currency_id.id,
                    "item_ids": [
                        Command.create(
                            {"compute_price": "percentage", "percent_price": percent}
                        )
                    ],
                }
                for percent in (10, 20)
            ]
        )

    @replayed
    def _create_ordinary(self, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "pricelist_id": self.lists[0].id,
                "order_line": [Command.create({"product_id": self.chair.id})],
                **values,
            }
        )

    def test_an_ordinary_order_is_priced_and_invoiced_as_ever(self):
        order = self._create_ordinary()
        line = order.order_line
        self.assertEqual(line.price_unit, 90.0)
        order.pricelist_id = self.lists[1]
        self.env.flush_all()
        self.assertEqual(line.price_unit, 90.0, "core waits for Update Prices")
        order.action_update_prices()
        self.assertEqual(line.price_unit, 80.0)
        line.price_unit = 70.0
        line.product_uom_qty = 3
        self.assertEqual(line.price_unit, 70.0, "a typed price stays")
        order.date_order = datetime(2020, 1, 1)
        self.assertEqual(line.price_unit, 70.0)
        self.assertAlmostEqual(order.amount_untaxed, 210.0, 2)
        self.assertAlmostEqual(order.amount_total, 241.5, 2)
        order.action_confirm()
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertAlmostEqual(order.amount_to_invoice, 241.5, 2)
        line.product_uom_qty = 4
        invoice = order._create_invoices()
        self.assertAlmostEqual(invoice.amount_untaxed, 280.0, 2)
        self.assertFalse(order.waas_contract_ids)

    def test_an_ordinary_order_has_nothing_of_waas(self):
        order = self._create_ordinary()
        self.assertRecordValues(
            order,
            [
                {
                    "is_waas": False,
                    "waas_term_id": False,
                    "waas_monthly_amount": 0.0,
                    "waas_total_amount": 0.0,
                    "waas_commission_amount": 0.0,
                    "partner_shipping_id": self.customer.id,
                }
            ],
        )
        self.assertRecordValues(
            order.order_line,
            [
                {
                    "waas_role": False,
                    "waas_term_id": False,
                    "waas_commission_amount": 0.0,
                }
            ],
        )
        self.assertEqual(order._get_order_lines_to_report(), order.order_line)

    def test_an_ordinary_order_keeps_its_discounts(self):
        order = self._create_ordinary()
        order.order_line.discount = 50.0
        self.assertAlmostEqual(order.amount_untaxed, 45.0, 2)
        copied = order.copy()
        self.assertEqual(copied.order_line.price_unit, 90.0)
        self.assertEqual(copied.order_line.discount, 50.0)

    def test_an_ordinary_order_keeps_typed_prices_when_copied(self):
        order = self._create_ordinary()
        order.order_line.price_unit = 33.0
        self.assertEqual(order.copy().order_line.price_unit, 33.0)

    def test_an_ordinary_customer_may_be_invoiced_elsewhere(self):
        order = self._create_ordinary(partner_invoice_id=self.reseller.id)
        self.assertEqual(order.partner_invoice_id, self.reseller)

    def test_what_is_rented_is_not_sold(self):
        for product in (self.bundle, self.premium_upgrade, self.monitor_option):
            with self._assert_refuses(
                f"{product.name} is rented per month, not sold: make a WaaS quotation"
            ):
                self._create_ordinary(
                    order_line=[Command.create({"product_id": product.id})]
                )

    def test_devices_may_be_sold_too(self):
        order = self._create_ordinary(
            order_line=[Command.create({"product_id": self.laptop.id})]
        )
        self.assertEqual(order.order_line.price_unit, 899.1)

    def test_a_quotation_with_lines_does_not_change_its_kind(self):
        refusal = "has lines already: make a new quotation to rent instead of sell"
        with self._assert_refuses(refusal):
            self._create_ordinary().is_waas = True
        with self._assert_refuses(refusal):
            self._create_order(quantity=1).is_waas = False
        order = self._create_ordinary(order_line=False)
        order.write({"is_waas": True, "waas_reseller_id": self.reseller.id})
        self.assertEqual(order.waas_term_id, self.also.waas_term_id)
        self.assertEqual(order.pricelist_id, self.pricelist)

    def test_ordinary_and_waas_orders_are_computed_together(self):
        """A batch of both: each keeps to its own rules."""
        ordinary, waas = self._create_ordinary(), self._create_order(quantity=1)
        both = (ordinary + waas).order_line
        self.env.flush_all()
        both._compute_price_unit()
        both._compute_discount()
        both._compute_tax_ids()
        both._compute_amount()
        both._compute_invoice_status()
        (ordinary + waas)._compute_amounts()
        self.assertAlmostEqual(ordinary.amount_untaxed, 90.0, 2)
        self.assertAlmostEqual(waas.amount_untaxed, 45.99, 2)
        (ordinary + waas).write({"client_order_ref": "Both"})
        (ordinary + waas)._recompute_prices()
        self.assertAlmostEqual(ordinary.amount_untaxed, 90.0, 2)
        self._assert_amounts(waas, 45.99, 60.0)

    def test_orders_are_found_as_ever(self):
        order = self._create_ordinary()
        found = self.env["sale.order"].search(
            Domain("id", "=", order.id) & Domain("is_waas", "=", False)
        )
        self.assertEqual(found, order)


@contextmanager
def count_calls():
    """:return: list with a one for each call of a Python function inside"""
    calls = []

    def note(_frame, event, _argument):
        if event == "call":
            calls.append(1)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@tagged("post_install", "-at_install")
class TestRepricing(QuotationCommon):
    """A quotation with many bundles is priced again in few queries."""

    def _create_big_order(self, count):
        order = self._create_order(36)
        for _index in range(count):
            order._waas_add_bundle(
                self.bundle,
                2,
                upgrades={self.office_slot: self.premium_upgrade},
                options={self.monitor_option: 3},
            )
        self.env.flush_all()
        return order

    def _measure(self, change):
        """Queries and milliseconds of ``change``, from a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        queries, start = self.env.cr.sql_log_count, time.perf_counter()
        change()
        self.env.flush_all()
        milliseconds = (time.perf_counter() - start) * 1000
        return self.env.cr.sql_log_count - queries, milliseconds

    def test_m6_a_bundle_more_costs_as_much_whatever_their_number(self):
        """What the form asks when the term is changed: in calls of functions, which are
        the same on any machine."""
        shown = ("product_id", "product_uom_qty", "price_unit", "price_subtotal")
        form = {
            "waas_term_id": {},
            "order_line": {"fields": {name: {} for name in shown}},
        }
        changed = {"waas_term_id": self.terms[12].id}
        calls = {}
        for number in (1, 8, 16, 32):  # the first one fills caches
            order = self._create_big_order(number)
            self.env.invalidate_all()
            with count_calls() as counted:
                order.onchange(changed, list(changed), form)
            calls[number] = sum(counted)
        one_more = (calls[16] - calls[8]) / 8
        self.assertLess((calls[32] - calls[16]) / 16, one_more * 1.1, calls)

    def _measure_term(self, order, months):
        result = self._measure(
            lambda: order.write({"waas_term_id": self.terms[months].id})
        )
        count = len(self._get_bundle_line(order))
        _logger.info("Re-pricing %s bundle lines: %s queries, %.0f ms", count, *result)
        return result

    def test_repricing_takes_at_most_40_queries(self):
        order = self._create_big_order(25)
        self._measure_term(order, 12)  # warm: registry and ormcaches
        few, _ms = self._measure_term(order, 24)
        for _index in range(25):
            order._waas_add_bundle(
                self.bundle,
                2,
                upgrades={self.office_slot: self.premium_upgrade},
                options={self.monitor_option: 3},
            )
        many, milliseconds = self._measure_term(order, 36)
        # 50 x (2 x 50.49 + 3 x 2.50) and 50 x (2 x 63 + 3 x 3)
        self._assert_amounts(order, 50 * 108.48, 50 * 135.0)
        self.assertEqual(len(order.order_line), 350)
        self.assertLessEqual(many, 40)
        self.assertLessEqual(many, few + 4, "does not grow with the lines")
        self.assertLess(milliseconds, 5000, "500 on a machine of our own")

    def test_another_list_is_as_cheap_also_when_it_follows_one(self):
        order = self._create_big_order(25)
        followed = self._create_list("Partner One")
        self._follow(followed, self.pricelist, percent=10)
        self._measure(lambda: order.write({"pricelist_id": followed.id}))  # warm
        order.pricelist_id = self.pricelist
        queries, _ms = self._measure(lambda: order.write({"pricelist_id": followed.id}))
        self._assert_amounts(order, 25 * (2 * 45.44 + 3 * 2.25), 25 * 135.0)
        self.assertLessEqual(queries, 40)

    def test_lines_are_made_in_few_queries(self):
        order = self._create_order()
        order._waas_add_bundle(self.bundle, 1)  # warm

        def add(count):
            order.order_line = [
                Command.create({"product_id": self.bundle.id}) for _i in range(count)
            ]

        few, _ms = self._measure(lambda: add(2))
        many, _ms = self._measure(lambda: add(12))
        # Core itself asks for the analytic distribution of each line of a service.
        self.assertLessEqual(many - few, 60)
