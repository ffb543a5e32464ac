from odoo.tests import tagged

from ...models.portal import (
    res_partner as res_partner_portal,
)
from .common_portal import PartnerPortalCommon


@tagged("post_install", "-at_install", "http")
class TestPartnerPortal(PartnerPortalCommon):
    """A partner's people quote, send and follow their deals."""

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
