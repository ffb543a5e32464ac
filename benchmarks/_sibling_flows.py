"""Flows of Odoo's other applications, none of which has to do with rentals."""

from uuid import uuid4

from odoo import Command, fields
from odoo.api import SUPERUSER_ID

GROUPS = (
    "sales_team.group_sale_salesman_all_leads",
    "stock.group_stock_user",
    "account.group_account_invoice",
    "mrp.group_mrp_user",
    "point_of_sale.group_pos_manager",
    "purchase.group_purchase_user",
    "hr_expense.group_hr_expense_manager",
)
COMPONENTS = 5
BOUGHT = 20


class SiblingWorld:
    """A factory, a shop with a till, a shop on the website, a second warehouse and a
    second company, and a user who does all of it and nothing with rentals.
    """

    def __init__(self, env):
        self.company = env.company
        self.second_company = env["res.company"].create({"name": "Sister"})
        user = env["res.users"].create(
            {
                "name": "Sibling user",
                "login": "sibling",
                "email": "sibling@example.com",
                "company_ids": [Command.set([self.company.id, self.second_company.id])],
                "group_ids": [
                    Command.link(env.ref(group).id)
                    for group in ("base.group_user", *GROUPS)
                ],
            }
        )
        self.customer, self.vendor = env["res.partner"].create(
            [
                {"name": name, "country_id": env.ref("base.nl").id}
                for name in ("Sibling customer", "Sibling vendor")
            ]
        )
        warehouses = env["stock.warehouse"]
        self.warehouse = warehouses.search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.other_warehouse, self.sister_warehouse = warehouses.create(
            [
                {"name": "Second", "code": "SEC", "company_id": self.company.id},
                {"name": "Sister", "code": "SIS", "company_id": self.second_company.id},
            ]
        )
        self.between = env.ref("stock.stock_location_inter_company")
        self.between.active = True
        self._make_goods(env)
        self._make_recipes(env)
        self._make_till(env)
        self._make_employee(env, user)
        self.website = env["website"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        env.cr.commit()
        self.env = env(
            user=user.id,
            context={"allowed_company_ids": [self.company.id, self.second_company.id]},
        )
        self.visitor = env(user=env.ref("base.public_user").id, context={})

    # === WHAT THERE IS ===#

    def _make_goods(self, env):
        products = env["product.product"]
        self.goods = products.create(
            [
                {
                    "name": f"Goods {number}",
                    "is_storable": True,
                    "list_price": 10,
                    "standard_price": 4,
                    "available_in_pos": True,
                    "is_published": True,
                    "seller_ids": [
                        Command.create({"partner_id": self.vendor.id, "price": 4})
                    ],
                }
                for number in range(BOUGHT)
            ]
        )
        self.serialised, self.made_serial = products.create(
            [
                {"name": name, "is_storable": True, "tracking": "serial"}
                for name in ("Serial component", "Serial made")
            ]
        )
        self.made = products.create({"name": "Made", "is_storable": True})
        self.drop_shipped = products.create(
            {
                "name": "Drop-shipped",
                "is_storable": True,
                "list_price": 10,
                "route_ids": [
                    Command.link(env.ref("stock_dropshipping.route_drop_shipping").id)
                ],
                "seller_ids": [
                    Command.create({"partner_id": self.vendor.id, "price": 4})
                ],
            }
        )
        quants = env["stock.quant"]
        for product in self.goods:
            quants._update_available_quantity(product, self.stock, 1000)
        lots = env["stock.lot"].create(
            [
                {"product_id": self.serialised.id, "name": f"COMPONENT-{number}"}
                for number in range(4 * COMPONENTS)
            ]
        )
        for lot in lots:
            quants._update_available_quantity(
                self.serialised, self.stock, 1, lot_id=lot
            )

    def _make_recipes(self, env):
        """Both of five components, one of which has serial numbers."""
        components = self.goods[: COMPONENTS - 1] + self.serialised
        for product in self.made + self.made_serial:
            env["mrp.bom"].create(
                {
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "bom_line_ids": [
                        Command.create({"product_id": component.id, "product_qty": 1})
                        for component in components
                    ],
                }
            )

    def _make_till(self, env):
        journal = env["account.journal"].create(
            {"name": "Till", "type": "cash", "code": "TILL"}
        )
        self.cash = env["pos.payment.method"].create(
            {"name": "Till", "journal_id": journal.id}
        )
        self.till = env["pos.config"].create(
            {"name": "Till", "payment_method_ids": [Command.set(self.cash.ids)]}
        )

    def _make_employee(self, env, manager):
        contact = env["res.partner"].create({"name": "Travelling employee"})
        self.employee = env["hr.employee"].create(
            {
                "name": contact.name,
                "work_contact_id": contact.id,
                "expense_manager_id": manager.id,
            }
        )
        self.ticket = env["product.product"].create(
            {"name": "Ticket", "type": "service", "can_be_expensed": True}
        )

    @property
    def stock(self):
        return self.warehouse.lot_stock_id

    # === MANUFACTURING: each method prepares, and gives what is measured ===#

    def _make_order(self, product, quantity):
        return self.env["mrp.production"].create(
            {"product_id": product.id, "product_qty": quantity}
        )

    def confirm_production(self, made):
        made["production"] = self._make_order(self.made, COMPONENTS)

        def work():
            made["production"].action_confirm()
            made["production"].action_assign()

        return work

    def finish_production(self, made):
        production = made["production"]

        def work():
            self._finish(production)

        return work

    def finish_serial(self, made):
        """From a confirmed order to a serial number in stock."""
        production = self._make_order(self.made_serial, 1)
        production.action_confirm()
        production.action_assign()

        def work():
            production.action_generate_serial()
            self._finish(production)

        return work

    def _finish(self, production):
        production.button_mark_done()
        assert production.state == "done", production.state

    # === SHOPS ===#

    def pay_at_till(self, made):
        self.till.with_env(self.env).open_ui()
        session = self.till.with_env(self.env).current_session_id
        session.set_opening_control(0, None)
        made["session"] = session
        order = self._prepare_till_order(session)
        return lambda: self.env["pos.order"].sync_from_ui([order])

    def _prepare_till_order(self, session):
        """What the till sends: five lines without tax, paid in cash."""
        lines = [
            Command.create(
                {
                    "product_id": product.id,
                    "qty": 2,
                    "price_unit": 10,
                    "price_subtotal": 20,
                    "price_subtotal_incl": 20,
                    "tax_ids": [],
                    "pack_lot_ids": [],
                }
            )
            for product in self.goods[:COMPONENTS]
        ]
        total = 20 * COMPONENTS
        return {
            "amount_paid": total,
            "amount_return": 0,
            "amount_tax": 0,
            "amount_total": total,
            "date_order": fields.Datetime.to_string(fields.Datetime.now()),
            "fiscal_position_id": False,
            "last_order_preparation_change": "{}",
            "lines": lines,
            "name": "Order",
            "partner_id": False,
            "payment_ids": [
                Command.create(
                    {
                        "amount": total,
                        "name": fields.Datetime.now(),
                        "payment_method_id": self.cash.id,
                    }
                )
            ],
            "pricelist_id": self.till.pricelist_id.id,
            "session_id": session.id,
            "to_invoice": False,
            "user_id": self.env.uid,
            "uuid": str(uuid4()),
        }

    def close_till(self, made):
        session = made["session"]

        def work():
            session.post_closing_cash_details(20 * COMPONENTS)
            session.close_session_from_ui()
            assert session.state == "closed", session.state

        return work

    def fill_cart(self, made):
        """As the website does for a visitor: created by the superuser, filled by the
        visitor."""
        website = self.website.with_env(self.visitor)

        def work():
            order = (
                self.visitor["sale.order"]
                .with_user(SUPERUSER_ID)
                .with_company(website.company_id)
                .create(
                    {
                        "company_id": website.company_id.id,
                        "partner_id": self.customer.id,
                        "team_id": website.sudo().salesteam_id.id,
                        "website_id": website.id,
                    }
                )
            )
            made["cart"] = order.with_user(self.visitor.user).sudo()
            for product in self.goods[:COMPONENTS]:
                made["cart"]._cart_add(product.id, 2)

        return work

    def confirm_cart(self, made):
        return made["cart"].action_confirm

    # === EXPENSES ===#

    def submit_expenses(self, made):
        made["expenses"] = self.env["hr.expense"].create(
            [
                {
                    "name": f"Ticket {number}",
                    "employee_id": self.employee.id,
                    "product_id": self.ticket.id,
                    "total_amount_currency": 10 + number,
                    "payment_mode": "own_account",
                }
                for number in range(COMPONENTS)
            ]
        )
        return made["expenses"].action_submit

    def approve_expenses(self, made):
        expenses = made["expenses"]
        assert set(expenses.mapped("state")) == {"submitted"}
        return expenses.action_approve

    def post_expenses(self, made):
        expenses = made["expenses"]

        def work():
            action = expenses.action_post()
            wizard = expenses.env[action["res_model"]].with_context(action["context"])
            wizard.browse(action["res_id"]).action_post_entry()
            assert set(expenses.mapped("state")) == {"posted"}

        return work

    # === PURCHASES AND TRANSFERS ===#

    def confirm_drop_shipped(self, made):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.drop_shipped.id, "product_uom_qty": 2}
                    )
                ],
            }
        )

        def work():
            order.action_confirm()
            purchase = order._get_purchase_orders()
            purchase.button_confirm()
            made["drop_shipment"] = purchase.picking_ids

        return work

    def validate_drop_shipment(self, made):
        return self._prepare_validation(made["drop_shipment"])

    def confirm_purchase(self, made):
        made["purchase"] = self.env["purchase.order"].create(
            {
                "partner_id": self.vendor.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_qty": 5})
                    for product in self.goods
                ],
            }
        )
        return made["purchase"].button_confirm

    def receive_purchase(self, made):
        return self._prepare_validation(made["purchase"].picking_ids)

    def bill_purchase(self, made):
        purchase = made["purchase"]

        def work():
            purchase.action_create_invoice()
            purchase.invoice_ids.invoice_date = fields.Date.today()
            purchase.invoice_ids.action_post()

        return work

    def transfer_to_warehouse(self, made):
        return self._prepare_transfer(
            self.warehouse.int_type_id, self.stock, self.other_warehouse.lot_stock_id
        )

    def send_to_company(self, made):
        return self._prepare_transfer(
            self.warehouse.out_type_id, self.stock, self.between
        )

    def receive_from_company(self, made):
        return self._prepare_transfer(
            self.sister_warehouse.in_type_id,
            self.between,
            self.sister_warehouse.lot_stock_id,
        )

    def _prepare_transfer(self, picking_type, source, target):
        """Four kinds of goods and five serial numbers, reserved."""
        places = {"location_id": source.id, "location_dest_id": target.id}
        company = picking_type.company_id
        picking = (
            self.env["stock.picking"]
            .with_company(company)
            .create(
                {
                    "picking_type_id": picking_type.id,
                    "move_ids": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": COMPONENTS,
                                "company_id": company.id,
                                **places,
                            }
                        )
                        for product in self.goods[: COMPONENTS - 1] + self.serialised
                    ],
                    **places,
                }
            )
        )
        picking.action_confirm()
        picking.action_assign()
        return self._prepare_validation(picking)

    def _prepare_validation(self, picking):
        picking.move_ids.picked = True

        def work():
            picking.button_validate()
            assert picking.state == "done", picking.state

        return work


