import csv
import io
import re
import tempfile
from datetime import date
from pathlib import Path
from unittest.mock import patch

import openpyxl
from freezegun import freeze_time
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from odoo.tests import TransactionCase, tagged

from ...sellout import csv_file, folder, xlsx_file, xml_file
from ...sellout.columns import (
    Document,
    FileProblem,
    Layout,
    clean,
    get_columns,
)
from .common_sellout_files import load_schema

HEADER = {
    "report": "SO/2026/0001",
    "reporter": "ALSO",
    "account": "ALSO-7",
    "manufacturer": "Goodmake",
    "period_from": date(2026, 1, 1),
    "period_to": date(2026, 1, 31),
}


ROW = {
    "line": 1,
    "kind": "sale",
    "date": date(2026, 1, 15),
    "reseller": "Partner One",
    "reseller_vat": "",
    "product": "Laptop",
    "sku": "LAP14",
    "mpn": "GM-14-G1",
    "serial": "S1",
    "quantity": 1,
    "country": "NL",
    "reference": "WAAS/2026/00001",
    "corrects": "",
    "bundle": "Workplace",
    "bundle_code": "WAAS-1",
    "reseller_number": "P-7",
    "deal_registration": "DR-9",
}


def document(**values):
    return Document(HEADER, get_columns(()), [{**ROW, **values}])


