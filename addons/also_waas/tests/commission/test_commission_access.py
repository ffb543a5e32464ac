from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.cases_business import WaasDealsCommon


@tagged("post_install", "-at_install")
class TestCommissionAccess(WaasDealsCommon):
    """Who sees what of a commission: everybody tried as the wrong person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.order.waas_commission_ids
        cls.other_rows = cls.other_order.waas_commission_ids
        cls.ledger = cls.env["waas.commission"]

    def test_a_resellers_people_read_their_own_rows_only(self):
        found = self.ledger.with_user(self.reseller_user).search([])
        self.assertEqual(found, self.rows)
        read = found.read()  # every field that is theirs, none to stumble on
        self.assertEqual(read[0]["amount"], 1234.56)
        self.assertNotIn("bill_id", read[0])
        with self.assertRaises(AccessError):
            self.other_rows.with_user(self.reseller_user).read(["amount"])

    def test_the_end_customer_and_strangers_read_nothing(self):
        for user in (
            self.customer_user,
            self.colleague_user,
            self.stranger_user,
            self.public_user,
            self.salesman,
            self.warehouse,
            self.officer,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.rows.with_user(user).read(["amount"])

    def test_outsiders_never_read_settlements(self):
        for user in (self.reseller_user, self.customer_user, self.stranger_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["commission.settlement"].with_user(user).search([])

    def test_the_light_is_for_the_reseller_of_the_deal(self):
        light = self.order.with_user(self.reseller_user)._waas_get_commission_light()
        self.assertEqual(light["amount"], 1234.56)
        for user in (
            self.customer_user,
            self.other_reseller_user,
            self.stranger_user,
            self.public_user,
        ):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.order.with_user(user)._waas_get_commission_light()

    def test_the_light_fields_are_not_for_outsiders(self):
        names = ["waas_commission_light", "waas_commission_html", "waas_commission_ids"]
        for user in (self.reseller_user, self.customer_user):
            for record in (self.order, self.contract):
                for name in names:
                    with (
                        self.subTest(user=user.login, field=name),
                        self.assertRaises(AccessError),
                    ):
                        record.with_user(user).read([name])

    def test_only_accountants_settle(self):
        for user in (self.seller, self.manager, self.officer, self.reseller_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["commission.make.settle"].with_user(user).create(
                    {"settlement_type": "waas"}
                )

    def test_accountants_see_waas_settlements_and_not_those_of_agents(self):
        self.env["commission.settlement"].search([]).unlink()
        agent = self.env["res.partner"].create({"name": "Agent", "agent": True})
        waas, _ordinary = self.env["commission.settlement"].create(
            [
                {
                    "agent_id": agent.id,
                    "date_from": "2026-03-01",
                    "date_to": "2026-03-31",
                    "settlement_type": kind,
                    "company_id": self.also.id,
                }
                for kind in ("waas", "sale_invoice")
            ]
        )
        for user in (self.accountant, self.seller):
            found = self.env["commission.settlement"].with_user(user).search([])
            self.assertEqual(found, waas)
        with self.assertRaises(AccessError):
            waas.with_user(self.seller).write({"date_to": "2026-04-30"})

    def test_salespeople_still_read_invoice_lines_and_contacts(self):
        """What the neighbour adds to them is not for everybody to read."""
        invoice = self.contract.waas_installment_ids[0].move_id
        self.assertTrue(invoice)
        lines = invoice.invoice_line_ids.with_user(self.seller)
        lines.read(["commission_status", "commission_free", "any_settled"])
        for user in (self.seller, self.salesman, self.warehouse):
            customer = self.customer.with_user(user)
            customer.read(
                [
                    name
                    for name in customer.fields_get()
                    if "commission" in (customer._fields[name]._module or "")
                ]
            )
