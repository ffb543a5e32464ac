from stdnum.eu import at_02
from stdnum.iso7064 import mod_97_10

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ...checked_numbers import get_vat_key, is_creditor_identifier, is_iban
from .common_typed import TypedCommon

VAT = "NL123456782B90"


def _with_check_digits(number):
    """An account number with 00 for its check digits, and the right ones."""
    digits = mod_97_10.calc_check_digits(number[4:] + number[:2])
    return f"{number[:2]}{digits}{number[4:]}"


@tagged("post_install", "-at_install")
class TestTyped(TypedCommon):
    """What people type is understood or asked for, and a message is true."""

    def _get_codes(self):
        return {point.code for point in self.order._waas_get_open_points()}

    def _is_asked(self, partner):
        todo = self.env.ref("also_waas.todo_customer_twice")
        return bool(
            partner.activity_ids.filtered(lambda one: one.activity_type_id == todo)
        )

    def _make_mandate(self):
        self.env["waas.agreement.template"].create(
            {
                "name": "Mandate",
                "kind": "mandate",
                "company_id": self.also.id,
                "body_html": "<p>Debit</p>",
            }
        )
        return self.env["res.partner.bank"].create(
            {"acc_number": "12345", "partner_id": self.customer.id}
        )

    # === F3: THE SAME CUSTOMER TWICE ===#

    def test_f3_a_vat_number_is_the_same_however_it_was_typed(self):
        self._create_party(
            "Bakery Holding", country_id=self.env.ref("base.nl").id, vat=VAT
        )
        for vat in ("123456782B90", "NL 1234.56.782.B90", "nl123456782b90", VAT):
            with self.subTest(vat=vat):
                brought = self._bring(name=f"Bakery {vat}", vat=vat)
                self.assertTrue(self._is_asked(brought))

    def test_f3_a_vat_number_without_its_country_is_known(self):
        known = self._create_party("Oven", country_id=self.env.ref("base.nl").id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET vat = '1234.56.782.B90' WHERE id = %s", [known.id]
        )
        known.invalidate_recordset()
        brought = self._bring(name="Oven 2", vat=VAT)
        self.assertEqual(brought._waas_find_same_vat(), known)
        self.assertTrue(self._is_asked(brought))

    def test_f3_a_vat_number_is_the_same_whatever_country_the_customer_has(self):
        """A branch with the number of its head office, and numbers of other countries
        with and without what stands in front."""
        for one, other in (
            (("DE123456788", "NL"), ("DE123456788", "DE")),
            (("123456788", "DE"), ("DE 123 456 788", "NL")),
            (("BE0403019261", "BE"), ("403.019.261", "BE")),
            (("FR40303265045", "FR"), ("FR 40 303265045", "NL")),
            (("EL123456783", "GR"), ("123456783", "GR")),
            (("XI123456782", "GB"), ("GB123456782", "GB")),
            (("CHE-123.456.788 MWST", "CH"), ("CHE123456788TVA", "CH")),
            (("ATU12345675", "AT"), ("U12345675", "AT")),
            (("IT00743110157", "IT"), ("743110157", "IT")),
            (("NL123456782B90", "NL"), ("\uff11\uff12\uff1345 6782 B90", "NL")),
            (("ESA13585625", "ES"), ("A-13585625", None)),
        ):
            with self.subTest(one=one, other=other):
                self.assertEqual(get_vat_key(*one), get_vat_key(*other))
        for text in ("", None, "/", "...", "000"):
            self.assertEqual(get_vat_key(text, "NL"), "")
        known = self._create_party("Oven GmbH", country_id=self.env.ref("base.de").id)
        known.vat = "DE123456788"
        branch = self._bring(name="Oven Nederland", vat="DE123456788")
        self.assertEqual(branch._waas_find_same_vat(), known)
        self.assertTrue(self._is_asked(branch))

    def test_f3_a_company_of_a_group_is_known(self):
        group = self._create_party("Oven Group")
        self.env["res.partner"].create(
            {
                "name": "Oven Works",
                "is_company": True,
                "parent_id": group.id,
                "country_id": self.env.ref("base.nl").id,
                "vat": VAT,
            }
        )
        self.assertTrue(self._is_asked(self._bring(name="Oven W.", vat=VAT)))

    def test_f3_names_are_the_same_with_and_without_accents(self):
        known = self._create_party(
            "Bäckerei Café S.A.", country_id=self.env.ref("base.nl").id, zip="1234AG"
        )
        known.vat = "/"  # it has none, says Odoo
        for name in ("Backerei Cafe", "BA\u0308CKEREI CAFE\u0301 sa", "Bäckerei-Café"):
            with self.subTest(name=name):
                self.assertTrue(self._is_asked(self._bring(name=name, city=name)))

    def test_f3_without_a_vat_number_name_and_address_ask(self):
        self._create_party(
            "Bakery B.V.", country_id=self.env.ref("base.nl").id, vat=VAT, zip="1234ag"
        )
        self.assertTrue(self._is_asked(self._bring(name="BAKERY BV")))
        for other in ({"name": "Butcher"}, {"zip": "9999 ZZ"}):
            with self.subTest(other=other):
                self.assertFalse(self._is_asked(self._bring(**other)))

    # === F4: EXISTENCE IS NOT VALIDITY ===#

    def test_f4_a_mandate_wants_an_account_that_can_exist(self):
        account = self._make_mandate()
        for number in ("12345", "NL00BANK0123456789", "NL91ABNA0417164301"):
            with self.subTest(number=number):
                if number != "12345":
                    self.env.cr.execute(
                        "UPDATE res_partner_bank SET acc_number = %s WHERE id = %s",
                        [number, account.id],
                    )
                    account.invalidate_recordset()
                self.assertIn("bank_account", self._get_codes())
                with self._assert_refuses(f"{number} .* is no valid IBAN"):
                    self.order.action_waas_send_agreements()
                self.assertFalse(self.order.sudo().waas_agreement_ids)
        account.acc_number = "NL91 ABNA 0417 1643 00"
        self.assertNotIn("bank_account", self._get_codes())

    def test_f4_an_account_can_exist_and_be_debited(self):
        for number in (
            "NL91 ABNA 0417 1643 00",
            "nl91abna0417164300",
            "BE68-5390-0754-7034",
            "NO9386011117947",
            "MT84MALT011000012345MTLCAST001S",
            "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000",
        ):
            with self.subTest(number=number):
                self.assertTrue(is_iban(number))
        for number in (
            "",
            "NL",
            "NL91ABNA041716430",  # a sign lost
            _with_check_digits("NL00ABNA04171643000"),  # one too many
            _with_check_digits("XX00ABNA0417164300"),  # no country
            "TR330006100519786457841326",  # not within SEPA
            "NL\u0669\u0661ABNA0417164300",  # digits that no bank prints
            "NL91ABNA0417164300\x00",
            "NL91ABNA0417164300;NL91ABNA0417164300",
            "😀",
        ):
            with self.subTest(number=number):
                self.assertFalse(is_iban(number))
        # 02 and 99 come to the same; banks count from 02 to 98.
        number = next(
            text
            for text in (f"NL02ABNA{account:010}" for account in range(200))
            if is_iban(text)
        )
        self.assertFalse(is_iban(number.replace("NL02", "NL99")))

    def test_f4_a_creditor_identifier_can_exist(self):
        for number in (
            "NL79ZZZ999999990000",
            "nl79 zzz 9999 9999 0000",
            "DE98ZZZ09999999999",
            "FR72ZZZ123456",
            "ES23ZZZ47690558N",
        ):
            with self.subTest(number=number):
                self.assertTrue(is_creditor_identifier(number))
        for number in (
            "NL78ZZZ999999990000",
            "NL00ZZZ999999990000",
            "ZZ" + at_02.calc_check_digits("ZZ00ZZZ999999990000") + "ZZZ999999990000",
            "NL79ZZZ",
            "NL79ZZZ99999999'000'0+",
            "NL91ABNA0417164300",
            "\x00",
        ):
            with self.subTest(number=number):
                self.assertFalse(is_creditor_identifier(number))

    def test_f4_of_several_accounts_the_valid_one_is_debited(self):
        self._make_mandate()
        valid = self.env["res.partner.bank"].create(
            {"acc_number": "NL91ABNA0417164300", "partner_id": self.customer.id}
        )
        self.assertEqual(self.order._waas_get_debited_account(), valid)
        self.assertNotIn("bank_account", self._get_codes())

    def test_f4_a_mandate_wants_the_creditor(self):
        account = self._make_mandate()
        account.acc_number = "NL91ABNA0417164300"
        self.assertFalse(self._get_codes() & {"bank_account", "creditor_identifier"})
        self.also.waas_creditor_identifier = False
        self.assertIn("creditor_identifier", self._get_codes())
        with self._assert_refuses("no valid SEPA creditor identifier"):
            self.order.action_waas_send_agreements()
        with self._assert_refuses("12345 is no valid SEPA creditor", ValidationError):
            self.also.waas_creditor_identifier = "12345"
