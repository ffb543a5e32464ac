from odoo import Command, fields
from odoo.tests import new_test_user

from ..common.cases import WaasCommon
from ..common.replayed import replayed


class DevicesCommon(WaasCommon):
    """Contracts with laptops at the customer, and a warehouse that has more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_devices()

    @classmethod
    @replayed
    def _set_up_devices(cls):
        cls.stock = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.also.id)], limit=1
        )
        cls.shelf = cls.stock.lot_stock_id
        cls.at_customer = cls.also.waas_location_id
        # Nothing to erase, so that they may leave quarantine: erasure is chapter 8.
        cls.laptop.waas_holds_data = False
        cls.today = fields.Date.context_today(cls.env.user)

    # === WHAT THE WAREHOUSE DOES ===#

    @classmethod
    def _rent(cls, quantity=1, months=36, **values):
        """A confirmed order; its contract awaits the devices."""
        return cls._confirm(cls._create_order(months, quantity=quantity, **values))

    @classmethod
    def _rent_and_deliver(cls, quantity=1, first=1, months=36, **values):
        lots = cls._put_in_stock(cls.laptop, quantity, first=first)
        order = cls._rent(quantity, months, **values)
        cls._deliver(order)
        return order, order.waas_contract_ids, lots

    @classmethod
    @replayed
    def _validate(cls, pickings, user=None):
        pickings.move_ids.picked = True
        return (
            pickings.with_user(user or cls.warehouse)
            .with_context(skip_backorder=True)
            .button_validate()
        )

    @classmethod
    @replayed
    def _return(cls, picking, lots, user=None):
        """Odoo's own return of some devices of a delivery, received."""
        receipt = cls._plan_return(picking, len(lots), user)
        receipt.move_ids.lot_ids = lots
        cls._validate(receipt, user)
        return receipt

    @classmethod
    @replayed
    def _plan_return(cls, picking, quantity, user=None):
        wizard = (
            cls.env["stock.return.picking"]
            .with_user(user or cls.warehouse)
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves[:1].quantity = quantity
        action = wizard.action_create_returns()
        return cls.env["stock.picking"].browse(action["res_id"])

    @classmethod
    @replayed
    def _move(cls, lot, source, target, picking_type=None, user=None):
        """An ordinary transfer of one device, validated."""
        picking = cls._plan_move(lot, source, target, picking_type, user)
        cls._validate(picking, user)
        return picking

    @classmethod
    def _plan_move(cls, lot, source, target, picking_type=None, user=None):
        picking_type = picking_type or cls.stock.int_type_id
        return (
            cls.env["stock.picking"]
            .with_user(user or cls.warehouse)
            .create(
                {
                    "picking_type_id": picking_type.id,
                    "location_id": source.id,
                    "location_dest_id": target.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": lot.product_id.id,
                                "product_uom": lot.product_id.uom_id.id,
                                "product_uom_qty": 1,
                                "location_id": source.id,
                                "location_dest_id": target.id,
                                "move_line_ids": [
                                    Command.create(
                                        {
                                            "product_id": lot.product_id.id,
                                            "lot_id": lot.id,
                                            "quantity": 1,
                                            "location_id": source.id,
                                            "location_dest_id": target.id,
                                        }
                                    )
                                ],
                            }
                        )
                    ],
                }
            )
        )

    @classmethod
    def _plan_receipt(cls, product, quantity):
        """Goods that a supplier sends; their serial numbers are still to be typed."""
        suppliers = cls.env.ref("stock.stock_location_suppliers")
        receipt = cls.env["stock.picking"].create(
            {
                "picking_type_id": cls.stock.in_type_id.id,
                "location_id": suppliers.id,
                "location_dest_id": cls.shelf.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": 1000.0,
                            "location_id": suppliers.id,
                            "location_dest_id": cls.shelf.id,
                        }
                    )
                ],
            }
        )
        receipt.action_confirm()
        return receipt

    @classmethod
    @replayed
    def _replace(cls, device, replacement, reason="Screen stays black", user=None):
        action = device.with_user(user or cls.seller).action_waas_replace()
        wizard = (
            cls.env["waas.device.replace"]
            .with_user(user or cls.seller)
            .with_context(**action["context"])
            .create({"replacement_id": replacement.id, "reason": reason})
        )
        wizard.action_replace()
        return device.env["waas.replacement"].search(
            [("device_id", "=", device.id)], limit=1
        )

    def _get_notes(self, contract):
        return " ".join(contract.sudo().message_ids.mapped("body"))

    def _get_value(self, product):
        self.env.invalidate_all()
        return product.with_company(self.also).total_value

    def _assert_at_customer(self, lots, contract):
        self.assertEqual(lots.location_id, self.at_customer)
        self.assertEqual(lots.waas_contract_id, contract)
        self.assertEqual(lots.waas_holder_id, contract.partner_id)

    def _assert_in_stock(self, lots, location=None):
        self.assertEqual(lots.location_id, location or self.shelf)
        self.assertFalse(lots.waas_contract_id)
        self.assertFalse(lots.waas_holder_id)

    def _assert_came_back(self, lots):
        """In ALSO's stock, where devices wait for their erasure (R15)."""
        self._assert_in_stock(lots, self.stock._waas_get_return_location())


class GuardCommon(DevicesCommon):
    """R13: whoever tries, a rented device stays ALSO's and its contract's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order, cls.contract, cls.lot = cls._rent_and_deliver()
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.losses = cls.laptop.property_stock_inventory
        cls.store_manager = new_test_user(
            cls.env,
            "waas_store_manager",
            "stock.group_stock_manager",
            company_id=cls.also.id,
            company_ids=[Command.set(cls.also.ids)],
        )

    def tearDown(self):
        self._assert_at_customer(self.lot, self.contract)
        self.assertEqual(
            sum(
                self.lot.quant_ids.filtered(
                    lambda quant: quant.location_id.usage == "internal"
                ).mapped("quantity")
            ),
            1,
        )
        super().tearDown()
