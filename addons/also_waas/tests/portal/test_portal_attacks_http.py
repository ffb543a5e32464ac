from odoo.tests import tagged

from ...models.portal import sale_order_partner
from .portal_world import PortalHttpCommon, PortalWorldCommon

EVIL = "<a href='https://evil.test'>Log in</a><img src='https://evil.test/x.png'/>"


@tagged("post_install", "-at_install", "http")
class TestPortalParties(PortalWorldCommon):
    """People who are nearly a party of a contract."""

    def _get_holding_user(self):
        """Somebody of the company to which partner One belongs."""
        holding = self._create_party("Holding")
        contact = holding.child_ids
        self.reseller.parent_id = holding
        return self._create_portal_user(
            "holding_user", contact, "also_waas.group_waas_reseller"
        )

    def test_r11_the_holding_of_a_partner_is_not_the_end_customer(self):
        self._log_in(self._get_holding_user())
        path = f"/my/waas/contracts/{self.device_contract.id}"
        page = self._get(path)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("access_token", page.text, "invoices are the customer's")
        self.assertNotIn(f"{path}/leave", page.text)
        self.assertEqual(self._get(f"{path}/leave").status_code, 404)
        self.assertEqual(self._post(f"{path}/ask/leave").status_code, 404)
        self.assertEqual(self._post(f"{path}/end", choice="return").status_code, 404)
        self.env.invalidate_all()
        self.assertFalse(self.device_contract.sudo().waas_change_ids)

    def test_the_holding_of_a_partner_opens_every_list(self):
        self._log_in(self._get_holding_user())
        for path in (
            "/my/waas",
            "/my/waas/deals",
            f"/my/waas/deals/{self.order.id}",
            "/my/waas/contracts",
            "/my/waas/commission",
            "/my/waas/customers",
            "/my/waas/sellout",
            "/my/waas/bills",
            "/my/waas/hardware",
        ):
            with self.subTest(path):
                self.assertEqual(self._get(path).status_code, 200)

    def test_r11_a_follower_is_not_the_end_customer(self):
        """A colleague at the partner who is no user of the partner's portal."""
        colleague = self.env["res.partner"].create(
            {"name": "Clerk", "parent_id": self.reseller.id, "email": "c@p.test"}
        )
        user = self._create_portal_user("clerk_user", colleague)
        self.device_contract.sudo().message_subscribe(colleague.ids)
        self._log_in(user)
        path = f"/my/waas/contracts/{self.device_contract.id}"
        self.assertEqual(self._get(path).status_code, 404)
        self.assertEqual(self._post(f"{path}/ask/leave").status_code, 404)
        self.assertNotIn(
            self.device_contract.name, self._get("/my/waas/contracts").text
        )

    def test_r1_who_has_left_the_end_customer_signs_nothing_for_it(self):
        signatory = self.env["res.partner"].create(
            {"name": "Leaver", "parent_id": self.customer.id, "email": "l@c.test"}
        )
        order = self._create_order(quantity=1, waas_signatory_id=signatory.id)
        order.action_waas_send_agreements()
        path = f"/waas/sign/{self._get_token(order)}"
        self.authenticate(None, None)
        for values, status in (
            ({}, 200),
            ({"active": False}, 404),
            ({"active": True}, 200),
            ({"parent_id": self.reseller.id}, 404),
        ):
            signatory.write(values)
            with self.subTest(values):
                self.assertEqual(self._get(path).status_code, status)

    def test_r15_a_pick_up_names_addresses_and_no_people(self):
        people = self.customer.child_ids
        self.assertTrue(all(people.mapped("street")), "as of their company")
        site = self.env["res.partner"].create(
            {
                "name": "Warehouse North",
                "parent_id": self.customer.id,
                "type": "delivery",
                "street": "Dock 4",
            }
        )
        self._log_in(self.reseller_user)
        text = self._get_text(self._get("/my/waas/returns/new"))
        self.assertIn("Customer One Street 1", text)
        self.assertIn("Warehouse North, Dock 4", text)
        for person in people - site:
            self.assertNotIn(f"{person.name}, ", text)

    def test_r15_a_search_tells_no_serial_number_of_another_partner(self):
        self._put_in_stock(self.laptop, 1, first=50)
        order = self._confirm(
            self._create_order(12, quantity=1, waas_reseller_id=self.other_reseller.id)
        )
        self._deliver(order)
        foreign = order.sudo().waas_contract_ids.waas_device_ids.with_env(self.env)
        record = self._create_return(self.devices[2] + foreign)
        found = {
            self.reseller_user: {self.devices[2].name: True, foreign.name: False},
            self.other_reseller_user: {self.devices[2].name: False, foreign.name: True},
            self.customer_user: {self.devices[2].name: True, foreign.name: True},
        }
        for user, searches in found.items():
            self._log_in(user)
            for serial, is_found in searches.items():
                with self.subTest(user=user.login, serial=serial):
                    page = self._get(f"/my/waas/returns?search={serial}")
                    self.assertEqual(record.name in page.text, is_found)

    def test_what_is_of_another_company_is_not_shown(self):
        """Its contract opens no page here, so neither do its devices and papers."""
        elsewhere = self.setup_other_company(name="ALSO Elsewhere")["company"]
        for user in (self.reseller_user, self.customer_user):
            user.sudo().write(
                {"company_ids": [(6, 0, elsewhere.ids)], "company_id": elsewhere.id}
            )
            self._log_in(user)
            for path, secret in (
                ("/my/waas/devices", self.devices[1].name),
                ("/my/waas/returns", self.open_return.name),
                ("/my/waas/returns/new", self.devices[2].name),
                ("/my/waas/contracts", self.contract.name),
                ("/my/waas/agreements", self.order.name),
                ("/my/waas/certificates", self.certificate.name),
                ("/my/waas/customers", "contracts?filterby"),
            ):
                with self.subTest(path=path, user=user.login):
                    self.assertNotIn(secret, self._get(path).text)
            for path in (
                f"/my/waas/returns/{self.open_return.id}",
                f"/my/waas/agreements/{self.agreement.id}/pdf",
                f"/my/waas/certificates/{self.certificate.id}/pdf",
            ):
                with self.subTest(path=path, user=user.login):
                    self.assertEqual(self._get(path).status_code, 404)

    def test_what_people_outside_type_is_no_html_in_a_to_do(self):
        self.reseller.sudo().name = EVIL
        self._log_in(self.reseller_user)
        answer = self._post(
            "/my/waas/returns/create", device=self.devices[2].id, method="self"
        )
        self.assertEqual(answer.status_code, 303)
        number = int(answer.headers["Location"].rpartition("/")[2].partition("?")[0])
        record = self.env["waas.return"].sudo().browse(number)
        [activity] = record.activity_ids
        self.assertIn("evil.test", activity.note)
        self.assertNotIn("<a", activity.note)
        self.assertNotIn("<img", activity.note)
        problem = f"{EVIL} is lost."
        self.devices[2]._waas_todo("data_lost", note=problem)
        self.assertNotIn("<a", self.devices[2].sudo().activity_ids.note)