@tagged("post_install", "-at_install")
class TestSelloutWriters(TransactionCase):
    """The formats, without a database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.schema = load_schema()

    def _read(self, content, encoding="utf-8", delimiter=";"):
        text = io.StringIO(content.decode(encoding), newline="")
        return list(csv.DictReader(text, delimiter=delimiter))

    def test_r5_the_same_report_is_the_same_file_on_any_day(self):
        writers = {
            "csv": lambda: csv_file.write(document(), Layout()),
            "xlsx": lambda: xlsx_file.write(document()),
            "xml": lambda: xml_file.write(document(), self.schema),
        }
        for kind, write in writers.items():
            with self.subTest(kind=kind):
                files = set()
                for day in ("2026-02-01 09:00:00", "2027-05-05 23:59:59"):
                    with freeze_time(day):
                        files.add(write())
                self.assertEqual(len(files), 1)
        book = openpyxl.load_workbook(io.BytesIO(writers["xlsx"]()))
        self.assertEqual(book.properties.created.date(), HEADER["period_to"])

    def test_r5_csv_as_the_manufacturer_wants_it(self):
        layout = Layout(delimiter="|", encoding="cp1252", date_format="%d-%m-%Y")
        content = csv_file.write(document(reseller="Café | Co"), layout)
        [row] = self._read(content, "cp1252", "|")
        self.assertEqual(row["reseller"], "Café | Co")
        self.assertEqual((row["date"], row["period_to"]), ("15-01-2026", "31-01-2026"))
        self.assertEqual((row["serial"], row["quantity"]), ("S1", "1"))

    def test_r5_a_sign_the_encoding_lacks_is_named(self):
        with self.assertRaises(FileProblem) as problem:
            csv_file.write(document(reseller="Ωmega"), Layout(encoding="cp1252"))
        self.assertEqual(str(problem.exception), "Ω")

    def test_r5_no_formula_gets_into_a_spreadsheet(self):
        for text in ("=1+1", "+1", "-1", "@SUM(A1)", " =1", "'=1", "\uff1d1", '"=1'):
            with self.subTest(text=text):
                content = csv_file.write(document(reseller=text), Layout())
                [row] = self._read(content)
                self.assertEqual(row["reseller"], f"'{text}")
                sheet = openpyxl.load_workbook(
                    io.BytesIO(xlsx_file.write(document(reseller=text)))
                ).active
                self.assertNotIn("f", {cell.data_type for cell in sheet[2]})

    def test_r5_what_is_taken_back_is_a_number(self):
        [row] = self._read(csv_file.write(document(quantity=-1), Layout()))
        self.assertEqual(row["quantity"], "-1")

    def _unguard(self, text):
        """Without the apostrophes before what a spreadsheet would take for a formula,
        in a cell of whatever delimiter."""
        return re.sub(r"(^|[,;\t|])'", r"\1", text)

    @settings(deadline=None, max_examples=100)
    @example("|=")
    @given(st.text())
    def test_r5_any_text_comes_out_of_every_format_as_it_went_in(self, text):
        text = clean(text)
        full = document(reseller=text or "Nobody", sku=text)
        [row] = self._read(csv_file.write(full, Layout()))
        self.assertEqual(self._unguard(row["sku"]), self._unguard(text))
        root = etree.fromstring(xml_file.write(full, self.schema))
        self.assertEqual(root.findtext(".//x:sku", "", {"x": xml_file.NAMESPACE}), text)
        self.assertTrue(xlsx_file.write(full))

    def test_r5_xml_is_valid_or_is_not_written(self):
        root = etree.fromstring(xml_file.write(document(), self.schema))
        self.schema.assertValid(root)
        for wrong in (
            {"quantity": 0},
            {"country": "Netherlands"},
            {"mpn": ""},
            {"kind": "gift"},
            {"corrects": "line three"},
        ):
            with self.subTest(wrong=wrong), self.assertRaises(FileProblem):
                xml_file.write(document(**wrong), self.schema)

    def test_r5_the_number_of_a_line_is_in_a_report_once(self):
        twice = Document(HEADER, get_columns(()), [ROW, ROW])
        with self.assertRaises(FileProblem):
            xml_file.write(twice, self.schema)

    def test_r5_xml_with_data_of_end_customers(self):
        columns = get_columns(("name", "address", "vat"))
        row = {**dict.fromkeys(columns, ""), **ROW, "customer": "Customer & Co"}
        content = xml_file.write(Document(HEADER, columns, [row]), self.schema)
        self.assertIn(b"<customer>Customer &amp; Co</customer>", content)
        self.assertNotIn(b"customer", xml_file.write(document(), self.schema))

    def test_r5_a_file_lands_in_its_folder_whole(self):
        with tempfile.TemporaryDirectory() as root:
            for content in (b"one", b"one"):
                path = folder.put(root, "goodmake/reports", "a.csv", content)
                self.assertEqual(path, "goodmake/reports/a.csv")
            files = [path.name for path in Path(root).rglob("*") if path.is_file()]
            self.assertEqual(files, ["a.csv"])
            self.assertEqual((Path(root) / path).read_bytes(), b"one")

    def test_r5_half_a_file_is_none(self):
        with tempfile.TemporaryDirectory() as root:
            folder.put(root, "a", "a.csv", b"old")
            with (
                patch("os.replace", side_effect=OSError("disk full")),
                self.assertRaises(OSError),
            ):
                folder.put(root, "a", "a.csv", b"new")
            self.assertEqual((Path(root) / "a/a.csv").read_bytes(), b"old")

    def test_r5_a_link_that_a_manufacturer_laid_is_not_followed(self):
        with tempfile.TemporaryDirectory() as base:
            root, victim = Path(base) / "root", Path(base) / "odoo.conf"
            (root / "in").mkdir(parents=True)
            victim.write_bytes(b"ours")
            for name in ("a.csv", ".a.csv.part"):
                (root / "in" / name).symlink_to(victim)
            folder.put(str(root), "in", "a.csv", b"report")
            self.assertEqual(victim.read_bytes(), b"ours")
            self.assertEqual((root / "in" / "a.csv").read_bytes(), b"report")
            self.assertFalse((root / "in" / "a.csv").is_symlink())

    def test_r5_no_file_leaves_the_root(self):
        with tempfile.TemporaryDirectory() as base:
            root = Path(base) / "root"
            (root / "in").mkdir(parents=True)
            (root / "link").symlink_to(base)
            for path in (
                "..",
                "../other",
                "in/../../other",
                "/etc",
                "link",
                "",
                "a\\b",
            ):
                with self.subTest(path=path), self.assertRaises(folder.OutsideFolder):
                    folder.put(str(root), path, "a.csv", b"x")
            for name in ("../a.csv", "b/a.csv", ".hidden", "", "."):
                with self.subTest(name=name), self.assertRaises(folder.OutsideFolder):
                    folder.put(str(root), "in", name, b"x")
            self.assertFalse([path for path in Path(base).rglob("*.csv")])
