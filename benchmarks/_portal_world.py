"""Twenty contracts and fourteen quotations as they come about in life, through every
step of the flow; a reseller that brought three of four, an end customer that rents
every other one; and what the portal shows beside them. Multiplied, it is a full
database."""

import base64
from datetime import timedelta

from _multiply import Multiplier
from _world import make_catalogue
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command, fields
from odoo.tools import file_open

CONTRACTS = 20
AWAITING = 2
DRAFTS, SENT = 12, 2
PASSWORD = "benchmark"
TABLES = (
    "sale_order",
    "sale_order_line",
    "waas_reseller_service",
    "waas_credit_check",
    "waas_agreement",
    "contract_contract",
    "contract_line",
    "waas_installment",
    "account_move",
    "account_move_line",
    "stock_picking",
    "stock_move",
    "stock_move_line",
    "stock_lot",
    "stock_quant",
    "waas_custody_entry",
    "waas_commission",
    "commission_settlement",
    "commission_settlement_line",
    "waas_sellout_line",
    "waas_license",
    "waas_change",
    "waas_hardware_request",
    "waas_return",
    "waas_return_line",
    "waas_erasure",
    "waas_certificate",
)
UNIQUE = {
    "sale_order": ("name",),
    "contract_contract": ("name", "code"),
    "account_move": ("name",),
    "stock_picking": ("name",),
    "stock_lot": ("name",),
    "waas_license": ("reference", "external_id"),
    "waas_commission": ("event_key",),
    "commission_settlement": ("name",),
    "waas_sellout_line": ("number", "serial"),
    "waas_return": ("name",),
    "waas_certificate": ("name", "token"),
}
REFERENCES = {"waas_sellout_line": ("source",)}
# What is listed by month.
SPREAD = {
    "sale_order": ("date_order",),
    "waas_commission": ("date", "date_earned"),
}


