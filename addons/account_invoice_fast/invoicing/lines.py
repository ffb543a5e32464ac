"""The lines of the caller: what the ORM computes for them is asked once for equal
lines."""

from odoo import Command

from .columns import LINE_QUESTION, LineAnswer, PricedLine
from .invoice import NotRegularError
from .known import BUILT_MODULES, TEXT_LINES


class LineBuilder:
    """The part of a builder that calls ``account.move.new()`` for lines."""

    def _build_line(self, header, common, values):
        """:return: the columns of a line, and what its amounts (if any) depend on"""
        display_type = values.get("display_type") or "product"
        line = {
            **common,
            **{
                name: value
                for name, value in values.items()
                if name not in LINE_QUESTION
            },
            "display_type": display_type,
            "sequence": values.get("sequence", 100),
        }
        if display_type in TEXT_LINES:
            line["product_uom_id"] = values.get("product_uom_id", False)
            for name in ("quantity", "price_unit", "discount"):
                line[name] = self._round(name, values.get(name) or 0.0)
            return line, None
        answer = self._get_answer(header, values)
        priced = PricedLine(
            answer,
            self._get_analytic(values, answer),
            float(values["price_unit"]),
            self._round("quantity", values.get("quantity", 1.0)),
            self._round("discount", values.get("discount") or 0.0),
        )
        line.update(
            answer.product_columns,
            product_id=answer.product.id or None,
            account_id=answer.account.id,
            product_uom_id=answer.uom.id or None,
            tax_ids=answer.taxes._ids,
            name=values.get("name", answer.name),
            analytic_distribution=priced.analytic,
            price_unit=priced.price_unit,
            quantity=priced.quantity,
            discount=priced.discount,
        )
        return line, priced

    def _round(self, name, value):
        """Round as the column does."""
        return self.move_lines._fields[name].convert_to_cache(value, self.move_lines)

    def _get_analytic(self, values, answer):
        if "analytic_distribution" not in values:
            return answer.analytic
        return self._sanitize_analytic(values["analytic_distribution"])

    def _sanitize_analytic(self, distribution):
        return (
            self.move_lines._sanitize_values(
                {"analytic_distribution": distribution}, self._analytic_precision
            )["analytic_distribution"]
            or None
        )

    # === QUESTIONS ===#

    def _ask_ahead(self, invoices):
        """Ask about the lines of all invoices together: what the ORM reads for one of
        them, it reads for all."""
        questions = {}
        for invoice in invoices:
            for _operation, _id, values in invoice.vals["invoice_line_ids"]:
                if values.get("display_type") not in TEXT_LINES:
                    key = self._get_question_key(invoice.header, values)
                    questions.setdefault(key, (invoice.header, values))
        moves = self.moves.concat(
            *(self._make_question(*question) for question in questions.values())
        )
        for key, move in zip(questions, moves, strict=True):
            try:
                self._answers[key] = self._read_answer(move.invoice_line_ids)
            except NotRegularError:
                continue  # asked again for each of its invoices, which take the reason

    def _get_answer(self, header, values):
        """What the ORM computes where the caller gave no value."""
        key = self._get_question_key(header, values)
        if key not in self._answers:
            question = self._make_question(header, values)
            self._answers[key] = self._read_answer(question.invoice_line_ids)
        return self._answers[key]

    def _get_question_key(self, header, values):
        given = tuple(
            (
                name,
                repr(values[name])
                if name in ("tax_ids", "analytic_distribution")
                else values[name],
            )
            for name in LINE_QUESTION
            if name in values
        )
        # A label in the customer's language, a distribution model of the customer.
        needs_partner = "name" not in values or "analytic_distribution" not in values
        return (
            header["move_type"],
            header["journal_id"],
            header["currency_id"],
            header["fiscal_position_id"],
            header["partner_id"] if needs_partner else None,
            "name" in values,
            given,
        )

    def _make_question(self, header, values):
        """:return: a new ``account.move`` with one line, whose values are asked for"""
        given = {
            name: values[name] for name in (*LINE_QUESTION, "name") if name in values
        }
        return self.moves.new(
            {
                "move_type": header["move_type"],
                "company_id": header["company_id"],
                "journal_id": header["journal_id"],
                "currency_id": header["currency_id"],
                "partner_id": header["partner_id"],
                "fiscal_position_id": header["fiscal_position_id"],
                "invoice_date": header["invoice_date"],
                "invoice_line_ids": [Command.create({**given, "price_unit": 1.0})],
            }
        )

    def _read_answer(self, line):
        answer = LineAnswer(
            product=line.product_id._origin,
            account=line.account_id._origin,
            taxes=line.tax_ids._origin,
            uom=line.product_uom_id._origin,
            analytic=line.analytic_distribution or None,
            name=line.name or None,
            product_columns=self._read_product_columns(line),
        )
        self.guard.check_product_line(answer.product, answer.account, answer.taxes)
        return answer

    # === COLUMNS OF OTHER MODULES ===#

    def _find_product_fields(self):
        """Stored fields of other modules that depend on the product alone: computed
        with the answer, and not once more for each line."""
        depends = self.env.registry.field_depends
        return [
            field
            for field in self.move_lines._fields.values()
            if field.store
            and field.column_type
            and field.compute
            and field._module not in BUILT_MODULES
            and {name.partition(".")[0] for name in depends[field]} == {"product_id"}
        ]

    def _read_product_columns(self, line):
        return {
            field.name: field.convert_to_write(line[field.name], line)
            for field in self._product_fields
        }
