from datetime import date, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .cases import WaasCommon
from .common_dead_ends import DeadEndsCommon


@tagged("post_install", "-at_install")
class TestDeadEndsOfContracts(DeadEndsCommon):
    """What is rented."""

    def test_k1_a_bundle_is_added(self):
        self.order.order_line.unlink()
        user, action = self._go("bundle")
        form = self._open(user, action)
        form.bundle_id = self.bundle
        form.save().action_apply()
        self._assert_gone("bundle")

    def test_k1_a_price_is_added_by_a_manager_or_another_term_chosen(self):
        rules = self.pricelist.item_ids.filtered(
            lambda rule: rule.waas_term_id == self.terms[36]
        )
        rules.date_end = fields.Datetime.now() - timedelta(days=1)
        self.order.order_line.invalidate_recordset()
        self.assertIn("price", self._get_codes(self.order))
        order = self.order.with_user(self.manager)
        self.assertIn('data-resolve="price"', order.waas_blocker_html)
        action = order.waas_resolve("price")
        self.assertEqual(action["res_id"], self.pricelist.id)
        self.order.with_user(self.seller).waas_term_id = self.terms[12]
        self._assert_gone("price")

    def test_k1_hardware_is_asked_for(self):
        self.manufacturer.approved = False
        self.order.invalidate_recordset()
        user, action = self._go("hardware")
        request = self._open(user, action).save()
        self.assertEqual(request.manufacturer_name, "Goodmake")
        self.assertEqual(request.reseller_id, self.reseller)
        request.action_submit()
        request.with_user(self.manager).write({"product_id": self.laptop.id})
        request.with_user(self.manager).action_approve()
        self._assert_gone("hardware")

    def test_k1_a_longer_warranty_is_entered_by_a_manager(self):
        self.laptop.waas_warranty_months = 36
        self.laptop.waas_warranty_max_months = 36
        with patch.object(
            type(self.laptop), "_waas_get_term_problem", lambda *args: "Too short"
        ):
            self.order.invalidate_recordset()
            action = self.order.with_user(self.manager).waas_resolve("warranty")
        self.assertEqual(action["res_model"], "product.product")

    # === CREDIT AND SIGNATURES ===#

    def test_k1_credit_is_asked_for_and_decided(self):
        self._go("credit_missing")
        user, action = self._go("credit_pending")
        self.assertEqual(user, self.officer)
        check = self.env[action["res_model"]].with_user(user).browse(action["res_id"])
        self.assertEqual(check.read(["state"])[0]["state"], "requested")
        check._reject("Too much")
        self._go("credit_rejected")
        check = self.order.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )
        check.with_user(self.officer)._approve(1.0, date(2099, 12, 31))
        self._go("credit_insufficient")
        check = self.order.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )
        check.with_user(self.officer)._approve(1e6, date(2099, 12, 31))
        self.assertFalse(
            [code for code in self._get_codes(self.order) if "credit" in code]
        )
        check.sudo().valid_until = date(2020, 1, 1)
        self.order.invalidate_recordset()
        self._go("credit_expired")
        self._assert_gone("credit_expired")

    def test_k1_agreements_are_sent_corrected_and_signed(self):
        self._approve_credit(self.order)
        self._go("agreements_missing")
        self.assertEqual(self._get_codes(self.order), ["customer_signature"])
        self.order.sudo().waas_agreement_ids._refuse("Too dear")
        self._go("agreements_refused")
        links = self.env["waas.signing.link"].sudo()
        with patch.object(
            type(links),
            "_find_undelivered",
            lambda links, deal: links.search([], limit=1),
        ):
            user, action = self._go("link_undelivered")
            self.assertEqual(action["res_id"], self.signatory.id)
        self._customer_signs(self.order)
        user, action = self._go("company_signature")
        self.assertEqual(user, self.manager)
        self.assertEqual(action["res_model"], "waas.agreement.countersign")

    # === THE BUTTONS OF A QUOTATION ===#

    def test_k30_a_quotation_offers_what_can_be_done(self):
        order = self.order.with_user(self.seller)
        self.assertTrue(order.waas_can_send_agreements)
        self.assertTrue(order.waas_can_request_credit)
        self.customer.city = False
        order.invalidate_recordset()
        self.assertFalse(order.waas_can_send_agreements)
        self.assertFalse(order.waas_can_request_credit)
        with self.assertRaises(UserError):
            order.action_waas_send_agreements()


