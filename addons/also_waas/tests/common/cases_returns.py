from datetime import date

from odoo import Command

from .cases import WaasCommon
from .cases_steps import SIGNATURE
from .replayed import replayed


class WaasReturnSteps(WaasCommon):
    """What people do when devices come back."""

    @classmethod
    @replayed
    def _create_processor(cls, name, valid_until=date(2099, 12, 31)):
        return cls._create_party(
            name,
            waas_is_processor=True,
            waas_processor_certificate_ids=[
                Command.create(
                    {
                        "standard": "ADISA",
                        "number": "A-1",
                        "valid_from": date(2020, 1, 1),
                        "valid_until": valid_until,
                    }
                )
            ],
        )

    @classmethod
    @replayed
    def _rent_out(cls, quantity, customer, first):
        """More laptops, on a contract of their own.

        :return: the devices at the customer
        """
        cls._put_in_stock(cls.laptop, quantity, first)
        order = cls._confirm(
            cls._create_order(12, quantity=quantity, partner_id=customer.id)
        )
        cls._deliver(order)
        return order.sudo().waas_contract_ids.waas_device_ids.with_env(cls.env)

    @classmethod
    @replayed
    def _receive_from_supplier(cls, product, serial):
        """A device comes from its supplier, by a receipt.

        :return: its lot, if it is a device
        """
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.also.id)], limit=1
        )
        supplier = cls.env.ref("stock.stock_location_suppliers")
        lot = cls.env["stock.lot"].create(
            {"product_id": product.id, "company_id": cls.also.id, "name": serial}
        )
        picking = cls.env["stock.picking"].create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "location_id": supplier.id,
                "location_dest_id": warehouse.lot_stock_id.id,
            }
        )
        move = picking._waas_add_device(lot, supplier, warehouse.lot_stock_id)
        move._waas_pick_device(lot)
        picking._action_done()
        return lot.filtered("waas_custody_ids")

    @classmethod
    @replayed
    def _create_return(cls, devices, announce=True, user=None, **values):
        """A return in which the customer sends the devices itself."""
        record = (
            cls.env["waas.return"]
            .with_user(user or cls.seller)
            .create(
                {
                    "company_id": cls.also.id,
                    "partner_id": devices.waas_holder_id[:1].id,
                    "accepted_by": "Ceo",
                    "line_ids": [
                        Command.create({"device_id": device.id}) for device in devices
                    ],
                    **values,
                }
            )
        )
        if announce:
            if record.method == "self":
                record.action_accept_responsibility()
            record.action_announce()
        return record

    @classmethod
    @replayed
    def _receive(cls, record, devices, user=None, **damages):
        """The warehouse scans what came."""
        Return = cls.env["waas.return"].with_user(user or cls.warehouse)
        return Return._receive_scans(
            devices.mapped("name"), cls.also, record.with_env(Return.env), damages
        )

    @classmethod
    @replayed
    def _certify(cls, devices, result="passed", user=None, **values):
        """The warehouse enters what the processor has done."""
        erasures = devices.waas_erasure_ids.filtered(
            lambda erasure: erasure.state == "todo"
        )
        wizard = (
            cls.env["waas.erasure.certify"]
            .with_user(user or cls.warehouse)
            .create(
                {
                    "erasure_ids": [Command.set(erasures.ids)],
                    "processor_id": cls.processor.id,
                    "result": result,
                    "document": SIGNATURE,
                    "document_name": "proof.pdf",
                    **values,
                }
            )
        )
        wizard.action_certify()
        return erasures

    @classmethod
    @replayed
    def _grade(cls, devices, decision="refurbished", grade="b", user=None):
        wizard = (
            cls.env["waas.device.grade"]
            .with_user(user or cls.warehouse)
            .create(
                {
                    "device_ids": [Command.set(devices.ids)],
                    "grade": grade,
                    "decision": decision,
                }
            )
        )
        wizard.action_grade()


class WaasReturnCommon(WaasReturnSteps):
    """A customer with three laptops and as many monitors on one contract, and a
    processor that may erase them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_rented_devices()

    @classmethod
    @replayed
    def _set_up_rented_devices(cls):
        cls.monitor.waas_holds_data = False
        cls.laptops = cls._put_in_stock(cls.laptop, 3)
        cls.order = cls._confirm(cls._create_order(12, quantity=3))
        cls.delivery = cls._deliver(cls.order)
        cls.contract = cls.order.sudo().waas_contract_ids
        cls.devices = cls.contract.waas_device_ids.sorted("name").with_env(cls.env)
        cls.quarantine = cls.also.waas_quarantine_location_id
        cls.processor = cls._create_processor("Wiper")
        cls.mouse_pad = cls.env["product.product"].create(
            {
                "name": "Mouse Pad",
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
            }
        )
