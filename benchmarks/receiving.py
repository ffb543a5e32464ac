"""How long does a big return take, and does a device cost the same among many?

One customer sends the devices of one contract back. Measured are the steps as people
take them: the return is made, its devices are announced, handed over, scanned one by
one, received, certified as erased and graded back into stock; the rented fleet is
capitalised. Announcing and erasing each print a paper, whatever the number.
"""

import logging

from _growth import Growth, add_size_arguments, ensure
from _world import capitalise, make_catalogue, make_contract, make_device, make_parties
from dateutil.relativedelta import relativedelta

from odoo import Command, fields

SMALL, FULL = 20, 100
QUERIES = {"receiving": 25, "grading": 40}
GROUPS = (
    "also_waas.group_waas_manager",
    "stock.group_stock_user",
)


def add_arguments(parser):
    add_size_arguments(parser, SMALL, FULL, "devices")


def main(env, args):
    """Measure and print a table; the last line is JSON."""
    # No server is here from which a PDF could get its style sheets.
    logging.getLogger("odoo.addons.base.models.ir_actions_report").setLevel("CRITICAL")
    world = World(env)
    growth = Growth(env, "device", args)

    def work(size):
        with growth.transaction() as fresh:
            device_ids = world.rent_out(fresh, size)
        record_id = False
        for name, step in world.get_steps(device_ids):
            with growth.step(name, size, world.user_id) as fresh:
                record_id = step(fresh, record_id) or record_id
        with growth.transaction() as fresh:
            world.check(fresh, record_id, device_ids)

    return growth.tell(growth.run(work), QUERIES)


class World:
    """Devices at a customer, and who takes them back."""

    def __init__(self, env):
        self.start = fields.Date.today() - relativedelta(months=12)
        capitalise(env)
        self.catalogue = make_catalogue(env)
        self.parties = make_parties(env)
        manufacturer = env["waas.manufacturer"].search([], limit=1)
        self.product = make_device(env, manufacturer, "Rented", standard_price=900.0)
        self.processor = env["res.partner"].create(
            {
                "name": "Wiper",
                "is_company": True,
                "waas_is_processor": True,
                "waas_processor_certificate_ids": [
                    Command.create(
                        {
                            "standard": "ADISA",
                            "number": "A-1",
                            "valid_from": "2020-01-01",
                            "valid_until": "2099-12-31",
                        }
                    )
                ],
            }
        )
        self.user_id = (
            env["res.users"]
            .create(
                {
                    "name": "Receiver",
                    "login": "receiver",
                    "email": "receiver@also.example",
                    "group_ids": [Command.set([env.ref(group).id for group in GROUPS])],
                }
            )
            .id
        )
        self.made = 0
        env.flush_all()
        env.cr.execute("ANALYZE")
        env.cr.commit()

    def rent_out(self, env, size):
        """So many devices at the customer, on a contract of their own; the delivery
        itself is left out.

        :return: their ids
        """
        contract = make_contract(
            env, self.catalogue, env["res.partner"].browse(self.parties.ids), self.start
        )
        devices = env["stock.lot"].create(
            [
                {
                    "name": f"R{self.made + number}",
                    "product_id": self.product.id,
                    "company_id": env.company.id,
                }
                for number in range(size)
            ]
        )
        self.made += size
        devices._waas_arrive(contract, self.start)
        for device in devices:
            env["stock.quant"]._update_available_quantity(
                env["product.product"].browse(self.product.id),
                env.company.waas_location_id,
                1,
                lot_id=device,
            )
        env["waas.asset"]._cron_depreciate()
        env.cr.execute("ANALYZE")
        return devices.ids

    # === THE STEPS ===#

    def get_steps(self, device_ids):
        """Pairs of a name and what is done: it takes an environment and the return."""

        def make(env, _record_id):
            return (
                env["waas.return"]
                .create(
                    {
                        "partner_id": self.parties[1].id,
                        "accepted_by": "Ceo",
                        "line_ids": [
                            Command.create({"device_id": id_}) for id_ in device_ids
                        ],
                    }
                )
                .id
            )

        def announce(env, record_id):
            record = env["waas.return"].browse(record_id)
            record.action_accept_responsibility()
            record.action_announce()

        def hand_over(env, record_id):
            env["waas.return"].browse(record_id).action_hand_over()

        def scan(env, record_id):
            # What the window asks for each serial number.
            wizard = env["waas.return.receive"].new({"return_id": record_id})
            answers = [
                wizard._answer(name) for name in self._read_names(env, device_ids)
            ]
            ensure(
                {answer["kind"] for answer in answers} == {"expected"},
                "a device is not expected",
            )

        def receive(env, record_id):
            wizard = env["waas.return.receive"].create(
                {
                    "return_id": record_id,
                    "line_ids": [
                        Command.create({"serial": name, "kind": "expected"})
                        for name in self._read_names(env, device_ids)
                    ],
                }
            )
            wizard.action_receive()

        def erase(env, _record_id):
            erasures = env["waas.erasure"].search(
                [("device_id", "in", device_ids), ("state", "=", "todo")]
            )
            env["waas.erasure.certify"].create(
                {
                    "erasure_ids": [Command.set(erasures.ids)],
                    "processor_id": self.processor.id,
                    "document": "UHJvb2Y=",
                    "document_name": "proof.pdf",
                }
            ).action_certify()

        def grade(env, _record_id):
            env["waas.device.grade"].create(
                {"device_ids": [Command.set(device_ids)], "grade": "b"}
            ).action_grade()

        return [
            ("making", make),
            ("announcing", announce),
            ("handing over", hand_over),
            ("scanning", scan),
            ("receiving", receive),
            ("erasing", erase),
            ("grading", grade),
        ]

    @staticmethod
    def _read_names(env, device_ids):
        return env["stock.lot"].browse(device_ids).mapped("name")

    def check(self, env, record_id, device_ids):
        """Everything came back once, is in stock, and its value as well."""
        record = env["waas.return"].browse(record_id)
        devices = env["stock.lot"].browse(device_ids)
        ensure(record.state == "closed", f"the return is {record.state}, not closed")
        ensure(
            record.line_ids.device_id == devices
            and len(record.line_ids) == len(devices)
            and set(record.line_ids.mapped("state")) == {"received"},
            "not every device was received once",
        )
        ensure(
            len(record.erasure_ids) == len(devices)
            and record.erasure_ids.device_id == devices
            and set(record.erasure_ids.mapped("state")) == {"passed"},
            "not every device was erased once",
        )
        ensure(
            record.certificate_ids.erasure_ids == record.erasure_ids,
            "the certificate does not tell of every device",
        )
        shelf = env.company.waas_return_type_id.warehouse_id.lot_stock_id
        for device in devices:
            quant = device.quant_ids.filtered("quantity")
            ensure(
                quant.location_id == shelf and quant.quantity == 1,
                f"{device.name} is not in stock",
            )
            ensure(
                device.waas_custody_ids.sorted("sequence").mapped("event")
                == ["announced", "picked_up", "back", "erased", "graded", "refurbished"]
                and not device._waas_get_custody_problems(),
                f"the chain of custody of {device.name} is not what happened",
            )
            asset = device.waas_asset_ids
            ensure(
                asset.state == "returned" and asset.book_value == 0.0,
                f"{device.name} is still rental equipment",
            )
