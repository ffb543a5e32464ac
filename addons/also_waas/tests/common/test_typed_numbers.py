from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open

from odoo.addons.http_routing.tests.common import MockRequest

from ...controllers.portal.forms import clean_text, to_int, to_price
from ...controllers.portal.portal_quote import WaasQuotePortal
from ...price_files import read_numbers
from ...scans import get_gs1, get_key, get_patterns, get_readings, split
from ...sellout import csv_file
from ...sellout.columns import Layout, get_flat_rows
from ..sellout.test_sellout_files import document
from .cases import WaasCommon
from .common_typed import TypedCommon


@tagged("post_install", "-at_install")
class TestTypedNumbers(TypedCommon):
    """Numbers and files."""

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


@tagged("post_install", "-at_install")
class TestTypedGMessages(TypedCommon):
    """G: messages."""

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