STEPS = {
    "a production, confirmed": SiblingWorld.confirm_production,
    "a production, done": SiblingWorld.finish_production,
    "a production of a serial number": SiblingWorld.finish_serial,
    "an order at the till, paid": SiblingWorld.pay_at_till,
    "a session of the till, closed": SiblingWorld.close_till,
    "a cart of the website, filled": SiblingWorld.fill_cart,
    "a cart of the website, confirmed": SiblingWorld.confirm_cart,
    "expenses, submitted": SiblingWorld.submit_expenses,
    "expenses, approved": SiblingWorld.approve_expenses,
    "expenses, posted": SiblingWorld.post_expenses,
    "a drop-shipped order, confirmed": SiblingWorld.confirm_drop_shipped,
    "a drop shipment, validated": SiblingWorld.validate_drop_shipment,
    "a purchase, confirmed": SiblingWorld.confirm_purchase,
    "a purchase, received": SiblingWorld.receive_purchase,
    "a purchase, billed": SiblingWorld.bill_purchase,
    "a transfer between warehouses": SiblingWorld.transfer_to_warehouse,
    "a transfer to another company": SiblingWorld.send_to_company,
    "a receipt from another company": SiblingWorld.receive_from_company,
}
"""What is measured, in this order: a step may use what an earlier one made."""
