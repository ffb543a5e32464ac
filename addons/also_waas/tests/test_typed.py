from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.http_routing.tests.common import MockRequest

from ..controllers.portal_reseller import WaasResellerPortal
from ..price_files import read_numbers
from ..scans import get_gs1, get_key, get_patterns, get_readings, split
from ..sellout import csv_file
from ..sellout.document import Layout, get_flat_rows
from .common import WaasCommon, WaasHttpCommon
from .test_10_sellout_files import document

VAT = "NL123456782B90"


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
        page = WaasResellerPortal()
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
                    self.assertEqual(page._price(page._clean_text(text)), price)

    def test_f5_what_is_too_long_gets_a_sentence(self):
        for name in ("name", "street", "city", "contact_name"):
            with (
                self.subTest(name=name),
                self._assert_refuses("is too long: .* characters at most", UserError),
            ):
                self._bring(**{name: "x" * 10_000})
        self.assertEqual(self._bring(name="Bakery 🥐").name, "Bakery 🥐")

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
        for name in ("fixed_price", "waas_commission"):
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
            ):
                with self.subTest(path=path, login=login), mute_logger("odoo.http"):
                    answer = self.url_open(path)
                    self.assertIn(answer.status_code, statuses)
