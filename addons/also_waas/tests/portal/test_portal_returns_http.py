from odoo import fields
from odoo.tests import tagged

from ..common.cases_steps import SIGNATURE
from .common_portal_returns_http import ReturnPagesCommon


@tagged("post_install", "-at_install", "http")
class TestReturnPages(ReturnPagesCommon):
    """Partner and end customer book the way back of the devices (R15)."""

    def _price_devices(self, price=4.0):
        product = self.also.waas_pickup_device_product_id
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": self.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": product.product_tmpl_id.id,
                "compute_price": "fixed",
                "fixed_price": price,
            }
        )

    # === THE CUSTOMER SENDS THE DEVICES ===#

    def test_r15_the_form_says_whose_responsibility_and_what_a_pickup_costs(self):
        text = self._get_text(self._get("/my/waas/returns/new"))
        self.assertIn("bears the full responsibility for their delivery", text)
        self.assertIn("45.00", text)
        self.assertIn(self.devices[2].name, text)
        self.assertNotIn(self.devices[1].name, text, "It is in a return already.")

    def test_r15_who_sends_the_devices_accepts_the_responsibility_explicitly(self):
        for values in (
            {},
            {"accepted_by": "Ceo"},
            {"accepted": "1"},
            {"accepted": "1", "accepted_by": "  "},
        ):
            with self.subTest(values):
                answer = self._book(method="self", **values)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("bear the full responsibility", self._get_text(answer))
        self.assertFalse(self.devices[2]._waas_get_open_return_line())
        record = self._get_booked(
            self._book(method="self", accepted="1", accepted_by="Ceo", note="2 boxes")
        )
        self.assertRecordValues(
            record,
            [
                {
                    "state": "announced",
                    "method": "self",
                    "accepted_by": "Ceo",
                    "note": "2 boxes",
                    "partner_id": self.customer.id,
                    "asked_by_id": self.customer_user.partner_id.id,
                }
            ],
        )
        self.assertIn("full responsibility", record.accepted_text)
        self.assertEqual(record.fee_amount, 0.0)

    def test_r15_the_label_and_the_packing_list_are_there_to_print(self):
        record = self._get_booked(
            self._book(method="self", accepted="1", accepted_by="Ceo")
        )
        page = self._get(f"/my/waas/returns/{record.id}?booked=1")
        self.assertIn("Packing List and Label", self._get_text(page))
        papers = self._get(f"/my/waas/returns/{record.id}/papers")
        self.assertEqual(papers.headers["Content-Type"], "application/pdf")
        self.assertIn(".pdf", papers.headers["Content-Disposition"])
        self.assertEqual(
            self._get(f"/my/waas/returns/{self.open_return.id}/papers").status_code,
            404,
            "Nothing to print before it is agreed.",
        )

    # === SECURE PICK-UP ===#

    def test_r15_a_pickup_is_booked_with_place_person_and_time(self):
        record = self._get_booked(self._book(**self._get_pickup()))
        self.assertRecordValues(
            record,
            [
                {
                    "state": "draft",
                    "method": "pickup",
                    "pickup_address_id": self.customer.id,
                    "pickup_contact": "Porter",
                    "pickup_phone": "+31 30 1234567",
                    "fee_amount": 45.0,
                    "accepted_on": False,
                }
            ],
        )
        start = fields.Datetime.context_timestamp(
            record.with_context(tz=self.customer_user.tz), record.pickup_from
        )
        self.assertEqual(start.hour, 8)
        self.assertIn("Plan the pick-up", record.activity_ids.mapped("summary"))
        text = self._get_text(self._get(f"/my/waas/returns/{record.id}"))
        self.assertIn("45.00", text)
        self.assertIn("Porter", text)

    def test_r15_a_pickup_lacks_nothing(self):
        today = fields.Date.to_string(fields.Date.context_today(self.env.user))
        for values, problem in (
            ({"address_id": str(self.other_customer.id)}, "where the devices are"),
            ({"address_id": ""}, "where the devices are"),
            ({"contact": " "}, "who hands the devices over"),
            ({"phone": ""}, "who hands the devices over"),
            ({"date": today}, "from tomorrow on"),
            ({"date": "2020-01-01"}, "from tomorrow on"),
            ({"date": "2999-01-01"}, "from tomorrow on"),
            ({"date": "31-12-2026"}, "from tomorrow on"),
            ({"date": ""}, "from tomorrow on"),
            ({"part": "night"}, "part of the day"),
            ({"method": "teleport"}, "how the devices come back"),
        ):
            with self.subTest(values):
                answer = self._book(**self._get_pickup(**values))
                self.assertEqual(answer.status_code, 422)
                self.assertIn(problem, self._get_text(answer))
        self.assertFalse(self.devices[2]._waas_get_open_return_line())

    def test_r15_without_a_price_no_pickup_is_booked(self):
        self.fee_rule.unlink()
        answer = self._book(**self._get_pickup())
        self.assertEqual(answer.status_code, 422)
        self.assertIn("ask your contact", self._get_text(answer))

    def test_r15_the_fee_is_invoiced_when_also_confirms(self):
        record = self._get_booked(self._book(**self._get_pickup()))
        record = record.with_user(self.seller)
        record.processor_id = self.processor
        record.action_announce()
        record.action_confirm_pickup()
        page = self._get(f"/my/waas/returns/{record.id}")
        text = self._get_text(page)
        self.assertIn(record.sudo().fee_move_id.name, text)
        self.assertIn("Wiper", text)
        self._log_in(self.reseller_user)
        page = self._get(f"/my/waas/returns/{record.id}")
        self.assertNotIn(record.sudo().fee_move_id.name, page.text)
        self.assertNotIn("access_token", page.text)

    def test_r15_the_form_says_what_each_device_adds_to_the_fee(self):
        self._price_devices()
        page = self._get("/my/waas/returns/new")
        self.assertIn("49.00", self._get_text(page))
        self.assertIn("4.00 per device", self._get_text(page))
        self.assertIn("data-totals", page.text)
        record = self._get_booked(self._book(**self._get_pickup()))
        self.assertEqual(record.fee_amount, 49.0)
        text = self._get_text(self._get(f"/my/waas/returns/{record.id}"))
        self.assertIn("49.00", text)
        self.assertIn("per device", text)

    def test_r15_who_chooses_for_a_draft_sees_its_fee(self):
        self._price_devices()
        text = self._get_text(self._get(f"/my/waas/returns/{self.open_return.id}"))
        self.assertIn("49.00", text)
        self.assertIn("1 × ", text)

    def test_r15_a_fee_that_waits_for_a_reason_stops_nobody(self):
        self.fee_rule.fixed_price = 0.0
        text = self._get_text(self._get("/my/waas/returns/new"))
        self.assertIn("we inform you of the fee before we confirm", text)
        record = self._get_booked(self._book(**self._get_pickup()))
        text = self._get_text(self._get(f"/my/waas/returns/{record.id}"))
        self.assertIn("We inform you before we confirm the pick-up", text)
        record = record.with_user(self.seller)
        record.processor_id = self.processor
        record.fee_zero_reason = "Agreed on the phone"
        record.action_announce()
        record.action_confirm_pickup()
        page = self._get(f"/my/waas/returns/{record.id}")
        self.assertIn("0.00", self._get_text(page))
        self.assertNotIn("Agreed on the phone", page.text)

    def test_r15_the_customer_sees_what_was_counted_and_sealed(self):
        record = self._get_booked(self._book(**self._get_pickup()))
        record = record.with_user(self.seller)
        record.processor_id = self.processor
        record.action_announce()
        record.action_confirm_pickup()
        record._collect(
            self.customer,
            {
                "collected_on": fields.Datetime.now(),
                "counted": 1,
                "seals": "SEAL-77",
                "handed_over_by": "Porter",
                "collected_by": "Driver",
                "signature": SIGNATURE,
            },
        )
        text = self._get_text(self._get(f"/my/waas/returns/{record.id}"))
        for fact in "1 of 1 devices counted", "SEAL-77", "Porter to Driver":
            self.assertIn(fact, text)
        self._log_in(self.reseller_user)
        page = self._get(f"/my/waas/returns/{record.id}")
        self.assertNotIn("SEAL-77", page.text)
        self.assertNotIn("Driver", page.text)

    # === WHICH DEVICES ===#

    def test_devices_of_somebody_else_are_not_returned(self):
        others = self._rent_out(1, self.other_customer, first=30)
        free = self._put_in_stock(self.laptop, 1, first=40)
        for devices in (
            others,
            self.devices[2] + others,
            free,
            self.devices[1],  # in a return already
            self.env["stock.lot"],
        ):
            with self.subTest(devices=devices.mapped("name")):
                answer = self._post(
                    "/my/waas/returns/create",
                    device=devices.ids,
                    **self._get_pickup(),
                )
                self.assertEqual(answer.status_code, 422)
                self.assertIn(
                    "Choose rented devices that are in no", self._get_text(answer)
                )
                self.assertNotIn(others.name, answer.text)
        self.assertFalse(others._waas_get_open_return_line())
