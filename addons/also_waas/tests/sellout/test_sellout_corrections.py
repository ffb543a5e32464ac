from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...models.sellout.waas_sellout_report_sales import Sale
from .common_sellout import SelloutCommon


@tagged("post_install", "-at_install")
class TestSelloutCorrections(SelloutCommon):
    """Replaced, corrected and returned devices."""

    def test_r5_a_chain_of_replacements_leads_back_to_what_was_told(self):
        _order, lot = self._rent(self._day(0))
        told = self._close().line_ids
        second, third = self._stock(1), self._stock(1)
        self._replace(lot, second, self._day(1, 5))
        self._replace(second, third, self._day(1, 20))
        report = self._close()
        self.assertEqual(
            sorted(self._tell(report)), sorted([(lot.name, -1), (third.name, 1)])
        )
        self.assertEqual(report.line_ids.corrects_id, told)

    def test_r5_replaced_before_it_was_told_the_new_serial_number_is_the_sale(self):
        _order, lot = self._rent(self._day(0, 5))
        other = self._stock(1)
        self._replace(lot, other, self._day(0, 20))
        report = self._close()
        self.assertEqual(self._tell(report), [(other.name, 1)])
        self.assertEqual(report.line_ids.kind, "sale")

    def test_r5_a_replacement_by_a_device_of_another_manufacturer(self):
        other_make = self.env["waas.manufacturer"].create(
            {
                "name": "Other Make",
                "approved": True,
                "warranty_max_months": 60,
                "sellout": True,
                "sellout_start": self.start,
            }
        )
        product = self._create_device(
            "Notebook", waas_manufacturer_id=other_make.id, waas_mpn="OM-1"
        )
        _order, lot = self._rent(self._day(0))
        self._close()
        self._close(self._open(other_make))
        other = self._stock(1, product)
        self._replace(lot, other, self._day(1))
        self.assertEqual(self._tell(self._open()), [(lot.name, -1)])
        self.assertEqual(self._tell(self._open(other_make)), [(other.name, 1)])

    def test_r5_a_wrong_serial_number_is_corrected_by_two_lines(self):
        _order, lot = self._rent(self._day(0))
        told = self._close().line_ids
        wrong, lot.name = lot.name, "RIGHT-1"
        report = self._close()
        self.assertEqual(self._tell(report), [(wrong, -1), ("RIGHT-1", 1)])
        self.assertEqual(set(report.line_ids.mapped("kind")), {"correction"})
        self.assertEqual(report.line_ids.corrects_id, told)
        self.assertFalse(self._close().line_ids)
        self.assertEqual(told.serial, wrong)

    def test_r5_another_manufacturer_of_the_product_moves_the_sell_out(self):
        _order, lot = self._rent(self._day(0))
        self._close()
        right = self.manufacturer.copy({"name": "Right Make", "approved": True})
        self.assertTrue(right.sellout)
        self.laptop.waas_manufacturer_id = right
        self.assertEqual(self._tell(self._open()), [(lot.name, -1)])
        self.assertEqual(self._tell(self._open(right)), [(lot.name, 1)])

    def test_r5_the_code_of_the_vendor_stands_in_for_the_part_number(self):
        vendor = self._create_party("Goodmake Europe")
        self.manufacturer.partner_id = vendor
        self.laptop.write(
            {
                "waas_mpn": False,
                "seller_ids": [
                    Command.create(
                        {"partner_id": vendor.child_ids.id, "product_code": "VENDOR-9"}
                    )
                ],
            }
        )
        self._rent(self._day(0))
        self.assertEqual(self._open().line_ids.mpn, "VENDOR-9")

    def test_r5_a_supplier_is_told_of_what_it_supplies(self):
        vendor = self._create_party("Big Supply")
        supplier = self.env["waas.manufacturer"].create(
            {
                "name": "Big Supply",
                "partner_id": vendor.id,
                "sellout": True,
                "sellout_start": self.start,
            }
        )
        sold_by = self.env["product.supplierinfo"].create(
            {"partner_id": vendor.id, "product_tmpl_id": self.laptop.product_tmpl_id.id}
        )
        _order, lot = self._rent(self._day(0))
        report = self._open(supplier)
        self.assertFalse(report.line_ids)
        supplier.sellout_as_vendor = True
        self._close(report)
        self.assertEqual(self._tell(report), [(lot.name, 1)])
        self.assertEqual(self._tell(self._open()), [(lot.name, 1)], "its maker as well")
        sold_by.unlink()
        self.assertFalse(self._open(supplier).line_ids)

    def test_r5_end_customers_are_named_only_if_the_agreement_says_so(self):
        self.customer.vat = "NL123456782B90"
        self._rent(self._day(0))
        self.manufacturer.write(
            {"sellout_agreement": "DPA-3", "sellout_customer_name": True}
        )
        line = self._open().line_ids
        self.assertEqual(line.customer_name, "Customer One")
        self.assertFalse(
            line.customer_city or line.customer_street or line.customer_vat
        )

    def test_r5_no_data_of_end_customers_without_an_agreement(self):
        with self._assert_refuses("by agreement only", ValidationError):
            self.manufacturer.sellout_customer_vat = True

    def test_r5_licenses_are_reported_by_their_seats(self):
        """Through the hook: the seats that are active at the end of the period."""
        order, _lot = self._rent(self._day(0))
        contract = order.waas_contract_ids
        self.office_basic.waas_mpn = "OFF-B"
        seats = [10, 12, 12, 0]

        def get_license_sales(report, scope):
            month = (report.date_to.month - self.start.month) % 12
            return [
                Sale(
                    source="waas.license,7",
                    product=self.office_basic,
                    contract=contract,
                    date=report.date_from,
                    quantity=seats[month],
                )
            ]

        report_class = self.registry["waas.sellout.report"]
        with patch.object(report_class, "_get_license_sales", get_license_sales):
            reports = self._close_months(4)
        lines = reports.line_ids.filtered(lambda line: not line.lot_id)
        self.assertEqual(
            [(line.mpn, line.quantity, line.kind) for line in lines.sorted("revision")],
            [("OFF-B", 10, "sale"), ("OFF-B", 2, "sale"), ("OFF-B", -12, "reversal")],
        )
