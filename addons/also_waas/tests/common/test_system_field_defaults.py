import ast
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_path

from .common_system_fields import SystemFieldsCommon

ADDON = Path(__file__).parents[2]


# Keys that our code reads out of a context, by the class of what may stand there.
# Something else, sent by a caller from outside, is not heard.
CONTEXT_KEYS = {
    "waas_reserved_for",
    "waas_kept_until",
    "waas_wanted",
    "waas_ahead",
    "sequence_formats",
    "waas_configuring",
    "waas_confirming",
    "waas_cancelling",
    "waas_text",
}


@tagged("post_install", "-at_install", "slow")
class TestSystemFieldDefaults(SystemFieldsCommon):
    """No default reaches a system field."""

    def _create_as_allowed(self):
        """What people do create: model, who, and what they give."""
        return [
            (
                "waas.change",
                self.seller,
                {"contract_id": self.contract.id, "kind": "termination"},
            ),
            (
                "waas.return",
                self.seller,
                {"company_id": self.also.id, "partner_id": self.customer.id},
            ),
            (
                "waas.hardware.request",
                self.seller,
                {
                    "reseller_id": self.reseller.id,
                    "company_id": self.also.id,
                    "manufacturer_name": "Newmake",
                    "description": "Model 8",
                },
            ),
            (
                "waas.invoice.run",
                self.accountant,
                {"company_id": self.also.id, "date": "2031-01-01"},
            ),
            (
                "sale.order",
                self.seller,
                {"partner_id": self.customer.id, "company_id": self.also.id},
            ),
            (
                "stock.lot",
                self.warehouse,
                {
                    "product_id": self.laptop.id,
                    "company_id": self.also.id,
                    "name": "Forged-1",
                },
            ),
            (
                "contract.contract",
                self.people["administrator"],
                {"name": "Cleaning", "partner_id": self.customer.id},
            ),
            ("res.partner", self.manager, {"name": "Somebody"}),
        ]

    def test_a1_no_default_reaches_a_system_field(self):
        """Neither the context nor a user's own default, whoever creates: the system
        creates on behalf of somebody, in the context of that person."""
        for name, names in self._get_models().items():
            for field_name in sorted(names):
                model = self.env[name].sudo()
                field = model._fields[field_name]
                right = model.default_get([field_name]).get(field_name)
                for value in (self._make_value(field), False):
                    if field.type in ("one2many", "many2many") and value is not False:
                        value = [Command.create({})]
                    if value == right:
                        continue
                    forged = model.with_context(**{f"default_{field_name}": value})
                    heard = forged.default_get([field_name])
                    self.assertEqual(
                        field_name in heard, bool(field.default), (name, field_name)
                    )
                    self.assertNotEqual(
                        heard.get(field_name, "nothing"),
                        value,
                        f"{name}.{field_name}: default {value!r}",
                    )

    def test_a1_a_users_own_default_reaches_no_system_field(self):
        mine = self.env["ir.default"].with_user(self.seller)
        mine.set("waas.change", "state", "delivering", user_id=True)
        change = self._create_change(self.contract, "termination")
        self.assertEqual(change.state, "draft")

    def test_a1_whoever_may_create_proposes_no_system_field(self):
        for name, user, vals in self._create_as_allowed():
            model = self.env[name].with_user(user)
            plain = model.create([vals]).sudo()
            for field_name in sorted(model._waas_get_system_fields() - {"name"}):
                field = model._fields[field_name]
                if field.type in ("one2many", "many2many"):
                    continue
                value = self._make_value(field)
                if value == field.convert_to_write(plain[field_name], plain):
                    continue
                forged = model.with_context(**{f"default_{field_name}": value})
                with self.subTest(model=name, field=field_name):
                    # Another name for each: some are unique.
                    named = {"name": field_name} if "name" in vals else {}
                    self._assert_refused(name, forged.create, [{**vals, **named}])

    def test_a1_a_change_does_not_begin_half_way(self):
        forged = self.env["waas.change"].with_user(self.seller)
        with self._assert_refuses("users cannot enter them", AccessError):
            forged.with_context(default_state="delivering").create(
                {"contract_id": self.contract.id, "kind": "termination"}
            )
        self.assertEqual(self.contract.waas_state, "running")

    def test_a1_the_system_takes_no_default_of_its_caller(self):
        order = self._create_order(12, quantity=1)
        order.with_context(
            default_state="approved",
            default_approved_amount=1e9,
            default_valid_until="2099-01-01",
            default_decided_by_id=self.officer.id,
        ).action_waas_request_credit()
        check = order.sudo().waas_credit_check_ids
        self.assertEqual(check.mapped("state"), ["requested"])
        self.assertFalse(check.approved_amount)

    def test_a1_a_deal_is_deaf_to_the_defaults_of_who_confirms_it(self):
        """What a button makes of core's models takes none either: no discount on the
        contract, no other tax, no transfer that is done already."""
        order = self._create_order(12, quantity=2)
        self.also.waas_auto_confirm = False
        self._confirm(order)
        self._put_in_stock(self.laptop, 2, 70)
        order.with_context(
            default_discount=50.0,
            default_price_unit=0.01,
            default_specific_price=0.01,
            default_waas_state="running",
            default_state="done",
            default_partner_id=self.reseller.id,
            default_invoice_partner_id=self.reseller.id,
            default_tax_ids=[],
            default_is_canceled=True,
            default_date_end="2020-01-01",
        ).action_confirm()
        contract = order.sudo().waas_contract_ids
        self.assertEqual(contract.waas_state, "awaiting")
        self.assertEqual(contract.partner_id, self.customer)
        self.assertEqual(contract.invoice_partner_id, order.partner_invoice_id)
        self.assertEqual(contract.waas_monthly_amount, order.waas_monthly_amount)
        self.assertFalse(any(contract.contract_line_ids.mapped("discount")))
        self.assertFalse(any(contract.contract_line_ids.mapped("is_canceled")))
        self.assertEqual(set(order.picking_ids.mapped("state")) - {"assigned"}, set())

    # === CONTEXT ===#

    def test_a2_no_decision_reads_the_context(self):
        """An exposure that a caller writes, with keys as XML-RPC sends them."""
        self.also.waas_auto_confirm = False
        order = self._create_order(36, quantity=50)
        self._approve_credit(order, 1.0)
        self._sign(order)
        forged = order.with_context(
            waas_exposures={self.also.id: {self.customer.id: {"receivable": -1e6}}}
        )
        self.assertIn("credit_insufficient", self._get_codes(forged))
        with self._assert_refuses("the exposure would be"):
            forged.action_confirm()
        self.assertEqual(order.state, "sent")

    def test_a2_every_context_key_is_known(self):
        """A new one is read by identity or class, and added here with its test."""
        read = set()
        folders = [
            *(ADDON / kind for kind in ("models", "wizards", "controllers", "reports")),
            Path(file_path("account_invoice_fast")),
        ]
        for folder in folders:
            for file in folder.rglob("*.py"):
                if "tests" not in file.parts[-2:]:
                    read |= set(_find_context_keys(file.read_text(encoding="utf-8")))
        self.assertEqual(read, CONTEXT_KEYS)

    def test_a2_what_a_caller_puts_into_the_context_is_not_heard(self):
        """Every key that is read × values that JSON and XML-RPC can carry."""
        order = self._create_order(36, quantity=1)
        for key in sorted(CONTEXT_KEYS):
            for value in (True, 1, "CONFIRMING", [1], {"1": 1}, {1: {1: 1}}):
                forged = order.with_context(**{key: value})
                with self.subTest(key=key, value=value):
                    self.assertEqual(self._get_codes(forged), self._get_codes(order))
                    with self._assert_refuses(".", UserError):
                        forged.action_confirm()
                    with self._assert_refuses(".", UserError):
                        forged.state = "sale"
                    self.assertTrue(forged.order_line[:1].read(["name"]))


def _find_context_keys(source):
    """The constants that ``…context.get(…)`` and ``…context[…]`` are asked for, and
    those whose presence is asked."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _is_context(
            getattr(node.func, "value", None)
        ):
            if node.func.attr == "get" and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value
        elif isinstance(node, ast.Subscript) and _is_context(node.value):
            if isinstance(node.slice, ast.Constant):
                yield node.slice.value
        elif isinstance(node, ast.Compare) and _is_context(node.comparators[0]):
            if isinstance(node.left, ast.Constant):
                yield node.left.value


def _is_context(node):
    return isinstance(node, ast.Attribute) and node.attr in ("context", "_context")
