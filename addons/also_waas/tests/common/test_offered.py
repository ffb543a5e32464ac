from datetime import date

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import Command
from odoo.tests import tagged

from .cases import WaasCommon
from .offered import OfferedMixin


@tagged("post_install", "-at_install")
class TestOffered(OfferedMixin, WaasCommon):
    """What is offered can be done, what is ready can be delivered."""

    # === 30: BUTTONS ===#

    def test_k30_what_a_quotation_offers_can_be_done(self):
        order = self._create_order()
        for step in (
            lambda: None,
            lambda: order._waas_add_bundle(self.bundle, 1),
            lambda: setattr(self.customer, "city", False),
            lambda: setattr(self.customer, "city", "Utrecht"),
            order.action_waas_send_agreements,
            lambda: order.sudo().waas_agreement_ids._refuse("Too dear"),
            order.action_waas_send_agreements,
            lambda: self._approve_credit(order),
            lambda: self._customer_signs(order),
            lambda: self._also_signs(order),
        ):
            step()
            for user in (self.seller, self.manager):
                self._assert_offers(order, user)
        self.assertEqual(order.state, "sale")
        cancelled = self._create_order(quantity=1)
        cancelled._action_cancel()
        self._assert_offers(cancelled, self.manager)

    def test_k30_what_a_contract_offers_can_be_done(self):
        order = self._confirm(self._create_order(12, quantity=1))
        contract = order.sudo().waas_contract_ids.with_env(self.env)
        self.assertNotIn(
            "action_waas_activate", self._assert_offers(contract, self.manager)
        )
        self._put_in_stock(self.laptop, 1)
        self._deliver(order)
        self.assertIn("action_waas_extend", self._assert_offers(contract, self.manager))
        longest = self._create_contract(date(2026, 1, 31), 36)
        self.assertNotIn(
            "action_waas_extend",
            self._assert_offers(longest.with_env(self.env), self.manager),
        )
        contract.sudo()._waas_end_early(self.also._waas_today())
        self._assert_offers(contract, self.manager)
        self.bundle.waas_slot_ids[:1].unlink()
        nothing = self._confirm(self._create_order(12, quantity=1))
        contract = nothing.sudo().waas_contract_ids.with_env(self.env)
        self.assertIn(
            "action_waas_activate", self._assert_offers(contract, self.manager)
        )

    def test_k12_one_word_for_one_person(self):
        contract = self._create_contract(date(2026, 1, 31)).with_user(self.seller)
        for view in (False, "contract.contract_contract_customer_form_view"):
            view_id = self.env.ref(view).id if view else False
            tree = etree.fromstring(contract.get_view(view_id, "form")["arch"])
            labels = {
                node.get("string") or contract._fields["partner_id"].string
                for node in tree.xpath("//field[@name='partner_id']")
                if not any(
                    part.tag == "field" or self._is_hidden(part, contract)
                    for part in node.iterancestors()
                )
                and not self._is_hidden(node, contract)
            }
            self.assertEqual(labels, {"End Customer"})

    # === 3: WHAT IS READY ===#

    def _put_used(self, quantity, months, first):
        """Devices in stock whose clock began some months ago: of 60 at the most."""
        devices = self._put_in_stock(self.laptop, quantity, first)
        devices.waas_warranty_start = self.also._waas_today() - relativedelta(
            months=months
        )
        return devices

    def test_k3_devices_are_reserved_that_can_stay(self):
        used = self._put_used(3, 30, first=1)
        self._put_in_stock(self.laptop, 3, first=11)
        order = self._confirm(self._create_order(36, quantity=3))
        picking = order.picking_ids
        picking.action_assign()
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(picking.move_line_ids.lot_id & used)
        self._deliver(order)
        self.assertEqual(order.sudo().waas_contract_ids.waas_state, "running")
        # A shorter contract takes what is used, and what has no clock yet.
        short = self._confirm(self._create_order(24, quantity=3))
        short.picking_ids.action_assign()
        self.assertEqual(short.picking_ids.move_line_ids.lot_id, used)

    def test_k3_what_is_too_short_is_not_ready(self):
        self._put_used(1, 30, first=1)
        order = self._confirm(self._create_order(36, quantity=1))
        order.picking_ids.action_assign()
        self.assertEqual(order.picking_ids.state, "confirmed")

    def test_k3_what_became_too_short_is_exchanged_by_one_button(self):
        used = self._put_used(2, 24, first=1)
        order = self._confirm(self._create_order(36, quantity=2))
        picking = order.picking_ids
        picking.action_assign()
        self.assertEqual(picking.move_line_ids.lot_id, used)
        self.assertFalse(picking.waas_is_unsuitable)
        with self._assert_refuses("nothing to reserve anew"):
            picking.with_user(self.warehouse).action_waas_reserve_anew()
        used.waas_warranty_start = used[0].waas_warranty_start - relativedelta(months=1)
        self._put_in_stock(self.laptop, 2, first=11)
        picking.invalidate_recordset()
        self.assertTrue(picking.waas_is_unsuitable)
        picking.move_ids.picked = True
        with self._assert_refuses("Laptop-1 .*\n.*Laptop-2 "):
            picking.with_user(self.warehouse).button_validate()
        self._assert_offers(picking, self.warehouse)
        picking.with_user(self.warehouse).action_waas_reserve_anew()
        self.assertFalse(picking.move_line_ids.lot_id & used)
        self._deliver(order)
        self.assertEqual(picking.state, "done")

    def test_k3_a_pick_before_the_delivery_takes_what_can_stay(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.also.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        self._put_used(1, 30, first=1)
        self._put_in_stock(self.laptop, 1, first=11)
        order = self._confirm(self._create_order(36, quantity=1))
        pick = order.picking_ids.filtered(
            lambda picking: picking.location_id == warehouse.lot_stock_id
        )
        pick.action_assign()
        self.assertEqual(pick.move_line_ids.lot_id.name, "Laptop-11")

    def test_k3_ordinary_deliveries_take_what_comes_first(self):
        self._put_used(1, 50, first=1)
        other = self.env["stock.move"].create(
            {
                "product_id": self.laptop.id,
                "product_uom_qty": 1,
                "location_id": self.env["stock.warehouse"]
                .search([("company_id", "=", self.also.id)], limit=1)
                .lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "company_id": self.also.id,
            }
        )
        other._action_confirm()
        other._action_assign()
        self.assertEqual(other.move_line_ids.lot_id.name, "Laptop-1")

    # === 16, 20, 27 ===#

    def test_k16_who_picks_sees_serial_numbers(self):
        self.assertTrue(self.warehouse.has_group("stock.group_production_lot"))
        view = self.env.ref("stock.view_stock_move_line_operation_tree")
        lines = self.env["stock.move.line"].with_user(self.warehouse)
        self.assertIn('name="lot_id"', lines.get_view(view.id, "list")["arch"])

    def test_k27_two_months_on_one_day_are_no_duplicates(self):
        contract = self._create_contract(date(2026, 1, 31), 12)
        contract._waas_invoice_due(date(2026, 3, 1))
        first, second = contract.waas_installment_ids[:2].move_id
        second.button_draft()
        second.invoice_date = first.invoice_date
        self.assertEqual(first.amount_total, second.amount_total)
        self.assertFalse((first | second).duplicated_ref_ids)
        # What somebody typed beside them is one.
        typed = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_date": first.invoice_date,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "x", "price_unit": first.amount_total, "tax_ids": []}
                    )
                ],
            }
        )
        self.assertIn(first, typed.duplicated_ref_ids)
