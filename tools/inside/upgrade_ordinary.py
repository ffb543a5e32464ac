"""Ordinary business beside the rentals: a second company that rents nothing out, and
orders, devices and invoices of the first that no contract is about."""

import json

PARAMETER = "upgrade.ordinary"


def main(env, args):
    other = env["res.company"].create({"name": "Ordinary Ltd", "currency_id": 1})
    env["ir.config_parameter"].set_param("upgrade.other_company", str(other.id))
    product = env["product.product"].create(
        {
            "name": "Ordinary Scanner",
            "is_storable": True,
            "tracking": "serial",
            "list_price": 100.0,
        }
    )
    partner = env["res.partner"].create({"name": "Ordinary Customer"})
    warehouse = env["stock.warehouse"].search(
        [("company_id", "=", env.company.id)], limit=1
    )
    lot = env["stock.lot"].create({"name": "ORDINARY-1", "product_id": product.id})
    env["stock.quant"]._update_available_quantity(
        product, warehouse.lot_stock_id, 1, lot_id=lot
    )
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
        }
    )
    order.action_confirm()
    picking = order.picking_ids
    picking.action_assign()
    picking.move_ids.picked = True
    picking._action_done()
    invoice = order._create_invoices()
    invoice.action_post()
    contract = env["contract.contract"].create(
        {
            "name": "Ordinary Contract",
            "partner_id": partner.id,
            "contract_line_ids": [
                (0, 0, {"product_id": product.id, "name": "Scanner", "price_unit": 5})
            ],
        }
    )
    records = (
        *(product, product.product_tmpl_id, partner, lot, order, order.order_line),
        *(picking, picking.move_ids, picking.move_line_ids, invoice, invoice.line_ids),
        *(contract, contract.contract_line_ids),
    )
    env.flush_all()
    ids = {record._table: record.ids for record in records}
    env["ir.config_parameter"].set_param(PARAMETER, json.dumps(ids))
