from odoo import api, models
from odoo.tools import email_normalize_all
from odoo.tools.date_utils import end_of

from ...sellout.columns import Layout

DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}
DATE_FORMATS = {"iso": "%Y-%m-%d", "dmy": "%d-%m-%Y", "compact": "%Y%m%d"}
ROOT_PARAMETER = "also_waas.sellout_root"


class WaasManufacturer(models.Model):
    """Of what a manufacturer is told, and on which way."""

    _inherit = "waas.manufacturer"

    def _get_sellout_period_end(self, first_day):
        """Last day of the report that begins on ``first_day``."""
        self.ensure_one()
        return end_of(first_day, self.sellout_period)

    def _get_sellout_customer_data(self):
        """What the agreement lets the manufacturer know of end customers: keys of
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
        """The products that the manufacturer is told of by ``company``: what it makes,
        and what it supplies where it wants to know that."""
        self.ensure_one()
        Product = self.env["product.product"].with_context(active_test=False)
        made = Product.search([("waas_manufacturer_id", "=", self.id)])
        return made | self._get_supplied_products(company)

    def _get_supplied_products(self, company):
        """Hook: the products of others that it is told of as their supplier. By price
        list: where receipts tell who supplied a device, they are asked instead."""
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
        # What a vendor was told of is not taken back when its prices are.
        told = self.env["waas.sellout.line"].search(
            [("manufacturer_id", "=", self.id), ("company_id", "=", company.id)]
        )
        return listed | told.product_id

    def _get_sellout_vendor(self):
        """The company that is told of what it supplies; empty where none is, or where
        another manufacturer with this company for its contact is told."""
        self.ensure_one()
        contact = self.partner_id if self.sellout_as_vendor else self.partner_id[:0]
        vendor = contact.commercial_partner_id
        return vendor if vendor and self._is_told_for(vendor) else vendor[:0]

    def _is_told_for(self, vendor):
        """One company is told once of what it supplies, also after a merge of contacts:
        by the first of those that have reports."""
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
        """The directory that no report leaves; False when none is set."""
        parameters = self.env["ir.config_parameter"].sudo()  # a path, and no secret
        return parameters.get_param(ROOT_PARAMETER)

    def _get_sellout_channel_problem(self):
        """Why nothing can be sent to the manufacturer, as a sentence, or False."""
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