@tagged("post_install", "-at_install", "http", "browser")
class TestPortalInput(PortalHttpCommon):
    """What is typed, searched and sent twice."""

    def setUp(self):
        super().setUp()
        self._log_in(self.reseller_user)

    def _create(self, **values):
        return self._create_deal(
            **{
                "customer": "new",
                "name": "Fresh B.V.",
                "street": "Street 1",
                "zip": "1000 AA",
                "city": "Amsterdam",
                "country_id": self.env.ref("base.nl").id,
                "contact_name": "Ann",
                "contact_email": "ann@fresh.test",
                **values,
            },
        )

    def _find_customers(self):
        return self.env["res.partner"].search(
            [("waas_brought_by_id", "=", self.reseller.id)]
        )

    # === ADDRESSES THAT ARE MADE UP ===#

    def test_the_address_of_a_page_puts_no_words_into_it(self):
        path = f"/my/waas/contracts/{self.contract.id}"
        page = self._get(f"{path}?error=Pay+to+this+account+at+once")
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("Pay to this account", page.text)
        self.assertEqual(self._get(f"{path}?contract_sudo=1").status_code, 200)
        self.assertIn("come back to you", self._get(f"{path}?asked=1").text)

    # === SEARCH ===#

    def test_the_partner_finds_deals_and_contracts_by_their_customer(self):
        for path, name in (
            ("/my/waas/deals", self.order.name),
            ("/my/waas/contracts", self.contract.name),
        ):
            with self.subTest(path):
                self.assertIn(name, self._get(f"{path}?search=customer+one").text)
                self.assertNotIn(name, self._get(f"{path}?search=customer+two").text)
                other = self._get(f"{path}?search=Two").text
                self.assertNotIn(self.other_order.name, other)
                self.assertNotIn(self.other_contract.name, other)

    # === TEXTS ===#

    def test_what_a_partner_types_is_no_html_in_a_to_do(self):
        self.other_customer.sudo().vat = "NL000099998B57"
        self._create(name=EVIL, vat="NL000099998B57")
        note = self._find_customers().sudo().activity_ids.note
        self.assertIn("has the VAT number of Customer Two", note)
        self.assertNotIn("<a", note)
        self.assertNotIn("<img", note)

    def test_a_name_has_one_line(self):
        """One more would be one more in the header of a mail."""
        self._create(
            name="Fresh\r\nB.V.",
            contact_name="Ann\r\nBcc: x@evil.test",
            reference="Our\n7",
        )
        customer = self._find_customers()
        self.assertEqual(customer.name, "Fresh B.V.")
        self.assertEqual(customer.child_ids.name, "Ann Bcc: x@evil.test")
        self.assertEqual(customer.sale_order_ids.client_order_ref, "Our 7")

    def test_texts_of_many_lines_keep_them(self):
        self._post(
            "/my/waas/hardware/create",
            manufacturer_name="New\nmake",
            description="One\ntwo",
            quantity=1,
        )
        request = self.env["waas.hardware.request"].sudo().search([], limit=1)
        self.assertEqual(request.manufacturer_name, "New make")
        self.assertEqual(request.description, "One\ntwo")

    def test_r1_the_link_to_sign_goes_to_one_mailbox(self):
        for email in (
            "no address",
            "ann@fresh.test, x@evil.test",
            "ann@fresh.test\nx@evil.test",
            "ann@fresh.test;x@evil.test",
        ):
            with self.subTest(email):
                answer = self._create(contact_email=email)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("one mail address", self._get_text(answer))
        self.assertFalse(self._find_customers())

    def test_r1_a_label_makes_no_other_mailbox_of_the_partners(self):
        answer = self._create(contact_email="Info+fresh@partnerone.test")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("who cannot sign", self._get_text(answer))
        self.assertEqual(self._create().status_code, 303)

    # === SENT TWICE, OR WITHOUT END ===#

    def test_a_quotation_that_is_sent_twice_is_made_once(self):
        first = self._create(reference="Our 7")
        self.assertEqual(first.status_code, 303)
        again = self._create(reference="Our 7")
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        self.assertEqual(len(self._find_customers()), 1)
        other = self._create(reference="Our 8")
        self.assertNotEqual(other.headers["Location"], first.headers["Location"])
        self.assertEqual(len(self._find_customers()), 1)
        self.assertEqual(len(self._find_customers().sale_order_ids), 2)

    def test_r14_a_request_that_is_sent_twice_is_made_once(self):
        for description in ("Model 7", "Model 7", "Model 8"):
            self._post(
                "/my/waas/hardware/create",
                manufacturer_name="Newmake",
                description=description,
                quantity=1,
            )
        made = self.env["waas.hardware.request"].sudo().search([])
        self.assertEqual(made.mapped("description"), ["Model 8", "Model 7"])

    def test_a_button_that_is_pressed_twice_sends_once(self):
        code = """
            const form = document.querySelector("form[action$='hardware/create']");
            let sent = 0;
            document.addEventListener("submit", (ev) => {
                sent += ev.defaultPrevented ? 0 : 1;
                ev.preventDefault();
            });
            for (const _press of [1, 2, 3]) {
                form.dispatchEvent(
                    new Event("submit", {bubbles: true, cancelable: true})
                );
            }
            if (sent === 1) {
                console.log("test successful");
            } else {
                console.error(`sent ${sent} times`);
            }
        """
        self.browser_js(
            "/my/waas/hardware",
            code,
            "document.querySelector('#wrapwrap') && odoo.isReady !== false "
            "&& document.body.getAttribute('is-ready') === 'true'",
            login=self.reseller_user.login,
        )

    def test_forms_of_the_public_pages_limit_what_is_posted(self):
        limits = {
            rule.rule: rule.endpoint.routing.get("max_content_length")
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith("/waas/sign/")
            and "POST" in (rule.endpoint.routing.get("methods") or ["POST"])
            and not rule.rule.endswith((":token>", ":agreement_id>"))
        }
        self.assertEqual(len(limits), 4)
        for path, limit in limits.items():
            with self.subTest(path):
                self.assertLess(limit or 2**30, 3 * 1024 * 1024)

    def test_a_quotation_has_no_end_of_bundles(self):
        self.patch(sale_order_partner, "MAX_BUNDLES", 1)
        quotation = self._quote()
        save = f"/my/waas/deals/{quotation.id}/bundle/save"
        answer = self._post(save, bundle_id=self.bundle.id, quantity=1)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("bundles at most", self._get_text(answer))
        line = quotation.order_line.filtered(lambda one: one.waas_role == "bundle")
        answer = self._post(save, line_id=line.id, quantity=2)
        self.assertEqual(answer.status_code, 303)
