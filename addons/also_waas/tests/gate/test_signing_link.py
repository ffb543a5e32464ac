from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.gate.waas_signing_link import CODE_TRIES, CODES_PER_LINK
from ..common.cases import WaasCommon


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
