"""A file of WaaS prices comes in right or not at all (R8).

Files without a column for the term are ordinary price lists: nothing changes.
"""

from datetime import date, datetime

from odoo import fields, models
from odoo.tools import DEFAULT_SERVER_DATE_FORMAT, DEFAULT_SERVER_DATETIME_FORMAT

from odoo.addons.base_import.models.base_import import ImportValidationError

from ...price_files import UnclearError, read_moments, read_numbers

ITEM = "product.pricelist.item"


class BaseImport(models.TransientModel):
    _inherit = "base_import.import"

    def _parse_import_data_recursive(self, model, prefix, data, import_fields, options):
        if model == ITEM and any(
            name.split("/")[0] == "waas_term_id"
            for name in self._waas_strip(prefix, import_fields)
        ):
            options = self._waas_read_prices(prefix, data, import_fields, options)
        return super()._parse_import_data_recursive(
            model, prefix, data, import_fields, options
        )

    def _waas_strip(self, prefix, import_fields):
        """Names of the columns that are about a price."""
        return [
            name.removeprefix(prefix)
            for name in import_fields
            if name.startswith(prefix)
        ]

    def _waas_read_prices(self, prefix, data, import_fields, options):
        """Put numbers and days as Odoo writes them into the rows.

        :return: the options by which core reads what is written so
        """
        kinds = self.env[ITEM].fields_get(attributes=["type", "string"])
        for index, name in enumerate(import_fields):
            field = kinds.get(name.removeprefix(prefix), {})
            column = [self._waas_get_text(row[index]) for row in data]
            if field.get("type") in ("float", "monetary"):
                thousands = options.get("float_thousand_separator", "")
                read = self._waas_read(read_numbers, field, name, column, thousands)
            elif field.get("type") == "datetime":
                is_last = name.endswith("date_end")
                read = self._waas_read(read_moments, field, name, column, is_last)
            else:
                continue
            for row, value in zip(data, read, strict=True):
                row[index] = value
        return {
            **options,
            "float_thousand_separator": ",",
            "float_decimal_separator": ".",
            "date_format": DEFAULT_SERVER_DATE_FORMAT,
            "datetime_format": DEFAULT_SERVER_DATETIME_FORMAT,
        }

    def _waas_get_text(self, value):
        """A spreadsheet has days and moments of its own: as text, as a user types them.
        A day stays a day, so that the last one is whole."""
        if isinstance(value, datetime):
            return fields.Datetime.to_string(value)
        if isinstance(value, date):
            return fields.Date.to_string(value)
        return str(value or "")

    def _waas_read(self, read, field, name, column, *how):
        try:
            return read(column, *how)
        except UnclearError as error:
            raise ImportValidationError(
                self.env._(
                    "“%(value)s” in column %(column)s is unclear: it can be read in "
                    "two ways, or in none. Write all amounts with cents, like 1234.56 "
                    "or 1234,56, and days like 2026-07-01; then import the file again.",
                    value=str(error),
                    column=field["string"],
                ),
                field=name,
                field_type=field["type"],
            ) from error
