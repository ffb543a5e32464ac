import base64

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common.cases_steps import SIGNATURE
from .common_agreement import TOTAL, AgreementCommon


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCommon):
    """R1: what ALSO and the end customer sign is frozen, and about the deal as it
    stands."""

    # === FROZEN ===#

    def test_r1_every_active_template_becomes_an_agreement_to_sign(self):
        agreements = self._send()
        self.assertEqual(agreements.template_id, self.agreement_templates)
        self.assertEqual(agreements.signatory_id, self.signatory)
        self.assertEqual(set(agreements.mapped("total_amount")), {TOTAL})
        self.assertEqual(self.order.state, "sent")

    def test_without_a_template_there_is_nothing_to_send(self):
        self.agreement_templates.sudo().active = False
        with self._assert_refuses("There is no agreement to sign"):
            self.order.action_waas_send_agreements()

    def test_r1_agreements_of_an_unfinished_quotation_are_not_sent(self):
        with self._assert_refuses("Add a bundle"):
            self._create_order().action_waas_send_agreements()

    def test_r1_a_document_changed_in_the_store_is_found(self):
        self._sign(self.order)
        agreement = self.order.waas_agreement_ids[0]
        agreement.with_user(self.seller).action_verify()
        agreement.with_context(bin_size=True).action_verify()
        for field in ("document", "signed_document"):
            attachment = (
                self.env["ir.attachment"]
                .sudo()
                .search(
                    [
                        ("res_model", "=", "waas.agreement"),
                        ("res_id", "=", agreement.id),
                        ("res_field", "=", field),
                    ]
                )
            )
            original = attachment.raw
            attachment.raw = original.replace(b"hardware", b"Hardware") + b" "
            agreement.invalidate_recordset()
            with self._assert_refuses("was changed after it was frozen"):
                agreement.action_verify()
            attachment.raw = original
            agreement.invalidate_recordset()
            agreement.action_verify()

    def test_a_removed_document_is_found_too(self):
        agreement = self._send()[0]
        agreement.sudo().document = False
        with self._assert_refuses("was changed after it was frozen"):
            agreement.action_verify()

    def test_only_readers_may_ask_whether_a_document_was_changed(self):
        agreement = self._send()[0]
        with self.assertRaises(AccessError):
            agreement.with_user(self.warehouse).action_verify()

    def test_r1_the_amount_is_in_words_and_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.customer.lang = "nl_NL"
        self.agreement_templates[0].with_context(lang="nl_NL").name = "Huurovereenkomst"
        agreement = self._send()[0]
        self.assertEqual(agreement.lang, "nl_NL")
        self.assertEqual(agreement.title, "Huurovereenkomst")
        agreement.invalidate_recordset(["total_in_words"])
        # C10: as Dutch is written.
        self.assertEqual(
            agreement.total_in_words,
            "duizend zeshonderdvijfenvijftig dollar en vierenzestig cent",
        )
        euro = self.env.ref("base.EUR").with_context(lang="nl_NL")
        self.assertEqual(euro._waas_in_words(1511.0), "duizend vijfhonderdelf euro")
        self.assertIn(agreement.total_in_words, agreement.body)

    def test_r1_a_template_edited_later_changes_nothing_that_was_sent(self):
        agreement = self._send()[0]
        body, digest = agreement.body, agreement.document_sha256
        self.assertIn("Rent", body)
        self.agreement_templates[0].body_html = "<p>The customer pays double.</p>"
        self.assertEqual(agreement._get_body(), body)
        self._customer_signs(self.order)
        self._also_signs(self.order)
        signed = base64.b64decode(agreement.signed_document)
        self.assertIn(b"Rent", signed)
        self.assertNotIn(b"double", signed)
        self.assertEqual(agreement.document_sha256, digest)

    def test_only_template_editors_put_code_into_a_text(self):
        """It is rendered with all rights."""
        template = self.agreement_templates[0].with_user(self.manager)
        template.body_html = "<p>Plain <t t-out='object.name'/></p>"
        code = "<p t-out=\"env['res.users'].sudo().search([])\"/>"
        for forged in {}, {"waas_text": True}, {"waas_text": "TEXT_UNTOUCHED"}:
            with self._assert_refuses("allowed to edit templates", AccessError):
                template.with_context(**forged).body_html = code
            with self._assert_refuses("allowed to edit templates", AccessError):
                template.with_context(**forged).create(
                    {"name": "Code", "body_html": code}
                )
        template.sudo().body_html = "<p t-if='object.name'>By an editor</p>"
        template.write({"name": "Renamed", "sequence": 99})
        self.assertEqual(template.name, "Renamed")
        with self.assertRaises(AccessError):
            template.with_user(self.seller).name = "No"

    def test_r1_what_people_typed_is_escaped_in_the_agreement(self):
        self.agreement_templates[
            0
        ].body_html = "<p><t t-out='object.partner_id.name'/></p>"
        self.customer.name = "<script>alert(1)</script><img src=x onerror=alert(1)>"
        agreement = self._send()[0]
        self.assertIn("&lt;script&gt;", agreement.body)
        self.assertNotIn("<img", agreement.body)

    def test_r1_the_sealed_document_carries_both_signatures(self):
        agreement = self._send()[0]
        image = b'src="data:image/png'
        logos = base64.b64decode(agreement.document).count(image)
        self._customer_signs(self.order)
        self._also_signs(self.order)
        sealed = base64.b64decode(agreement.signed_document)
        self.assertEqual(sealed.count(image), logos + 2)
        self.assertIn(b"Ceo", sealed)
        self.assertIn(self.manager.name.encode(), sealed)
        self.assertNotEqual(agreement.document_sha256, agreement.signed_document_sha256)

    # === WHO SIGNS ===#

    def test_r1_only_a_manager_signs_for_also(self):
        agreements = self._send()
        self._customer_signs(self.order)
        for user in (self.seller, self.officer, self.accountant):
            with self._assert_refuses("Only a WaaS manager", AccessError):
                agreements.with_user(user)._countersign(SIGNATURE, False)
        with self.assertRaises(AccessError):
            agreements.with_user(self.warehouse)._countersign(SIGNATURE, False)

    def test_r1_also_signs_after_the_customer_and_once(self):
        agreements = self._send().with_user(self.manager)
        with self._assert_refuses("the end customer signs first"):
            agreements._countersign(SIGNATURE, False)
        with self._assert_refuses("the end customer signs first"):
            self.order.action_waas_countersign()
        self._customer_signs(self.order)
        with self._assert_refuses("Draw your signature"):
            agreements._countersign(False, False)
        agreements._countersign(SIGNATURE, False)
        self.assertEqual(agreements.company_signed_by_id, self.manager)
        with self._assert_refuses("does not wait for a countersignature"):
            agreements._countersign(SIGNATURE, False)
        with self._assert_refuses("nothing to sign"):
            agreements.browse()._countersign(SIGNATURE, False)

    def test_r1_the_signature_wizard_signs_for_its_user_only(self):
        agreements = self._send()
        self._customer_signs(self.order)
        action = self.order.with_user(self.manager).action_waas_countersign()
        Wizard = self.env["waas.agreement.countersign"].with_context(
            **action["context"]
        )
        with self.assertRaises(AccessError):
            Wizard.with_user(self.seller).create({"signature": SIGNATURE})
        wizard = Wizard.with_user(self.manager).create({"signature": SIGNATURE})
        second = self.manager.sudo().copy({"login": "waas_second_manager"})
        with self.assertRaises(AccessError):
            wizard.with_user(second).read(["signature"])
        wizard.action_sign()
        self.assertEqual(set(agreements.mapped("state")), {"signed"})

    def test_r1_the_customer_signs_an_open_agreement_once_with_name_and_drawing(self):
        agreements = self._send().sudo()
        for name, signature, message in (
            ("", SIGNATURE, "Type your name"),
            (" ", SIGNATURE, "Type your name"),
            ("Ceo", False, "Draw your signature"),
        ):
            with self._assert_refuses(message):
                agreements._sign_for_customer(name, signature, "here", True)
        self._customer_signs(self.order)
        self.assertRecordValues(
            agreements[0],
            [
                {
                    "state": "customer_signed",
                    "customer_signed_by": "Ceo",
                    "customer_signed_from": "127.0.0.1",
                    "customer_code_checked": True,
                }
            ],
        )
        with self._assert_refuses("can no longer be signed"):
            agreements._sign_for_customer("Ceo", SIGNATURE, "here", True)
        with self._assert_refuses("nothing left to sign"):
            agreements.browse()._sign_for_customer("Ceo", SIGNATURE, "here", True)

    def test_r1_nobody_makes_changes_or_deletes_an_agreement_by_hand(self):
        agreement = self._send()[0]
        values = agreement.sudo().copy_data()[0]
        people = (self.seller, self.manager, self.officer, self.accountant)
        for user in people:
            with self.assertRaises(AccessError):
                agreement.with_user(user).write({"state": "signed"})
            with self.assertRaises(AccessError):
                agreement.with_user(user).create(values)
            with self.assertRaises(AccessError):
                agreement.with_user(user).unlink()

    @mute_logger("odoo.sql_db")
    def test_r1_the_database_knows_what_signed_means(self):
        agreement = self._send()[0].sudo()
        with self.assertRaises(IntegrityError):
            agreement.state = "signed"
            agreement.flush_recordset()
        with self.assertRaises(IntegrityError):
            agreement.copy({"fingerprint": agreement.fingerprint})
