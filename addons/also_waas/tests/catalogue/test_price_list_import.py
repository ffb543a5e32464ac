from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from .common_catalogue import CatalogueCommon


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
