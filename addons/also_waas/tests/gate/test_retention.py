import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ...models.common.waas_retention import REMOVED
from ..common.cases_returns import WaasReturnCommon


@tagged("post_install", "-at_install")
class TestRetention(WaasReturnCommon):
    """H: what is known of people is kept as long as it must be, and no longer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.retentions = cls.env["waas.retention"].sudo()  # as the vacuum

    def _apply(self, kind, months=0):
        """The vacuum, as if it ran so many months from now."""
        retention = self.retentions.search([("kind", "=", kind)])
        before = fields.Datetime.now() + timedelta(days=31 * months)
        return getattr(retention, f"_forget_{kind}")(before)

    def test_h_every_kind_has_a_retention_that_the_vacuum_applies(self):
        retentions = self.retentions.search([])
        kinds = dict(retentions._fields["kind"]._description_selection(self.env))
        self.assertEqual(set(retentions.mapped("kind")), set(kinds))
        for retention in retentions:
            with self.subTest(retention.kind):
                self.assertTrue(retention.months and retention.basis)
                self.assertFalse(retention._apply())  # nothing is that old
        self.assertEqual(retentions._gc_people(), (0, False))

    def test_h_what_is_kept_for_ever_is_left_alone(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        links = self.env["waas.signing.link"].sudo()
        link = links.search([("order_id", "=", order.id)])
        link.expires_on = "2020-01-01 00:00:00"
        retention = self.retentions.search([("kind", "=", "signing_link")])
        retention.months = 0
        self.retentions._gc_people()
        self.assertTrue(link.exists())
        retention.months = 1
        self.retentions._gc_people()
        self.assertFalse(link.exists())

    def test_h_a_signing_link_goes_with_its_mails(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        links = self.env["waas.signing.link"].sudo()
        link = links.search([("order_id", "=", order.id)])
        about = [("model", "=", link._name), ("res_id", "=", link.id)]
        self.assertTrue(self.env["mail.mail"].sudo().search(about))
        self._apply("signing_link", 2)
        self.assertFalse(link.exists())
        self.assertFalse(self.env["mail.mail"].sudo().search(about))
        self.assertFalse(self.env["mail.message"].sudo().search(about))

    def test_h_an_agreement_that_was_never_signed_is_emptied(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        agreements = order.sudo().waas_agreement_ids
        self._apply("unsigned_agreement", 1)
        self.assertFalse(agreements.filtered("forgotten_on"))  # it is live
        agreements._refuse("Too dear")
        self._apply("unsigned_agreement", 1)
        for agreement in agreements:
            self.assertFalse(agreement.body)
            self.assertFalse(agreement.document)
            self.assertTrue(agreement.document_sha256)
            self.assertTrue(agreement._is_untouched())
        with self._assert_refuses("retention was over", UserError):
            agreements[0].action_download()

    def test_h_a_signed_agreement_stays_until_its_contract_is_long_over(self):
        order = self._create_order(12, quantity=1)
        self._approve_credit(order)
        self._sign(order)
        contract = order.waas_contract_ids
        self.assertTrue(contract)
        agreements = order.sudo().waas_agreement_ids
        self.assertEqual(set(agreements.mapped("state")), {"signed"})
        self._apply("agreement", 1)
        self.assertFalse(agreements.filtered("forgotten_on"))  # the contract runs
        contract.sudo().waas_state = "ended"
        self._apply("agreement", 40)  # its last day is over, whatever its term
        for agreement in agreements:
            self.assertEqual(agreement.state, "signed")
            self.assertEqual(agreement.customer_signed_by, REMOVED)
            self.assertFalse(agreement.customer_signed_from)
            self.assertFalse(agreement.signed_document)
            self.assertTrue(agreement.signed_document_sha256)
            self.assertTrue(agreement.forgotten_on)

    def test_h_the_reason_of_a_decision_goes_the_decision_stays(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_request_credit()
        check = order.waas_credit_check_ids
        check.with_user(self.officer)._reject("Owes everybody")
        self._apply("credit_check", 1)
        self.assertEqual(check.state, "rejected")
        self.assertEqual(check.reason, REMOVED)
        values = check.message_ids.sudo().tracking_value_ids
        self.assertNotIn("Owes everybody", values.mapped("new_value_text"))

    def test_h_who_handed_devices_over_is_forgotten_when_the_return_is_over(self):
        record = self._create_return(self.devices[:1])
        record.write({"pickup_contact": "Jan", "pickup_phone": "+31 6 1234"})
        self._apply("return_contact", 1)
        self.assertEqual(record.pickup_contact, "Jan")
        record.sudo().state = "cancelled"
        self._apply("return_contact", 1)
        self.assertFalse(record.pickup_contact or record.pickup_phone)

    def test_h_a_message_of_the_marketplace_is_emptied_when_it_is_done(self):
        marketplace = (
            self.env["waas.marketplace"]
            .sudo()
            .create(
                {
                    "name": "Market",
                    "base_url": "https://market.test",
                    "company_id": self.also.id,
                }
            )
        )
        message = (
            self.env["waas.marketplace.message"]
            .sudo()
            .create(
                {
                    "marketplace_id": marketplace.id,
                    "operation": "get",
                    "payload": json.dumps({"mail": "ceo@customerone.test"}),
                }
            )
        )
        self._apply("marketplace_message", 1)
        self.assertTrue(message.payload)
        message.write({"state": "done", "done_on": fields.Datetime.now()})
        self._apply("marketplace_message", 1)
        self.assertFalse(message.payload)

    # === A PERSON ===#

    def _forget(self, person):
        self.env["waas.person.forget"].with_user(self.manager).create(
            {"partner_id": person.id}
        ).action_forget()

    def test_h_a_person_is_found_in_every_text_of_ours(self):
        """Walks over every text field of every model of ours: whichever holds the
        address of somebody, does so no longer."""
        person = self.env["res.partner"].create(
            {
                "name": "Willemijn Everywhere",
                "email": "willemijn@customerone.test",
                "parent_id": self.customer.id,
            }
        )
        record = self._create_return(self.devices[:1])
        record.write({"pickup_contact": person.name, "note": f"Ask {person.email}."})
        order = self._create_order(12, quantity=1)
        order.waas_signatory_reason = "WILLEMIJN@customerone.test is theirs"
        message = f"Sent to {person.email} of {person.name}"
        order.message_post(body=message)
        self._forget(person)
        self.assertFalse(person.active)
        self.assertFalse(person.email)
        self.assertNotIn("Willemijn", person.name)
        for model_name, names in person._waas_get_text_fields().items():
            for name in names:
                with self.subTest(model_name, field=name):
                    for text in ("willemijn@customerone.test", "Willemijn Everywhere"):
                        self.assertFalse(
                            self.env[model_name]
                            .sudo()
                            .search_count([(name, "ilike", text)])
                        )
        self.assertNotIn(
            "willemijn", " ".join(map(str, order.message_ids.mapped("body"))).lower()
        )
        self.assertEqual(record.note, f"Ask {person.name}.")

    def test_h_somebody_of_the_same_name_elsewhere_stays(self):
        person = self.env["res.partner"].create(
            {
                "name": "Jan Bakker",
                "email": "jan@customerone.test",
                "parent_id": self.customer.id,
            }
        )
        other = self._create_order(12, quantity=1, partner_id=self._other_customer().id)
        other.waas_signatory_reason = "Jan Bakker of ours"
        own = self._create_order(12, quantity=1)
        own.waas_signatory_reason = "Jan Bakker of theirs"
        self._forget(person)
        self.assertEqual(other.waas_signatory_reason, "Jan Bakker of ours")
        self.assertNotIn("Jan Bakker", own.waas_signatory_reason)

    def _other_customer(self):
        return self.env["res.partner"].create({"name": "Elsewhere", "is_company": True})

    def test_h_who_still_has_to_sign_is_not_forgotten(self):
        order = self._create_order(12, quantity=1)
        order.action_waas_send_agreements()
        with self._assert_refuses("still needed for", UserError):
            self._forget(self.signatory)
        with self._assert_refuses("is a company", UserError):
            self._forget(self.customer)
        self._sign(order)
        agreement = order.sudo().waas_agreement_ids.filtered("company_signed_on")[0]
        self._forget(self.signatory)
        self.assertTrue(agreement.signed_document)  # evidence
        self.assertIn("Anonymised", self.signatory.message_ids[0].body)

    def test_h_only_a_manager_makes_somebody_nameless(self):
        with self.assertRaises(AccessError):
            self.signatory.with_user(self.seller).action_waas_forget()
