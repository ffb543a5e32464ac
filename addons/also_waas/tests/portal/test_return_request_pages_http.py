from odoo.tests import tagged

from .common_portal_returns_http import ReturnPagesCommon


@tagged("post_install", "-at_install", "http")
class TestReturnRequestPages(ReturnPagesCommon):
    """The partner asks, the end customer agrees."""

    def _get_subjects(self, record):
        mails = self.env["mail.mail"].search(
            [("model", "=", record._name), ("res_id", "=", record.id)]
        )
        return mails.mapped("subject")

    def _rent_out_by(self, reseller):
        self._put_in_stock(self.laptop, 1, first=50)
        order = self._confirm(
            self._create_order(12, quantity=1, waas_reseller_id=reseller.id)
        )
        self._deliver(order)
        return order.sudo().waas_contract_ids.waas_device_ids.with_env(self.env)

    def test_r15_a_partner_cannot_take_the_responsibility_for_its_customer(self):
        self._log_in(self.reseller_user)
        form = self._get(f"/my/waas/returns/new?contract_id={self.device_contract.id}")
        self.assertIn("you cannot do it for them", self._get_text(form))
        record = self._get_booked(
            self._book(method="self", accepted="1", accepted_by="Partner")
        )
        self.assertRecordValues(
            record,
            [
                {
                    "state": "draft",
                    "accepted_by": False,
                    "accepted_on": False,
                    "partner_id": self.customer.id,
                }
            ],
        )
        self.assertIn(
            f"Do you agree to return {record.name}?", self._get_subjects(record)
        )
        answer = self._post(
            f"/my/waas/returns/{record.id}/choose",
            method="self",
            accepted="1",
            accepted_by="Partner",
        )
        self.assertEqual(answer.status_code, 404)
        self._log_in(self.customer_user)
        self._post(
            f"/my/waas/returns/{record.id}/choose",
            method="self",
            accepted="1",
            accepted_by="Ceo",
        )
        self.env.invalidate_all()
        self.assertEqual((record.state, record.accepted_by), ("announced", "Ceo"))

    def test_r15_a_partner_asks_for_a_pickup_that_the_customer_pays(self):
        self._log_in(self.reseller_user)
        record = self._get_booked(self._book(**self._get_pickup()))
        self.assertEqual((record.state, record.method), ("draft", "pickup"))
        self.assertIn(
            "The end customer must agree to the return",
            record.activity_ids.mapped("summary"),
        )

    def test_r15_the_customer_chooses_how_the_devices_of_an_ended_contract_return(self):
        self.open_return.with_user(self.seller).action_cancel()
        record = self.device_contract._waas_open_returns("end")
        self.assertEqual((record.state, record.reason), ("draft", "end"))
        page = self._get(f"/my/waas/returns/{record.id}")
        self.assertIn("How do the devices come back?", self._get_text(page))
        answer = self._post(f"/my/waas/returns/{record.id}/choose", method="self")
        self.assertEqual(answer.status_code, 422)
        self._post(f"/my/waas/returns/{record.id}/choose", **self._get_pickup())
        self.env.invalidate_all()
        self.assertEqual((record.state, record.method), ("draft", "pickup"))
        self.assertEqual(record.pickup_contact, "Porter")
        answer = self._post(f"/my/waas/returns/{record.id}/cancel")
        self.assertEqual(answer.status_code, 422, "ALSO asks for these.")

    def test_what_is_agreed_is_not_chosen_again(self):
        answer = self._post(
            f"/my/waas/returns/{self.done_return.id}/choose", **self._get_pickup()
        )
        self.assertEqual(answer.status_code, 422)
        self.assertIn("agreed already", self._get_text(answer))

    def test_a_return_is_called_off_before_it_is_on_its_way(self):
        record = self._get_booked(
            self._book(method="self", accepted="1", accepted_by="Ceo")
        )
        self._log_in(self.reseller_user)
        answer = self._post(f"/my/waas/returns/{record.id}/cancel")
        self.assertEqual(answer.status_code, 422, "The customer booked it.")
        self._log_in(self.customer_user)
        self._post(f"/my/waas/returns/{record.id}/cancel")
        self.env.invalidate_all()
        self.assertEqual(record.state, "cancelled")
        answer = self._post(f"/my/waas/returns/{self.done_return.id}/cancel")
        self.assertEqual(answer.status_code, 422)

    # === PROOF ===#

    def test_r15_the_customer_downloads_the_certificate_of_erasure(self):
        page = self._get("/my/waas/certificates")
        self.assertIn(self.certificate.name, self._get_text(page))
        path = f"/my/waas/certificates/{self.certificate.id}/pdf"
        answer = self._get(path)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.certificate.with_user(self.manager).action_withdraw()
        self.assertEqual(self._get(path).status_code, 404)
        self.assertIn("Withdrawn", self._get_text(self._get("/my/waas/certificates")))

    def test_a_partner_sees_the_devices_of_its_own_contracts_only(self):
        """A return of one customer can hold devices that two partners brought."""
        foreign = self._rent_out_by(self.other_reseller)
        record = self._create_return(self.devices[2] + foreign)
        self._log_in(self.reseller_user)
        page = self._get(f"/my/waas/returns/{record.id}")
        self.assertIn(self.devices[2].name, page.text)
        self.assertNotIn(foreign.name, page.text)
        papers = self._get(f"/my/waas/returns/{record.id}/papers")
        self.assertEqual(papers.status_code, 404)

    # === DEVICES ===#

    def test_the_devices_are_listed_with_their_warranty(self):
        text = self._get_text(self._get("/my/waas/devices"))
        for device in self.devices[1:]:
            self.assertIn(device.name, text)
        self.assertIn(self.device_contract.name, text)
        found = self._get_text(
            self._get(f"/my/waas/devices?search={self.devices[2].name}")
        )
        self.assertIn(self.devices[2].name, found)
        self.assertNotIn(self.devices[1].name, found)

    def test_lists_do_not_grow_with_what_is_in_them(self):
        paths = (
            "/my/waas",
            "/my/waas/devices",
            "/my/waas/returns",
            "/my/waas/returns/new",
        )

        def count():
            result = []
            for path in paths:
                self._get(path)  # warm
                before = self.env.cr.sql_log_count
                self._get(path)
                result.append(self.env.cr.sql_log_count - before)
            return result

        few = count()
        more = self._rent_out(6, self.customer, first=60)
        for device in more[:3]:
            self._create_return(device)
        self.env.flush_all()
        for path, before, now in zip(paths, few, count(), strict=True):
            with self.subTest(path):
                self.assertLess(now, 60)
                # One more when the first contract is no longer the only one.
                self.assertLessEqual(now, before + 3)
