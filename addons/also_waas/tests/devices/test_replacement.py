from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common_devices import DevicesCommon


@tagged("post_install", "-at_install")
class TestReplacement(DevicesCommon):
    """A defective device is replaced: the contract goes on, nothing of its history is
    lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.contract, cls.lots = cls._rent_and_deliver(2)
        cls.broken = cls.lots[0]
        cls.spare = cls._put_in_stock(cls.laptop, 1, first=9)

    def test_a_replacement_keeps_the_contract_and_the_history(self):
        installments = self.contract.waas_installment_ids.read(
            ["number", "date_start", "date_end", "amount", "state"]
        )
        value = self._get_value(self.laptop)
        replacement = self._replace(self.broken, self.spare)
        delivery, receipt = replacement.delivery_id, replacement.receipt_id
        self.assertEqual(delivery.partner_id, self.order.partner_shipping_id)
        self.assertEqual(delivery.picking_type_id, self.stock.out_type_id)
        self.assertEqual(receipt.picking_type_id, self.stock.in_type_id)
        self.assertEqual((delivery | receipt).waas_contract_id, self.contract)
        self.assertEqual(delivery.move_line_ids.lot_id, self.spare)
        self.assertEqual(receipt.move_line_ids.lot_id, self.broken)
        self.assertEqual(replacement.state, "open")

        self._validate(delivery)
        self.assertEqual(replacement.state, "delivered")
        self._assert_at_customer(self.lots | self.spare, self.contract)
        self._validate(receipt)
        self.assertEqual(replacement.state, "done")

        self._assert_came_back(self.broken)
        self._assert_at_customer(self.lots[1] | self.spare, self.contract)
        self.assertEqual(self.spare.waas_replaces_id, self.broken)
        self.assertEqual(self.broken.waas_replaced_by_id, self.spare)
        self.assertEqual(self.spare.waas_warranty_start, self.today)
        self.assertEqual(self.contract.waas_state, "running")
        self.assertEqual(
            self.contract.waas_installment_ids.read(
                ["number", "date_start", "date_end", "amount", "state"]
            ),
            installments,
        )
        self.assertEqual(
            self.order.order_line._waas_get_device_lines().qty_delivered, 2
        )
        self.assertAlmostEqual(self._get_value(self.laptop), value, 2)
        notes = self._get_notes(self.contract)
        self.assertIn("Screen stays black", notes)
        self.assertIn(f"was delivered for {self.broken.name}", notes)
        self.assertIn(f"Back from the customer with {receipt.name}", notes)

    def test_the_defective_device_may_come_back_first(self):
        replacement = self._replace(self.broken, self.spare)
        self._validate(replacement.receipt_id)
        self.assertEqual(replacement.state, "received")
        self._assert_came_back(self.broken)
        self.assertEqual(self.contract.waas_device_count, 1)
        self._validate(replacement.delivery_id)
        self._assert_at_customer(self.spare, self.contract)
        self.assertEqual(replacement.state, "done")

    def test_the_contract_shows_the_transfers_of_its_replacements(self):
        contract = self.contract.with_user(self.seller)
        action = contract.action_view_waas_deliveries()
        self.assertEqual(action["res_id"], self.order.picking_ids.id)
        replacement = self._replace(self.broken, self.spare)
        action = contract.action_view_waas_deliveries()
        self.assertEqual(
            self.env["stock.picking"].search(action["domain"]),
            self.order.picking_ids | replacement.delivery_id | replacement.receipt_id,
        )

    def test_cancelling_one_half_cancels_the_other(self):
        for half in ("delivery_id", "receipt_id"):
            with self.subTest(half=half):
                replacement = self._replace(self.broken, self.spare)
                replacement[half].with_user(self.warehouse).action_cancel()
                self.assertEqual(replacement.delivery_id.state, "cancel")
                self.assertEqual(replacement.receipt_id.state, "cancel")
                self.assertEqual(replacement.state, "cancelled")
                self._assert_at_customer(self.lots, self.contract)
                self._assert_in_stock(self.spare)
                self.assertIn("was cancelled", self._get_notes(self.contract))
                self.assertFalse(self.broken.waas_replaced_by_id)

    def test_what_was_moved_is_not_cancelled_half(self):
        replacement = self._replace(self.broken, self.spare)
        self._validate(replacement.delivery_id)
        with self._assert_refuses("has to come back"):
            replacement.receipt_id.with_user(self.warehouse).action_cancel()
        self._validate(replacement.receipt_id)

        self.broken._waas_dispose("b", "refurbished")
        replacement = self._replace(self.lots[1], self.broken)
        self._validate(replacement.receipt_id)
        with self._assert_refuses("has to get another device"):
            replacement.delivery_id.with_user(self.warehouse).action_cancel()

    def test_the_warehouse_may_deliver_another_spare(self):
        replacement = self._replace(self.broken, self.spare)
        better = self._put_in_stock(self.laptop, 1, first=10)
        replacement.delivery_id.with_user(self.warehouse).move_line_ids.lot_id = better
        self._validate(replacement.delivery_id)
        self.assertEqual(replacement.replacement_id, better)
        self._assert_at_customer(better, self.contract)
        self._assert_in_stock(self.spare)

    def test_the_receipt_takes_the_defective_device_and_no_other(self):
        replacement = self._replace(self.broken, self.spare)
        with self._assert_refuses("takes .* back, not"):
            replacement.receipt_id.move_line_ids.lot_id = self.lots[1]

    def test_reserving_again_finds_the_same_devices(self):
        self._put_in_stock(self.laptop, 3, first=20)
        replacement = self._replace(self.broken, self.spare)
        pickings = replacement.delivery_id | replacement.receipt_id
        for picking, lot in zip(pickings, self.spare | self.broken, strict=True):
            picking.do_unreserve()
            self.assertFalse(picking.move_line_ids)
            picking.action_assign()
            self.assertEqual(picking.move_line_ids.lot_id, lot)

    def test_another_device_product_may_replace_it(self):
        bigger = self._put_in_stock(self._create_device("Bigger Laptop"), 1)
        replacement = self._replace(self.broken, bigger)
        self._validate(replacement.delivery_id | replacement.receipt_id)
        self._assert_at_customer(self.lots[1] | bigger, self.contract)

    def test_r14_a_replacement_is_approved_hardware(self):
        unknown = self.env["waas.manufacturer"].create({"name": "Unknown"})
        lot = self._put_in_stock(
            self._create_device("Cheap Laptop", waas_manufacturer_id=unknown.id), 1
        )
        with self._assert_refuses("not an approved manufacturer"):
            self._replace(self.broken, lot)

    def test_r12_a_replacement_lasts_as_long_as_the_contract(self):
        self.spare.waas_warranty_start = self.today - relativedelta(months=60)
        self.assertLess(self.spare.waas_warranty_max_end, self.contract.date_end)
        with self._assert_refuses("runs until"):
            self._replace(self.broken, self.spare)
        self.spare.waas_warranty_max_end = self.contract.date_end
        self._replace(self.broken, self.spare)

    def test_r12_and_r14_hold_for_what_is_delivered_indeed(self):
        replacement = self._replace(self.broken, self.spare)
        old = self._put_in_stock(self.laptop, 1, first=10)
        old.waas_warranty_max_end = self.contract.date_end - timedelta(days=1)
        replacement.delivery_id.move_line_ids.lot_id = old
        with self._assert_refuses("runs until"):
            self._validate(replacement.delivery_id)

    def test_refusals_say_what_to_do(self):
        with self._assert_refuses("Enter why"):
            self._replace(self.broken, self.spare, reason="  ")
        with self._assert_refuses("not free in stock"):
            self._replace(self.broken, self.lots[1])
        with self._assert_refuses("nothing to replace"):
            self.spare.with_user(self.seller).action_waas_replace()
        other = self._put_in_stock(self.laptop, 1, first=10)
        self._replace(self.broken, self.spare)
        with self._assert_refuses("being replaced already"):
            self._replace(self.broken, other)
        with self._assert_refuses("not free in stock"):
            self._replace(self.lots[1], self.spare)

    def test_the_window_warns_before_the_click(self):
        action = self.contract.with_user(self.seller).action_waas_replace_device()
        form = Form(
            self.env["waas.device.replace"]
            .with_user(self.seller)
            .with_context(**action["context"])
        )
        self.assertFalse(form.warning)
        form.device_id = self.broken
        self.assertFalse(form.warning)
        form.replacement_id = self.spare
        self.assertFalse(form.warning)
        self.spare.waas_warranty_max_end = self.today
        form.replacement_id = self.env["stock.lot"]
        form.replacement_id = self.spare
        self.assertIn("runs until", form.warning)

    def test_a_defective_device_before_the_start_does_not_start_the_contract(self):
        lots = self._put_in_stock(self.monitor, 1)
        order = self._create_order(36)
        order._waas_add_bundle(self.bundle, 1, options={self.monitor_option: 1})
        # The shelf has the monitor, and no laptop but the spare, which goes elsewhere.
        self._replace(self.broken, self.spare)
        self._confirm(order)
        contract = order.waas_contract_ids
        self._deliver(order)
        self._assert_at_customer(lots, contract)
        self.assertEqual(contract.waas_state, "awaiting")
        spare = self._put_in_stock(self.monitor, 1, first=2)
        replacement = self._replace(lots, spare)
        self._validate(replacement.delivery_id)
        self.assertEqual(contract.waas_state, "awaiting")
        self._validate(replacement.receipt_id)
        laptop = self._put_in_stock(self.laptop, 1, first=30)
        self._deliver(order)
        self._assert_at_customer(laptop | spare, contract)
        self.assertEqual(contract.waas_state, "running")

    def test_only_waas_users_replace(self):
        with self._assert_refuses("Workplace as a Service/User", AccessError):
            self._replace(self.broken, self.spare, user=self.warehouse)
        with self._assert_refuses("created by the replacement", AccessError):
            self.env["stock.picking"].with_user(self.warehouse).create(
                {
                    "picking_type_id": self.stock.out_type_id.id,
                    "waas_replacement_id": self._replace(self.broken, self.spare).id,
                }
            )
        for user in (self.warehouse, self.manager):
            with self.assertRaises(AccessError):
                self.env["waas.replacement"].with_user(user).create(
                    {
                        "contract_id": self.contract.id,
                        "device_id": self.broken.id,
                        "replacement_id": self.spare.id,
                        "reason": "Because",
                    }
                )


@tagged("post_install", "-at_install")
class TestPapers(DevicesCommon):
    """The slip and the label say whose property it is (R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.also.write({"phone": "+31 30 1234567", "email": "returns@also.test"})
        cls.lots = cls._put_in_stock(cls.laptop, 2)
        cls.order = cls._rent(2)
        cls.contract = cls.order.waas_contract_ids
        cls.picking = cls.order.picking_ids
        cls.picking.action_assign()

    def _render(self, report, records, user=None):
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(user or self.warehouse)
            ._render_qweb_html(report, records.ids)
        )
        return " ".join(html.decode().split())

    def test_r13_the_delivery_slip_says_whose_property_it_is(self):
        for _moment in ("before", "after"):
            html = self._render("stock.report_deliveryslip", self.picking)
            self.assertIn(f"Property of {self.also.name}", html)
            self.assertIn("not for sale", html)
            self.assertIn(self.contract.name, html)
            for lot in self.lots:
                self.assertEqual(html.count(lot.name), 1)
            if self.picking.state != "done":
                self._deliver(self.order)

    def test_an_ordinary_delivery_slip_stays_as_it_was(self):
        spare = self._put_in_stock(self.laptop, 1, first=5)
        picking = self._move(
            spare,
            self.shelf,
            self.env.ref("stock.stock_location_customers"),
            picking_type=self.stock.out_type_id,
        )
        html = self._render("stock.report_deliveryslip", picking)
        self.assertNotIn("Property of", html)
        self.assertNotIn(spare.name, html)

    def test_r13_the_label_names_the_owner_and_holds_a_qr_code(self):
        action = self.picking.with_user(self.warehouse).action_waas_print_labels()
        self.assertEqual(action["report_name"], "also_waas.report_device_label")
        for _moment in ("before", "after"):
            html = self._render("also_waas.report_device_label", self.lots)
            self.assertEqual(html.count("o_also_waas_label"), 2)
            self.assertEqual(html.count(f"Property of {self.also.name}"), 2)
            self.assertEqual(html.count(self.contract.name), 2)
            self.assertEqual(html.count("data:image/png;base64"), 2)
            self.assertIn("returns@also.test", html)
            self.assertIn("+31 30 1234567", html)
            self.assertNotIn(self.customer.name, html)
            if self.picking.state != "done":
                self._deliver(self.order)

    def test_labels_are_printed_from_the_contract_too(self):
        with self._assert_refuses("no device here"):
            self.contract.with_user(self.seller).action_waas_print_labels()
        self._deliver(self.order)
        action = self.contract.with_user(self.seller).action_waas_print_labels()
        self.assertEqual(action["context"]["active_ids"], self.lots.ids)
