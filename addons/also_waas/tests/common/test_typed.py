from stdnum.eu import at_02
from stdnum.iso7064 import mod_97_10

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.http_routing.tests.common import MockRequest

from ...checked_numbers import get_vat_key, is_creditor_identifier, is_iban
from ...controllers.portal.forms import clean_text, to_int, to_price
from ...controllers.portal.portal_quote import WaasQuotePortal
from ...price_files import read_numbers
from ...scans import get_gs1, get_key, get_patterns, get_readings, split
from ...sellout import csv_file
from ...sellout.columns import Layout, get_flat_rows
from ..sellout.test_sellout_files import document
from .cases import WaasCommon, WaasHttpCommon

VAT = "NL123456782B90"


def _with_check_digits(number):
    """An account number with 00 for its check digits, and the right ones."""
    digits = mod_97_10.calc_check_digits(number[4:] + number[:2])
    return f"{number[:2]}{digits}{number[4:]}"


@tagged("post_install", "-at_install")
class TestTyped(WaasCommon):
    """What people type is understood or asked for, and a message is true."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_order(12, quantity=1)
        cls.also.waas_auto_confirm = False

    def _get_codes(self):
        return {point.code for point in self.order._waas_get_open_points()}

    # === F3: THE SAME CUSTOMER TWICE ===#

    def _bring(self, **values):
        country = self.env.ref("base.nl")
        return self.reseller._waas_bring_customer(
            {
                "name": "Bakery",
                "vat": "",
                "street": "Mill Lane 1",
                "zip": "1234 AG",
                "city": "Utrecht",
                "contact_name": "Ann",
                "contact_email": "ann@bakery.test",
                **values,
            },
            country,
        )

    def _is_asked(self, partner):
        todo = self.env.ref("also_waas.todo_customer_twice")
        return bool(
            partner.activity_ids.filtered(lambda one: one.activity_type_id == todo)
        )

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

    # === F5, F6, I9: NUMBERS AND FILES ===#

    def test_f5_thousands_may_be_apart_by_any_blank(self):
        for blank in (" ", "\u00a0", "\u202f", "\u2009"):
            with self.subTest(blank=blank):
                self.assertEqual(read_numbers([f"1{blank}234,56"]), ["1234.56"])

    def test_f5_a_partner_types_a_price_with_any_blank(self):
        with MockRequest(self.env):
            for text, price in (
                ("1 234,56", 1234.56),
                ("1\u00a0234,56", 1234.56),
                ("1\u202f234,56", 1234.56),
                ("€ 1\u2009234.56", 1234.56),
                ("12,-", 12.0),
                ("12 34", None),
                ("nan", None),
                ("inf", None),
                ("1e3", None),
                ("\x00", 0.0),
            ):
                with self.subTest(text=text):
                    self.assertEqual(to_price(clean_text(text)), price)

    def test_f5_what_is_too_long_gets_a_sentence(self):
        for name in ("name", "street", "city", "contact_name"):
            with (
                self.subTest(name=name),
                self._assert_refuses("is too long: .* characters at most", UserError),
            ):
                self._bring(**{name: "x" * 10_000})
        self.assertEqual(self._bring(name="Bakery 🥐").name, "Bakery 🥐")

    def test_f5_a_request_says_what_is_too_long(self):
        ask = self.env["waas.hardware.request"]._ask
        for texts, field, limit in (
            (("x" * 121, "Model", "Cheap"), "Manufacturer", 120),
            (("Make", "x" * 2001, "Cheap"), "Hardware", 2000),
            (("Make", "Model", "x" * 10_000), "Why this hardware", 2000),
        ):
            with self._assert_refuses(f"{field} is too long: {limit} characters"):
                ask(self.reseller, *texts[:2], 1, texts[2])

    def test_f5_a_number_out_of_a_form_is_a_number(self):
        for text, number in (
            ("5", 5),
            (" 5 ", 5),
            (7, 7),
            ("1_0", 0),
            ("\u00b2", 0),
            ("\u0665", 0),
            ("-1", 0),
            ("1e3", 0),
            ("1.000", 0),
            ("99999999999999", 0),
            ("2147483648", 0),
            ("\x00", 0),
            (["5"], 0),
            ({"id": 5}, 0),
            (None, 0),
        ):
            with self.subTest(text=text):
                self.assertEqual(to_int(text), number)

    def test_f5_a_price_that_is_too_high_is_a_price(self):
        page = WaasQuotePortal()
        with MockRequest(self.env):
            for text in ("2000000", "2.000.000,00".replace(".", " "), "9" * 400):
                with self._assert_refuses("is more than a service can cost"):
                    page._waas_read_services([("Help", clean_text(text), "once")])
            with self._assert_refuses("-5 is no price"):
                page._waas_read_services([("Help", "-5", "once")])

    def test_f5_credit_has_an_amount(self):
        self.order.with_user(self.seller).action_waas_request_credit()
        check = self.order.sudo().waas_credit_check_ids.with_user(self.officer)
        for amount in (float("nan"), float("inf"), float("-inf"), 0.0, -1.0):
            with self._assert_refuses("Approve an amount above zero"):
                check._approve(amount, self.also._waas_today())

    def test_f5_a_long_name_needs_no_long_index(self):
        name = "".join(f"{number:x}" for number in range(3_000))
        for model in ("waas.manufacturer", "waas.erasure.standard"):
            records = self.env[model].sudo()
            values = {"name": name}
            records.create(values)
            with self._assert_violates():
                records.create(values)

    def test_f6_a_number_that_would_be_a_formula_is_none(self):
        for number, written in (
            ("-6UU-00003", '"-6UU-00003"'),
            ("+31-7", '"+31-7"'),
            ("A/1.2 #3", '"A/1.2 #3"'),
            ("=1+1", '"\'=1+1"'),
            ("@SUM(A1)", '"\'@SUM(A1)"'),
            ("-1+cmd|' /C calc'!A0", "\"'-1+cmd|"),
            ("A;=HYPERLINK(1)", '"A;\'=HYPERLINK(1)"'),
        ):
            for column in ("mpn", "serial", "sku"):
                with self.subTest(number=number, column=column):
                    content = csv_file.write(document(**{column: number}), Layout())
                    self.assertIn(written, content.decode())

    def test_f6_a_text_is_quoted_and_a_number_is_itself(self):
        content = csv_file.write(
            document(reseller="a,=1", mpn="-6UU-00003"), Layout()
        ).decode()
        self.assertIn('"-6UU-00003"', content)
        self.assertIn('"a,\'=1"', content)
        titles, _rows = get_flat_rows(document())
        self.assertEqual(content.split("\r\n")[1].count('"'), 2 * (len(titles) - 2))
        wanted = csv_file.write(
            document(mpn="-6UU-00003"), Layout(apostrophe=True)
        ).decode()
        self.assertIn('"\'-6UU-00003"', wanted)

    def test_i9_a_price_is_a_number(self):
        price = self.env["product.pricelist.item"].search(
            [("waas_term_id", "!=", False)], limit=1
        )
        for name in ("fixed_price", "waas_commission_unit"):
            for text in ("nan", "inf", "-inf", "Infinity"):
                with (
                    self.subTest(name=name, text=text),
                    self._assert_refuses("is no amount for", ValidationError),
                ):
                    price[name] = float(text)
            for text in ("nan", "inf"):
                with self.subTest(name=name, text=text, way="load"):
                    result = self.env["product.pricelist.item"].load(
                        [".id", name], [[str(price.id), text]]
                    )
                    self.assertFalse(result["ids"])
                    self.assertIn("is no amount", result["messages"][0]["message"])
        # Whatever way it comes, the database keeps it out.
        for text in ("NaN", "Infinity"):
            with self._assert_violates():
                self.env.cr.execute(
                    "UPDATE product_pricelist_item SET fixed_price = %s WHERE id = %s",
                    [text, price.id],
                )

    def test_i8_a_copy_writes_into_no_real_folder(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("also_waas.sellout_root", "/somewhere")
        with file_open("also_waas/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.registry.clear_cache()
        self.env.invalidate_all()
        self.assertFalse(parameters.get_param("also_waas.sellout_root"))

    # === G: MESSAGES ===#

    def test_g_an_empty_day_of_a_credit_decision_is_asked_for(self):
        self.order.with_user(self.seller).action_waas_request_credit()
        check = self.order.sudo().waas_credit_check_ids.with_user(self.officer)
        with self._assert_refuses("Enter the last day of the approval", UserError):
            check._approve(1000.0, False)

    def test_g_a_partner_cannot_be_its_own_end_customer(self):
        with self._assert_refuses(
            "brings this deal as the partner, so it cannot be its end customer",
            ValidationError,
        ):
            self._create_order(
                12,
                quantity=1,
                partner_id=self.reseller.id,
            )

    def test_g_a_code_is_asked_for_used_or_too_old(self):
        self.order.action_waas_send_agreements()
        link = self.env["waas.signing.link"].sudo().search([], limit=1)
        self.assertIn("Ask for a code first", link._check_code("123456"))

    def test_g_what_is_over_is_not_told_to_be_sent_or_renewed(self):
        self.also.waas_auto_confirm = True
        order = self._confirm(self.order)
        contract = order.sudo().waas_contract_ids
        contract._waas_run_from(self.also._waas_today())
        change = self._create_change(contract, "termination")
        change.action_cancel()
        for action in ("action_submit", "action_apply", "action_cancel"):
            with self._assert_refuses("is cancelled already, and nothing of it"):
                getattr(change, action)()
        with self._assert_refuses("is cancelled already"):
            change.effective_date = self.also._waas_today()
        with self._assert_refuses("only drafts are deleted"):
            change.unlink()

    def test_g_a_contract_that_was_cancelled_was_not_started(self):
        self.also.waas_auto_confirm = True
        order = self._confirm(self.order)
        contract = order.sudo().waas_contract_ids
        self._cancel(order)
        self.assertEqual(contract.waas_state, "cancelled")
        with self._assert_refuses("was cancelled and does not start"):
            contract._waas_activate(self.also._waas_today())

    def test_g_a_run_that_was_cancelled_was_not_started(self):
        run = self._create_run(self.also._waas_today())
        run.action_cancel()
        for action in ("action_start", "action_retry"):
            with self._assert_refuses("is cancelled: make a new run"):
                getattr(run, action)()

    def test_g_withdrawn_is_not_decided(self):
        self.order.with_user(self.seller).action_waas_request_credit()
        check = self.order.sudo().waas_credit_check_ids.with_user(self.seller)
        check.action_withdraw()
        with self._assert_refuses("was withdrawn and needs no decision"):
            check.action_withdraw()

    def test_g_what_a_partner_withdrew_is_neither_confirmed_nor_with_also(self):
        order = self.order.sudo()
        order.action_quotation_sent()
        order._waas_withdraw()
        order._waas_withdraw()  # the button was pressed twice
        self.assertEqual(order.state, "cancel")
        with self._assert_refuses("is cancelled: make another quotation"):
            order._waas_submit()

    def test_g_a_partner_reads_what_it_can_do_once_both_have_signed(self):
        self._approve_credit(self.order)
        self._sign(self.order)
        self.assertEqual(self.order.state, "sent")
        with self._assert_refuses("cannot be withdrawn any more: talk to your contact"):
            self.order.sudo()._waas_withdraw()
        order = self.order
        order.action_confirm()
        with self._assert_refuses("confirmed and stays as it was agreed"):
            order.sudo()._waas_submit()
        with self._assert_refuses("is confirmed: it cannot be withdrawn"):
            order.sudo()._waas_withdraw()

    def test_g_also_signed_already(self):
        self.also.waas_auto_confirm = False
        self._sign(self.order)
        with self._assert_refuses("signs first, or both have signed"):
            self.order.action_waas_countersign()

    def test_g_a_contract_that_ended_early_did_not_run_to_its_end(self):
        self.also.waas_auto_confirm = True
        order = self._confirm(self.order)
        contract = order.sudo().waas_contract_ids
        contract._waas_run_from(self.also._waas_today())
        today = self.also._waas_today()
        contract._waas_end_early(today)
        with self._assert_refuses("was ended early, on"):
            order.action_cancel()


@tagged("post_install", "-at_install")
class TestScanTexts(WaasCommon):
    """F1: plain functions about labels."""

    def test_f1_a_number_is_known_by_what_counts(self):
        self.assertEqual(get_key("pf-3 abcde"), "PF3ABCDE")
        self.assertEqual(get_key("0012345"), get_key("12345"))
        self.assertEqual(get_key("000"), "0")
        self.assertEqual(get_patterns("***"), [])
        self.assertIn("0012345", get_patterns("12345"))
        self.assertIn("PF3ABCDE", get_readings("1S20XYS0M400PF3ABCDE"))
        self.assertIn("PF3ABCDE", get_readings("S/N: PF3ABCDE"))
        self.assertIn("NABC1234", get_readings("SNABC1234"))
        self.assertEqual(get_gs1("]C121PF3ABCDE"), "21PF3ABCDE")
        self.assertEqual(split("A\x00B  ]C101\x1d21X\n"), ["A", "B", "]C101\x1d21X"])


@tagged("post_install", "-at_install")
class TestTypedHttp(WaasHttpCommon):
    """F7: no address and no parameter is a fault of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_user("typist", cls.signatory)

    def test_f7_odd_addresses_and_parameters_are_no_error(self):
        for login in (None, "typist"):
            self.authenticate(login, login)
            for path, statuses in (
                ("/my/waas%00", {404}),
                ("/my/waas/contracts/%00", {404}),
                ("/waas/sign/%00", {404}),
                ("/waas/certificate/%00", {404}),
                ("/waas/sign/none?self=1", {404}),
                ("/my/waas?self=1", {200}),
                ("/my/waas/contracts?self=1&cls=2&search=%00a", {200}),
                ("/my/waas/contracts?sortby=%00&filterby=%00", {200}),
                ("/my/waas%ff", {404}),
                ("/my/waas/contracts/%ff", {404}),
                ("/waas/sign/%ff", {404}),
                ("/waas/sign/%ed%a0%80", {404}),
                ("/waas/certificate/%ff", {404}),
                ("/waas/certificate/" + "x" * 4000, {404}),
                ("/my/waas/contracts?search=%ff", {200}),
                ("/my/waas/contracts?search=%f0%9f%98%80", {200}),
                ("/my/waas/contracts?page=%C2%B2", {200}),
                ("/my/waas/contracts?page=-1", {200}),
                ("/my/waas/contracts/page/0", {200}),
                ("/my/waas/contracts/page/99999999999999999999", {200}),
                ("/my/waas/contracts/99999999999999999999", {200, 404}),
                ("/my/waas/contracts?search=a&search=b", {200}),
                ("/my/waas/contracts?env=1&request=2&args=3&kwargs=4", {200}),
                ("/my/waas/contracts?model=1&url=2&domain=3&search_by=4", {200}),
                ("/my/waas/returns/new?contract_id=%C2%B2", {200}),
                ("/my/waas/contracts?search=" + "%25" * 500, {200}),
                ("/my/waas/returns?search=%5C", {200}),
            ):
                with self.subTest(path=path, login=login), mute_logger("odoo.http"):
                    answer = self.url_open(path)
                    self.assertIn(answer.status_code, statuses)
