from contextlib import contextmanager
from datetime import date

from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..common.world import make_catalogue, make_contracts, make_parties
from ..invoicing.common_crash import WorkersCommon

# Equal forms that arrive at once are repeated by Odoo: each makes one thing.
CUSTOMER = {
    "name": "At Once B.V.",
    "vat": "",
    "street": "Markt 1",
    "zip": "1011 AA",
    "city": "Amsterdam",
    "contact_name": "Jan",
    "contact_email": "jan@atonce.test",
}


@tagged("post_install", "-at_install", "-standard", "crash")
class TestFormsAtOnce(WorkersCommon):
    """I6: a form that is sent twice at the same moment, in two transactions that do not
    see each other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._in_transaction() as env:
            reseller, customers = make_parties(env)
            catalogue = make_catalogue(env)
            user = new_test_user(
                env, "at_once", "base.group_portal,also_waas.group_waas_reseller"
            )
            user.partner_id.parent_id = reseller
            customers.waas_brought_by_id = reseller
            contract = make_contracts(
                env, catalogue, (reseller, customers), [date.today()]
            )
            cls.ids = {
                "user": user.id,
                "reseller": reseller.id,
                "customer": customers.id,
                "term": env.ref("also_waas.waas_term_36").id,
                "bundle": catalogue["Workplace"].id,
                "contract": contract.id,
            }

    @classmethod
    @contextmanager
    def _as_visitor(cls):
        with cls.registry.cursor() as cr:
            yield api.Environment(cr, cls.ids["user"], {})

    def _browse(self, env, name):
        model = {
            "reseller": "res.partner",
            "customer": "res.partner",
            "term": "waas.term",
            "bundle": "product.product",
            "contract": "contract.contract",
        }[name]
        return env[model].browse(self.ids[name]).sudo()

    @mute_logger("odoo.sql_db")
    def _send_at_once(self, form):
        """:return: what both made"""
        with self._as_visitor() as late:
            late.user.partner_id.sudo().read(
                ["name"]
            )  # from now on it sees this moment
            with self._as_visitor() as early:
                first = form(early)
            with self.assertRaises(SerializationFailure):
                form(late)
                late.flush_all()
            late.cr.rollback()
            late.invalidate_all()
            second = form(late)  # as Odoo repeats the request
        return first, second

    def _quote(self, env):
        return env["sale.order"]._waas_quote(
            self._browse(env, "reseller"),
            self._browse(env, "customer"),
            {
                "waas_term_id": self._browse(env, "term"),
                "waas_delivery_route": "customer",
                "client_order_ref": "At once",
            },
        )

    def test_i6_one_customer(self):
        def form(env):
            country = env.ref("base.nl")
            return self._browse(env, "reseller")._waas_bring_customer(CUSTOMER, country)

        first, second = self._send_at_once(form)
        self.assertEqual(first.id, second.id)

    def test_i6_one_quotation(self):
        first, second = self._send_at_once(self._quote)
        self.assertEqual(first.id, second.id)

    def test_i6_one_hardware_request(self):
        def form(env):
            return env["waas.hardware.request"]._ask(
                self._browse(env, "reseller"), "Acme", "A tablet", 3, "For the shop"
            )

        first, second = self._send_at_once(form)
        self.assertEqual(first.id, second.id)

    def test_i6_one_bundle_and_one_list_of_services(self):
        with self._as_visitor() as env:
            order = self._quote(env)
            order.client_order_ref = "Bundle at once"

        def put(env):
            order.with_env(env).sudo()._waas_put_bundle(
                env["sale.order.line"].sudo(), self._browse(env, "bundle"), 5, {}, {}
            )

        self._send_at_once(put)

        def list_services(env):
            order.with_env(env).sudo()._waas_set_services([("Backup", 9.0, "month")])

        self._send_at_once(list_services)
        with self._in_transaction() as env:
            order = order.with_env(env)
            bundles = order.order_line.filtered(lambda line: line.waas_role == "bundle")
            self.assertEqual(bundles.mapped("product_uom_qty"), [5])
            self.assertEqual(len(order.waas_reseller_service_ids), 1)

    def test_i6_another_bundle_is_another_one(self):
        with self._as_visitor() as env:
            order = self._quote(env)
            lines, bundle = env["sale.order.line"].sudo(), self._browse(env, "bundle")
            for quantity in (1, 1, 2):
                order._waas_put_bundle(lines, bundle, quantity, {}, {})
            bundles = order.order_line.filtered(lambda line: line.waas_role == "bundle")
            self.assertEqual(bundles.mapped("product_uom_qty"), [1, 2])
            env.cr.rollback()

    def test_i6_one_wish_to_leave(self):
        def form(env):
            contract = self._browse(env, "contract")
            try:
                return env["waas.change"]._ask_for(contract, "termination").kind
            except UserError as error:
                return str(error)

        first, second = self._send_at_once(form)
        self.assertEqual(first, "termination")
        self.assertIn("under way already", second)
