import ast

from lxml import etree

from odoo.exceptions import UserError
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval


class OfferedMixin:
    """What the form of a record offers can be done: the buttons that somebody sees are
    pressed, each from the same state."""

    def _assert_offers(self, record, user=None):
        """:return: the names of the buttons that are offered"""
        record = record.with_user(user or record.env.user)
        record.invalidate_recordset()
        offered = self._get_offered(record)
        for name in offered:
            with self.subTest(record=record.display_name, offered=name):
                self._press(record, name)
        return offered

    def _press(self, record, name):
        with self._undone():
            try:
                with mute_logger("odoo.sql_db"):
                    getattr(record, name)()
                    self.env.flush_all()
            except UserError as refusal:
                self.fail(f"{name} is offered and refused: {refusal}")

    def _get_offered(self, record):
        """The buttons of ours that the form shows; those of its rows are left aside."""
        tree = etree.fromstring(record.get_view(view_type="form")["arch"])
        names = []
        for button in tree.iter("button"):
            above = list(button.iterancestors())
            if button.get("type") != "object" or any(
                node.tag == "field" for node in above
            ):
                continue
            name = button.get("name")
            if self._is_ours(record, name) and not any(
                self._is_hidden(node, record) for node in (button, *above)
            ):
                names.append(name)
        return names

    def _is_ours(self, record, name):
        return any(
            cls.__module__.startswith("odoo.addons.also_waas") and name in vars(cls)
            for cls in type(record).__mro__
        )

    def _is_hidden(self, node, record):
        condition = node.get("invisible")
        if not condition:
            return False
        names = {
            found.id
            for found in ast.walk(ast.parse(condition.strip(), mode="eval"))
            if isinstance(found, ast.Name)
        }
        values = {
            name: self._get_value(record, name)
            for name in names & (record._fields.keys())
        }
        return bool(safe_eval(condition.strip(), values))

    def _get_value(self, record, name):
        value = record[name]
        field = record._fields[name]
        if field.type == "many2one":
            return value.id
        return value.ids if field.relational else value
