import re
from datetime import date

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers.portal import portal_bundle
from ...models.portal import (
    res_partner as res_partner_portal,
)
from ...models.portal import (
    sale_order_partner,
)
from .portal_world import PortalHttpCommon

SCRIPT = "<script>alert('x')</script>"


@tagged("post_install", "-at_install", "http")
class TestPortalDoors(PortalHttpCommon):
    """Each page is tried as whom it is not for."""

    def setUp(self):
        super().setUp()
        order, contract, line = (
            self.quotation.id,
            self.contract.id,
            self.quotation.order_line[0].id,
        )
        self.reseller_pages = [
            "/my/waas/prices",
            "/my/waas/prices/pdf",
            "/my/waas/prices/xlsx",
            "/my/waas/deals",
            "/my/waas/deals/new",
            "/my/waas/customers",
            f"/my/waas/deals/{order}",
            f"/my/waas/deals/{order}/bundle",
            f"/my/waas/deals/{order}/bundle/{line}",
            "/my/waas/hardware",
        ]
        self.deal_posts = [
            f"/my/waas/deals/{order}/{action}"
            for action in (
                "change",
                "services",
                "bundle/save",
                f"bundle/{line}/remove",
                "send",
                "withdraw",
            )
        ]
        self.contract_page = f"/my/waas/contracts/{contract}"

    def test_nobody_gets_to_the_log_in_page(self):
        self.authenticate(None, None)
        for page in [*self.reseller_pages, self.contract_page, "/my/waas"]:
            with self.subTest(page):
                answer = self._get(page)
                self.assertEqual(answer.status_code, 303)
                self.assertIn("/web/login", answer.headers["Location"])

    def test_end_customers_and_strangers_find_no_page_of_partners(self):
        for user in (self.customer_user, self.stranger_user):
            self._log_in(user)
            for page in self.reseller_pages:
                with self.subTest(page=page, user=user.login):
                    self.assertEqual(self._get(page).status_code, 404)
            for page in self.deal_posts:
                with self.subTest(page=page, user=user.login):
                    self.assertEqual(self._post(page).status_code, 404)
        self.assertEqual(self.quotation.state, "draft")
        self.assertTrue(self.quotation.order_line)

    def test_another_partner_finds_nothing_of_this_deal(self):
        self._log_in(self.other_reseller_user)
        for page in self.reseller_pages[6:9]:
            with self.subTest(page):
                self.assertEqual(self._get(page).status_code, 404)
        for page in self.deal_posts:
            with self.subTest(page):
                self.assertEqual(self._post(page).status_code, 404)
        self.assertEqual(self._get(self.contract_page).status_code, 404)
        answer = self._post_json(
            f"/my/waas/deals/{self.quotation.id}/price",
            bundle_id=self.bundle.id,
            quantity=1,
        )
        self.assertIn("not there", answer["result"]["error"])
        self.assertNotIn(self.quotation.name, self._get("/my/waas/deals").text)
        self.assertEqual(self.quotation.state, "draft")

    def test_a_line_of_another_deal_is_not_removed(self):
        self._log_in(self.reseller_user)
        line = self.other_order.order_line[0]
        answer = self._post(
            f"/my/waas/deals/{self.quotation.id}/bundle/{line.id}/remove"
        )
        self.assertEqual(answer.status_code, 404)
        self.assertTrue(line.exists())

    def test_a_stranger_finds_no_contract(self):
        for user in (self.stranger_user, self.other_customer_user):
            self._log_in(user)
            self.assertEqual(self._get(self.contract_page).status_code, 404)
            self.assertNotIn(self.contract.name, self._get("/my/waas/contracts").text)

    @mute_logger("odoo.http")
    def test_a_form_without_its_token_is_refused(self):
        self._log_in(self.reseller_user)
        for page in self.deal_posts:
            with self.subTest(page):
                answer = self.url_open(page, data={"x": "1"}, allow_redirects=False)
                self.assertEqual(answer.status_code, 400)

    def test_what_does_not_exist_looks_like_what_is_not_yours(self):
        self._log_in(self.reseller_user)
        foreign = self._get(f"/my/waas/deals/{self.other_order.id}")
        missing = self._get("/my/waas/deals/99999999")
        self.assertEqual(foreign.status_code, missing.status_code)
        self.assertEqual(self._get_text(foreign), self._get_text(missing))

    def test_strange_arguments_fall_back(self):
        self._log_in(self.reseller_user)
        for query in (
            "sortby=x&filterby=y",
            "search=%27%3B+DROP+TABLE+sale_order%3B--",
            "search=" + "x" * 5000,
            "page=-1",
        ):
            with self.subTest(query[:40]):
                for page in ("/my/waas/deals", "/my/waas/contracts"):
                    self.assertEqual(self._get(f"{page}?{query}").status_code, 200)


