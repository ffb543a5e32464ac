"""Chapter: the devices in stock, received from their manufacturers."""

from odoo import Command

# days ago: device: number. The last receipt refills after the first deals.
RECEIPTS = {
    410: {"LUM-A14": 18, "DW-D100": 18, "DW-H2": 6, "NV-24": 20},
    190: {
        "LUM-A14": 50,
        "LUM-A14P": 12,
        "LUM-A13": 20,
        "LUM-F16": 12,
        "DW-D100": 50,
        "DW-T40": 20,
        "DW-TB5": 12,
        "DW-H2": 36,
        "NV-24": 80,
        "NV-27": 28,
    },
    20: {"LUM-A13": 30, "DW-T40": 30, "NV-24": 30, "DW-H2": 16},
}


def tell(story):
    """Receive what the first deals need; the rest is received on its day."""
    for days_ago in sorted(RECEIPTS, reverse=True):
        with story.on(days_ago):
            _receive(story, days_ago, RECEIPTS[days_ago])


def _receive(story, days_ago, numbers):
    """One receipt for each manufacturer, with the serial numbers of its delivery
    note."""
    by_maker = {}
    for code, number in numbers.items():
        product = story.products[code]
        by_maker.setdefault(product.waas_manufacturer_id, []).append((product, number))
    warehouse = story.env["stock.warehouse"].search(
        [("company_id", "=", story.company.id)], limit=1
    )
    for maker, deliveries in by_maker.items():
        picking = story.act("stock.picking", "backoffice").create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "partner_id": maker.partner_id.id,
                "location_id": story.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": warehouse.lot_stock_id.id,
                "origin": f"{maker.name} {story.day(days_ago):%y%m}",
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": number,
                            "location_id": story.env.ref(
                                "stock.stock_location_suppliers"
                            ).id,
                            "location_dest_id": warehouse.lot_stock_id.id,
                        }
                    )
                    for product, number in deliveries
                ],
            }
        )
        picking.action_confirm()
        for move in picking.move_ids:
            _scan(story, move, days_ago)
        picking.move_ids.picked = True
        picking.button_validate()


def _scan(story, move, days_ago):
    code = move.product_id.default_code
    batch = f"{story.day(days_ago):%y%m}"
    move.move_line_ids.unlink()
    move.move_line_ids = [
        Command.create(
            {
                "product_id": move.product_id.id,
                "lot_name": f"{code.replace('-', '')}{batch}{number:04}",
                "quantity": 1,
                "location_id": move.location_id.id,
                "location_dest_id": move.location_dest_id.id,
            }
        )
        for number in range(1, int(move.product_uom_qty) + 1)
    ]
