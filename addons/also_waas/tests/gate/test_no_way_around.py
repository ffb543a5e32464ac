from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...mailboxes import get_mailbox
from ..common.cases import WaasCommon


class NoWayAroundCommon(WaasCommon):
    """What was confirmed stays, what was signed is what both signed, and who signs is
    the end customer (R1, R2, R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_auto_confirm = False
        cls.order = cls._create_order(36, quantity=1)
        cls._approve_credit(cls.order)

    def _change_route(self):
        self.order.waas_delivery_route = "reseller"

    def _change_address(self):
        self.order.sudo().partner_shipping_id.street = "Elsewhere 9"

    def _change_receiver(self):
        self.order.partner_shipping_id = self.env["res.partner"].create(
            {
                "name": "Back Door",
                "parent_id": self.customer.id,
                "type": "delivery",
                "street": "Back Door 1",
            }
        )

    def _change_signatory(self):
        self.order.waas_signatory_id = self.env["res.partner"].create(
            {"name": "Cfo", "parent_id": self.customer.id, "email": "cfo@one.test"}
        )

    def _change_mailbox(self):
        self.signatory.email = "somebody@else.test"

    def _change_customer(self):
        self.customer.name = "Another Company"

    def _change_creditor(self):
        self.also.waas_creditor_identifier = "NL79ZZZ999999990000"


@tagged("post_install", "-at_install")
class TestNoWayAround(NoWayAroundCommon):
    """What was confirmed stays, what was signed is what both signed, and who signs is
    the end customer (R1, R2, R13)."""

    def _make_mandate(self):
        self.env["waas.agreement.template"].create(
            {
                "name": "Mandate",
                "kind": "mandate",
                "company_id": self.also.id,
                "body_html": "<p>Debit</p>",
            }
        )
        self.account = self.env["res.partner.bank"].create(
            {"acc_number": "NL91ABNA0417164300", "partner_id": self.customer.id}
        )

    def _change_account(self):
        self.account.acc_number = "NL02ABNA0123456789"

    # === A CONFIRMED ORDER ===#

    def test_a4_a_confirmed_order_leaves_by_its_own_method_only(self):
        self._sign(self.order)
        self.order.action_confirm()
        contract = self.order.sudo().waas_contract_ids
        agreements = self.order.sudo().waas_agreement_ids
        for user in (self.warehouse, self.seller, self.manager, self.env.user):
            for state in ("draft", "sent", "cancel"):
                with (
                    self.subTest(user=user.login, state=state),
                    self._assert_refuses(".", UserError),
                ):
                    self.order.with_user(user).write({"state": state})
        with self._assert_refuses("Press Cancel"):
            self.order.sudo().state = "draft"
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(set(agreements.mapped("state")), {"signed"})
        self._cancel(self.order.with_user(self.seller))
        self.assertEqual(self.order.state, "cancel")
        self.assertEqual(contract.waas_state, "cancelled")

    def test_a1_one_confirmation_takes_no_other_order_along(self):
        """What runs while an order is confirmed inherits its context."""
        other = self._create_order(36, quantity=1)
        self._sign(self.order)
        confirm = type(self.order)._action_confirm

        def confirm_both(orders):
            other.with_env(orders.env).state = "sale"
            return confirm(orders)

        with (
            patch.object(type(self.order), "_action_confirm", confirm_both),
            self._assert_refuses(f"{other.name} cannot be confirmed", ValidationError),
        ):
            self.order.action_confirm()
        self.order.action_confirm()
        self.assertEqual((self.order.state, other.state), ("sale", "draft"))

    def test_an_ordinary_order_goes_wherever_it_went(self):
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        for state in ("sale", "draft", "sale", "cancel", "draft"):
            order.state = state
            self.assertEqual(order.state, state)

    # === WHAT THE SIGNED TEXT SAYS ===#

    def test_a8_whatever_the_signed_text_says_is_part_of_the_deal(self):
        self._make_mandate()
        for name in dir(self):
            if not name.startswith("_change_"):
                continue
            with self.subTest(name):
                self._sign(self.order)
                self.assertFalse(self._get_codes(self.order))
                getattr(self, name)()
                self.assertIn("agreements_missing", self._get_codes(self.order))
                with self._assert_refuses("Send the agreements"):
                    self.order.action_confirm()

    def test_a8_what_was_sent_under_another_account_cannot_be_signed(self):
        self._make_mandate()
        self.order.action_waas_send_agreements()
        self._change_account()
        with self._assert_refuses("can no longer be signed"):
            self._customer_signs(self.order)

    def test_a8_a_merge_of_contacts_that_say_the_same_breaks_no_signature(self):
        self._make_mandate()
        self._sign(self.order)
        double = self.customer.copy({"name": self.customer.name})
        merge = self.env["base.partner.merge.automatic.wizard"].sudo()
        for partners, target in (
            (self.customer | double, double),
            (self.reseller | self.reseller.copy({"name": "Partner One"}), None),
        ):
            target = target or partners[1]
            merge._merge(partners.ids, target, extra_checks=False)
            self.order.invalidate_recordset()
            self.assertFalse(self._get_codes(self.order))
        self.assertEqual(self.order.partner_id, double)

    def test_a5_a_merge_of_contacts_makes_no_partner_the_customer(self):
        self._make_mandate()
        self._confirm(self.order)
        merge = self.env["base.partner.merge.automatic.wizard"].sudo()
        no_partner = self.env["res.partner"].create({"name": "Partner 1"})
        address = self.env["res.partner"].create(
            {"name": "Door", "parent_id": self.customer.id, "type": "delivery"}
        )
        elsewhere = self.env["res.partner"].create(
            {"name": "Door", "parent_id": self.reseller.id, "type": "delivery"}
        )
        self.order.sudo().partner_shipping_id = address
        for kept, lost, why in (
            (self.reseller, self.customer, "cannot be its end customer"),
            (self.customer, self.reseller, "cannot be its end customer"),
            (elsewhere, address, "is not an address of Customer One"),
        ):
            with self.subTest(kept=kept.name, lost=lost.name):
                with self._assert_refuses(why) as refused:
                    merge._merge((kept | lost).ids, kept, extra_checks=False)
                self.assertIn(self.order.name, str(refused.exception))
                self.assertTrue(lost.exists())
        self.assertEqual(self.order.partner_id, self.customer)
        self.assertEqual(self.order.waas_reseller_id, self.reseller)
        # Doubles are merged, also those of a deal that was out of order before.
        merge._merge((no_partner | self.reseller).ids, no_partner, extra_checks=False)
        self.assertEqual(self.order.waas_reseller_id, no_partner)
        no_partner.with_company(self.also).waas_is_reseller = False
        double = no_partner.copy()
        merge._merge((double | no_partner).ids, double, extra_checks=False)
        self.assertEqual(self.order.waas_reseller_id, double)


@tagged("post_install", "-at_install")
class TestNoWayAroundAllAgreements(NoWayAroundCommon):
    """All agreements."""

    def test_a7_a_text_is_taken_away_by_two_people(self):
        template = self.agreement_templates[1].with_user(self.manager)
        colleague = new_test_user(
            self.env,
            "second_manager",
            "also_waas.group_waas_manager",
            company_id=self.also.id,
        )
        other = self.env["res.company"].sudo().create({"name": "Other"})
        for vals in (
            {"active": False},
            {"company_id": other.id},
            {"kind": "change"},
        ):
            with self._assert_refuses("needs two users"):
                template.write(vals)
        with self._assert_refuses("needs two users"):
            template.action_archive()
        with self._assert_refuses("needs two users"):
            template.unlink()
        with self._assert_refuses("Another user must request"):
            template.action_approve_removal()
        template.action_request_removal()
        with self._assert_refuses("Another user must request"):
            template.action_approve_removal()
        self.assertTrue(template.active)
        self.order.action_waas_send_agreements()
        self.assertIn(template, self.order.waas_agreement_ids.template_id)
        template.with_user(colleague).action_approve_removal()
        self.assertFalse(template.active)
        self.assertEqual(template.removal_approved_by_id, colleague)
        template.active = True
        self.assertFalse(template.removal_asked_by_id)

    def test_a7_a_request_for_removal_can_be_answered_with_no(self):
        template = self.agreement_templates[0].with_user(self.manager)
        template.action_request_removal()
        template.action_keep()
        self.assertTrue(template.active)
        self.assertFalse(template.removal_asked_by_id)
        with self._assert_refuses(".", AccessError):
            template.with_user(self.seller).action_request_removal()

    def test_a7_the_database_wants_two_people(self):
        template = self.agreement_templates[0].sudo()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            template.write(
                {
                    "removal_asked_by_id": self.manager.id,
                    "removal_approved_by_id": self.manager.id,
                }
            )
            template.flush_recordset()

    # === WHO SIGNS ===#

    def test_a9_one_mailbox_has_many_spellings(self):
        for email, mailbox in (
            ("jan@partner.nl", "jan@partner.nl"),
            ("jan+odoo@partner.nl", "jan@partner.nl"),
            ("j.a.n@partner.nl", "j.a.n@partner.nl"),
            ("J.A.N+x@GoogleMail.com", "jan@gmail.com"),
            ("jan@gmail.com", "jan@gmail.com"),
        ):
            self.assertEqual(get_mailbox(email), mailbox)

    def test_a9_a_mailbox_of_the_partner_does_not_sign(self):
        person = self.reseller.child_ids
        for theirs, given in (
            ("jan+odoo@partner.nl", "jan@partner.nl"),
            ("jan@partner.nl", "jan+sign@partner.nl"),
            ("jan.jansen@gmail.com", "janjansen@gmail.com"),
            ("janjansen@gmail.com", "jan.jan.sen+a@googlemail.com"),
        ):
            self.signatory.email = "ceo@customerone.test"
            person.email = theirs
            with (
                self.subTest(theirs=theirs, given=given),
                self._assert_refuses("an address of partner", UserError),
            ):
                self.signatory.email = given
                self.order.action_waas_send_agreements()

    def test_a9_a_mailbox_of_an_employee_does_not_sign(self):
        self.manager.email = "the.boss+work@gmail.com"
        self.signatory.email = "theboss@googlemail.com"
        with self._assert_refuses("an address of"):
            self.order.action_waas_send_agreements()

    def test_a9_an_address_at_the_partners_domain_asks_for_a_word(self):
        self.signatory.email = "director@partnerone.test"
        self.assertIn("signatory_domain", self._get_codes(self.order))
        with self._assert_refuses("at the domain of partner"):
            self.order.action_waas_send_agreements()
        self.order.waas_signatory_reason = "Both belong to one holding"
        self.order.action_waas_send_agreements()
        self.assertEqual(self.order.state, "sent")

    def test_a9_a_public_provider_says_nothing(self):
        self.reseller.child_ids.email = "jan@gmail.com"
        self.signatory.email = "piet@gmail.com"
        self.assertNotIn("signatory_domain", self._get_codes(self.order))
        self.order.action_waas_send_agreements()

    def test_a9_a_signatory_is_refused_where_the_deal_is_made(self):
        self.reseller.child_ids.email = "jan+odoo@partner.nl"
        self.signatory.email = "jan@partner.nl"
        with self._assert_refuses("an address of partner", ValidationError):
            self._create_order(36, quantity=1, waas_signatory_id=self.signatory.id)
