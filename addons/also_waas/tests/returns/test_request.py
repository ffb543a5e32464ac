from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.cases_returns import WaasReturnCommon
from .common_returns import ReturnCommon


@tagged("post_install", "-at_install")
class TestRequest(ReturnCommon):
    """R15: what a customer may ask for, through the portal later."""

    def _request(self, devices, partner=None, **values):
        return self.env["waas.return"]._request(
            partner or self.signatory,
            devices,
            **{"method": "self", "accepted_by": "Anna", **values},
        )

    def test_r15_a_customer_asks_for_a_return_and_takes_the_responsibility(self):
        record = self._request(self.devices[:2], note="  Box 1 ")
        self.assertRecordValues(
            record, [{"state": "announced", "accepted_by": "Anna", "note": "Box 1"}]
        )
        self.assertEqual(record.line_ids.device_id, self.devices[:2])

    def test_r15_a_customer_asks_for_a_pickup_and_we_plan_it(self):
        record = self._request(self.devices, method="pickup", accepted_by=None)
        self.assertEqual((record.state, record.method), ("draft", "pickup"))
        self.assertEqual(record.activity_ids.mapped("summary"), ["Plan the pick-up"])

    def test_a_customer_asks_for_nothing_else(self):
        others = self._rent_out(1, self.other_customer, first=10)
        stock = self._put_in_stock(self.laptop, 1, 20)
        nothing = self.env["stock.lot"]
        for devices, values, problem in (
            (others, {}, "Choose devices that you rent"),
            (self.devices + others, {}, "Choose devices that you rent"),
            (self.devices + stock, {}, "Choose devices that you rent"),
            (nothing, {}, "Choose devices that you rent"),
            (self.devices, {"method": "teleport"}, "Choose how"),
            (self.devices, {"accepted_by": "  "}, "Type your name"),
        ):
            with self.subTest(problem=problem), self._assert_refuses(problem):
                self._request(devices, **values)
        self._request(self.devices[:1])
        with self._assert_refuses("in return RMA/.* already"):
            self._request(self.devices[:1])


@tagged("post_install", "-at_install")
class TestReturnRights(ReturnCommon):
    """The right people, and nobody else."""

    def test_the_warehouse_receives_and_decides_nothing(self):
        record = self._create_return(self.devices)
        as_warehouse = record.with_user(self.warehouse)
        self._receive(record, self.devices[:2], user=self.warehouse)
        as_warehouse.action_report_missing()
        for action in (
            self._create_return(
                self.devices[:0], announce=False, partner_id=self.customer.id
            )
            .with_user(self.warehouse)
            .action_accept_responsibility,
            as_warehouse.action_claim,
            as_warehouse.line_ids[2:].action_claim,
            as_warehouse.line_ids[2:].action_remove,
        ):
            with self.assertRaises(AccessError):
                action()
        with self.assertRaises(AccessError):
            self._create_return(self.devices[2:], user=self.warehouse)

    def test_outsiders_see_nothing_of_it(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self._certify(self.devices)
        outsider = self._create_portal_user("outsider", self.signatory)
        for records in (
            record,
            record.line_ids,
            record.erasure_ids,
            record.certificate_ids,
            self.devices.waas_custody_ids,
            self.processor.waas_processor_certificate_ids,
        ):
            with self.subTest(model=records._name), self.assertRaises(AccessError):
                records.with_user(outsider).read(["display_name"])
        with self.assertRaises(AccessError):
            self.env["waas.return"].with_user(outsider)._receive_scans([], self.also)

    def test_r15_a_company_that_was_there_before_gets_what_a_return_needs(self):
        products = self.also.waas_pickup_product_id, self.also.waas_claim_product_id
        self.assertTrue(all(products))
        self.also.write(
            {"waas_pickup_product_id": False, "waas_claim_product_id": False}
        )
        self.also._waas_set_up()
        self.assertEqual(
            (self.also.waas_pickup_product_id, self.also.waas_claim_product_id),
            products,
        )

    def test_another_company_sees_nothing_of_it(self):
        record = self._create_return(self.devices)
        self._receive(record, self.devices)
        self._certify(self.devices)
        other = self.env["res.company"].create(
            {"name": "Elsewhere", "waas_enabled": True}
        )
        self.assertTrue(other.waas_quarantine_location_id)
        self.assertTrue(other.waas_return_type_id)
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        for model in (
            "waas.return",
            "waas.return.line",
            "waas.erasure",
            "waas.certificate",
            "waas.custody.entry",
        ):
            self.assertFalse(self.env[model].with_user(self.manager).search([]), model)

    def test_accountants_see_returns_and_change_none(self):
        record = self._create_return(self.devices).with_user(self.accountant)
        record.read(["name", "state", "fee_amount"])
        with self.assertRaises(AccessError):
            record.action_cancel()
        with self.assertRaises(AccessError):
            record.write({"note": "x"})


@tagged("post_install", "-at_install")
class TestQueries(WaasReturnCommon):
    """Bulk work stays bulk work: what a device costs, beside what a step costs whatever
    the number."""

    is_replayed = False

    # Most of it is Odoo's own: stock is moved device by device.
    MOST = {"announce": 4, "receive": 25, "certify": 4, "grade": 40}

    def test_the_queries_of_a_device_that_comes_back(self):
        few, many = 2, 12
        counts = {
            number: self._count_queries(number, first)
            for number, first in ((1, 100), (few, 200), (many, 300))  # 1 fills caches
        }
        for step, most in self.MOST.items():
            more = counts[many][step] - counts[few][step]
            self.assertLessEqual(more / (many - few), most, step)

    def _count_queries(self, number, first):
        """:return: dict of queries by step, each from a cold cache"""
        devices = self._rent_out(number, self.other_customer, first)
        record = self._create_return(devices, announce=False)
        record.action_accept_responsibility()
        steps = {
            "announce": record.action_announce,
            "receive": lambda: self._receive(record, devices),
            "certify": lambda: self._certify(devices),
            "grade": lambda: self._grade(devices),
        }
        counts = {}
        for step, take in steps.items():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            take()
            self.env.flush_all()
            counts[step] = self.env.cr.sql_log_count - before
        self.assertEqual(record.state, "closed")
        return counts
