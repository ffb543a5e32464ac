from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common.cases_returns import WaasReturnCommon


@tagged("post_install", "-at_install")
class TestScans(WaasReturnCommon):
    """What is scanned at a return is found or asked, and never another customer's."""

    def _rename(self, device, name):
        device.sudo().name = name

    def _judge(self, scan, record=None):
        Return = self.env["waas.return"].with_user(self.warehouse)
        return Return._judge(scan, self.also, record and record.with_env(Return.env))

    def _open(self, record=None):
        return Form(
            self.env["waas.return.receive"]
            .with_user(self.warehouse)
            .with_context(default_return_id=record.id if record else False)
        )

    def _rent_same_number(self):
        """Laptop and monitor of one customer, both numbered 1001."""
        self.laptop_slot.copy(
            {
                "name": "Screen",
                "bundle_id": self.laptop_slot.bundle_id.id,
                "component_id": self.monitor.id,
            }
        )
        self._put_in_stock(self.laptop, 1, 50)
        self._put_in_stock(self.monitor, 1, 50)
        order = self._confirm(self._create_order(12, quantity=1))
        self._deliver(order)
        devices = order.sudo().waas_contract_ids.waas_device_ids.with_env(self.env)
        laptop = devices.filtered(lambda device: device.product_id == self.laptop)
        monitor = devices - laptop
        for device in devices:
            self._rename(device, "1001")
        return laptop, monitor

    # === F1 ===#

    def test_f1_a_label_is_read_as_it_was_meant(self):
        device, numbered, spaced = self.devices[:3]
        self._rename(device, "PF3ABCDE")
        self._rename(numbered, "0012345")
        self._rename(spaced, "MON 0042")
        record = self._create_return(self.devices)
        for scan, found in (
            ("pf3abcde", device),
            ("PF3ABCDE", device),
            (" PF3ABCDE\r\n", device),
            ("SPF3ABCDE", device),
            ("S/N: PF3ABCDE", device),
            ("1S20XYS0M400PF3ABCDE", device),
            ("]C0PF3ABCDE", device),
            ("]C121PF3ABCDE", device),
            ("]d20104012345678901\x1d21PF3ABCDE", device),
            ("(21)PF3ABCDE", device),
            ("PF3-ABCDE", device),
            ("12345", numbered),
            ("00012345", numbered),
            ("mon 0042", spaced),
            ("MON0042", spaced),
        ):
            for expected in (record, None):
                with self.subTest(scan=scan, expected=expected):
                    judged = self._judge(scan, expected)
                    self.assertEqual(judged.kind, "expected")
                    self.assertEqual(judged.device, found)

    def test_f1_a_label_of_a_manufacturer_is_read(self):
        """Several fields in one code, an address, words in front."""
        device, numbered = self.devices[:2]
        self._rename(device, "PF3ABCDE")
        self._rename(numbered, "0012345")
        record = self._create_return(self.devices)
        for scan, found in (
            ("[)>\x1e06\x1d1P20XYS0M400\x1dSPF3ABCDE\x1dQ1\x1e\x04", device),
            ("[)> 06\x1dSPF3ABCDE", device),
            ("[)>\x1e05\x1d0104012345678901\x1d21PF3ABCDE\x1e\x04", device),
            ("(01)04012345678901(21)PF3ABCDE(240)X1", device),
            ("]Q3010401234567890121PF3ABCDE", device),
            ("https://id.gs1.org/01/04012345678901/21/PF3ABCDE?17=280101", device),
            ("HTTPS://support.test/qr?mtm=20XYS0M400&SN=pf3abcde#top", device),
            ("https://support.test/qr?sn=PF3%2DABCDE", device),
            ("*PF3ABCDE*", device),
            ("Serial No.: PF3ABCDE", device),
            ("Serial Number PF3ABCDE", device),
            ("Serienummer: PF3ABCDE", device),
            ("Seriennummer PF3ABCDE", device),
            ("Service Tag: PF3ABCDE", device),
            ("\uff30\uff26\uff13ABCDE", device),
            ("S/N 0012345", numbered),
            ("]A012345", numbered),
        ):
            with self.subTest(scan=scan):
                judged = self._judge(scan, record)
                self.assertEqual((judged.kind, judged.device), ("expected", found))
        form = self._open(record)
        form.scan = (
            "[)>\x1e06\x1dSPF3ABCDE\x1d1PX\x1e\x04\r\nSerial No.: 0012345 "
            "https://support.test/?sn=0012345"
        )
        self.assertEqual(form.save().line_ids.device_id, device | numbered)

    def test_f1_what_nobody_knows_stays_unknown(self):
        self._rename(self.devices[0], "12345")
        odd = ("", "%", "_____", "1234", "123456", "\x00", "S", "😀", "x" * 10_000)
        odd += ("a1" * 5_000, "https://a.test/?" + "&x=12345678" * 900, "[)>\x1e06\x1d")
        for scan in odd:
            with self.subTest(scan=scan[:20]):
                self.assertEqual(self._judge(scan).kind, "unknown")

    def test_f1_the_window_takes_several_scans_and_names_with_blanks(self):
        device, spaced, third = self.devices[:3]
        self._rename(device, "PF3ABCDE")
        self._rename(spaced, "MON 0042")
        record = self._create_return(self.devices)
        form = self._open(record)
        form.scan = f"spf3abcde MON 0042 {third.name} PF3ABCDE"
        wizard = form.save()
        self.assertEqual(wizard.line_ids.device_id, device | spaced | third)
        self.assertEqual(
            wizard.line_ids.mapped("serial"), ["PF3ABCDE", "MON 0042", third.name]
        )
        wizard.action_receive()
        received = record.line_ids.filtered(lambda line: line.state == "received")
        self.assertEqual(received.device_id, device | spaced | third)
        self.assertFalse(record.finding_ids)

    # === F2 ===#

    def test_f2_two_devices_of_one_number_are_asked_for(self):
        laptop, monitor = self._rent_same_number()
        record = self._create_return(laptop | monitor)
        form = self._open(record)
        for _twice in range(3):
            form.scan = "1001"
        self.assertEqual(len(form.line_ids), 2, "one line for each of them")
        wizard = form.save()
        self.assertEqual(wizard.line_ids.mapped("kind"), ["which", "which"])
        with self._assert_refuses("1001 can be one of 2 devices: choose", UserError):
            wizard.action_receive()
        self.assertEqual(set(record.line_ids.mapped("state")), {"expected"})
        wizard.line_ids.device_id = laptop
        with self._assert_refuses("is on two lines", UserError):
            wizard.action_receive()
        wizard.line_ids[1].device_id = monitor
        wizard.action_receive()
        self.assertEqual(set(record.line_ids.mapped("state")), {"received"})

    def test_f2_the_one_that_was_chosen_is_received_alone(self):
        laptop, monitor = self._rent_same_number()
        record = self._create_return(laptop | monitor)
        form = self._open(record)
        form.scan = "1001"
        with form.line_ids.edit(0) as line:
            line.device_id = monitor
            self.assertEqual(line.kind, "expected")
        form.save().action_receive()
        states = {line.device_id: line.state for line in record.line_ids}
        self.assertEqual(states, {laptop: "expected", monitor: "received"})

    def test_f2_a_list_of_scans_that_is_unclear_is_refused_whole(self):
        laptop, monitor = self._rent_same_number()
        third = self.devices[0]
        record = self._create_return(self.devices | laptop | monitor)
        with self._assert_refuses("1001 can be one of 2 devices", UserError):
            self.env["waas.return"].with_user(self.warehouse)._receive_scans(
                [third.name, "1001"], self.also, record
            )
        self.assertEqual(set(record.line_ids.mapped("state")), {"expected"})

    def test_f2_a_number_of_two_customers_is_theirs_whose_return_it_is(self):
        [theirs] = self._rent_out(1, self.other_customer, first=10)
        laptop, ours = self._rent_same_number()
        self._rename(laptop, "SOMETHING ELSE")
        self._rename(theirs, "1001")
        record = self._create_return(ours)
        self.assertEqual(self._judge("1001", record).device, ours)
        self.assertEqual(self._judge("1001").kind, "which")
        # Small letters and a prefix mean either; without a return somebody chooses.
        self._rename(theirs, "SX-1001")
        self._rename(ours, "X1001")
        judged = self._judge("sx1001")
        self.assertEqual((judged.kind, judged.device), ("which", ours | theirs))
        self.assertEqual(self._judge("sx1001", record).device, ours)
        # What is certainly another customer's is put aside.
        self.assertEqual(self._judge("SX-1001", record).kind, "other_customer")
