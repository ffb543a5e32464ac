import io
import re

import openpyxl
from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from ..common.cases import WaasCommon


@tagged("post_install", "-at_install")
class TestPriceListReport(WaasCommon):
    """The price list as people get it in their hands: on paper and as spreadsheet."""

    def _print(self, user=None):
        """The printed list, as parsed HTML."""
        content, _type = (
            self.env["ir.actions.report"]
            .with_user(user or self.seller)
            ._render_qweb_html("also_waas.action_report_price_list", self.pricelist.ids)
        )
        return html.fromstring(content)

    def _get_printed_rows(self, page):
        """Text of the cells of every product row: name, then price and commission per
        term."""
        return [
            [" ".join(cell.text_content().split()) for cell in row.findall("td")]
            for row in page.xpath("//tr[td[@name='td_product']]")
        ]

    def _get_amounts(self, cells):
        return [
            float(re.sub(r"[^\d.]", "", cell)) if re.search(r"\d", cell) else None
            for cell in cells
        ]

    def _export(self, pricelists=None, user=None):
        """The spreadsheet, as opened by whoever gets it."""
        content, _type = (
            self.env["ir.actions.report"]
            .with_user(user or self.seller)
            ._render_xlsx(
                "also_waas.action_report_price_list_xlsx",
                (pricelists or self.pricelist).ids,
                {},
            )
        )
        return openpyxl.load_workbook(io.BytesIO(content))

    def test_r8_printed_list_shows_price_and_commission_per_term(self):
        rows = self._get_printed_rows(self._print())
        self.assertEqual(
            {row[0].split(" 1 ×")[0]: self._get_amounts(row[1:]) for row in rows},
            {
                product.name: [
                    amount for months in (12, 24, 36) for amount in by_months[months]
                ]
                for product, by_months in self.prices.items()
            },
        )

    def test_r8_printed_list_shows_a_dash_where_a_term_has_no_price(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.monitor_option.product_tmpl_id
            and rule.waas_term_id == self.terms[12]
        ).unlink()
        rows = self._get_printed_rows(self._print())
        self.assertEqual(rows[-1][1:3], ["–", "–"])
        self.assertEqual(self._get_amounts(rows[-1][3:]), [3.0, 2.0, 2.5, 3.0])

    def test_r8_larger_quantity_has_a_row_below_its_product(self):
        self._create_price(self.bundle, 36, 42.5, 65.0, min_quantity=25)
        self._create_price(self.monitor_option, 36, 2.0, 3.5, min_quantity=25)
        rows = self._get_printed_rows(self._print())
        self.assertIn("from 25 pieces", rows[1][0])
        self.assertEqual(
            self._get_amounts(rows[1][1:]),
            [79.0, 20.0, 55.0, 40.0, 42.5, 65.0],
            "the other terms keep the price of the smaller quantity",
        )

    def test_r6_printed_list_tells_what_a_bundle_contains(self):
        self.laptop_slot.quantity = 2
        [bundle_row, *_others] = self._get_printed_rows(self._print())
        self.assertIn("2 × Laptop, 1 × Office Basic, 1 × Helpdesk", bundle_row[0])

    def test_r3_printed_list_says_that_delivery_is_free(self):
        footnotes = self._print().xpath("//div[@name='footnotes']")[0]
        self.assertIn("Delivery is free of charge", footnotes.text_content())

    def test_price_list_without_waas_prices_says_so(self):
        self.pricelist.item_ids.unlink()
        page = self._print()
        self.assertTrue(page.xpath("//p[@name='empty']"))
        self.assertFalse(page.xpath("//tr[td[@name='td_product']]"))
        self.assertEqual(len(self._export().worksheets), 1)

    def test_r8_spreadsheet_shows_price_and_commission_per_term(self):
        [sheet] = self._export().worksheets
        header, *rows = sheet.iter_rows(min_row=4, values_only=True)
        self.assertEqual(
            header[5:],
            (
                "12 months: price per month",
                "12 months: commission",
                "24 months: price per month",
                "24 months: commission",
                "36 months: price per month",
                "36 months: commission",
            ),
        )
        self.assertEqual(
            [(row[0], row[2], row[4:]) for row in rows],
            [
                ("Bundle", "Workplace", (1, 79, 20, 55, 40, 45.99, 60)),
                (
                    "Upgrade",
                    "Premium instead of Basic",
                    (1, 6.5, 1, 5.5, 2, 4.5, 3),
                ),
                ("Option", "Second Monitor", (1, 4, 1, 3, 2, 2.5, 3)),
            ],
        )

    def _set_extension_commission(self):
        self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == self.bundle.product_tmpl_id
            and rule.waas_term_id == self.terms[12]
        ).waas_extension_commission = 7.5

    def test_r1_printed_list_shows_what_an_extension_earns_where_it_does(self):
        self.assertFalse(self._print().xpath("//p[@name='extension']"))
        self._set_extension_commission()
        page = self._print()
        bundle, upgrade, _option = self._get_printed_rows(page)
        self.assertRegex(bundle[2], r"20\.00.*extension: .*7\.50")
        self.assertNotIn("extension", " ".join(bundle[3:] + upgrade))
        self.assertTrue(page.xpath("//p[@name='extension']"))

    def test_r1_spreadsheet_shows_what_an_extension_earns_where_it_does(self):
        self._set_extension_commission()
        [sheet] = self._export().worksheets
        header, *rows = sheet.iter_rows(min_row=4, values_only=True)
        self.assertEqual(
            header[5:],
            (
                "12 months: price per month",
                "12 months: commission",
                "12 months: extension",
                "24 months: price per month",
                "24 months: commission",
                "36 months: price per month",
                "36 months: commission",
            ),
        )
        self.assertEqual(
            [row[5:] for row in rows],
            [
                (79, 20, 7.5, 55, 40, 45.99, 60),
                (6.5, 1, None, 5.5, 2, 4.5, 3),
                (4, 1, None, 3, 2, 2.5, 3),
            ],
        )
        self.assertIn("each extended piece", sheet["A3"].value)
        self.assertEqual(sheet["H5"].number_format, "#,##0.00")

    def test_spreadsheet_has_real_numbers_and_no_formulas(self):
        self.bundle.name = "=1+1"
        [sheet] = self._export().worksheets
        self.assertEqual(sheet["F5"].number_format, "#,##0.00")
        self.assertEqual(sheet["F5"].data_type, "n")
        self.assertEqual(sheet["C5"].data_type, "s")
        self.assertEqual(sheet["C5"].value, "=1+1")
        self.assertEqual(sheet.freeze_panes, "D5")
        self.assertEqual(sheet.auto_filter.ref, "A4:K7")

    def test_spreadsheet_of_several_lists_has_a_sheet_for_each(self):
        names = ["WaaS", "waas", "A/B: [C]?", "'History'", "x" * 40, "x" * 50]
        pricelists = self.env["product.pricelist"].create(
            [{"name": name} for name in names]
        )
        self.assertEqual(
            self._export(pricelists).sheetnames,
            [
                "WaaS",
                "waas (2)",
                "A B   C",
                "History_",
                "x" * 31,
                "x" * 27 + " (2)",
            ],
        )

    def test_r8_commission_is_printed_for_waas_users_only(self):
        stranger = self._create_portal_user("stranger")
        for user in (self.accountant, self.warehouse, stranger):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._print(user=user)
                with self.assertRaises(AccessError):
                    self._export(user=user)

    def _create_portal_user(self, login):
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "company_id": self.also.id,
                "company_ids": [Command.set(self.also.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
