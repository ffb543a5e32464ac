from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .cases import WaasCommon


@tagged("post_install", "-at_install")
class TestScreens(WaasCommon):
    """Whoever sees a menu can open its list and the forms behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._put_in_stock(cls.laptop, 1)
        cls.running = cls._confirm(cls._create_order(12, quantity=1))
        cls._deliver(cls.running)
        cls.running.sudo().waas_contract_ids._waas_open_returns("other")
        cls.open = cls._create_order(12, quantity=1)
        cls.open.action_waas_request_credit()
        cls.open.action_waas_send_agreements()
        cls.env["waas.hardware.request"].create(
            {
                "manufacturer_name": "Other",
                "description": "Other laptop",
                "company_id": cls.also.id,
                "reseller_id": cls.reseller.id,
            }
        )

    def test_everybody_can_open_what_the_menu_offers(self):
        opened = {
            user: self._open_menus(user)
            for user in (
                self.seller,
                self.manager,
                self.officer,
                self.accountant,
                self.warehouse,
            )
        }
        self.assertIn("waas.return", opened[self.warehouse])
        self.assertNotIn("contract.contract", opened[self.warehouse])
        self.assertIn("sale.order", opened[self.officer])
        self.assertIn("contract.contract", opened[self.seller])
        self.assertIn("waas.installment", opened[self.accountant])
        self.assertIn("waas.agreement.template", opened[self.manager])
        self.assertNotIn("waas.agreement.template", opened[self.seller])
        self.assertNotIn("sale.order", opened[self.accountant])

    def _open_menus(self, user):
        """Open every WaaS menu of a user; tell the models behind them."""
        env = self.env(user=user, context={"allowed_company_ids": self.also.ids})
        shown = [key for key in env["ir.ui.menu"].load_menus(False) if key != "root"]
        menus = self.env["ir.ui.menu"].search(
            [
                ("id", "child_of", self.env.ref("also_waas.also_waas_menu_root").ids),
                ("id", "in", shown),
                ("action", "!=", False),
            ]
        )
        models = set()
        for menu in menus:
            action = menu.action
            with self.subTest(user=user.login, menu=menu.complete_name):
                self._open(env, action)
                models.add(action.res_model)
        return models

    def _open(self, env, action):
        model = env[action.res_model]
        records = model.search(safe_eval(action.domain or "[]"))
        views = {view.view_mode: view.view_id for view in action.view_ids}
        self._read_list(records, views.get("list"))
        if "form" in action.view_mode and records:
            for record in records[:3]:
                Form(record, views.get("form"))

    def _read_list(self, records, view):
        """As the web client reads a list, tags and names included."""
        views = records.get_views([(view.id if view else False, "list")])
        arch = etree.fromstring(views["views"]["list"]["arch"])
        fields = [records._fields[node.get("name")] for node in arch.iter("field")]
        records[:3].web_read(
            {
                field.name: {"fields": {"display_name": {}}} if field.relational else {}
                for field in fields
            }
        )
