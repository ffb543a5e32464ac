from datetime import date

from odoo.tests import tagged

from .test_07_upgrade import START, TODAY, ChangeCommon


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
