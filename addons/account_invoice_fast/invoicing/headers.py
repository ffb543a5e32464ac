"""The header of an invoice, computed by the ORM's own compute methods."""

from .columns import (
    DRAFT_COLUMNS,
    EMPTY_LINE,
    OWN_OF_INVOICE,
)
from .known import HEADER_COLUMNS


class HeaderBuilder:
    """The part of a builder that calls ``account.move.new()`` for headers."""

    def _get_header_key(self, vals):
        return tuple(
            (name, value) for name, value in vals.items() if name not in OWN_OF_INVOICE
        )

    def _read_headers(self, invoices):
        """Let the ORM compute the headers: one new record for each different header."""
        questions = {}
        for invoice in invoices:
            questions.setdefault(
                self._get_header_key(invoice.vals),
                {
                    **self._defaults_of_moves,
                    **{
                        name: value
                        for name, value in invoice.vals.items()
                        if name not in OWN_OF_INVOICE
                    },
                },
            )
        partners = self.env["res.partner"].browse(
            {question["partner_id"] for question in questions.values()}
        )
        partners.fetch(["commercial_partner_id", "name", "lang"])
        new_moves = self.moves.concat(
            *(self.moves.new(question) for question in questions.values())
        )
        for (key, question), move in zip(questions.items(), new_moves, strict=True):
            columns = {
                name: move._fields[name].convert_to_write(move[name], move)
                for name in HEADER_COLUMNS
                if name in move._fields
            }
            columns["fiscal_position_id"] = self._get_fiscal_position(question, move)
            self._headers[key] = {**question, **columns}

    def _get_fiscal_position(self, question, move):
        """The fiscal position of the move, computed once for customers that are equal
        for Odoo.

        It takes a search for each customer, the only one of a header.
        """
        if "fiscal_position_id" in question or not self.guard.knows_fiscal_positions:
            return move.fiscal_position_id.id
        key = tuple(
            (
                partner.property_account_position_id.id,
                partner.country_id.id,
                partner.state_id.id,
                partner.zip,
                (partner.vat or "")[:2],
                partner._get_vat_required_valid(company=self.company),
            )
            for partner in (move.partner_id._origin, move.partner_shipping_id._origin)
        )
        if key not in self._fiscal_positions:
            # Without prefetching, which would compute all others as well.
            alone = move.with_prefetch()
            self._fiscal_positions[key] = alone.fiscal_position_id.id
        return self._fiscal_positions[key]

    def _get_header(self, vals):
        header = dict(self._headers[self._get_header_key(vals)])
        header["ref"] = vals.get("ref", False)
        header["invoice_origin"] = vals.get("invoice_origin", False)
        header.update(DRAFT_COLUMNS)
        return header

    def _get_common_columns(self, header):
        """The values that all lines of an invoice share."""
        return {
            **EMPTY_LINE,
            **self._defaults_of_lines,
            **self._columns_without_product,
            "company_id": header["company_id"],
            "company_currency_id": self.company_currency.id,
            "currency_id": header["currency_id"],
            "journal_id": header["journal_id"],
            "partner_id": header["commercial_partner_id"],
            "date": header["date"],
            "invoice_date": header["invoice_date"],
            "ref": header["ref"],
        }