@tagged("post_install", "-at_install")
class TestLooking(WaasCommon):
    """What is only looked at leaves nothing behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(date(2026, 1, 31), 12, quantity=2)
        cls.contract = cls.contract.with_user(cls.seller)

    def _count(self):
        """The number of records of each of our models, and of what they make."""
        self.env.flush_all()
        return {
            name: self.env[name].sudo().with_context(active_test=False).search_count([])
            for name, model in self.env.registry.items()
            if not model._abstract
            and not model._transient
            and model._auto
            and (name.startswith("waas.") or name in MADE)
        }

    def test_k2_looking_at_what_leaving_costs_leaves_nothing(self):
        before = self._count()
        for _look in range(3):
            action = self.contract.action_waas_leaving_cost()
            self.assertEqual(action["target"], "new")
            form = Form(
                self.env[action["res_model"]]
                .with_user(self.seller)
                .with_context(**action["context"])
            )
            self.assertEqual(form.owed_amount, 12 * 2 * 79.0)
            self.assertIn("Still owed: 12 months", form.preview_html)
            # Even when somebody saves the window, as Odoo does for who goes away.
            form.save()
        self.assertEqual(self._count(), before)
        wizard = form.record.with_user(self.seller)
        action = wizard.action_prepare()
        self.assertEqual(action["res_model"], "waas.change")
        self.assertEqual(self._count(), before)

    def test_k2_who_may_not_read_the_contract_learns_nothing(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.write(
            {"company_ids": [Command.set(elsewhere.ids)], "company_id": elsewhere.id}
        )
        looks = self.env["waas.leaving.cost"].with_user(self.manager)
        with self._assert_refuses(".", AccessError):
            looks.create({"contract_id": self.contract.id})
        with self._assert_refuses(".", AccessError):
            looks.onchange({"contract_id": self.contract.id}, [], {"owed_amount": {}})
        with self._assert_refuses(".", AccessError):
            looks.with_user(self.warehouse).create({"contract_id": self.contract.id})

    def test_k2_a_draft_of_also_keeps_nobody_from_asking(self):
        changes = self.env["waas.change"]
        self._create_change(self.contract, "termination")
        self.assertFalse(changes._get_under_way_problem(self.contract))
        visitor = self._create_portal_user("asks", self.signatory)
        asked = changes.with_user(visitor)._ask_for(
            self.contract, "extension", months=15
        )
        self.assertEqual(asked.state, "draft")
        self.assertIn("under way", changes._get_under_way_problem(self.contract))

    def test_k2_what_is_computed_to_be_shown_makes_nothing(self):
        order = self._create_order(quantity=1)
        before = self._count()
        order.with_user(self.seller).read()
        self.contract.read()
        wizard = self.env["waas.bundle.configure"].with_user(self.seller)
        Form(wizard.with_context(default_order_id=order.id)).bundle_id = self.bundle
        for kind in ("upgrade", "seats", "extension", "termination"):
            change = self.env["waas.change"].with_user(self.seller)
            change = change.new({"contract_id": self.contract.id, "kind": kind})
            self.assertFalse(change.id)
            change.mapped("preview_html")
        run = self._create_run(date(2026, 4, 1))
        before = {**before, "waas.invoice.run": before["waas.invoice.run"] + 1}
        run.read()
        self.assertEqual(self._count(), before)

    def test_k10_what_cannot_be_extended_earns_nothing(self):
        contract = self._create_contract(date(2026, 1, 31), 36).with_user(self.seller)
        self.assertFalse(contract.waas_is_extendable)
        with self._assert_refuses("36 months at most"):
            contract.action_waas_extend()
        change = self._create_change(contract, "extension")
        self.assertIn("36 months at most", change.waas_blocker_html)
        self.assertNotIn("choose a longer time", change.waas_blocker_html)
        self.assertEqual(change.commission_amount, 0.0)
        self.assertFalse(change.is_possible)
        self.assertTrue(self.contract.waas_is_extendable)
        upgrade = self._upgrade(self.contract, self.also._waas_today())
        self.assertTrue(upgrade.is_possible)
        self.assertEqual(upgrade.commission_amount, 2.0)
        upgrade.effective_date = date(2026, 1, 1)
        self.assertFalse(upgrade.is_possible)
        self.assertEqual(upgrade.commission_amount, 0.0)


# Models of others in which our steps make records.
MADE = (
    "account.move",
    "contract.contract",
    "contract.line",
    "mail.activity",
    "mail.mail",
    "mail.message",
    "res.partner",
    "sale.order",
    "sale.order.line",
    "stock.lot",
    "stock.move",
    "stock.picking",
)
