"""An ordinary business beside the rentals, and what it does all day."""

from odoo import Command, fields

GROUPS = (
    "sales_team.group_sale_salesman_all_leads",
    "stock.group_stock_user",
    "account.group_account_invoice",
    "base.group_partner_manager",
)


class OrdinaryWorld:
    """A customer, storable goods, goods with serial numbers, and a user who sells,
    delivers and invoices them; no right of that user has to do with rentals.

    :param int lines: of an order and of an invoice; serial numbers of a transfer
    """

    def __init__(self, env, lines, login="ordinary"):
        self.lines = lines
        user = env["res.users"].create(
            {
                "name": "Ordinary user",
                "login": login,
                "email": f"{login}@example.com",
                "group_ids": [
                    Command.link(env.ref(group).id)
                    for group in ("base.group_user", *GROUPS)
                ],
            }
        )
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        self.customer = env["res.partner"].create(
            {"name": "Ordinary customer", "country_id": env.ref("base.nl").id}
        )
        self.goods = env["product.product"].create(
            [
                {"name": f"Goods {number}", "is_storable": True, "list_price": 10}
                for number in range(lines)
            ]
        )
        self.serialised = env["product.product"].create(
            {"name": "Serialised", "is_storable": True, "tracking": "serial"}
        )
        self.journal = env["account.journal"].create(
            {"name": login, "type": "sale", "code": login[-5:].upper()}
        )
        self._put_in_stock(env, login)
        env.cr.commit()
        self.env = env(user=user.id, context={})

    def _put_in_stock(self, env, prefix):
        quants = env["stock.quant"]
        for product in self.goods:
            quants._update_available_quantity(product, self.stock, 1000)
        lots = env["stock.lot"].create(
            [
                {"product_id": self.serialised.id, "name": f"{prefix}-{number}"}
                for number in range(self.lines)
            ]
        )
        for lot in lots:
            quants._update_available_quantity(
                self.serialised, self.stock, 1, lot_id=lot
            )

    @property
    def stock(self):
        return self.warehouse.lot_stock_id

    def prepare_lines(self, quantity):
        return [
            Command.create({"product_id": product.id, quantity: 2})
            for product in self.goods
        ]

    # === WHAT IT DOES: each method prepares, and gives what is measured ===#

    def create_contact(self, made):
        vals = {"name": "Contact", "email": "contact@example.com", "is_company": True}
        return lambda: self.env["res.partner"].create(vals)

    def create_order(self, made):
        vals = {
            "partner_id": self.customer.id,
            "order_line": self.prepare_lines("product_uom_qty"),
        }

        def work():
            made["order"] = self.env["sale.order"].create(vals)

        return work

    def change_order(self, made):
        line = made["order"].order_line[0]
        return lambda: line.write({"product_uom_qty": 3})

    def confirm_order(self, made):
        return made["order"].action_confirm

    def deliver_order(self, made):
        picking = made["order"].picking_ids
        picking.move_ids.picked = True
        return picking._action_done

    def invoice_order(self, made):
        return made["order"]._create_invoices

    def create_invoice(self, made):
        vals = {
            "move_type": "out_invoice",
            "journal_id": self.journal.id,
            "partner_id": self.customer.id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": self.prepare_lines("quantity"),
        }

        def work():
            made["invoice"] = self.env["account.move"].create(vals)

        return work

    def post_invoice(self, made):
        return made["invoice"].action_post

    def pay_invoice(self, made):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=made["invoice"].ids)
            .create({})
        )
        return wizard._create_payments

    def transfer_serials(self, made):
        """A delivery with a serial number for each unit, validated."""
        picking = self.make_transfer(
            self.warehouse.out_type_id,
            self.stock,
            self.env.ref("stock.stock_location_customers"),
        )
        picking.action_assign()
        picking.move_ids.picked = True
        return picking.button_validate

    def receive_serials(self, made):
        """A receipt of new serial numbers, validated."""
        picking = self.make_transfer(
            self.warehouse.in_type_id,
            self.env.ref("stock.stock_location_suppliers"),
            self.stock,
        )
        move = picking.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    **move._prepare_move_line_vals(),
                    "lot_name": f"RECEIVED-{number}",
                    "quantity": 1,
                }
            )
            for number in range(self.lines)
        ]
        move.picked = True
        return picking.button_validate

    def make_transfer(self, picking_type, source, target):
        """A confirmed transfer of as many serial numbers as a document has lines."""
        places = {"location_id": source.id, "location_dest_id": target.id}
        move = {
            "product_id": self.serialised.id,
            "product_uom_qty": self.lines,
            **places,
        }
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "partner_id": self.customer.id,
                "move_ids": [Command.create(move)],
                **places,
            }
        )
        picking.action_confirm()
        return picking

    def search_products(self, made):
        return lambda: self.env["product.template"].web_search_read(
            [], {"name": {}, "list_price": {}, "qty_available": {}}, limit=80
        )


STEPS = {
    "a contact, created": OrdinaryWorld.create_contact,
    "an order, created": OrdinaryWorld.create_order,
    "an order, changed": OrdinaryWorld.change_order,
    "an order, confirmed": OrdinaryWorld.confirm_order,
    "an order, delivered": OrdinaryWorld.deliver_order,
    "an order, invoiced": OrdinaryWorld.invoice_order,
    "an invoice, created": OrdinaryWorld.create_invoice,
    "an invoice, posted": OrdinaryWorld.post_invoice,
    "an invoice, paid": OrdinaryWorld.pay_invoice,
    "a transfer of serials, validated": OrdinaryWorld.transfer_serials,
    "a receipt of serials, validated": OrdinaryWorld.receive_serials,
    "a page of products, read": OrdinaryWorld.search_products,
}
"""What is measured, in this order: a step may use what an earlier one made."""
