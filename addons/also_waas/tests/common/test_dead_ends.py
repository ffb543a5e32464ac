"""No dead ends: whoever a blocker names removes it, from where it is said; looking
leaves nothing behind; what is offered can be done."""

import re
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .cases import WaasCommon
from .offered import OfferedMixin

IBAN = "NL91ABNA0417164300"
MODELS = Path(__file__).parents[2] / "models"
# Removed by who stands before the document, by a field or line of its own form.
ON_THE_FORM = {
    "reseller",
    "term",
    "term_length",
    "zero",
    "route",
    "expired",
    "party",
    "date",
    "lines",
    "length",
    "over",
    "last_month",
    # What is chosen on the lines of a change.
    "part",
    "product",
    "earlier",
    "device",
    "downgrade",
    "twice",
    "same",
    "offer",
}
# Nobody at ALSO is in the way: the end customer has a link, a day comes by itself.
OUTSIDE = {"customer_signature", "day"}


@tagged("post_install", "-at_install")
class TestDeadEnds(WaasCommon):
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

    # === THE KIND ===#

    def test_k1_every_blocker_has_a_way(self):
        """Every code that the gate knows is removed on the form, or by a button."""
        codes = set()
        for path in MODELS.rglob("*.py"):
            if not re.match(r"(sale_order|waas_change|waas_deal_mixin)", path.name):
                continue
            if path.parent.name == "portal":
                continue
            text = path.read_text()
            codes |= set(re.findall(r'Blocker\(\s*"(\w+)"', text))
            codes |= set(re.findall(r'yield \(?\s*"(\w+)"', text))
            codes |= set(re.findall(r'return "(\w+)", self\.env\._', text))
        self.assertGreater(len(codes), 20)
        ways = set(self.order._waas_get_ways())
        self.assertFalse(codes - ways - ON_THE_FORM - OUTSIDE - self._get_of_changes())

    def _get_of_changes(self):
        return set(self.env["waas.change"].new({})._waas_get_ways())

    def test_k1_a_way_is_offered_to_who_can_go_it(self):
        self._make_mandate()
        self.also.waas_creditor_identifier = False
        order = self.order.with_user(self.seller)
        html = order.waas_blocker_html
        self.assertIn('data-resolve="bank_account"', html)
        self.assertNotIn('data-resolve="creditor_identifier"', html)
        for code in ("creditor_identifier", "unlink", "agreements_refused"):
            with self.subTest(code=code), self._assert_refuses("reload the page"):
                order.waas_resolve(code)
        with self._assert_refuses("reload the page"):
            self.order.with_user(self.warehouse).waas_resolve("bank_account")

    # === THE MANDATE ===#

    def _make_mandate(self):
        self.env["waas.agreement.template"].sudo().create(
            {
                "name": "Mandate",
                "kind": "mandate",
                "company_id": self.also.id,
                "body_html": "<p>Debit</p>",
            }
        )

    def test_k1_sales_enters_the_bank_account(self):
        self._make_mandate()
        user, action = self._go("bank_account")
        self.assertEqual(user, self.seller)
        form = self._open(user, action)
        form.acc_number = "NL91 ABNA 0417 1643 00"
        form.save().action_save()
        self._assert_gone("bank_account")
        account = self.customer.bank_ids
        self.assertEqual(account.sanitized_acc_number, IBAN)
        self.assertFalse(account.allow_out_payment)
        self.assertIn("Bank account", self.order.message_ids[0].body)

    def test_k1_an_account_that_cannot_be_debited_gets_another_beside_it(self):
        self._make_mandate()
        wrong = self.env["res.partner.bank"].create(
            {"acc_number": "12345", "partner_id": self.customer.id}
        )
        user, action = self._go("bank_account")
        form = self._open(user, action)
        form.acc_number = "12346"
        with self._assert_refuses("12346 is no valid IBAN"):
            form.save().action_save()
        form = self._open(user, action)
        form.acc_number = IBAN
        form.save().action_save()
        self._assert_gone("bank_account")
        self.assertEqual(wrong.acc_number, "12345")

    def test_k1_the_window_changes_nothing_that_is_there(self):
        self._make_mandate()
        self.env["res.partner.bank"].create(
            {"acc_number": IBAN, "partner_id": self.customer.id}
        )
        wizards = self.env["waas.mandate.complete"]
        values = {"order_id": self.order.id, "acc_number": "NL02ABNA0123456789"}
        with self._assert_refuses("has a bank account to debit"):
            wizards.with_user(self.seller).create(values).action_save()
        values = {
            "order_id": self.order.id,
            "creditor_identifier": "NL79ZZZ999999990000",
        }
        with self._assert_refuses("has a creditor identifier"):
            wizards.with_user(self.manager).create(values).action_save()
        self.also.waas_creditor_identifier = False
        with self._assert_refuses("Only a WaaS manager", AccessError):
            wizards.with_user(self.seller).create(values).action_save()
        for user in (self.warehouse, self.officer, self.accountant):
            with self.subTest(user=user.login), self._assert_refuses(".", AccessError):
                wizards.with_user(user).create(values).action_save()
        self.assertEqual(self.customer.bank_ids.sanitized_acc_number, IBAN)

    def test_k1_the_window_is_for_open_quotations_of_ones_own_company(self):
        self._make_mandate()
        wizard = self.env["waas.mandate.complete"].with_user(self.seller)
        cancelled = self._create_order(quantity=1)
        cancelled._action_cancel()
        values = {"order_id": cancelled.id, "acc_number": IBAN}
        with self._assert_refuses("is not an open WaaS quotation"):
            wizard.create(values).action_save()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": elsewhere.id}
        )
        with self._assert_refuses(".", AccessError):
            wizard.create({"order_id": foreign.id, "acc_number": IBAN})

    def test_k1_a_manager_enters_the_creditor_identifier(self):
        self._make_mandate()
        self.also.waas_creditor_identifier = False
        user, action = self._go("creditor_identifier")
        self.assertEqual(user, self.manager)
        form = self._open(user, action)
        form.creditor_identifier = "NL79ZZZ999999990000"
        form.save().action_save()
        self._assert_gone("creditor_identifier")

    # === WHO RENTS AND WHO SIGNS ===#

    def _assert_customer_asked(self, message):
        self.assertIn("customer", self._get_codes(self.order))
        self.assertRegex(self.order.waas_blocker_html, message)
        with self._assert_refuses(message):
            self.order.with_user(self.seller).action_waas_request_credit()
        self.assertFalse(self.order.waas_can_request_credit)

    def test_k13_the_customer_is_completed_by_sales(self):
        self.customer.street = False
        self._assert_customer_asked("Enter the address of Customer One")
        user, action = self._go("customer")
        self.assertEqual(user, self.seller)
        with self._open(user, action) as form:
            form.street = "Street 2"
        self._assert_gone("customer")

    def test_k13_a_customer_made_on_the_quotation_is_a_company(self):
        partners = self.env["res.partner"].with_user(self.seller)
        view = self.env.ref("sale.view_order_form")
        arch = self.env["sale.order"].with_user(self.seller).get_view(view.id)["arch"]
        self.assertIn("'default_is_company': is_waas", arch)
        made = partners.with_context(default_is_company=True).name_create("New One")
        customer = partners.browse(made[0])
        self.assertTrue(customer.is_company)
        self.order.partner_id = customer
        self.order.invalidate_recordset()
        codes = self._get_codes(self.order)
        self.assertIn("customer", codes)
        self.assertIn("signatory_mail", codes)
        customer.write(
            {
                "street": "Street 3",
                "city": "Utrecht",
                "country_id": self.env.ref("base.nl").id,
            }
        )
        user, action = self._go("signatory_mail")
        with self._open(user, action) as form:
            form.email = "boss@new.test"
        self._assert_gone("signatory_mail")
        self._assert_gone("customer")

    def test_k13_a_person_is_no_end_customer(self):
        person = self.env["res.partner"].create(
            {
                "name": "Piet",
                "street": "x",
                "city": "y",
                "email": "p@piet.test",
                "country_id": self.env.ref("base.nl").id,
            }
        )
        self.order.partner_id = person
        self._assert_customer_asked("Piet is entered as a person")
        user, action = self._go("customer")
        with self._open(user, action) as form:
            form.company_type = "company"
        self._assert_gone("customer")

    def test_k1_the_signatory_is_corrected_by_sales(self):
        self.signatory.email = "ceo@partnerone.test"  # refused when it is chosen
        self.order.invalidate_recordset()
        user, action = self._go("signatory")
        self.assertEqual((user, action["res_id"]), (self.seller, self.signatory.id))
        with self._open(user, action) as form:
            form.email = "ceo@customerone.test"
        self._assert_gone("signatory")
        self.signatory.email = "me@partnerone.test"
        self.order.invalidate_recordset()
        user, action = self._go("signatory_domain")
        with self._open(user, action) as form:
            form.email = "ceo@customerone.test"
        self._assert_gone("signatory_domain")

    def test_k1_sales_keeps_customers_and_nothing_else(self):
        """What the right to enter customers must not open."""
        partners = self.env["res.partner"].with_user(self.seller)
        for values in (
            {"waas_is_reseller": True},
            {"waas_pricelist_id": self.pricelist.id},
        ):
            with self.subTest(values=values):
                with self._assert_refuses("for a WaaS manager", AccessError):
                    partners.browse(self.customer.id).write(values)
                with self._assert_refuses("for a WaaS manager", AccessError):
                    partners.create({"name": "X", **values})
                [(name, value)] = values.items()
                context = {f"default_{name}": value}
                with self._assert_refuses("for a WaaS manager", AccessError):
                    partners.with_context(**context).create({"name": "X"})
        visitor = self._create_portal_user("visitor", self.reseller.child_ids)
        with self._assert_refuses("logs in with this contact", AccessError):
            partners.browse(visitor.partner_id.id).email = "me@thief.test"
        with self._assert_refuses(".", AccessError):
            partners.browse(self.manager.partner_id.id).email = "me@thief.test"
        with self._assert_refuses(".", AccessError):
            partners.browse(self.customer.id).unlink()
        with self._assert_refuses(".", AccessError):
            self.env["res.partner.bank"].with_user(self.seller).create(
                {"partner_id": self.customer.id, "acc_number": IBAN}
            )
        with self._assert_refuses(".", AccessError):
            partners.browse(self.customer.id).write(
                {"bank_ids": [Command.create({"acc_number": IBAN})]}
            )

    def test_k14_a_partner_made_on_the_quotation_is_a_waas_partner(self):
        view = self.env.ref("sale.view_order_form")
        orders = self.env["sale.order"]
        arch = orders.with_user(self.manager).get_view(view.id)["arch"]
        found = re.search(r'<field name="waas_reseller_id"[^>]*>', arch)[0]
        self.assertIn("'default_waas_is_reseller': True", found)
        partner = (
            self.env["res.partner"]
            .with_user(self.manager)
            .with_context(default_waas_is_reseller=True, default_is_company=True)
            .create({"name": "Partner Three"})
        )
        self.order.with_user(self.manager).waas_reseller_id = partner
        self.assertTrue(partner.is_company)
        # To sellers no way is offered that ends at a refusal.
        arch = orders.with_user(self.seller).get_view(view.id)["arch"]
        [found] = re.findall(r'<field name="waas_reseller_id"[^>]*>', arch)
        self.assertIn("'no_create': True", found)

    # === WHAT IS RENTED ===#

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