@tagged("post_install", "-at_install", "http")
class TestPartnerPortal(PortalHttpCommon):
    """A partner's people quote, send and follow their deals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A draft of the partner's own: one that ALSO makes is ALSO's to complete.
        cls.quotation = cls._quote()

    def setUp(self):
        super().setUp()
        self._log_in(self.reseller_user)

    def _create(self, **values):
        return self._create_deal(**{"customer": self.customer.id, **values})

    def _get_created(self, answer):
        self.assertEqual(answer.status_code, 303, self._get_text(answer)[:2000])
        number = re.search(r"/my/waas/deals/(\d+)/bundle", answer.headers["Location"])
        return self.env["sale.order"].browse(int(number[1]))

    def test_r8_the_price_list_shows_price_and_commission_per_term(self):
        text = self._get_text(self._get("/my/waas/prices"))
        for amount in ("79.00", "55.00", "45.99", "20.00", "40.00", "1,234.56"):
            self.assertIn(amount, text)
        self.assertIn("Premium instead of Basic", text)
        self.assertIn("Second Monitor", text)

    def test_r4_the_partner_is_advised_to_offer_installation(self):
        for page in ("/my/waas/prices", "/my/waas/deals/new", "/my/waas"):
            self.assertIn("strongly advise you", self._get_text(self._get(page)))

    def test_r10_every_term_is_offered(self):
        text = self._get_text(self._get("/my/waas/deals/new"))
        for months in (12, 24, 36):
            self.assertIn(f"{months} months", text)
        answer = self._create(term_id=99999)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("Choose a term.", self._get_text(answer))

    def test_the_price_list_is_downloaded(self):
        answer = self._get("/my/waas/prices/xlsx")
        self.assertEqual(answer.status_code, 200)
        self.assertTrue(answer.content.startswith(b"PK"))

    def test_a_deal_from_the_first_page_to_also(self):
        order = self._get_created(self._create(reference="Our 7"))
        self.assertRecordValues(
            order,
            [
                {
                    "partner_id": self.customer.id,
                    "waas_reseller_id": self.reseller.id,
                    "client_order_ref": "Our 7",
                    "state": "draft",
                    "company_id": self.also.id,
                }
            ],
        )
        choice = {
            "bundle_id": self.bundle.id,
            "quantity": 10,
            f"upgrade_{self.office_slot.id}": self.premium_upgrade.id,
            f"option_{self.monitor_option.id}": 20,
        }
        live = self._post_json(f"/my/waas/deals/{order.id}/price", **choice)["result"]
        # 10 x (45.99 + 4.50) + 20 x 2.50; commission 10 x (1234.56 + 3) + 20 x 3
        self.assertIn("554.90", live["monthly"])
        self.assertIn("19,976.40", live["total"])
        self.assertIn("12,435.60", live["commission"])
        answer = self._post(f"/my/waas/deals/{order.id}/bundle/save", **choice)
        self.assertEqual(answer.status_code, 303)
        order.invalidate_recordset()
        self.assertAlmostEqual(order.waas_monthly_amount, 554.90, 2)
        text = self._get_text(self._get(f"/my/waas/deals/{order.id}"))
        self.assertIn("554.90", text)
        self.assertIn("12,435.60", text)

        self._post(f"/my/waas/deals/{order.id}/send")
        order.invalidate_recordset()
        self.assertEqual(order.state, "sent")
        self.assertTrue(order.waas_submitted_on)
        # The credit of this customer is approved already; the signatures come next.
        text = self._get_text(self._get(f"/my/waas/deals/{order.id}"))
        self.assertIn("We send the agreements to sign.", text)

    def test_sending_asks_for_the_credit_check(self):
        self.env["waas.credit.check"].sudo().search([]).state = "expired"
        self._post(f"/my/waas/deals/{self.quotation.id}/send")
        check = self.quotation.sudo().waas_credit_check_ids
        self.assertEqual(check.state, "requested")
        self.assertEqual(check.requested_by_id, self.reseller_user)
        page = self._get(f"/my/waas/deals/{self.quotation.id}")
        self.assertIn("We check the credit of the end customer.", self._get_text(page))

    def test_a_bundle_is_changed_and_removed(self):
        order = self._get_created(self._create())
        save = f"/my/waas/deals/{order.id}/bundle/save"
        self._post(save, bundle_id=self.bundle.id, quantity=1)
        line = order.order_line.filtered(lambda line: line.waas_role == "bundle")
        self._post(save, line_id=line.id, bundle_id=self.bundle.id, quantity=4)
        order.invalidate_recordset()
        self.assertAlmostEqual(order.waas_monthly_amount, 183.96, 2)
        self._post(f"/my/waas/deals/{order.id}/bundle/{line.id}/remove")
        order.invalidate_recordset()
        self.assertFalse(order.order_line)

    def test_r7_an_upgrade_is_one_of_those_the_bundle_offers(self):
        order = self._get_created(self._create())
        stranger = self._create_waas_product(
            "Other upgrade", "upgrade", waas_component_id=self.office_premium.id
        )
        self._post(
            f"/my/waas/deals/{order.id}/bundle/save",
            **{
                "bundle_id": self.bundle.id,
                "quantity": 1,
                f"upgrade_{self.office_slot.id}": stranger.id,
            },
        )
        self.assertNotIn(stranger, order.order_line.product_id)

    def test_r2_the_partner_chooses_the_way_of_delivery(self):
        order = self._get_created(self._create(route="reseller"))
        self.assertEqual(order.partner_shipping_id.commercial_partner_id, self.reseller)
        self._post(
            f"/my/waas/deals/{order.id}/change",
            term_id=self.terms[12].id,
            route="customer",
        )
        order.invalidate_recordset()
        self.assertEqual(order.partner_shipping_id.commercial_partner_id, self.customer)
        self.assertEqual(order.waas_term_id, self.terms[12])
        answer = self._create(route="nowhere")
        self.assertIn("Choose how we deliver", self._get_text(answer))

    def test_r6_own_services_are_shown_and_cost_nothing_at_also(self):
        order = self._get_created(self._create())
        self._post(
            f"/my/waas/deals/{order.id}/services",
            service_name=["Installation", ""],
            service_price=["85,50", "1"],
            service_period=["once", "once"],
        )
        self.assertRecordValues(
            order.waas_reseller_service_ids,
            [{"name": "Installation", "price": 85.5, "period": "once"}],
        )
        self.assertEqual(order.amount_total, 0.0)

    def test_a_new_end_customer_is_entered_with_its_vat_number(self):
        customer = {
            "customer": "new",
            "name": "New Rent B.V.",
            "vat": "NL123456789B99",
            "street": "Street 1",
            "zip": "1000 AA",
            "city": "Amsterdam",
            "country_id": self.env.ref("base.nl").id,
            "contact_name": "Ann",
            "contact_email": "ann@newrent.test",
        }
        answer = self._create(**customer)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("does not seem to be valid", self._get_text(answer))
        self.assertIn("New Rent B.V.", answer.text, "What was typed is kept.")
        order = self._get_created(self._create(**{**customer, "vat": "NL000099998B57"}))
        self.assertRecordValues(
            order.partner_id,
            [
                {
                    "name": "New Rent B.V.",
                    "vat": "NL000099998B57",
                    "waas_brought_by_id": self.reseller.id,
                }
            ],
        )
        self.assertEqual(order.waas_signatory_id.email, "ann@newrent.test")
        answer = self._create(**{**customer, "vat": "", "contact_email": ""})
        self.assertIn("Fill in Mail address of who signs.", self._get_text(answer))

    def test_a_customer_of_another_partner_cannot_be_chosen(self):
        answer = self._create(customer=self.other_customer.id)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("one of your own end customers", self._get_text(answer))
        self.assertNotIn("Customer Two", self._get("/my/waas/deals/new").text)

    def test_the_partner_finds_its_end_customers(self):
        page = self._get("/my/waas/customers")
        text = self._get_text(page)
        self.assertIn("Customer One", text)
        self.assertNotIn("Customer Two", text)
        self.assertIn(f"/my/waas/deals/new?customer_id={self.customer.id}", page.text)
        found = self._get_text(self._get("/my/waas/customers?search=nobody+of+ours"))
        self.assertIn("There is no end customer here", found)
        renting = self._get_text(self._get("/my/waas/customers?filterby=renting"))
        self.assertIn("Customer One", renting)
        others = self._get_text(self._get("/my/waas/customers?filterby=others"))
        self.assertNotIn("Customer One", others)

    def test_a_quotation_begins_with_a_customer_of_the_list(self):
        chosen = f'value="{self.customer.id}" selected="True"'
        page = self._get(f"/my/waas/deals/new?customer_id={self.customer.id}")
        self.assertIn(chosen, page.text)
        for other in (self.other_customer.id, "x", "-1", 2**40, "new"):
            with self.subTest(other):
                page = self._get(f"/my/waas/deals/new?customer_id={other}")
                self.assertEqual(page.status_code, 200)
                self.assertNotIn("Customer Two", page.text)
                self.assertNotIn(chosen, page.text)

    def test_of_many_customers_the_latest_are_offered_and_all_are_found(self):
        self.patch(res_partner_portal, "RECENT_CUSTOMERS", 2)
        customers = (
            self.env["res.partner"]
            .sudo()
            .create(
                [
                    {
                        "name": f"Many {index}",
                        "is_company": True,
                        "waas_brought_by_id": self.reseller.id,
                    }
                    for index in range(4)
                ]
            )
        )
        text = self._get_text(self._get("/my/waas/deals/new"))
        self.assertNotIn("Many 1", text)
        self.assertIn("Many 3", text)
        self.assertIn("search all of your end customers", text)
        self.assertNotIn("Partner One, ", text, "The partner is no customer of its own")
        found = self._get_text(self._get("/my/waas/customers?search=many"))
        self.assertIn("Many 1", found)
        self._get_created(self._create(customer=customers[0].id))
        self.assertIn("Many 0", self._get_text(self._get("/my/waas/deals/new")))

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
