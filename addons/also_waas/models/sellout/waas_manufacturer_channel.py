from odoo import api, models
from odoo.tools import email_normalize_all
from odoo.tools.date_utils import end_of

from ...sellout.columns import Layout

DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}
DATE_FORMATS = {"iso": "%Y-%m-%d", "dmy": "%d-%m-%Y", "compact": "%Y%m%d"}
ROOT_PARAMETER = "also_waas.sellout_root"


class WaasManufacturer(models.Model):
    """Which products are reported to a manufacturer, and through which channel."""

    _inherit = "waas.manufacturer"

    def _get_sellout_period_end(self, first_day):
        """The last day of the report that begins on ``first_day``."""
        self.ensure_one()
        return end_of(first_day, self.sellout_period)

    def _get_sellout_customer_data(self):
        """The data of end customers that the agreement allows: keys of
        ``CUSTOMER_COLUMNS``."""
        self.ensure_one()
        return tuple(
            key for key in ("name", "address", "vat") if self[f"sellout_customer_{key}"]
        )

    def _get_sellout_layout(self):
        self.ensure_one()
        return Layout(
            DELIMITERS[self.sellout_delimiter],
            self.sellout_encoding,
            DATE_FORMATS[self.sellout_date_format],
            self.sellout_apostrophe,
        )

    def _get_sellout_emails(self):
        self.ensure_one()
        address = self.sellout_email or self.sellout_contact_id.email
        return ",".join(email_normalize_all(address or ""))

    def _get_sellout_products(self, company):
        """The products that ``company`` reports to the manufacturer: those that it
        makes, and those that it supplies where it wants supplier reports."""
        self.ensure_one()
        Product = self.env["product.product"].with_context(active_test=False)
        made = Product.search([("waas_manufacturer_id", "=", self.id)])
        return made | self._get_supplied_products(company)

    def _get_supplied_products(self, company):
        """Hook: the products of other manufacturers that are reported to it as their
        supplier. By price list; an addon that knows receipts uses those instead."""
        Product = self.env["product.product"].with_context(active_test=False)
        vendor = self._get_sellout_vendor()
        if not vendor:
            return Product
        listed = Product.search(
            [
                ("waas_role", "in", ("device", "license")),
                ("seller_ids.partner_id", "child_of", vendor.id),
            ]
        )
        # What was reported to a vendor stays reported when its prices are removed.
        told = self.env["waas.sellout.line"].search(
            [("manufacturer_id", "=", self.id), ("company_id", "=", company.id)]
        )
        return listed | told.product_id

    def _get_sellout_vendor(self):
        """The company that gets the supplier reports. Empty without one, or where
        another manufacturer with the same contact gets them."""
        self.ensure_one()
        contact = self.partner_id if self.sellout_as_vendor else self.partner_id[:0]
        vendor = contact.commercial_partner_id
        return vendor if vendor and self._is_told_for(vendor) else vendor[:0]

    def _is_told_for(self, vendor):
        """A company gets one supplier report only, also after contacts were merged:
        from the first of the manufacturers that have reports."""
        told = self.with_context(active_test=False).search(
            [
                ("partner_id.commercial_partner_id", "=", vendor.id),
                ("sellout", "=", True),
                ("sellout_as_vendor", "=", True),
            ],
            order="active desc, id",
            limit=1,
        )
        return not self.sellout or told == self

    @api.model
    def _get_sellout_root(self):
        """The directory that contains all report folders; False when none is set."""
        parameters = self.env["ir.config_parameter"].sudo()  # a path, not confidential
        return parameters.get_param(ROOT_PARAMETER)

    def _get_sellout_channel_problem(self):
        """Why no report can be sent to the manufacturer, as a sentence, or False."""
        self.ensure_one()
        if self.sellout_channel == "mail":
            return not self._get_sellout_emails() and self.env._(
                "%(manufacturer)s has no address for its sell-out reports: add one on "
                "the manufacturer.",
                manufacturer=self.name,
            )
        if not self.sellout_folder:
            return self.env._(
                "%(manufacturer)s has no folder for its sell-out reports: add one on "
                "the manufacturer.",
                manufacturer=self.name,
            )
        return not self._get_sellout_root() and self.env._(
            "No folder for sell-out reports is set: ask an administrator to name one "
            "under Configuration, Settings, Sell-out."
        )

    def _get_outside_folder_message(self):
        return self.env._(
            "The sell-out folder of %(manufacturer)s must lie below the root of all of "
            "them: write it like goodmake/reports, without .. and without a / before "
            "it.",
            manufacturer=self.name,
        )
