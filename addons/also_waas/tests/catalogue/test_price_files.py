import io
from datetime import datetime

import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...price_files import UnclearError, read_moments, read_numbers
from ..common.cases import WaasCommon

HEADERS = "pricelist_id;product_tmpl_id;waas_term_id;fixed_price;waas_commission_unit"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What the screen sends for a user whose language is English.
SCREEN = {
    "has_headers": True,
    "separator": ";",
    "quoting": '"',
    "keep_matches": False,
    "float_thousand_separator": ",",
    "float_decimal_separator": ".",
    "date_format": "%m-%d-%Y",
    "datetime_format": "",
}
cents = st.decimals("0.01", "99999.99", places=2)


@tagged("post_install", "-at_install")
class TestPriceFiles(WaasCommon):
    """Price lists of Dutch offices come in right or not at all (C9, R8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist.item_ids.unlink()

    def _import(
        self, *rows, headers=HEADERS, model="product.pricelist.item", **options
    ):
        text = "\n".join((headers, *rows))
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create(
                {
                    "res_model": model,
                    "file": text.encode(),
                    "file_name": "prices.csv",
                    "file_type": "text/csv",
                }
            )
        )
        columns = headers.split(";")
        return wizard.execute_import(columns, columns, {**SCREEN, **options})

    def _assert_imported(self, result):
        self.assertFalse(result["messages"], result["messages"])
        return self.env["product.pricelist.item"].browse(result["ids"])

    def _assert_refused(self, result, reason):
        self.assertFalse(result.get("ids"))
        self.assertFalse(self.pricelist.item_ids)
        self.assertRegex(result["messages"][0]["message"], reason)
        self.assertEqual(result["messages"][0].get("type", "error"), "error")

    def test_c9_a_comma_before_cents_is_a_decimal_comma(self):
        rule = self._assert_imported(self._import("WaaS;Workplace;36;45,99;60,00"))
        self.assertEqual((rule.fixed_price, rule.waas_commission_unit), (45.99, 60.0))

    def test_c9_thousands_with_a_point(self):
        rules = self._assert_imported(
            self._import(
                "WaaS;Workplace;36;1.045,99;€ 60,00", "WaaS;Workplace;24;1.055;40"
            )
        )
        self.assertEqual(rules.mapped("fixed_price"), [1045.99, 1055.0])

    def test_c9_english_files_come_in_as_before(self):
        rules = self._assert_imported(
            self._import(
                "WaaS;Workplace;36;1,045.99;60.00", "WaaS;Workplace;24;55.5;40"
            )
        )
        self.assertEqual(rules.mapped("fixed_price"), [1045.99, 55.5])

    def test_c9_what_can_be_read_in_two_ways_is_refused(self):
        for row in (
            "WaaS;Workplace;36;1.045;60,00",
            "WaaS;Workplace;36;nan;60,00",
            "WaaS;Workplace;36;inf;60,00",
            "WaaS;Workplace;36;45,99;1e3",
            "WaaS;Workplace;36;4,5,99;60",
            "WaaS;Workplace;36;45 99;60",
            "WaaS;Workplace;36;12345.678,00;60",
        ):
            with self.subTest(row):
                self._assert_refused(self._import(row), "is unclear")
        mixed = self._import("WaaS;Workplace;36;45,99;60", "WaaS;Workplace;24;55.00;40")
        self._assert_refused(mixed, "“55.00” in column Fixed Price is unclear")
        small = self._import("WaaS;Workplace;36;45,99;60", "WaaS;Workplace;24;0.500;40")
        self._assert_refused(small, "“0.500” in column Fixed Price is unclear")

    def _import_days(self, *days):
        return self._import(
            *(
                f"WaaS;Workplace;{months};45,99;60,00;{start};{end}"
                for months, (start, end) in zip((36, 24, 12), days, strict=False)
            ),
            headers=f"{HEADERS};date_start;date_end",
        )

    def test_c9_the_day_comes_first_and_the_last_day_is_whole(self):
        rule = self._assert_imported(self._import_days(("01-07-2026", "31-12-2026")))
        self.assertEqual(rule.date_start, datetime(2026, 7, 1))
        self.assertEqual(rule.date_end, datetime(2026, 12, 31, 23, 59, 59))
        for moment, found in (
            (datetime(2026, 6, 30, 23), False),
            (datetime(2026, 7, 1, 1), True),
            (datetime(2026, 12, 31, 22), True),
            (datetime(2027, 1, 1, 1), False),
        ):
            prices = self.pricelist._waas_get_prices(
                [(self.bundle, 1.0, self.bundle.uom_id)], self.terms[36], moment
            )
            self.assertEqual(bool(prices), found, moment)

    def test_c9_other_ways_to_write_a_day(self):
        rules = self._assert_imported(
            self._import_days(
                ("1.7.2026", "2026-12-31"),
                ("01-07-26 00:00", "31.12.2026 23:59:59"),
            )
        )
        for rule in rules:
            self.assertEqual(rule.date_start, datetime(2026, 7, 1))
            self.assertEqual(rule.date_end, datetime(2026, 12, 31, 23, 59, 59))

    def test_c9_a_day_with_slashes_needs_another_that_tells(self):
        self._assert_refused(
            self._import_days(("01/07/2026", "31/12/2026")), "“01/07/2026” in column"
        )
        rules = self._assert_imported(
            self._import_days(("01/07/2026", ""), ("13/07/2026", ""))
        )
        self.assertEqual(rules[0].date_start, datetime(2026, 7, 1))

    def _import_sheet(self, *row, **days):
        """One row of a spreadsheet, with days in cells of their own kind."""
        output = io.BytesIO()
        workbook = xlsxwriter.Workbook(output, {"in_memory": True})
        sheet = workbook.add_worksheet()
        day = workbook.add_format({"num_format": "dd-mm-yyyy"})
        headers = [*HEADERS.split(";"), *days]
        sheet.write_row(0, 0, headers)
        sheet.write_row(1, 0, row)
        for column, value in enumerate(days.values(), len(row)):
            sheet.write_datetime(1, column, value, day)
        workbook.close()
        wizard = (
            self.env["base_import.import"]
            .with_user(self.manager)
            .create(
                {
                    "res_model": "product.pricelist.item",
                    "file": output.getvalue(),
                    "file_name": "prices.xlsx",
                    "file_type": XLSX,
                }
            )
        )
        return wizard.execute_import(headers, headers, SCREEN)

    def test_c9_days_of_a_spreadsheet_are_whole_as_well(self):
        rule = self._assert_imported(
            self._import_sheet(
                *("WaaS", "Workplace", "36", 45.99, 60),
                date_start=datetime(2026, 7, 1),
                date_end=datetime(2026, 12, 31),
            )
        )
        self.assertEqual((rule.fixed_price, rule.waas_commission_unit), (45.99, 60.0))
        self.assertEqual(rule.date_start, datetime(2026, 7, 1))
        self.assertEqual(rule.date_end, datetime(2026, 12, 31, 23, 59, 59))

    def test_c9_two_products_of_one_name_are_refused(self):
        self._create_waas_product("Workplace", "bundle")
        self._assert_refused(
            self._import("WaaS;Workplace;36;45,99;60,00"),
            "multiple matches .*Workplace.* External ID",
        )
        loaded = self.env["product.pricelist.item"].load(
            HEADERS.split(";"), [["WaaS", "Workplace", "36", "45.99", "60"]]
        )
        self._assert_refused(loaded, "multiple matches")

    def test_c9_a_list_with_its_prices_is_read_the_same_way(self):
        headers = (
            "name;item_ids/product_tmpl_id;item_ids/waas_term_id;item_ids/fixed_price;"
            "item_ids/applied_on;item_ids/compute_price"
        )
        result = self._import(
            "New List;Workplace;36;45,99;Product;Fixed Price",
            headers=headers,
            model="product.pricelist",
        )
        self.assertFalse(result["messages"], result["messages"])
        pricelist = self.env["product.pricelist"].browse(result["ids"])
        self.assertEqual(pricelist.item_ids.fixed_price, 45.99)

    def test_c9_ordinary_price_lists_are_imported_as_without_us(self):
        result = self._import(
            "WaaS;Workplace;45,99", headers="pricelist_id;product_tmpl_id;fixed_price"
        )
        self.assertNotIn("unclear", str(result["messages"]))

    @settings(deadline=None)
    @given(st.lists(cents, min_size=1, max_size=5), st.booleans(), st.booleans())
    def test_c9_amounts_with_cents_are_read_as_they_were_meant(
        self, amounts, dutch, grouped
    ):
        texts = [f"{amount:,.2f}" if grouped else f"{amount:.2f}" for amount in amounts]
        if dutch:
            texts = [text.translate(str.maketrans(",.", ".,")) for text in texts]
        for thousands in (",", ".", ""):
            read = read_numbers(texts, thousands)
            self.assertEqual([float(text) for text in read], [*map(float, amounts)])

    @settings(deadline=None)
    @given(st.dates())
    def test_c9_days_are_read_as_they_were_meant_or_not_at_all(self, day):
        if day.year < 1000:
            return
        for text in (f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}", f"{day}"):
            self.assertEqual(read_moments([text]), [f"{day} 00:00:00"])
            self.assertEqual(read_moments([text], True), [f"{day} 23:59:59"])
        for pattern in ("%d/%m/%Y", "%m/%d/%Y"):
            try:
                [read] = read_moments([day.strftime(pattern)])
            except UnclearError:
                continue
            self.assertEqual(read, f"{day} 00:00:00")
