import random
from collections import Counter

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common_devices import DevicesCommon


@tagged("post_install", "-at_install")
class TestDeviceAccess(DevicesCommon):
    """WaaS users read devices; the warehouse moves them; outsiders see nothing."""

    def test_who_sees_devices(self):
        order, contract, lots = self._rent_and_deliver()
        for user in (self.seller, self.manager, self.warehouse):
            values = lots.with_user(user).read()[0]
            self.assertEqual(values["waas_contract_id"][0], contract.id)
        for name in ("waas_device_ids", "waas_device_count", "waas_replacement_ids"):
            contract.with_user(self.seller).read([name])
        portal = self._create_portal_user("portal_devices", self.signatory)
        with self.assertRaises(AccessError):
            lots.with_user(portal).read(["name"])
        with self.assertRaises(AccessError):
            contract.with_user(portal).read(["waas_device_ids"])
        with self.assertRaises(AccessError):
            self.env["waas.replacement"].with_user(portal).search([])
        with self.assertRaises(AccessError):
            order.picking_ids.with_user(portal).read(["waas_contract_id"])

    def test_screens_open_for_the_warehouse_and_for_waas_users(self):
        order, contract, lots = self._rent_and_deliver()
        for user in (self.seller, self.warehouse):
            Form(lots.with_user(user))
            Form(order.picking_ids.with_user(user))
        Form(
            contract.with_user(self.seller),
            "contract.contract_contract_customer_form_view",
        )
        action = contract.with_user(self.seller).action_view_waas_devices()
        self.assertEqual(self.env["stock.lot"].search(action["domain"]), lots)
        self.laptop_slot.unlink()
        software = self._rent().waas_contract_ids.with_user(self.seller)
        with self._assert_refuses("nothing to deliver"):
            software.action_view_waas_deliveries()

    def test_another_company_keeps_its_replacements_to_itself(self):
        _order, _contract, lots = self._rent_and_deliver()
        spare = self._put_in_stock(self.laptop, 1, first=2)
        replacement = self._replace(lots, spare)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "waas_elsewhere",
            "also_waas.group_waas_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        found = self.env["waas.replacement"].with_user(stranger).search([])
        self.assertNotIn(replacement, found)


@tagged("post_install", "-at_install")
class TestInvariant(DevicesCommon):
    """I7: devices at customers are in ALSO's stock value, and each belongs to exactly
    one contract that runs or awaits its start."""

    SEEDS = range(6)
    STEPS = 16

    def test_i7_whatever_happens_in_which_order(self):
        self.done = Counter()
        for seed in self.SEEDS:
            with self.subTest(seed=seed), self._undone():
                self._play(random.Random(seed))
        for step in self._get_steps():
            self.assertTrue(self.done[step.__name__], f"{step.__name__} never worked")

    def _get_steps(self):
        return (
            self._step_deliver,
            self._step_return,
            self._step_redeliver,
            self._step_replace,
            self._step_finish,
            self._step_cancel,
        )

    def _play(self, chance):
        self.pool = self._put_in_stock(self.laptop, 6, first=100)
        self.orders = [
            self._rent(2),
            self._rent(2, months=12, partner_id=self.other_customer.id),
        ]
        value = self._get_value(self.laptop)
        for _number in range(self.STEPS):
            [step] = chance.choices(self._get_steps(), weights=(3, 2, 2, 3, 3, 1))
            try:
                with self.env.cr.savepoint():
                    # Each step tells what it moved or planned.
                    self.done[step.__name__] += bool(step(chance))
            except UserError:
                # A refusal is an answer, too: what counts is that nothing changed.
                self.env.invalidate_all()
            self._assert_i7(value)

    def _assert_i7(self, value):
        for lot in self.pool:
            quants = lot.quant_ids.filtered(
                lambda quant: quant.location_id.usage == "internal" and quant.quantity
            )
            self.assertEqual(quants.mapped("quantity"), [1.0], lot.name)
            at_customer = quants.location_id.is_waas
            self.assertEqual(bool(lot.waas_contract_id), at_customer, lot.name)
            if at_customer:
                self.assertIn(lot.waas_contract_id.waas_state, ("awaiting", "running"))
        self.assertAlmostEqual(self._get_value(self.laptop), value, 2)
        for order in self.orders:
            contract = order.waas_contract_ids
            self.assertGreaterEqual(contract._waas_get_missing_count(), 0)

    def _get_held(self):
        return self.pool.filtered("waas_contract_id")

    def _pick_transfers(self, replacing):
        pickings = self.env["stock.picking"].search(
            [
                (
                    "waas_contract_id",
                    "in",
                    [o.waas_contract_ids.id for o in self.orders],
                ),
                ("waas_replacement_id", "!=" if replacing else "=", False),
            ]
        )
        return pickings.filtered(lambda x: x.state not in ("done", "cancel"))

    def _step_deliver(self, chance):
        order = chance.choice(self.orders)
        pending = self._pick_transfers(False) & order.picking_ids
        pending.action_assign()
        lines = pending.move_line_ids
        if lines and chance.random() < 0.5:
            lines[1:].unlink()
        pending = pending.filtered("move_line_ids")
        self._validate(pending)
        return pending

    def _step_return(self, chance):
        held = self._get_held()
        if not held:
            return held
        lot = chance.choice(held)
        done = lot.waas_history_ids.sorted("id")[-1].picking_id
        return self._return(done, lot)

    def _step_redeliver(self, chance):
        receipts = self.env["stock.picking"].search(
            [("return_id", "!=", False), ("state", "=", "done")]
        )
        if not receipts:
            return receipts
        again = self._plan_return(chance.choice(receipts), 1)
        if again.move_line_ids:
            self._validate(again)
        else:
            again.action_cancel()
        return again.filtered(lambda picking: picking.state == "done")

    def _step_replace(self, chance):
        held, free = (
            self._get_held(),
            self.pool.filtered(lambda lot: not lot.waas_contract_id),
        )
        if not (held and free):
            return None
        return self._replace(chance.choice(held), chance.choice(free))

    def _step_finish(self, chance):
        pickings = self._pick_transfers(True)
        if pickings:
            self._validate(chance.choice(pickings))
        return pickings

    def _step_cancel(self, chance):
        pickings = self._pick_transfers(True)
        if pickings:
            chance.choice(pickings).action_cancel()
        return pickings
