from datetime import date

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .test_upgrade import START, TODAY, ChangeCommon


@tagged("post_install", "-at_install")
class TestExtension(ChangeCommon):
    """Up to month 36, and never past the longest warranty of a device (R12)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.devices = cls._put_in_stock(cls.laptop, 2)
        # As the delivery does: other tests are about it.
        cls.devices.sudo()._waas_arrive(cls.contract, START)

    def _get_offers(self, contract=None):
        offers = (contract or self.contract)._waas_get_extension_offers()
        return {offer["months"]: offer for offer in offers}

    def test_r12_offers_go_in_steps_to_month_36(self):
        offers = self._get_offers()
        self.assertEqual(list(offers), [15, 18, 21, 24, 27, 30, 33, 36, 39])
        self.assertEqual(
            [months for months, offer in offers.items() if offer["possible"]],
            [15, 18, 21, 24, 27, 30, 33, 36],
        )
        self.assertEqual(offers[36]["date_end"], date(2029, 1, 30))
        [reason] = offers[39]["reasons"]
        self.assertRegex(reason, "36 months at most.*ends on 01/30/2029.*follow-on")

    def test_r12_steps_are_the_companys(self):
        self.also.waas_extension_step = 10
        self.assertEqual(list(self._get_offers()), [22, 32, 36, 46])

    def test_r12_each_device_says_how_long_it_can_go_on(self):
        self.devices[0].waas_warranty_end = date(2027, 6, 1)
        self.devices[0].waas_warranty_max_end = date(2027, 10, 29)
        offers = self._get_offers()
        self.assertTrue(offers[18]["possible"])  # to 30 July 2027
        self.assertFalse(offers[21]["possible"])  # to 30 October 2027
        self.assertEqual(
            offers[21]["devices"],
            [
                {
                    "id": self.devices[0].id,
                    "name": "Laptop",
                    "serial": "Laptop-1",
                    "warranty_end": date(2027, 10, 29),
                }
            ],
        )
        self.assertRegex(
            offers[21]["reasons"][0],
            "Laptop, serial number Laptop-1, .* until 10/29/2027 .*exchange the device",
        )

    def test_r12_a_device_without_warranty_on_record_cannot_go_on(self):
        self.devices[1].waas_warranty_end = False
        self.devices[1].waas_warranty_max_end = False
        self.assertRegex(
            self._get_offers()[15]["reasons"][0], "Laptop-2, has no warranty on record"
        )

    def test_r12_an_exchanged_device_lets_the_contract_go_on(self):
        self.devices[0].waas_warranty_end = False
        self.devices[0].waas_warranty_max_end = date(2027, 3, 1)
        change = self._create_change(self.contract, "extension", months=15)
        self.assertEqual(change.ending_device_ids, self.devices[0])
        with self._assert_refuses("Laptop-1, can be kept under warranty until"):
            change.action_submit()
        action = change.ending_device_ids.with_user(self.seller).action_waas_replace()
        self.assertEqual(action["context"]["default_device_id"], self.devices[0].id)
        self.devices[0].sudo()._waas_leave(TODAY)
        self._agree(change)
        self.assertEqual(self.contract.date_end, date(2027, 4, 29))

    def test_r12_an_extension_appends_months_at_the_original_price(self):
        self._invoice_up_to(self.contract, TODAY)
        change = self._create_change(self.contract, "extension", months=18)
        self.assertRecordValues(
            change,
            [
                {
                    "date_end": date(2027, 7, 30),
                    "effective_date": date(2027, 1, 31),
                    "monthly_after": 395.0,
                    "total_after": 18 * 395.0,
                    "growth_amount": 6 * 395.0,
                }
            ],
        )
        self._agree(change)
        self.assertEqual(self.contract.date_end, date(2027, 7, 30))
        months = self.contract.waas_installment_ids
        self.assertEqual(months.mapped("number"), list(range(1, 19)))
        self.assertEqual(months[12].date_start, date(2027, 1, 31))
        self.assertEqual(months[13].date_start, date(2027, 2, 28))
        self.assertEqual(months[14].date_start, date(2027, 3, 31))
        self._invoice_up_to(self.contract, date(2027, 7, 30))
        self.assertEqual(
            sum(months.move_id.mapped("amount_untaxed")),
            self.contract.waas_total_amount,
        )
        self._assert_ledger()

    def test_r12_a_contract_that_is_invoiced_to_its_end_can_go_on(self):
        self._invoice_up_to(self.contract, date(2027, 1, 30))
        self._agree(self._create_change(self.contract, "extension", months=15))
        self.assertEqual(
            self.contract.contract_line_ids.recurring_next_date, date(2027, 1, 31)
        )
        self._invoice_up_to(self.contract, date(2027, 1, 31))
        self._assert_ledger()

    def test_r12_upgrades_go_on_parts_of_months_do_not(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 20)))
        change = self._create_change(self.contract, "extension", months=15)
        self.assertEqual(change.line_ids.product_id, self.bundle | self.premium_upgrade)
        self._agree(change)
        self.assertEqual(self._get_amounts()[-4:], [427.5] * 4)
        self._assert_ledger()

    def test_r12_two_extensions_one_after_the_other(self):
        for months in (15, 36):
            self._agree(self._create_change(self.contract, "extension", months=months))
        self.assertEqual(len(self.contract.waas_installment_ids), 36)
        self.assertEqual(list(self._get_offers()), [39])
        change = self._create_change(self.contract, "extension")
        with self._assert_refuses("36 months at most.*Make a follow-on contract"):
            change.action_submit()
        self._assert_ledger()

    def test_g_what_cannot_be_extended_shows_no_commission(self):
        self.pricelist.item_ids.waas_extension_commission = 67.0
        change = self._create_change(self.contract, "extension", months=15)
        self.assertEqual(change.commission_amount, 5 * 67.0)
        change.months = 12
        self.assertEqual(change.commission_amount, 0.0)
        change.months = 18
        self.assertEqual(change.commission_amount, 5 * 67.0)
        change.months = 36
        self._agree(change)
        again = self._create_change(self.contract, "extension")
        self.assertEqual((again.months, again.commission_amount), (36, 0.0))

    def test_g_beyond_month_36_says_until_when(self):
        for months in range(37, 49):
            with (
                self.subTest(months=months),
                self._assert_refuses("36 months at most.*month 36 ends on 01/30/2029"),
            ):
                self._create_change(self.contract, "extension", months=months)

    def test_g_a_draft_is_not_told_to_press_renew(self):
        change = self._upgrade(self.contract, date(2026, 4, 30))
        with freeze_time("2026-05-02"):
            [(_code, message)] = change._get_problems()
        self.assertIn("has passed: choose today or a later day", message)
        self.assertNotIn("Renew", message)

    def test_r1_an_extension_earns_its_own_commission(self):
        rule = self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.bundle.product_tmpl_id
            and rule.waas_term_id == self.terms[12]
        )
        rule.waas_extension_commission = 7.5
        change = self._create_change(self.contract, "extension", months=15)
        self.assertRecordValues(
            change.line_ids,
            [{"quantity": 5, "commission_unit": 7.5, "commission_amount": 37.5}],
        )
        self._agree(change)
        rule.waas_extension_commission = 9.0
        self.assertEqual(change.commission_amount, 37.5)

    def test_r1_a_list_that_follows_another_takes_its_extension_commission(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.waas_term_id == self.terms[12]
        ).waas_extension_commission = 7.5
        following = self._create_list("Following")
        self._follow(following, self.pricelist, percent=10.0)
        self.reseller.with_company(self.also).waas_pricelist_id = following
        contract = self._create_contract(START)
        change = self._create_change(contract, "extension", months=15)
        self.assertEqual(change.commission_amount, 7.5)

    def test_r8_the_price_list_tells_what_an_extension_earns(self):
        rule = self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.bundle.product_tmpl_id
            and rule.waas_term_id == self.terms[12]
        )
        rule.waas_extension_commission = 7.5
        offer = self.pricelist._waas_get_offer()
        [row] = [row for row in offer if row["product"] == self.bundle]
        self.assertEqual(row["terms"][self.terms[12]]["extension_commission"], 7.5)
        self.assertNotIn("extension_commission", row["terms"][self.terms[36]])
        html = self.env["ir.actions.report"]._render_qweb_html(
            "also_waas.action_report_price_list", self.pricelist.ids
        )[0]
        self.assertIn("extension: ", html.decode())

    def test_r12_nobody_passes_month_36(self):
        change = self._create_change(self.contract, "extension", months=15)
        with self._assert_refuses("36 months at most"):
            change.write({"months": 37})
        self.env.flush_all()
        with self._assert_violates():
            self.env.cr.execute(
                "UPDATE waas_change SET months = 37 WHERE id = %s", [change.id]
            )

    def test_r12_the_database_knows_month_36(self):
        self._agree(self._create_change(self.contract, "extension", months=36))
        month = self.contract.waas_installment_ids[-1]
        with self._assert_violates():
            month.write({"number": 37})
            month.flush_recordset()

    def test_r12_no_end_past_the_warranty_of_a_device(self):
        self.devices[0].waas_warranty_end = False
        self.devices[0].waas_warranty_max_end = date(2027, 6, 1)
        line = self.contract.contract_line_ids
        with self._assert_refuses("Laptop-1, can be kept under", ValidationError):
            line.date_end = date(2027, 7, 30)
            self.contract.flush_recordset()
        with self._assert_refuses("36 months at most", ValidationError):
            line.date_end = date(2029, 2, 1)
            self.contract.flush_recordset()

    def test_r12_shorter_is_no_extension(self):
        change = self._create_change(self.contract, "extension", months=12)
        with self._assert_refuses("has 12 months already: choose a longer time"):
            change.action_submit()

    def test_r12_after_the_term_it_is_too_late(self):
        change = self._create_change(self.contract, "extension", months=15)
        with (
            freeze_time("2027-01-31"),
            self._assert_refuses(
                "ended on 01/30/2027: an extension is agreed before that"
            ),
        ):
            change.action_submit()

    def test_the_screen_shows_the_offers(self):
        change = self._create_change(self.contract, "extension")
        self.assertEqual(change.months, 36)
        self.assertIn("36 months at most", change.preview_html)
        self.assertIn("Possible", change.preview_html)
