from datetime import date

from odoo.tests import tagged

from ...controllers.portal import portal_bundle
from ...models.portal import (
    sale_order_partner,
)
from .common_portal import PartnerPortalCommon
from .portal_world import PortalHttpCommon

SCRIPT = "<script>alert('x')</script>"


@tagged("post_install", "-at_install", "http")
class TestPartnerDeals(PartnerPortalCommon):
    """A partner's deals in the portal, from the draft to the signatures."""

    def test_also_is_told_of_a_customer_that_seems_to_be_there(self):
        self.other_customer.sudo().vat = "NL000099998B57"
        order = self._get_created(
            self._create(
                customer="new",
                name="Twice B.V.",
                vat="NL000099998B57",
                street="Street 1",
                zip="1000 AA",
                city="Amsterdam",
                country_id=self.env.ref("base.nl").id,
                contact_name="Ann",
                contact_email="ann@twice.test",
            )
        )
        activity = order.partner_id.activity_ids
        self.assertIn("has the VAT number of Customer Two", activity.note)

    def test_a_deal_without_bundle_is_not_sent(self):
        order = self._get_created(self._create())
        answer = self._post(f"/my/waas/deals/{order.id}/send")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Add a bundle.", self._get_text(answer))
        self.assertEqual(order.state, "draft")

    def test_r1_an_unsent_draft_waits_for_the_partner_itself(self):
        for page in ("/my/waas/commission", f"/my/waas/deals/{self.quotation.id}"):
            text = self._get_text(self._get(page))
            self.assertIn("You Send us the quotation.", text)
            self.assertNotIn("Sales", text)
        light = self.quotation.with_user(self.reseller_user)
        light = light._waas_get_commission_light()
        self.assertEqual(light["missing"][0]["code"], "send")
        empty = self._get_created(self._create())
        text = self._get_text(self._get("/my/waas/commission"))
        self.assertIn("You Add a bundle.", text)
        self.assertNotIn(f"{self.also.name} must complete the quotation.", text)
        self.assertEqual(
            empty._waas_get_commission_light()["missing"][0]["actor"],
            "sales",
            "To employees Sales may complete it as well.",
        )

    def test_r1_a_deal_with_everything_signed_says_who_acts_next(self):
        self.also.waas_auto_confirm = False
        path = f"/my/waas/deals/{self.quotation.id}"
        self._post(f"{path}/send")
        self.quotation.action_waas_send_agreements()
        self.assertIn("With the End Customer", self._get_text(self._get(path)))
        self._customer_signs(self.quotation)
        self._also_signs(self.quotation)
        text = self._get_text(self._get(path))
        self.assertIn(
            f"{self.also.name} Everything is there: the order must be confirmed.", text
        )

    def test_what_was_typed_is_there_after_an_error(self):
        order = self._get_created(self._create())
        answer = self._post(
            f"/my/waas/deals/{order.id}/bundle/save",
            **{
                "bundle_id": self.bundle.id,
                "quantity": 17,
                f"upgrade_{self.office_slot.id}": self.premium_upgrade.id,
                f"option_{self.monitor_option.id}": 10_000,
            },
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn('value="17"', answer.text)
        self.assertIn('value="10000"', answer.text)
        self.assertRegex(
            answer.text, rf'value="{self.premium_upgrade.id}"[^>]* selected'
        )

    def test_r6_a_price_is_read_as_people_write_it(self):
        order = self._get_created(self._create())
        services = f"/my/waas/deals/{order.id}/services"
        self.env["res.lang"]._activate_lang("nl_NL")
        for lang, typed, price in (
            ("en_US", "1,250.50", 1250.5),
            ("en_US", "85,50", 85.5),
            ("nl_NL", "1.250,50", 1250.5),
            ("nl_NL", "€ 1.250", 1250.0),
            ("nl_NL", "85,-", 85.0),
            ("en_US", "", 0.0),
        ):
            with self.subTest(typed, lang=lang):
                self.reseller_user.lang = lang
                self._log_in(self.reseller_user)
                self._post(
                    services,
                    service_name="Training",
                    service_price=typed,
                    service_period="once",
                )
                order.invalidate_recordset()
                self.assertEqual(order.waas_reseller_service_ids.price, price)
        answer = self._post(
            services,
            service_name="Coaching",
            service_price="fifty",
            service_period="once",
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("fifty is no price", self._get_text(answer))
        self.assertIn('value="Coaching"', answer.text)
        self.assertEqual(order.waas_reseller_service_ids.name, "Training")

    def test_people_outside_read_no_numbers_of_rules(self):
        self.quotation.waas_delivery_route = False
        answer = self._post(f"/my/waas/deals/{self.quotation.id}/send")
        self.assertEqual(answer.status_code, 422)
        text = self._get_text(answer)
        self.assertIn("directly to the end customer.", text)
        self.assertNotIn("(R2)", text)

    def test_what_is_with_also_is_not_changed_but_withdrawn(self):
        self._post(f"/my/waas/deals/{self.quotation.id}/send")
        answer = self._post(
            f"/my/waas/deals/{self.quotation.id}/bundle/save",
            bundle_id=self.bundle.id,
            quantity=5,
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("is with us", self._get_text(answer))
        self._post(f"/my/waas/deals/{self.quotation.id}/withdraw")
        self.quotation.invalidate_recordset()
        self.assertEqual(self.quotation.state, "cancel")
        page = self._get(f"/my/waas/deals/{self.quotation.id}")
        again = f"/my/waas/deals/new?customer_id={self.customer.id}"
        self.assertIn(again, page.text, "What is cancelled leads on.")
        answer = self._post(f"/my/waas/deals/{self.order.id}/withdraw")
        self.assertIn("cannot be withdrawn", self._get_text(answer))
        self.assertEqual(self.order.state, "sale")

    def test_r1_the_partner_reads_nothing_of_the_customers_credit(self):
        self.quotation.action_waas_request_credit()
        check = self.quotation.waas_credit_check_ids
        check.with_user(self.officer)._reject("Their balance sheet is a secret")
        text = self._get_text(self._get(f"/my/waas/deals/{self.quotation.id}"))
        self.assertIn("The credit for this deal is not approved", text)
        self.assertNotIn("secret", text)

    def test_r14_other_hardware_is_asked_for_with_a_clock(self):
        answer = self._post(
            "/my/waas/hardware/create",
            manufacturer_name="Newmake",
            description="Model 7",
            quantity=3,
        )
        self.assertEqual(answer.status_code, 303)
        request = self.env["waas.hardware.request"].search([])
        self.assertRecordValues(
            request,
            [
                {
                    "state": "submitted",
                    "reseller_id": self.reseller.id,
                    "quantity": 3,
                }
            ],
        )
        text = self._get_text(self._get("/my/waas/hardware"))
        self.assertIn("Our answer comes by", text)
        request.with_user(self.manager).decision_note = "Too short a warranty"
        request.with_user(self.manager).action_reject()
        self.assertIn(
            "Too short a warranty", self._get_text(self._get("/my/waas/hardware"))
        )
        self._log_in(self.other_reseller_user)
        self.assertNotIn("Newmake", self._get("/my/waas/hardware").text)

    def test_hostile_input_breaks_nothing(self):
        answer = self._post(
            "/my/waas/hardware/create",
            manufacturer_name=SCRIPT,
            description=SCRIPT,
            quantity="1; DROP TABLE",
        )
        self.assertEqual(answer.status_code, 422)
        self.assertNotIn(SCRIPT, answer.text)
        answer = self._post(
            "/my/waas/hardware/create",
            manufacturer_name="x",
            description="y" * 100_000,
            quantity=1,
        )
        self.assertIn("too long", self._get_text(answer))
        order = self._get_created(self._create(reference=SCRIPT * 50))
        page = self._get(f"/my/waas/deals/{order.id}")
        self.assertNotIn(SCRIPT, page.text)
        for quantity in ("-1", "0", "abc", "99999999999999", "1.5"):
            answer = self._post(
                f"/my/waas/deals/{order.id}/bundle/save",
                bundle_id=self.bundle.id,
                quantity=quantity,
            )
            with self.subTest(quantity):
                self.assertEqual(answer.status_code, 422)
        self.assertFalse(order.order_line)
        for choice in ({"quantity": [1]}, {"bundle_id": {"a": 1}}, {"quantity": None}):
            answer = self._post_json(f"/my/waas/deals/{order.id}/price", **choice)
            self.assertIn("error", answer["result"])

    def test_nobody_makes_quotations_by_the_thousand(self):
        self.patch(sale_order_partner, "QUOTES_PER_HOUR", 2)
        self._create(reference="1")
        self._create(reference="2")
        self.assertIn("within an hour", self._get_text(self._create(reference="3")))

    def test_nobody_asks_prices_by_the_thousand(self):
        self.patch(portal_bundle, "PRICES", 2)
        price_page = f"/my/waas/deals/{self.quotation.id}/price"

        def ask():
            answer = self._post_json(price_page, bundle_id=self.bundle.id, quantity=1)
            return answer["result"].get("error", "")

        self.assertEqual([ask(), ask()], ["", ""])
        self.assertIn("wait a minute", ask())


@tagged("post_install", "-at_install", "http")
class TestContractPages(PortalHttpCommon):
    """Partner and end customer see the same contract, each what is theirs."""

    def test_the_end_customer_sees_months_and_invoices_and_no_commission(self):
        self._log_in(self.customer_user)
        page = self._get(f"/my/waas/contracts/{self.contract.id}")
        text = self._get_text(page)
        self.assertIn("45.99", text)
        self.assertIn("Invoiced", text)
        invoice = self.contract.sudo().waas_installment_ids[0].move_id
        self.assertIn(invoice.name, text)
        for secret in ("1,234.56", "1234.56", "ommission"):
            self.assertNotIn(secret, page.text)

    def test_the_partner_sees_months_and_no_invoices(self):
        self._log_in(self.reseller_user)
        page = self._get(f"/my/waas/contracts/{self.contract.id}")
        invoice = self.contract.sudo().waas_installment_ids[0].move_id
        self.assertIn("Invoiced", self._get_text(page))
        self.assertNotIn(invoice.name, page.text)
        self.assertNotIn("access_token", page.text)

    def test_a_colleague_of_the_end_customer_sees_the_contract(self):
        self._log_in(self.colleague_user)
        page = self._get(f"/my/waas/contracts/{self.contract.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.contract.name, self._get("/my/waas/contracts").text)

    def test_pages_do_not_grow_with_the_number_of_contracts(self):
        self._log_in(self.customer_user)
        self._get("/my/waas/contracts")  # warm

        def count():
            before = self.env.cr.sql_log_count
            self._get("/my/waas/contracts")
            return self.env.cr.sql_log_count - before

        few = count()
        for _index in range(5):
            self._create_contract(date(2026, 1, 1))
        self.env.flush_all()
        self.assertLessEqual(count(), few + 3)
        self.assertLess(few, 60)
