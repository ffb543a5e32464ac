from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..common.cases import WaasCommon


@tagged("post_install", "-at_install")
class TestRightsDoNotAddUp(WaasCommon):
    """J4: what we let accountants do with WaaS settlements, they cannot do with
    ordinary ones, whatever other groups they have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        agent = cls.env["res.partner"].create({"name": "Agent", "agent": True})
        cls.settlement = cls.env["commission.settlement"].create(
            {
                "agent_id": agent.id,
                "date_from": "2026-01-01",
                "date_to": "2026-01-31",
                "settlement_type": "manual",
                "company_id": cls.also.id,
            }
        )
        cls.reader = new_test_user(
            cls.env,
            "reader",
            "account.group_account_invoice,commission_oca.group_commission_user",
            company_id=cls.also.id,
            company_ids=[Command.set(cls.also.ids)],
        )

    def test_j4_ordinary_settlements_are_read_only(self):
        settlement = self.settlement.with_user(self.reader)
        self.assertTrue(settlement.agent_id)
        for attempt in (
            lambda: settlement.write({"date_to": "2026-02-28"}),
            settlement.unlink,
            settlement.action_cancel,
            lambda: settlement.copy(),
            lambda: settlement.line_ids.create(
                {
                    "settlement_id": settlement.id,
                    "date": "2026-01-01",
                    "commission_id": self.env.ref("also_waas.commission_waas").id,
                    "settled_amount": 1.0,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                attempt()
                self.env.flush_all()

    def test_j4_so_is_what_the_wizard_would_settle(self):
        values = {
            "agent_id": self.settlement.agent_id.id,
            "date_from": "2026-01-01",
            "date_to": "2026-01-31",
            "company_id": self.also.id,
        }
        with self.assertRaises(AccessError):
            self.env["commission.settlement"].with_user(self.reader).create(
                {**values, "settlement_type": "manual"}
            )

    def test_j4_oca_managers_still_write_them(self):
        manager = new_test_user(
            self.env,
            "commission_manager",
            "commission_oca.group_commission_manager",
            company_id=self.also.id,
            company_ids=[Command.set(self.also.ids)],
        )
        self.settlement.with_user(manager).date_to = "2026-02-28"
