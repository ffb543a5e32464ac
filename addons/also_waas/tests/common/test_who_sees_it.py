from lxml import etree

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common_switch import SwitchCommon

# What a page of ours, a column, a filter or a button is called.
MARKS = ("waas", "is_waas", "group_waas", "action_waas")


@tagged("post_install", "-at_install")
class TestWhoSeesIt(SwitchCommon):
    """Employees see WaaS while one of their companies uses it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env.ref("also_waas.group_waas_company")

    def _sees(self, user):
        return user.has_group("also_waas.group_waas_company")

    def test_people_follow_their_companies(self):
        self.assertTrue(self._sees(self.manager))
        self.assertFalse(self._sees(self.clerk))
        self.clerk.company_ids += self.also
        self.assertTrue(self._sees(self.clerk))
        self.clerk.write(
            {"company_id": self.plain.id, "company_ids": [Command.set(self.plain.ids)]}
        )
        self.assertFalse(self._sees(self.clerk))
        self.plain.waas_enabled = True
        self.assertTrue(self._sees(self.clerk))
        self.plain.user_ids -= self.clerk
        self.assertFalse(self._sees(self.clerk))

    def test_rights_that_are_set_anew_leave_it(self):
        self.manager.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertTrue(self._sees(self.manager))

    def test_portal_users_are_not_employees(self):
        user = new_test_user(
            self.env,
            "visitor",
            "base.group_portal",
            company_id=self.also.id,
            company_ids=[Command.set(self.also.ids)],
        )
        self.assertFalse(self._sees(user))
        user.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self.assertTrue(self._sees(user))

    def test_it_leaves_with_the_switch(self):
        self.also.waas_enabled = False
        self.assertFalse(self._sees(self.manager))

    # === MENUS ===#

    def _get_menus(self, user):
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        return {menu["xmlid"] for menu in menus.values() if menu.get("xmlid")}

    def test_j8_menus(self):
        ours = [name for name in self._get_menus(self.clerk) if "waas" in name]
        self.assertFalse(ours)
        self.assertIn("also_waas.also_waas_menu_root", self._get_menus(self.manager))

    def test_who_has_nothing_to_do_with_it_has_no_menu(self):
        user = new_test_user(
            self.env,
            "hr",
            "base.group_user",
            company_id=self.also.id,
            company_ids=[Command.set(self.also.ids)],
        )
        self.assertFalse([name for name in self._get_menus(user) if "waas" in name])

    # === VIEWS ===#

    def _get_extended_views(self):
        """Core's and OCA's views that views of ours extend."""
        ours = self.env["ir.ui.view"].search(
            [
                ("mode", "=", "extension"),
                ("inherit_id", "!=", False),
                ("type", "!=", "qweb"),
            ]
        )
        views = self.env["ir.ui.view"]
        for view in ours:
            base = view
            while base.mode == "extension":
                base = base.inherit_id
            name = base.xml_id.partition(".")[0]
            if view.xml_id.startswith("also_waas") and not name.startswith("also_waas"):
                views |= base
        return views.filtered(lambda view: view.model != "res.config.settings")

    def _find_shown(self, node):
        """What of ours the node shows whatever the record is."""
        name = node.get("name", "")
        if not name.startswith(MARKS) or node.get("invisible") in ("1", "True"):
            return False
        hidden = ("column_invisible", "invisible")
        if any(node.get(attribute) for attribute in hidden):
            return False
        return not any(parent.get("invisible") for parent in node.iterancestors())

    def test_j8_views_show_nothing_to_a_company_without_it(self):
        views = self._get_extended_views()
        self.assertGreater(len(views), 12)
        for view in views:
            with self.subTest(view=view.xml_id):
                model = self.env[view.model].with_user(self.clerk)
                arch = model.get_view(view.id, view.type)["arch"]
                shown = [
                    etree.tostring(node).decode()[:120]
                    for node in etree.fromstring(arch).iter()
                    if isinstance(node.tag, str) and self._find_shown(node)
                ]
                self.assertFalse(shown)

    def test_an_employee_of_the_company_sees_the_page(self):
        view = self.env.ref("product.product_template_only_form_view")
        products = self.env["product.template"]
        pages = {}
        for user in (self.manager, self.clerk):
            arch = products.with_user(user).get_view(view.id, "form")["arch"]
            pages[user] = 'name="waas_role"' in arch
        self.assertEqual(pages, {self.manager: True, self.clerk: False})

    def test_j8_actions_of_core_models(self):
        """The menus *Print* and *Action* of core's models."""
        ours = self.env["ir.actions.actions"].search(
            [("binding_model_id", "!=", False)]
        )
        for action in ours:
            model = action.binding_model_id.model
            xml_id = action.get_external_id()[action.id]
            if not xml_id.startswith("also_waas") or "waas" in model:
                continue
            with self.subTest(action=xml_id):
                bindings = self.env["ir.actions.actions"].with_user(self.clerk)
                found = bindings.get_bindings(model)
                shown = {item["id"] for items in found.values() for item in items}
                self.assertNotIn(action.id, shown)
