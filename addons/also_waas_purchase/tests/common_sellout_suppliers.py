from odoo import Command

from odoo.addons.also_waas.tests.common.replayed import replayed
from odoo.addons.also_waas.tests.sellout.common_sellout import (
    SelloutCommon,
)


class SuppliersCommon(SelloutCommon):
    """Laptops of one maker, bought from two vendors, and what the warehouse does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls._create_party("Big Supply")
        cls.other_vendor = cls._create_party("Small Supply")
        cls.rows = cls.env["waas.sellout.unnotified"]

    @classmethod
    @replayed
    def _set_up_supplier(cls, vendor, **values):
        return cls.env["waas.manufacturer"].create(
            {
                "name": vendor.name,
                "partner_id": vendor.id,
                "sellout": True,
                "sellout_start": cls.start,
                "sellout_as_vendor": True,
                "sellout_email": "sellout@supply.test",
                **values,
            }
        )

    @classmethod
    @replayed
    def _buy(cls, vendor, names, product=None):
        """Order devices from a vendor, and receive them.

        :param names: their serial numbers, or the devices themselves
        :return: the devices
        """
        product = product or cls.laptop
        order = (
            cls.env["purchase.order"]
            .sudo()
            .create(
                {
                    "partner_id": vendor.child_ids[:1].id,
                    "company_id": cls.also.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_qty": len(names),
                                "price_unit": 900.0,
                            }
                        )
                    ],
                }
            )
        )
        order.button_confirm()
        move = order.picking_ids.move_ids
        move.move_line_ids.unlink()
        move.write(
            {
                "move_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_id": product.uom_id.id,
                            "quantity": 1,
                            "picking_id": move.picking_id.id,
                            "location_id": move.location_id.id,
                            "location_dest_id": move.location_dest_id.id,
                            **(
                                {"lot_name": name}
                                if isinstance(name, str)
                                else {"lot_id": name.id}
                            ),
                        }
                    )
                    for name in names
                ],
                "picked": True,
            }
        )
        order.picking_ids.button_validate()
        return move.move_line_ids.lot_id.with_env(cls.env)

    @classmethod
    def _send_back(cls, lot):
        """Back to the vendor it came from last."""
        receipt = cls._get_receipts(lot)[-1:].picking_id
        wizard = (
            cls.env["stock.return.picking"]
            .sudo()
            .with_context(active_id=receipt.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves[:1].quantity = 1
        picking = cls.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        picking.sudo().move_ids.lot_ids = lot
        picking.sudo().move_ids.picked = True
        picking.sudo().with_context(skip_backorder=True).button_validate()

    @classmethod
    def _get_receipts(cls, lot):
        return (
            cls.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("lot_id", "=", lot.id),
                    ("state", "=", "done"),
                    ("location_id.usage", "=", "supplier"),
                ],
                order="date, id",
            )
        )

    @classmethod
    @replayed
    def _rent_out(cls, day, quantity=1):
        order = cls._confirm(cls._create_order(quantity=quantity))
        cls._hand_over(order, day)
        return order.sudo().waas_contract_ids.waas_device_ids.with_env(cls.env)

    def _find(self):
        rows = self.rows.search([("why", "!=", "before"), ("role", "=", "supplier")])
        return [(row.serial, row.vendor_id, row.why) for row in rows]
