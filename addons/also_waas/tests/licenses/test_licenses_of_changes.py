from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from ..changes.test_upgrade import START, TODAY, ChangeCommon


@tagged("post_install", "-at_install")
class TestLicensesOfChanges(ChangeCommon):
    """Upgrades switch seats, more workplaces bring more, an end takes them (R7, R9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # As the confirmation and the start do: other tests are about them.
        cls.licenses = cls.contract._waas_make_licenses()
        cls.licenses._start(START)

    def _get_seats(self, day):
        return {
            license_.product_id: seats
            for license_ in self.contract.waas_license_ids
            if license_.date_start <= day and (seats := license_._get_seats_on(day))
        }

    def test_r7_an_upgrade_switches_the_licenses(self):
        day = date(2026, 4, 30)
        self._agree(self._upgrade(self.contract, day))
        self.assertEqual(self._get_seats(TODAY), {self.office_basic: 5})
        self.assertEqual(self._get_seats(day), {self.office_premium: 5})

    def test_r11_leaving_ends_what_the_customer_has_by_then(self):
        def get_ending(day):
            return self.contract._waas_get_leaving_cost(day)["licenses"]

        day = date(2026, 4, 30)
        self._agree(self._upgrade(self.contract, day))
        self.assertEqual(get_ending(TODAY), [f"5 × {self.office_basic.name}"])
        self.assertEqual(get_ending(day), [f"5 × {self.office_premium.name}"])

    def test_r7_a_dearer_upgrade_switches_once_more(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        self._agree(self._upgrade(self.contract, date(2026, 5, 31), self.deluxe))
        deluxe = self.deluxe.waas_component_id
        self.assertEqual(self._get_seats(date(2026, 5, 31)), {deluxe: 5})

    def test_r9_the_end_of_a_contract_ends_its_licenses(self):
        self._agree(self._create_change(self.contract, kind="termination"))
        self.assertFalse(self._get_seats(date(2026, 4, 17)))

    def test_r9_more_workplaces_bring_more_seats(self):
        change = self._create_change(self.contract, kind="seats", seat_count=2)
        change.sudo().line_ids._add_licenses()
        self.assertEqual(self._get_seats(change.effective_date), {self.office_basic: 7})


@tagged("post_install", "-at_install")
class TestLicensesOfMoreWorkplaces(ChangeCommon):
    """What more workplaces bring is what their invoice says (R9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract._waas_make_licenses()._start(START)
        devices = cls._put_in_stock(cls.laptop, 5)
        devices.sudo()._waas_arrive(cls.contract, START)
        cls._put_in_stock(cls.laptop, 2, first=6)
        # The first five are with the customer: none of them can be sent again.
        cls.env["stock.quant"].search([("lot_id", "in", devices.ids)]).sudo().unlink()

    def _apply(self, change):
        self._agree(change)
        picking = change.sudo().picking_ids
        picking.action_assign()
        picking.move_ids.picked = True
        picking.with_user(self.warehouse).button_validate()
        self.assertEqual(change.state, "applied")

    def _find(self, day):
        checks = self.env["waas.license.check"].sudo()
        return list(checks._find_invoice_differences(self.contract, day))

    def _assert_no_differences(self):
        """In every month of the contract."""
        for month in self.contract.waas_installment_ids:
            self._invoice_up_to(self.contract, month.date_start)
            for day in (month.date_start, month.date_end):
                self.assertFalse(self._find(day), day)

    def _add(self, day):
        self._apply(
            self._create_change(
                self.contract, "seats", seat_count=2, effective_date=day
            )
        )

    def test_r9_more_workplaces_are_no_difference_with_the_invoice(self):
        """From 20 April, in a month that has its invoice."""
        self._invoice_up_to(self.contract, TODAY)
        self._add(date(2026, 4, 20))
        self._assert_no_differences()
        self.assertEqual(sum(self.contract.waas_license_ids.mapped("seats")), 5)
        with freeze_time("2026-05-01"):
            self.contract.waas_license_ids._cron_apply()
        self.assertRecordValues(self.contract.waas_license_ids, [{"seats": 7}])

    def test_r9_what_was_applied_is_not_looked_at_again(self):
        licenses = self.contract.waas_license_ids
        licenses.sudo()._note_seats(5)
        self._add(date(2026, 4, 20))
        with freeze_time("2026-04-20"):
            planned = licenses._get_planned_domain()
            self.assertEqual(licenses.search(planned), licenses)
            licenses.sudo()._cron_apply()
            licenses.sudo()._note_seats(7)
            self.assertEqual(licenses.mapped("state"), ["active"])
            self.assertTrue(licenses.step_ids.is_applied)
            self.assertFalse(licenses.search(planned))

    def test_r9_nor_are_those_of_months_invoiced_in_advance(self):
        self._invoice_up_to(self.contract, date(2026, 5, 31))
        self._add(date(2026, 4, 20))
        self._assert_no_differences()

    def test_r9_nor_those_that_come_upgraded(self):
        self._agree(self._upgrade(self.contract, date(2026, 4, 30)))
        self._add(date(2026, 4, 30))
        self._assert_no_differences()
        first, second = self.contract.waas_license_ids.sorted("id")
        day = date(2026, 4, 30)
        self.assertEqual((first._get_seats_on(day), second._get_seats_on(day)), (0, 7))

    def test_r8_an_option_pays_for_its_own_seats(self):
        product = self._create_waas_product(
            "Mailbox", "option", waas_component_id=self.office_basic.id
        )
        self.bundle.waas_option_ids += product
        self._create_price(product, 12, 3.0, 1.0)
        day = date(2026, 4, 30)
        self._agree(self._upgrade(self.contract, day, product, quantity=3))
        own = self.contract.waas_license_ids.sorted("id")[1:]
        self.assertRecordValues(own, [{"agreed_seats": 3}])
        self.assertEqual(own.contract_line_id.product_id, product)
        self._assert_no_differences()
        own._change_by(1, day)
        self.assertEqual(
            [(found["seats"], found["amount"]) for found in self._find(day)],
            [(-1, -3.0)],
        )

    def test_r9_what_was_credited_is_no_difference_any_more(self):
        [move] = self._invoice_up_to(self.contract, START)
        self.contract.waas_license_ids._change_by(-2, START)
        [found] = self._find(START)
        self.assertEqual((found["seats"], found["amount"]), (2, 2 * 79.0))
        credit = move._reverse_moves()
        rent = credit.invoice_line_ids.filtered("quantity")
        rent.quantity = 2
        credit.invoice_date = START
        credit.action_post()
        self.assertFalse(self._find(START))
