from odoo.tests import Form

from .cases import WaasCommon


class DeadEndsCommon(WaasCommon):
    """Each blocker of a quotation, removed by the person it names."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(quantity=1)
        cls.people = {
            "sales": cls.seller,
            "credit": cls.officer,
            "also": cls.manager,
        }

    def _get_actor(self, code):
        [blocker] = [
            blocker
            for blocker in self.order._waas_get_blockers()
            if blocker.code == code
        ]
        return self.people[blocker.actor]

    def _go(self, code):
        """What the button beside the blocker opens, for the person whom it names."""
        user = self._get_actor(code)
        order = self.order.with_user(user)
        order.invalidate_recordset()
        self.assertIn(f'data-resolve="{code}"', order.waas_blocker_html)
        return user, order.waas_resolve(code)

    def _open(self, user, action):
        """The form that an action opens."""
        model = self.env[action["res_model"]].with_user(user)
        model = model.with_context(**action.get("context", {}))
        return Form(model.browse(action["res_id"]) if action.get("res_id") else model)

    def _assert_gone(self, code):
        self.order.invalidate_recordset()
        self.assertNotIn(code, self._get_codes(self.order))