@tagged("post_install", "-at_install")
class TestOffered(OfferedMixin, WaasCommon):
    """What is offered can be done, what is ready can be delivered."""

    # === 30: BUTTONS ===#

    def test_k30_what_a_quotation_offers_can_be_done(self):
        order = self._create_order()
        for step in (
            lambda: None,
            lambda: order._waas_add_bundle(self.bundle, 1),
            lambda: setattr(self.customer, "city", False),
            lambda: setattr(self.customer, "city", "Utrecht"),
            order.action_waas_send_agreements,
            lambda: order.sudo().waas_agreement_ids._refuse("Too dear"),
            order.action_waas_send_agreements,
            lambda: self._approve_credit(order),
            lambda: self._customer_signs(order),
            lambda: self._also_signs(order),
        ):
            step()
            for user in (self.seller, self.manager):
                self._assert_offers(order, user)
        self.assertEqual(order.state, "sale")
        cancelled = self._create_order(quantity=1)
        cancelled._action_cancel()
        self._assert_offers(cancelled, self.manager)

    def test_k30_what_a_contract_offers_can_be_done(self):
        order = self._confirm(self._create_order(12, quantity=1))
        contract = order.sudo().waas_contract_ids.with_env(self.env)
        self.assertNotIn(
            "action_waas_activate", self._assert_offers(contract, self.manager)
        )
        self._put_in_stock(self.laptop, 1)
        self._deliver(order)
        self.assertIn("action_waas_extend", self._assert_offers(contract, self.manager))
        longest = self._create_contract(date(2026, 1, 31), 36)
        self.assertNotIn(
            "action_waas_extend",
            self._assert_offers(longest.with_env(self.env), self.manager),
        )
        contract.sudo()._waas_end_early(self.also._waas_today())
        self._assert_offers(contract, self.manager)
        self.bundle.waas_slot_ids[:1].unlink()
        nothing = self._confirm(self._create_order(12, quantity=1))
        contract = nothing.sudo().waas_contract_ids.with_env(self.env)
        self.assertIn(
            "action_waas_activate", self._assert_offers(contract, self.manager)
        )

    def test_k12_one_word_for_one_person(self):
        contract = self._create_contract(date(2026, 1, 31)).with_user(self.seller)
        for view in (False, "contract.contract_contract_customer_form_view"):
            view_id = self.env.ref(view).id if view else False
            tree = etree.fromstring(contract.get_view(view_id, "form")["arch"])
            labels = {
                node.get("string") or contract._fields["partner_id"].string
                for node in tree.xpath("//field[@name='partner_id']")
                if not any(
                    part.tag == "field" or self._is_hidden(part, contract)
                    for part in node.iterancestors()
                )
                and not self._is_hidden(node, contract)
            }
            self.assertEqual(labels, {"End Customer"})

    # === 3: WHAT IS READY ===#

    def _put_used(self, quantity, months, first):
        """Devices in stock whose clock began some months ago: of 60 at the most."""
        devices = self._put_in_stock(self.laptop, quantity, first)
        devices.waas_warranty_start = self.also._waas_today() - relativedelta(
            months=months
        )
        return devices

    def test_k3_devices_are_reserved_that_can_stay(self):
        used = self._put_used(3, 30, first=1)
        self._put_in_stock(self.laptop, 3, first=11)
        order = self._confirm(self._create_order(36, quantity=3))
        picking = order.picking_ids
        picking.action_assign()
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(picking.move_line_ids.lot_id & used)
        self._deliver(order)
        self.assertEqual(order.sudo().waas_contract_ids.waas_state, "running")
        # A shorter contract takes what is used, and what has no clock yet.
        short = self._confirm(self._create_order(24, quantity=3))
        short.picking_ids.action_assign()
        self.assertEqual(short.picking_ids.move_line_ids.lot_id, used)

    def test_k3_what_is_too_short_is_not_ready(self):
        self._put_used(1, 30, first=1)
        order = self._confirm(self._create_order(36, quantity=1))
        order.picking_ids.action_assign()
        self.assertEqual(order.picking_ids.state, "confirmed")

    def test_k3_what_became_too_short_is_exchanged_by_one_button(self):
        used = self._put_used(2, 24, first=1)
        order = self._confirm(self._create_order(36, quantity=2))
        picking = order.picking_ids
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, used)
        self.assertFalse(picking.waas_is_unsuitable)
        with self._assert_refuses("nothing to reserve anew"):
            picking.with_user(self.warehouse).action_waas_reserve_anew()
        used.waas_warranty_start = used[0].waas_warranty_start - relativedelta(months=1)
        self._put_in_stock(self.laptop, 2, first=11)
        picking.invalidate_recordset()
        self.assertTrue(picking.waas_is_unsuitable)
        picking.move_ids.picked = True
        with self._assert_refuses("Laptop-1 .*\n.*Laptop-2 "):
            picking.with_user(self.warehouse).button_validate()
        self._assert_offers(picking, self.warehouse)
        picking.with_user(self.warehouse).action_waas_reserve_anew()
        self.assertFalse(picking.move_line_ids.lot_id & used)
        self._deliver(order)
        self.assertEqual(picking.state, "done")

    def test_k3_a_pick_before_the_delivery_takes_what_can_stay(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.also.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        self._put_used(1, 30, first=1)
        self._put_in_stock(self.laptop, 1, first=11)
        order = self._confirm(self._create_order(36, quantity=1))
        pick = order.picking_ids.filtered(
            lambda picking: picking.location_id == warehouse.lot_stock_id
        )
        pick.action_assign()
        self.assertEqual(pick.move_line_ids.lot_id.name, "Laptop-11")

    def test_k3_ordinary_deliveries_take_what_comes_first(self):
        self._put_used(1, 50, first=1)
        other = self.env["stock.move"].create(
            {
                "product_id": self.laptop.id,
                "product_uom_qty": 1,
                "location_id": self.env["stock.warehouse"]
                .search([("company_id", "=", self.also.id)], limit=1)
                .lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "company_id": self.also.id,
            }
        )
        other._action_confirm()
        other._action_assign()
        self.assertEqual(other.move_line_ids.lot_id.name, "Laptop-1")

    # === 16, 20, 27 ===#

    def test_k16_who_picks_sees_serial_numbers(self):
        self.assertTrue(self.warehouse.has_group("stock.group_production_lot"))
        view = self.env.ref("stock.view_stock_move_line_operation_tree")
        lines = self.env["stock.move.line"].with_user(self.warehouse)
        self.assertIn('name="lot_id"', lines.get_view(view.id, "list")["arch"])

    def test_k27_two_months_on_one_day_are_no_duplicates(self):
        contract = self._create_contract(date(2026, 1, 31), 12)
        contract._waas_invoice_due(date(2026, 3, 1))
        first, second = contract.waas_installment_ids[:2].move_id
        second.button_draft()
        second.invoice_date = first.invoice_date
        self.assertEqual(first.amount_total, second.amount_total)
        self.assertFalse((first | second).duplicated_ref_ids)
        # What somebody typed beside them is one.
        typed = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": first.invoice_date,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "price_unit": first.amount_total, "tax_ids": []}
                    )
                ],
            }
        )
        self.assertIn(first, typed.duplicated_ref_ids)


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
