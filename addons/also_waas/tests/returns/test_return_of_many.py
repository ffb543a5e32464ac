from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged

from .common_returns import ReturnCommon

# Every contract here is over.
OVER = "2099-01-01"


@tagged("post_install", "-at_install")
class TestReturnOfMany(ReturnCommon):
    """M7: many contracts of a customer end in one night."""

    serial = 100

    def _rent_until(self, *days):
        """A contract with one workplace that ends on each of the days.

        :return: their devices
        """
        devices = self.env["stock.lot"]
        for day in days:
            self.serial += 1
            rented = self._rent_out(1, self.customer, self.serial)
            contract = rented.sudo().waas_contract_id
            contract.contract_line_ids.date_end = day
            # As if each of its months were invoiced.
            months = contract.waas_installment_ids
            months.filtered(lambda month: not month.move_id).unlink()
            devices |= rented
        return devices

    def _end(self):
        with freeze_time(OVER):
            self._end_contracts()

    def test_m7_the_customer_gets_one_new_list(self):
        record = self._create_return(self.devices[:1])
        before = self._get_mails_of(record)
        devices = self._rent_until(*[date(2027, 3, 1)] * 3)
        self._end()
        self.assertEqual(devices._waas_get_open_returns(), record)
        self.assertEqual(len(self._get_mails_of(record) - before), 1)
        expected = record.picking_ids.move_ids.waas_return_line_id.device_id
        self.assertEqual(expected, self.devices[:1] | devices)

    def test_m7_one_to_do_names_all_contracts(self):
        devices = self._rent_until(*[date(2027, 3, 1)] * 3)
        self._end()
        record = devices._waas_get_open_returns()
        self.assertEqual(len(record), 1)
        [todo] = self._get_todos(record, "return_plan")
        for contract in devices.sudo().waas_contract_id:
            self.assertIn(contract.name, todo.note)

    def test_m7_devices_are_due_after_the_first_end(self):
        devices = self._rent_until(date(2027, 5, 3), date(2027, 3, 1))
        self._end()
        record = devices._waas_get_open_returns()
        self.assertEqual(
            record.date_due, record._get_due_date(self.also, date(2027, 3, 1))
        )

    def test_m7_one_contract_more_costs_as_much_whatever_their_number(self):
        counts = {}
        for number in (1, 2, 6):  # the first one fills caches
            self._rent_until(*[date(2027, 3, 1)] * number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._end()
            counts[number] = self.env.cr.sql_log_count - before
        self.assertLessEqual((counts[6] - counts[2]) / 4, 12.0, counts)

    def test_m_a_list_of_returns_costs_as_much_whatever_their_number(self):
        """Each names its contracts, which this user may read."""
        for device in self._rent_until(*[date(2027, 3, 1)] * 6):
            self._create_return(device)
        returns = self.env["waas.return"].with_user(self.seller)
        wanted = {"contract_ids": {"fields": {"display_name": {}}}}
        counts = {}
        for number in (1, 2, 6):  # the first one fills caches
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page = returns.web_search_read([], wanted, limit=number)
            counts[number] = self.env.cr.sql_log_count - before
            self.assertEqual(len(page["records"]), number)
        self.assertEqual(counts[6], counts[2], counts)
