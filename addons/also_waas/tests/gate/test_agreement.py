import base64
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.gate.waas_signing_link import CODE_TRIES, CODES_PER_LINK
from ..common.cases import SIGNATURE, WaasCommon

TOTAL = 1655.64


@tagged("post_install", "-at_install")
class TestAgreement(WaasCommon):
    """R1: what ALSO and the end customer sign is frozen, and about the deal as it
    stands."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.waas_auto_confirm = False
        cls.order = cls._create_order(quantity=1)

    def _send(self, order=None):
        order = order or self.order
        order.action_waas_send_agreements()
        return order.waas_agreement_ids.filtered(lambda a: a.state == "sent")

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

    # === REFUSED, SENT AGAIN ===#

    def test_r1_a_refusal_shuts_the_gate_until_agreements_are_sent_again(self):
        first = self._send()
        with self._assert_refuses("Tell us why you refuse"):
            first.sudo()._refuse("  ")
        first.sudo()._refuse("Too <b>dear</b>")
        self.assertEqual(set(first.mapped("state")), {"refused"})
        self.assertEqual(self.order.waas_agreement_state, "refused")
        self.assertEqual(self._get_codes(self.order)[-1], "agreements_refused")
        self.assertIn("Too &lt;b&gt;dear&lt;/b&gt;", self.order.waas_blocker_html)
        activity = self.order.activity_ids[-1:]
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("refused to sign: Too <b>dear</b>", activity.summary)

        second = self._send()
        self.assertEqual(set(first.mapped("state")), {"refused"})
        self.assertEqual(self.order.waas_agreement_state, "sent")
        self.assertEqual(self._get_codes(self.order)[-1], "customer_signature")
        second.sudo()._void("Mistake")
        self.assertEqual(self.order.waas_agreement_state, "none")
        self.assertEqual(self._get_codes(self.order)[-1], "agreements_missing")

    def test_r1_sending_again_voids_what_was_sent_and_kills_its_link(self):
        self._sign(self.order)
        first = self.order.waas_agreement_ids
        token = self._get_token(self.order)
        links = self.env["waas.signing.link"].sudo()
        self.assertTrue(links._find(token))
        second = self._send()
        self.assertFalse(second & first)
        self.assertEqual(set(first.mapped("state")), {"void"})
        self.assertEqual(set(first.mapped("note")), {"A new version was sent."})
        self.assertTrue(all(first.mapped("customer_signature")))  # a record
        self.assertFalse(links._find(token))
        self.assertEqual(links._find(self._get_token(self.order)).agreement_ids, second)

    def test_sales_is_told_once_of_agreements_left_unsigned(self):
        agreements = self._send()
        run = self.env["waas.agreement"].sudo()._cron_chase
        run()
        self.assertFalse(self.order.activity_ids)
        with freeze_time(fields.Datetime.now() + timedelta(days=4)):
            run()
            run()
        self.assertEqual(len(self.order.activity_ids), 1)
        self.assertIn("has not signed yet", self.order.activity_ids.summary)
        self.assertTrue(all(agreements.mapped("chased_on")))

    # === THE DEAL CHANGES ===#

    def _get_changes_of_the_deal(self):
        """What changes the money or the parties, by name."""
        bundle = self.order.order_line.filtered(lambda line: line.waas_role == "bundle")
        other_list = self.pricelist.copy()
        other_list.item_ids.filtered(lambda rule: rule.fixed_price == 45.99).write(
            {"fixed_price": 44.99}
        )
        payment_term = self.env["account.payment.term"].create({"name": "Later"})
        tax = self.tax_sale_a.copy({"name": "Other"})
        return {
            "quantity": lambda: bundle.write({"product_uom_qty": 2}),
            "option": lambda: bundle._waas_set_configuration(
                {}, {self.monitor_option: 1}
            ),
            "upgrade": lambda: bundle._waas_set_configuration(
                {self.office_slot: self.premium_upgrade}, {}
            ),
            "line added": lambda: self.order._waas_add_bundle(self.bundle, 1),
            "line removed": bundle.unlink,
            "taxes": lambda: bundle.write({"tax_ids": [Command.set(tax.ids)]}),
            "term": lambda: self.order.write({"waas_term_id": self.terms[24].id}),
            "price list": lambda: self.order.write({"pricelist_id": other_list.id}),
            "payment term": lambda: self.order.write(
                {"payment_term_id": payment_term.id}
            ),
            "customer": lambda: self.order.write(
                {"partner_id": self.other_customer.id}
            ),
            "partner": lambda: self.order.write(
                {"waas_reseller_id": self.other_reseller.id}
            ),
        }

    def test_r1_every_change_of_the_money_voids_the_signatures(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        agreements = self.order.waas_agreement_ids
        undone = "undone"
        for name, change in self._get_changes_of_the_deal().items():
            # Undone after each, as every refusal is.
            with self.subTest(name), self._assert_refuses("^undone$"):
                change()
                self.assertEqual(set(agreements.mapped("state")), {"void"})
                self.assertIn("agreements_missing", self._get_codes(self.order))
                self.assertIn("signatures are void", self.order.message_ids[0].body)
                with self.assertRaises(UserError):
                    self.order.action_confirm()
                raise UserError(undone)
            self.assertEqual(set(agreements.mapped("state")), {"signed"}, name)

    def test_r1_what_is_not_the_deal_leaves_the_signatures_alone(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        self.order.write(
            {
                "note": "<p>Ring twice</p>",
                "user_id": self.manager.id,
                "commitment_date": "2099-01-01",
                "client_order_ref": "PO 1",
                "order_line": [
                    Command.create({"display_type": "line_note", "name": "Thanks"})
                ],
            }
        )
        bundle = self.order.order_line.filtered(lambda line: line.waas_role == "bundle")
        bundle.write({"product_uom_qty": bundle.product_uom_qty, "sequence": 99})
        self.assertEqual(set(self.order.waas_agreement_ids.mapped("state")), {"signed"})
        self.order.action_confirm()
        self.assertEqual(self.order.state, "sale")

    def test_r1_what_is_rented_cannot_be_called_a_delivery(self):
        """Deliveries are free and no part of what is signed."""
        for line in self.order.order_line:
            with self.assertRaises(UserError):
                line.is_delivery = True

    def test_r1_a_changed_deal_can_be_sent_and_signed_again(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        bundle = self.order.order_line.filtered(lambda line: line.waas_role == "bundle")
        bundle.product_uom_qty = 2
        self._sign(self.order)
        self.order.action_confirm()
        self.assertEqual(self.order.waas_contract_ids.waas_total_amount, 2 * TOTAL)

    def test_r1_a_change_that_no_write_told_of_counts_as_well(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        self.env.cr.execute(
            "UPDATE sale_order_line SET discount = 50 WHERE order_id = %s",
            [self.order.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self._get_codes(self.order), ["agreements_missing"])


@tagged("post_install", "-at_install")
class TestSigningLink(WaasCommon):
    """R1: a reseller prepares, an employee sends; only the signatory's mailbox holds
    what it takes to sign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(quantity=1)
        cls.order.with_user(cls.seller).action_waas_send_agreements()
        cls.token = cls._get_token(cls.order)
        cls.link = cls.env["waas.signing.link"].sudo()._find(cls.token)

    def _ask_code(self):
        # Whoever asks: on the public page it is nobody.
        self.link.with_user(self.env.ref("base.public_user")).sudo()._send_code()
        return self._get_code(self.order)

    def _get_wrong(self, code):
        return f"{(int(code) + 1) % 10**6:06}"

    def test_r1_the_mail_goes_to_the_signatory_alone(self):
        mail = self._get_mails(self.order)
        self.assertEqual(mail.email_to, "ceo@customerone.test")
        self.assertFalse(mail.recipient_ids)
        self.assertFalse(mail.email_cc)
        self.assertTrue(mail.auto_delete)

    def test_r1_the_address_is_the_one_of_when_it_was_sent(self):
        self.signatory.email = "thief@partnerone.test"
        self._ask_code()
        self.assertEqual(
            self._get_mails(self.order)[0].email_to, "ceo@customerone.test"
        )

    def test_r1_the_database_keeps_hashes_only(self):
        code = self._ask_code()
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(link)::text FROM waas_signing_link link WHERE id = %s",
            [self.link.id],
        )
        row = self.env.cr.fetchone()[0]
        self.assertNotIn(self.token, row)
        self.assertNotIn(code, row)

    def test_r1_the_secret_is_in_no_chatter(self):
        code = self._ask_code()
        documents = (
            ("sale.order", self.order.ids),
            ("waas.agreement", self.order.waas_agreement_ids.ids),
            ("res.partner", (self.customer | self.signatory | self.reseller).ids),
        )
        for model, ids in documents:
            messages = (
                self.env["mail.message"]
                .sudo()
                .search([("model", "=", model), ("res_id", "in", ids)])
            )
            for text in messages.mapped("body"):
                self.assertNotIn(self.token, text)
                self.assertNotIn(code, text)

    def test_r1_neither_sender_nor_anybody_else_reads_the_mail(self):
        self._ask_code()
        messages = self._get_mails(self.order).mail_message_id
        self.assertEqual(len(messages), 2)
        people = (
            self.seller,
            self.manager,
            self.officer,
            self.accountant,
            self.env.ref("base.public_user"),
            self._create_portal_user("signatory_portal", self.signatory),
            self._create_portal_user(
                "reseller_portal",
                self.reseller.child_ids,
                "also_waas.group_waas_reseller",
            ),
        )
        for user in people:
            for message in messages.with_user(user):
                with self.assertRaises(AccessError):
                    message.read(["body"])
            self.assertFalse(
                messages.with_user(user).search([("id", "in", messages.ids)])
            )
            with self.assertRaises(AccessError):
                self._get_mails(self.order).with_user(user).read(["body_html"])

    def test_r1_nobody_reads_or_makes_links(self):
        for user in (self.seller, self.manager, self.officer, self.accountant):
            with self.assertRaises(AccessError):
                self.link.with_user(user).sudo(False).read(["token_hash"])
            with self.assertRaises(AccessError):
                self.link.with_user(user).sudo(False).create({})

    # === THE ONE-TIME CODE ===#

    def test_r1_a_right_code_works_once(self):
        code = self._ask_code()
        self.assertFalse(self.link._check_code(f" {code[:3]} {code[3:]} "))
        self.assertIn("was used already", self.link._check_code(code))

    def test_r1_without_a_code_asked_for_nothing_is_right(self):
        for guess in ("", "000000", None, False, 0):
            self.assertIn("Ask for a code first", self.link._check_code(guess))

    def test_r1_a_code_works_for_fifteen_minutes(self):
        code = self._ask_code()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=16)):
            self.assertIn("has expired", self.link._check_code(code))
        with freeze_time(fields.Datetime.now() + timedelta(minutes=14)):
            self.assertFalse(self.link._check_code(code))

    def test_r1_a_code_cannot_be_guessed(self):
        code = self._ask_code()
        for _try in range(CODE_TRIES):
            self.assertIn("is wrong", self.link._check_code(self._get_wrong(code)))
        self.assertIn("Too many wrong codes", self.link._check_code(code))
        self.assertFalse(self.link._check_code(self._ask_code()))

    def test_r1_an_older_code_dies_with_a_newer_one(self):
        older, newer = self._ask_code(), self._ask_code()
        if older != newer:
            self.assertIn("is wrong", self.link._check_code(older))
        self.assertFalse(self.link._check_code(newer))

    def test_r1_a_code_belongs_to_its_link(self):
        other = self._create_order(quantity=1)
        other.action_waas_send_agreements()
        other_link = self.env["waas.signing.link"].sudo()._find(self._get_token(other))
        code = self._ask_code()
        other_link._send_code()
        if code != self._get_code(other):
            self.assertIn("is wrong", other_link._check_code(code))

    def test_r1_codes_of_a_link_run_out(self):
        for _code in range(CODES_PER_LINK):
            self.link._send_code()
        with self._assert_refuses("Too many codes"):
            self.link._send_code()

    # === THE LINK ===#

    def test_r1_a_link_works_for_as_long_as_the_company_says(self):
        self.also.waas_link_validity_days = 3
        self.order.action_waas_send_agreements()
        token = self._get_token(self.order)
        links = self.env["waas.signing.link"].sudo()
        with freeze_time(fields.Datetime.now() + timedelta(days=2, hours=23)):
            self.assertTrue(links._find(token))
        with freeze_time(fields.Datetime.now() + timedelta(days=3, seconds=1)):
            self.assertFalse(links._find(token))

    def test_r1_only_the_whole_token_opens(self):
        links = self.env["waas.signing.link"].sudo()
        guesses = (None, False, "", "%", self.token[:-1], self.link.token_hash, [1], {})
        for guess in guesses:
            self.assertFalse(links._find(guess), guess)
