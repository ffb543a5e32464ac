from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common.replayed import replayed
from .test_upgrade import START, TODAY, ChangeCommon


@tagged("post_install", "-at_install")
class TestChangesToTheLetter(ChangeCommon):
    """What the FAQ says of running contracts, read strictly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.helpdesk_option = cls._create_waas_product(
            "Long Hours", "option", waas_component_id=cls.helpdesk.id
        )
        cls.bundle.waas_option_ids += cls.helpdesk_option
        cls._create_price(cls.helpdesk_option, 12, 5.0, 2.0)

    # === SURCHARGE AND COMMISSION (R7, R8) ===#

    def _get_rule(self, product):
        return self.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == product.product_tmpl_id
            and rule.waas_term_id == self.terms[12]
        )

    def _assert_asks(self, change, message):
        """It asks for the reason, and goes on with it."""
        self.assertIn("zero", self._get_codes(change))
        with self._assert_refuses(f"(?s)needs a reason.*{message}.*Reason for Zero"):
            change.action_submit()
        self.assertEqual(change.state, "draft")
        change.waas_zero_reason = "Action of May"
        self.assertNotIn("zero", self._get_codes(change))
        self._agree(change)
        self.assertEqual(change.state, "applied")
        self.assertEqual(change.waas_zero_reason, "Action of May")
        self.assertTrue(change._fields["waas_zero_reason"].tracking)

    def _draft(self, kind="upgrade", **values):
        return self._create_change(
            self.contract, kind, waas_zero_reason=False, **values
        )

    @replayed
    def _draft_upgrade(self, product=None):
        return self._draft(
            effective_date=date(2026, 4, 30),
            products={product or self.premium_upgrade: {}},
        )

    def test_r7_an_upgrade_without_surcharge_asks_for_the_reason(self):
        self._get_rule(self.premium_upgrade).fixed_price = 0.0
        self._assert_asks(
            self._draft_upgrade(), "Premium instead of Basic: no surcharge"
        )

    def test_r8_an_upgrade_without_commission_asks_for_the_reason(self):
        self._get_rule(self.premium_upgrade).waas_commission_unit = 0.0
        self._assert_asks(
            self._draft_upgrade(), "Premium instead of Basic: no commission"
        )

    def test_r8_an_option_without_commission_asks_for_the_reason(self):
        self._get_rule(self.helpdesk_option).waas_commission_unit = 0.0
        self._assert_asks(
            self._draft_upgrade(self.helpdesk_option), "Long Hours: no commission"
        )

    def test_r8_an_extension_without_commission_asks_for_the_reason(self):
        self._assert_asks(
            self._draft("extension", months=15), "Workplace: no commission"
        )

    def test_r7_a_dearer_choice_for_the_same_price_asks_for_the_reason(self):
        """The surcharge is what it costs more; the commission what it earns more."""
        self._agree(self._draft_upgrade())
        self._get_rule(self.deluxe).write(
            {"fixed_price": 6.5, "waas_commission_unit": 1.0}
        )
        self._assert_asks(
            self._draft_upgrade(self.deluxe),
            "Deluxe instead of Basic: no surcharge, no commission",
        )

    def test_r8_higher_than_zero_needs_no_reason(self):
        self._agree(self._draft_upgrade())
        self.pricelist.item_ids.waas_extension_commission = 1.0
        change = self._draft("extension", months=15)
        self.assertNotIn("zero", self._get_codes(change))
        self._agree(change)
        self.assertEqual(change.state, "applied")

    def test_r8_the_reason_of_the_price_list_is_enough(self):
        rule = self._get_rule(self.premium_upgrade)
        rule.write({"waas_commission_unit": 0.0, "waas_zero_reason": "Action of May"})
        change = self._draft_upgrade()
        self.assertEqual(change.line_ids.list_reason, "Action of May")
        self._agree(change)
        # What was agreed keeps the reason that it had.
        rule.waas_zero_reason = False
        self.assertEqual(change.line_ids.list_reason, "Action of May")

    def test_r8_a_corrected_price_list_removes_the_question(self):
        rule = self._get_rule(self.premium_upgrade)
        rule.waas_commission_unit = 0.0
        change = self._draft_upgrade()
        rule.waas_commission_unit = 1.0
        self._agree(change)
        self.assertEqual(change.commission_amount, 5.0)

    # === A LONGER WARRANTY (R12) ===#

    @replayed
    def _rent_devices(self):
        devices = self._put_in_stock(self.laptop, 2)
        # As the delivery does: other tests are about it.
        devices.sudo()._waas_arrive(self.contract, START)
        return devices

    def _shorten(self, device, day=date(2027, 3, 1)):
        device.sudo().write(
            {"waas_warranty_end": day, "waas_warranty_max_end": date(2029, 1, 30)}
        )

    def _get_todos(self, record, kind):
        return record._waas_find_todos(kind)

    @replayed
    def _sign_extension(self, months=15):
        change = self._create_change(self.contract, "extension", months=months)
        self._approve_credit(self._create_order(quantity=1))
        change.action_submit()
        self._customer_signs(change)
        self._also_signs(change)
        return change

    def _open_warranty(self, change, user=None, **values):
        action = change.with_user(user or self.seller).action_warranty()
        return (
            self.env[action["res_model"]]
            .with_user(user or self.seller)
            .with_context(**action["context"])
            .create(values)
        )

    def test_r12_an_extension_waits_for_the_warranty_that_it_needs(self):
        devices = self._rent_devices()
        self._shorten(devices[0])
        change = self._sign_extension()
        self.assertEqual(change.state, "waiting")
        self.assertEqual(self._get_codes(change), ["warranty"])
        self.assertEqual(change.short_device_ids, devices[0])
        with self._assert_refuses(r"until 04/29/2027: buy .* Laptop-1 \(until 03/01"):
            change.action_apply()
        todo = self._get_todos(change, "warranty")
        self.assertEqual(todo.user_id, self.seller)
        self.assertIn("Laptop-1", todo.note)
        self.assertNotIn("Laptop-2", todo.note)
        wizard = self._open_warranty(change, reference="CARE-1")
        self.assertEqual(wizard.device_ids, devices[0])
        self.assertEqual(wizard.date_end, date(2027, 4, 29))
        wizard.action_enter()
        self.assertEqual(devices[0].waas_warranty_end, date(2027, 4, 29))
        self.assertEqual(change.state, "applied")
        self.assertFalse(self._get_todos(change, "warranty"))
        self.assertEqual(self.contract.date_end, date(2027, 4, 29))

    def test_r12_a_device_without_warranty_waits_for_it_as_well(self):
        devices = self._rent_devices()
        self._shorten(devices, False)
        change = self._sign_extension()
        self._open_warranty(
            change, reference="CARE-1", device_ids=devices[0].ids
        ).action_enter()
        self.assertEqual(change.state, "waiting")
        self.assertEqual(change.short_device_ids, devices[1])
        self.assertNotIn("Laptop-1", self._get_todos(change, "warranty").note)

    def test_r12_somebody_takes_the_risk_with_a_reason(self):
        self._shorten(self._rent_devices()[0])
        change = self._sign_extension()
        with self._assert_refuses("Only WaaS managers take the risk", AccessError):
            self._open_warranty(change, reason="Spare").action_take_risk()
        with self._assert_refuses("Write why"):
            self._open_warranty(change, self.manager, reason=" ").action_take_risk()
        self._open_warranty(change, self.manager, reason="Spare").action_take_risk()
        self.assertRecordValues(
            change,
            [
                {
                    "state": "applied",
                    "warranty_risk_reason": "Spare",
                    "warranty_risk_by_id": self.manager.id,
                }
            ],
        )
        self.assertFalse(self._get_todos(change, "warranty"))

    def test_r12_a_risk_is_taken_for_what_was_sent(self):
        self._shorten(self._rent_devices()[0])
        change = self._create_change(self.contract, "extension", months=15)
        change.action_submit()
        change.with_user(self.manager)._take_warranty_risk("Spare")
        self.assertNotIn("warranty", self._get_codes(change))
        change.action_renew()
        self.assertFalse(change.warranty_risk_on)
        self.assertIn("warranty", self._get_codes(change))
        self.assertFalse(self._get_todos(change, "warranty"))

    def test_r12_what_is_entered_is_checked(self):
        devices = self._rent_devices()
        self._shorten(devices[0])
        change = self._sign_extension()
        for values, message in (
            ({}, "Enter the last day of the warranty and the number"),
            ({"reference": "CARE", "date_end": False}, "Enter the last day"),
            ({"reference": "CARE", "date_end": "2027-02-01"}, "enter a later day"),
            ({"reference": "CARE", "date_end": "2029-02-01"}, "enter an earlier day"),
            ({"reference": "CARE", "device_ids": devices[1].ids}, "Choose devices"),
            ({"reference": "CARE", "device_ids": []}, "Choose devices"),
        ):
            with self.subTest(values=values), self._assert_refuses(message):
                self._open_warranty(change, **values).action_enter()
        self.assertEqual(devices[0].waas_warranty_end, date(2027, 3, 1))

    def test_r12_devices_with_their_warranty_wait_for_nothing(self):
        self._rent_devices()
        change = self._sign_extension(36)
        self.assertEqual(change.state, "applied")
        with self._assert_refuses("there is no risk to take"):
            change.with_user(self.manager)._take_warranty_risk("Spare")

    # === WHAT WAS CREDITED (R11) ===#

    def _credit(self, move, amount=None):
        """A posted credit note over an invoice, or over a part of it without tax."""
        note = move._reverse_moves([{"invoice_date": TODAY}])
        if amount:
            note.invoice_line_ids.write({"quantity": 1.0, "price_unit": amount})
        note.action_post()
        return note

    def _get_february(self):
        self._invoice_up_to(self.contract, TODAY)
        return self.contract.waas_installment_ids[1]

    def test_r11_a_credited_month_waits_for_a_decision(self):
        month = self._get_february()
        self.assertFalse(self._get_todos(self.contract, "credited"))
        note = self._credit(month.move_id)
        self.assertEqual(month.undecided_amount, 395.0)
        todo = self._get_todos(self.contract, "credited")
        self.assertEqual(len(todo), 1)
        self.assertTrue(todo.user_id.has_group("account.group_account_invoice"))
        self.assertIn("month 2", todo.note)
        self.assertEqual(
            self.env["waas.installment"].search([("undecided_amount", ">", 0)]), month
        )
        note.button_draft()
        self.assertEqual(month.undecided_amount, 0.0)
        self.assertFalse(self._get_todos(self.contract, "credited"))

    def test_r11_a_cancelled_or_partly_credited_month_waits_as_well(self):
        month = self._get_february()
        self._credit(month.move_id, 100.0)
        self.assertEqual(month.undecided_amount, 100.0)
        other = self.contract.waas_installment_ids[2]
        other.move_id.button_draft()
        other.move_id.button_cancel()
        self.assertEqual(other.undecided_amount, 395.0)
        note = self._get_todos(self.contract, "credited").note
        self.assertRegex(note, "month 2, .*100.00, month 3, .*395.00")

    def test_r13_what_nobody_decided_is_exposure(self):
        month = self._get_february()

        def get_owed():
            return sum(self.customer._waas_get_exposure(self.also).values())

        owed = get_owed()
        self._credit(month.move_id, 100.0)
        self.assertAlmostEqual(get_owed(), owed)
        other = self.contract.waas_installment_ids[2]
        other.move_id.button_draft()
        other.move_id.button_cancel()
        self.assertAlmostEqual(get_owed(), owed)
        month.with_user(self.accountant)._waive("Outage")
        self.assertAlmostEqual(get_owed(), owed - self.contract._waas_add_taxes(100.0))
        other.with_user(self.accountant).action_invoice_again()
        self.assertAlmostEqual(get_owed(), owed - self.contract._waas_add_taxes(100.0))

    def test_r11_what_is_credited_again_is_decided_again(self):
        month = self._get_february()
        note = self._credit(month.move_id)
        month.with_user(self.accountant)._waive("Outage")
        note.with_user(self.accountant).button_draft()
        self.assertFalse(month.waived_amount or month.waive_reason)
        note.with_user(self.accountant).button_cancel()
        self._credit(month.move_id)
        self.assertEqual(month.undecided_amount, month.amount)

    def test_r11_a_month_is_waived_with_a_reason(self):
        month = self._get_february()
        self._credit(month.move_id, 100.0)
        for user in (self.seller, self.manager):
            with self._assert_refuses("Only accountants decide", AccessError):
                month.with_user(user).action_waive()
            with self._assert_refuses("Only accountants decide", AccessError):
                month.with_user(user)._waive("Outage")
        mine = month.with_user(self.accountant)
        for reason in (False, "", " "):
            with self._assert_refuses("Write why"):
                mine._waive(reason)
        action = mine.action_waive()
        self.env[action["res_model"]].with_user(self.accountant).with_context(
            **action["context"]
        ).create({"reason": "Outage in May"}).action_waive()
        self.assertRecordValues(
            month,
            [
                {
                    "waived_amount": 100.0,
                    "undecided_amount": 0.0,
                    "waive_reason": "Outage in May",
                    "waived_by_id": self.accountant.id,
                }
            ],
        )
        self.assertTrue(month.waived_on)
        self.assertFalse(self._get_todos(self.contract, "credited"))
        self.assertTrue(
            self.contract.message_ids.filtered(
                lambda message: "Outage in May" in message.body
            )
        )
        with self._assert_refuses("Nothing of .* waits for a decision"):
            mine.action_waive()
        # What is credited later is another decision.
        self._credit(month.move_id, 50.0)
        self.assertEqual(month.undecided_amount, 50.0)
        self.assertTrue(self._get_todos(self.contract, "credited"))

    def test_r11_a_month_that_is_owed_is_invoiced_again(self):
        month = self._get_february()
        self._credit(month.move_id)
        month.with_user(self.accountant)._waive("By mistake")
        month.with_user(self.accountant).action_invoice_again()
        self.assertRecordValues(
            month,
            [
                {
                    "state": "planned",
                    "undecided_amount": 0.0,
                    "waived_amount": 0.0,
                    "waive_reason": False,
                }
            ],
        )
        self.assertFalse(self._get_todos(self.contract, "credited"))
        self._invoice_up_to(self.contract, TODAY)
        self.assertEqual(self.contract.waas_invoiced_amount, 3 * 395.0)

    def test_r11_the_database_wants_the_reason(self):
        month = self._get_february()
        for values in (
            {"waived_amount": 1.0},
            {
                "waived_amount": 1.0,
                "waive_reason": " ",
                "waived_by_id": self.accountant.id,
                "waived_on": "2026-04-15",
            },
        ):
            with self.subTest(values=values), self._assert_violates():
                month.write(values)
                month.flush_recordset()

    def test_r11_an_early_end_waits_for_the_decision(self):
        month = self._get_february()
        self._credit(month.move_id)
        cost = self.contract._waas_get_leaving_cost()
        self.assertEqual((cost["credited"], cost["undecided"]), (395.0, 395.0))
        change = self._create_change(self.contract, "termination")
        self._agree(change)
        self.assertEqual(change.state, "waiting")
        self.assertEqual(self._get_codes(change), ["credited"])
        with self._assert_refuses("Credited and not decided: month 2"):
            change.action_apply()
        month.with_user(self.accountant)._waive("Outage")
        self.assertEqual(change.state, "applied")
        self.assertEqual(
            self.contract.waas_invoiced_amount + month.waived_amount,
            self.contract.waas_total_amount,
        )

    def test_r11_what_is_owed_is_in_the_final_invoice(self):
        month = self._get_february()
        self._credit(month.move_id)
        change = self._create_change(self.contract, "termination")
        self._agree(change)
        month.with_user(self.accountant).action_invoice_again()
        self.assertEqual(change.state, "applied")
        self.assertEqual(
            self.contract.waas_invoiced_amount, self.contract.waas_total_amount
        )

    # === HOW LONG (R12) ===#

    def _get_lengths(self, contract=None):
        contract = contract or self.contract
        return [
            offer["months"]
            for offer in contract._waas_get_extension_offers()
            if offer["possible"]
        ]

    def test_r12_a_raised_limit_lets_a_contract_go_on_longer(self):
        self.also.waas_max_months = 48
        self.assertEqual(self._get_lengths()[-2:], [45, 48])
        change = self._create_change(self.contract, "extension", months=48)
        self._agree(change)
        self.assertEqual(len(self.contract.waas_installment_ids), 48)
        self.assertEqual(self.contract.waas_max_months, 48)
        with self._assert_violates():
            self.contract.waas_installment_ids[-1].write({"number": 49})
            self.contract.waas_installment_ids.flush_recordset()

    def test_r12_a_limit_that_is_raised_counts_for_a_draft(self):
        change = self._create_change(self.contract, "extension", months=36)
        self.also.waas_max_months = 48
        change.months = 48
        self.env.flush_all()
        with self._assert_refuses("48 months at most"):
            change.months = 49

    def test_r12_a_lower_limit_breaks_no_running_contract(self):
        self.assertEqual(self.contract.waas_max_months, 36)
        self.also.waas_max_months = 10
        # What was signed stays: to its end, through changes, and to the month that
        # was promised.
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        self.assertEqual(self._get_lengths()[-1], 36)
        self._agree(self._create_change(self.contract, "extension", months=36))
        self._invoice_up_to(self.contract, date(2029, 1, 30))
        self._assert_ledger()
        # What is signed from now on is shorter.
        order = self._create_order(12, quantity=1)
        self.assertIn("term_length", self._get_codes(order))

    # === WHAT LEAVING COSTS, WITH VAT (R11) ===#

    def _create_neighbours_contract(self, months, quantity):
        """Of a customer in the lessor's own country: with 15% of VAT."""
        neighbour = self._create_party(
            "Neighbour", country_id=self.also.account_fiscal_country_id.id
        )
        return self._create_contract(
            START, months=months, quantity=quantity, partner_id=neighbour.id
        )

    def test_r11_leaving_cost_is_known_with_vat(self):
        contract = self._create_neighbours_contract(12, 5)
        self._invoice_up_to(contract, TODAY)
        cost = contract._waas_get_leaving_cost()
        self.assertEqual((cost["owed"], cost["owed_total"]), (3555.0, 4088.25))
        change = self._create_change(contract, "termination")
        self.assertIn("4,088.25", change.preview_html)
        self._agree(change)
        self.assertEqual(change.move_ids.amount_total, cost["owed_total"])

    def test_r11_with_vat_to_the_cent_where_months_round(self):
        """36 × 45.99 is invoiced at once, and so is its VAT."""
        contract = self._create_neighbours_contract(36, 1)
        cost = contract._waas_get_leaving_cost()
        self._agree(self._create_change(contract, "termination"))
        moves = contract.waas_installment_ids.move_id
        self.assertEqual(sum(moves.mapped("amount_total")), cost["owed_total"])

    def test_r13_what_a_change_adds_counts_with_vat(self):
        contract = self._create_neighbours_contract(12, 5)
        self.assertEqual(contract.waas_monthly_total, 454.25)
        change = self._upgrade(contract, date(2026, 4, 30))
        self.assertEqual(change.growth_amount, 9 * 32.5)
        self.assertAlmostEqual(change.growth_total, 336.38, 2)
        self.assertEqual(change._waas_get_credit_amount(), change.growth_total)
        self._agree(change)
        self.assertEqual(contract.waas_monthly_total, 491.63)
        extension = self._create_change(contract, "extension", months=15)
        self.assertAlmostEqual(extension.growth_total, 3 * 491.63, 2)