class PortalWorld:
    """The people, their deals, and as many copies of the deals as are wanted."""

    stock_of_each = CONTRACTS * 6  # device of the bundle
    other_customers = 5

    def __init__(self, env, url):
        self.env = env
        for key in ("web.base.url", "report.url"):
            env["ir.config_parameter"].set_param(key, url)
        # The server is at hand: a document need not wait for its styles.
        env["ir.config_parameter"].set_param("report.print_delay", "1")
        self.today = fields.Date.context_today(env.company)
        with file_open("also_waas/static/description/icon.png", "rb") as file:
            self.signature = base64.b64encode(file.read())
        self.catalogue = make_catalogue(env)
        self._keep_one_agreement()
        self._make_people()
        self._make_parties()
        self._put_in_stock()
        self._make_deals()
        self._make_requests()
        self._take_back(self.contracts[0])
        self._pass_a_month()
        env.flush_all()
        self.multiplier = self._make_multiplier()

    def grow_to(self, contracts):
        """Let there be so many contracts, and all that belongs to them."""
        self.multiplier.multiply(contracts // CONTRACTS)
        self.env.cr.commit()

    def _make_multiplier(self):
        partners = ("res_partner", (self.others + self.others.child_ids).ids)
        return Multiplier(self.env, (*TABLES, partners), UNIQUE, SPREAD, REFERENCES)

    def _keep_one_agreement(self):
        """A deal signs one agreement: each is a PDF document, which takes seconds."""
        templates = self.env["waas.agreement.template"].search([])
        rental = templates.filtered(lambda template: template.kind == "rental")[:1]
        (templates - rental).active = False

    # === THE PEOPLE ===#

    def _make_people(self):
        def user(login, *groups):
            return self.env["res.users"].create(
                {
                    "name": login,
                    "login": login,
                    "email": f"{login}@also.example",
                    "group_ids": [
                        Command.link(self.env.ref(group).id)
                        for group in ("base.group_user", *groups)
                    ],
                }
            )

        self.manager = user("bench_manager", "also_waas.group_waas_manager")
        self.officer = user("bench_officer", "also_waas.group_waas_credit_officer")
        self.warehouse = user("bench_warehouse", "stock.group_stock_user")

    def _make_parties(self):
        self.reseller = self._make_party("Reseller", waas_is_reseller=True)
        self.other_reseller = self._make_party("Competitor", waas_is_reseller=True)
        self.customer = self._make_party(
            "Customer", waas_brought_by_id=self.reseller.id
        )
        self.others = self.env["res.partner"].union(
            *(
                self._make_party(f"Other {number}", waas_brought_by_id=self.reseller.id)
                for number in range(self.other_customers)
            )
        )
        self.processor = self._make_party(
            "Processor",
            waas_is_processor=True,
            waas_processor_certificate_ids=[
                Command.create(
                    {
                        "standard": "ADISA",
                        "number": "1",
                        "valid_from": self.today - timedelta(days=365),
                        "valid_until": self.today + timedelta(days=365),
                    }
                )
            ],
        )
        self.logins = {
            "reseller": self._open_portal(
                self.reseller, "also_waas.group_waas_reseller"
            ),
            "customer": self._open_portal(self.customer),
        }

    def _make_party(self, name, **values):
        slug = name.lower().replace(" ", "")
        return self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "street": "Street 1",
                "city": "Utrecht",
                "country_id": self.env.ref("base.nl").id,
                "email": f"info@{slug}.example",
                "bank_ids": [Command.create({"acc_number": f"NL00{slug}"})],
                "child_ids": [
                    Command.create(
                        {"name": f"{name} Ceo", "email": f"ceo@{slug}.example"}
                    )
                ],
                **values,
            }
        )

    def _open_portal(self, company, *groups):
        user = self.env["res.users"].create(
            {
                "partner_id": company.child_ids.id,
                "login": company.name.lower(),
                "password": PASSWORD,
                "group_ids": [
                    Command.set(
                        [
                            self.env.ref(group).id
                            for group in ("base.group_portal", *groups)
                        ]
                    )
                ],
            }
        )
        return user.login

    # === THE DEALS ===#

    def _put_in_stock(self):
        devices = self.catalogue["bundle"].waas_slot_ids.component_id.filtered(
            "is_storable"
        )
        stock = self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        for device in devices:
            for number in range(self.stock_of_each):
                lot = self.env["stock.lot"].create(
                    {"product_id": device.id, "name": f"{device.name}-{number}"}
                )
                self.env["stock.quant"]._update_available_quantity(
                    device, stock.lot_stock_id, 1, lot_id=lot
                )

    def _make_deals(self):
        orders = [self._quote(index) for index in range(CONTRACTS + DRAFTS + SENT)]
        for order in orders[:CONTRACTS]:
            self._confirm(order)
        for order in orders[CONTRACTS : CONTRACTS + SENT]:
            order.with_user(self.manager).action_waas_request_credit()
            order.action_quotation_sent()
        for index, order in enumerate(orders[AWAITING:CONTRACTS]):
            self._deliver(order)
            order.waas_contract_ids._waas_invoice_due(self._get_invoiced_until(index))
        self.contracts = self.env["contract.contract"].union(
            *(order.waas_contract_ids for order in orders[AWAITING:CONTRACTS])
        )

    def _get_invoiced_until(self, index):
        """What is due until this day has its invoice."""
        return fields.Date.add(self.today, months=index % 4)

    def _quote(self, index, customer=None):
        terms = self.env["waas.term"].search([])
        others = self.others
        customer = customer or (
            self.customer
            if index % 2 == 0 and index < CONTRACTS
            else others[index % len(others)]
        )
        order = (
            self.env["sale.order"]
            .with_user(self.manager)
            .create(
                {
                    "is_waas": True,
                    "partner_id": customer.id,
                    "waas_signatory_id": customer.child_ids.id,
                    "waas_reseller_id": (
                        self.reseller if index % 4 < 3 else self.other_reseller
                    ).id,
                    "waas_term_id": terms[index % len(terms)].id,
                    "waas_reseller_service_ids": [
                        Command.create({"name": "Roll-out", "price": 85.0})
                    ],
                }
            )
        )
        order._waas_add_bundle(
            self.catalogue["bundle"],
            1 + index % 3,
            upgrades={self.catalogue["office_slot"]: self.catalogue["upgrade"]},
            options={self.catalogue["option"]: 1 + index % 2},
        )
        return order.sudo().with_env(self.env)

    def _confirm(self, order):
        self._sign_for_customer(order)
        self._countersign(order)

    def _sign_for_customer(self, order):
        order.with_user(self.manager).action_waas_request_credit()
        order.waas_credit_check_ids.with_user(self.officer)._approve(
            1_000_000.0, self.today + timedelta(days=365)
        )
        order.with_user(self.manager).action_waas_send_agreements()
        order.waas_agreement_ids._sign_for_customer(
            "Ceo", self.signature, "127.0.0.1", True
        )

    def _countersign(self, order):
        order.waas_agreement_ids.with_user(self.manager)._countersign(
            self.signature, "127.0.0.1"
        )

    def _deliver(self, order):
        pickings = order.picking_ids
        pickings.action_assign()
        pickings.move_ids.picked = True
        pickings.with_context(skip_backorder=True).button_validate()

    # === BESIDE THE DEALS ===#

    def _make_requests(self):
        """What people outside ask for: a longer contract, other hardware (R12, R14)."""
        running = self.contracts.filtered(
            lambda contract: contract.waas_term_id.months == 12
        )
        self.env["waas.change"]._ask_for(running[-1], "extension", months=24)
        self.env["waas.hardware.request"]._ask(
            self.reseller, "Goodmake", "A plotter", 1, "An architect"
        )

    def _take_back(self, contract):
        """The end customer has returned a contract's devices; they are erased (R15)."""
        devices = contract.waas_device_ids
        record = self.env["waas.return"].create(
            {
                "partner_id": contract.partner_id.id,
                "accepted_by": "Ceo",
                "line_ids": [
                    Command.create({"device_id": device.id}) for device in devices
                ],
            }
        )
        record.action_accept_responsibility()
        record.action_announce()
        returns = self.env["waas.return"].with_user(self.warehouse)
        returns._receive_scans(
            devices.mapped("name"), self.env.company, record.with_env(returns.env), {}
        )
        erasures = devices.waas_erasure_ids
        if erasures:
            self.env["waas.erasure.certify"].create(
                {
                    "erasure_ids": [Command.set(erasures.ids)],
                    "processor_id": self.processor.id,
                    "result": "passed",
                    "document": self.signature,
                    "document_name": "proof.pdf",
                }
            ).action_certify()

    def _pass_a_month(self):
        """What follows a month: the manufacturer is told of it (R5), the commission is
        settled and billed (R1)."""
        manufacturer = self.catalogue["bundle"].waas_slot_ids.component_id.mapped(
            "waas_manufacturer_id"
        )
        manufacturer.write(
            {
                "sellout": True,
                "sellout_start": self.today.replace(day=1),
                "sellout_auto": True,
                "sellout_contact_id": self.processor.id,
            }
        )
        self.env.company.waas_settlement_day = 1
        self.env.flush_all()
        day = self.today + relativedelta(months=1, day=3)
        with freeze_time(day):
            self.env["waas.sellout.report"]._cron_report()
            self.env["commission.make.settle"]._cron_waas_settle()
            settlements = self.env["commission.settlement"].search([])
            settlements.make_invoices(False, False, date=day).action_post()
