"""No dead ends: whoever a blocker names removes it, from where it is said; looking
leaves nothing behind; what is offered can be done."""

import re
from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_dead_ends import DeadEndsCommon

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
class TestDeadEnds(DeadEndsCommon):
    """Each blocker of a quotation, removed by the person it names."""

    def _get_of_changes(self):
        return set(self.env["waas.change"].new({})._waas_get_ways())

    def _make_mandate(self):
        self.env["waas.agreement.template"].sudo().create(
            {
                "name": "Mandate",
                "kind": "mandate",
                "company_id": self.also.id,
                "body_html": "<p>Debit</p>",
            }
        )

    def _assert_customer_asked(self, message):
        self.assertIn("customer", self._get_codes(self.order))
        self.assertRegex(self.order.waas_blocker_html, message)
        with self._assert_refuses(message):
            self.order.with_user(self.seller).action_waas_request_credit()
        self.assertFalse(self.order.waas_can_request_credit)

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
