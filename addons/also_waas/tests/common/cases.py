import base64
import re
from contextlib import contextmanager
from datetime import date
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tests import HttpCase, new_test_user
from odoo.tools import file_open, mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

from ... import batches
from . import prepared_world
from .replayed import Recorder, replayed

SIGNATURE = base64.b64encode(
    file_open("also_waas/static/description/icon.png", "rb").read()
)


class WaasCommon(AccountTestInvoicingCommon):
    r"""The world of the tests: ALSO, a partner, an end customer, a catalogue and a
    price list.

    Prices per month and commission per piece:

    ==================  ============  ============  ============
    \                   12 months     24 months     36 months
    ==================  ============  ============  ============
    Workplace           79.00 / 20    55.00 / 40    45.99 / 60
    Office Premium       6.50 /  1     5.50 /  2     4.50 /  3
    Second monitor       4.00 /  1     3.00 /  2     2.50 /  3
    ==================  ============  ============  ============
    """

    is_replayed = True
    """Whether helpers are replayed in the tests of the class."""

    recorder = None

    @classmethod
    def setUpClass(cls):
        cls.recorder = None
        own = set(vars(cls))
        if world := prepared_world.find():
            # All that is made on the way up to here is in the database.
            cls._ensure_same_world()
            super(BaseCommon, cls).setUpClass()
            prepared_world.enter(cls, world)
        else:
            super().setUpClass()
            cls._set_up_world()
        cls._complete_world()
        if world and cls.is_replayed:
            cls.recorder = Recorder(cls, own)
            cls.addClassCleanup(cls.recorder.forget)
            cls.recorder.start_class()

    def setUp(self):
        super().setUp()
        if self.recorder:
            self.recorder.start_test(self)

    @classmethod
    def _complete_world(cls):
        """Hook: what a class adds to the world before anything happens in it."""

    @classmethod
    def _ensure_same_world(cls):
        """A class takes over the world as it was made, so it changes nothing of the
        making."""
        below = cls.__mro__[cls.__mro__.index(WaasCommon) :]
        between = set(below[: below.index(BaseCommon) + 1])
        assert between <= set(WaasCommon.__mro__), "put WaasCommon last of the bases"
        for name, method in vars(WaasCommon).items():
            if name.startswith("_set_up_"):
                same = getattr(cls, name).__func__ is method.__func__
                assert same, f"use _complete_world() instead of {name}()"

    # === THE WORLD ===#

    @classmethod
    def _set_up_world(cls):
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.env.user.group_ids += cls.env.ref("also_waas.group_waas_manager")
        cls.also = cls.company_data["company"]
        cls.also.waas_creditor_identifier = "NL69ZZZ123456780000"
        cls.terms = {
            months: cls.env.ref(f"also_waas.waas_term_{months}")
            for months in (12, 24, 36)
        }
        cls._set_up_people()
        cls._set_up_parties()
        cls._set_up_catalogue()
        cls._set_up_price_list()
        cls._set_up_agreements()

    @classmethod
    def _set_up_people(cls):
        def user(login, *groups):
            return new_test_user(
                cls.env,
                login,
                ",".join(groups),
                company_id=cls.also.id,
                company_ids=[Command.set(cls.also.ids)],
                email=f"{login}@also.test",
                # One day for everybody, whatever the hour at which tests run: what is
                # about time zones sets its own.
                tz="UTC",
            )

        cls.seller = user("waas_seller", "also_waas.group_waas_user")
        cls.manager = user("waas_manager", "also_waas.group_waas_manager")
        cls.officer = user("waas_officer", "also_waas.group_waas_credit_officer")
        cls.accountant = user("waas_accountant", "account.group_account_invoice")
        cls.warehouse = user("waas_warehouse", "stock.group_stock_user")

    @classmethod
    def _set_up_parties(cls):
        cls.reseller = cls._create_party("Partner One", waas_is_reseller=True)
        cls.other_reseller = cls._create_party("Partner Two", waas_is_reseller=True)
        cls.customer = cls._create_party("Customer One")
        cls.other_customer = cls._create_party("Customer Two")
        cls.signatory = cls.customer.child_ids

    @classmethod
    @replayed
    def _create_portal_user(cls, login, contact, *groups):
        """Somebody outside, who logs in to the portal as ``contact``."""
        return new_test_user(
            cls.env,
            login,
            ",".join(groups or ("base.group_portal",)),
            partner_id=contact.id,
            email=contact.email or f"{login}@outside.test",
            company_id=cls.also.id,
            company_ids=[Command.set(cls.also.ids)],
        )

    @classmethod
    @replayed
    def _create_party(cls, name, **values):
        """A company with one contact, who has a mail address."""
        slug = re.sub(r"\W", "", name.lower())
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "street": f"{name} Street 1",
                "city": "Utrecht",
                "country_id": cls.env.ref("base.nl").id,
                "email": f"info@{slug}.test",
                "child_ids": [
                    Command.create(
                        {"name": f"{name} Signatory", "email": f"ceo@{slug}.test"}
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _set_up_catalogue(cls):
        cls.manufacturer = cls.env["waas.manufacturer"].create(
            {"name": "Goodmake", "approved": True, "warranty_max_months": 60}
        )
        cls.laptop = cls._create_device("Laptop")
        cls.monitor = cls._create_device("Monitor")
        cls.office_basic = cls._create_waas_product("Office Basic", "license")
        cls.office_premium = cls._create_waas_product("Office Premium", "license")
        cls.helpdesk = cls._create_waas_product("Helpdesk", "service")
        cls.premium_upgrade = cls._create_waas_product(
            "Premium instead of Basic",
            "upgrade",
            waas_component_id=cls.office_premium.id,
        )
        cls.monitor_option = cls._create_waas_product(
            "Second Monitor", "option", waas_component_id=cls.monitor.id
        )
        cls.bundle = cls._create_waas_product(
            "Workplace",
            "bundle",
            waas_slot_ids=[
                Command.create({"name": "Laptop", "component_id": cls.laptop.id}),
                Command.create(
                    {
                        "name": "Office",
                        "component_id": cls.office_basic.id,
                        "upgrade_ids": cls.premium_upgrade.ids,
                    }
                ),
                Command.create({"name": "Helpdesk", "component_id": cls.helpdesk.id}),
            ],
            waas_option_ids=cls.monitor_option.ids,
        )
        cls.laptop_slot, cls.office_slot, cls.helpdesk_slot = cls.bundle.waas_slot_ids

    @classmethod
    @replayed
    def _create_waas_product(cls, name, role, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "waas_role": role,
                "type": "service",
                "invoice_policy": "order",
                "list_price": 999.0,
                "taxes_id": cls.tax_sale_a.ids,
                **values,
            }
        )

    @classmethod
    @replayed
    def _create_device(cls, name, **values):
        return cls._create_waas_product(
            name,
            "device",
            **{
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
                "standard_price": 1000.0,
                "waas_manufacturer_id": cls.manufacturer.id,
                **values,
            },
        )

    @classmethod
    def _set_up_price_list(cls):
        cls.pricelist = cls.env["product.pricelist"].create(
            {"name": "WaaS", "currency_id": cls.also.currency_id.id}
        )
        cls.prices = {
            cls.bundle: {12: (79.0, 20.0), 24: (55.0, 40.0), 36: (45.99, 60.0)},
            cls.premium_upgrade: {12: (6.5, 1.0), 24: (5.5, 2.0), 36: (4.5, 3.0)},
            cls.monitor_option: {12: (4.0, 1.0), 24: (3.0, 2.0), 36: (2.5, 3.0)},
        }
        for product, by_months in cls.prices.items():
            for months, (price, commission) in by_months.items():
                cls._create_price(product, months, price, commission)
        cls.also.waas_pricelist_id = cls.pricelist

    @classmethod
    def _create_price(cls, product, months, price, commission=0.0, **values):
        return cls.env["product.pricelist.item"].create(
            {
                "pricelist_id": cls.pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": product.product_tmpl_id.id,
                "waas_term_id": cls.terms[months].id,
                "compute_price": "fixed",
                "fixed_price": price,
                "waas_commission_unit": commission,
                **values,
            }
        )

    @classmethod
    def _create_list(cls, name, currency=None):
        return cls.env["product.pricelist"].create(
            {"name": name, "currency_id": (currency or cls.also.currency_id).id}
        )

    @classmethod
    def _follow(cls, pricelist, followed, percent=0.0, months=(12, 24, 36), **values):
        """Rules by which a price list follows another, minus some percent."""
        return cls.env["product.pricelist.item"].create(
            [
                {
                    "pricelist_id": pricelist.id,
                    "applied_on": "3_global",
                    "waas_term_id": cls.terms[term].id,
                    "compute_price": "percentage",
                    "base": "pricelist",
                    "base_pricelist_id": followed.id,
                    "percent_price": percent,
                    **values,
                }
                for term in months
            ]
        )

    @classmethod
    def _set_up_agreements(cls):
        """Short agreements of our own: the shipped texts may be edited."""
        cls.env["waas.agreement.template"].sudo().search([]).active = False
        cls.agreement_templates = cls.env["waas.agreement.template"].create(
            [
                {
                    "name": "Rental Agreement",
                    "kind": "rental",
                    "company_id": cls.also.id,
                    "body_html": "<p>Rent <t t-out='object.order_id.name'/>: "
                    "<t t-out='object.total_in_words'/></p>",
                },
                {
                    "name": "General Terms",
                    "kind": "terms",
                    "company_id": cls.also.id,
                    "body_html": "<p>The hardware stays ours.</p>",
                },
            ]
        )

        cls.change_template = cls.env["waas.agreement.template"].create(
            {
                "name": "Change of Your Contract",
                "kind": "change",
                "company_id": cls.also.id,
                "body_html": "<p>Change <t t-out='object.change_id.name'/>: "
                "<t t-out='object.total_in_words'/></p>",
            }
        )

    # === WHAT PEOPLE DO ===#

    @classmethod
    @replayed
    def _create_order(cls, months=36, quantity=None, user=None, **values):
        """A WaaS quotation; with ``quantity`` it has that many workplaces."""
        order = (
            cls.env["sale.order"]
            .with_user(user or cls.seller)
            .create(
                {
                    "is_waas": True,
                    "company_id": cls.also.id,
                    "partner_id": cls.customer.id,
                    "waas_reseller_id": cls.reseller.id,
                    "waas_term_id": cls.terms[months].id,
                    **values,
                }
            )
        )
        if quantity:
            order._waas_add_bundle(cls.bundle, quantity)
        return order

    @classmethod
    @replayed
    def _approve_credit(cls, order, amount=1_000_000.0):
        order.action_waas_request_credit()
        check = order.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )
        check.with_user(cls.officer)._approve(amount, date(2099, 12, 31))
        return check

    @classmethod
    @replayed
    def _customer_signs(cls, order):
        agreements = order.sudo().waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "sent"
        )
        agreements._sign_for_customer("Ceo", SIGNATURE, "127.0.0.1", True)
        return agreements

    @classmethod
    @replayed
    def _also_signs(cls, order):
        order.waas_agreement_ids.filtered(
            lambda agreement: agreement.state == "customer_signed"
        ).with_user(cls.manager)._countersign(SIGNATURE, "127.0.0.1")

    @classmethod
    @replayed
    def _sign(cls, order):
        order.action_waas_send_agreements()
        cls._customer_signs(order)
        cls._also_signs(order)

    @classmethod
    @replayed
    def _confirm(cls, order):
        """Through the whole gate; the last signature confirms."""
        cls._approve_credit(order)
        cls._sign(order)
        return order

    @classmethod
    def _cancel(cls, order, reason="The customer went bankrupt"):
        """Give up a deal that both have signed, as the button does."""
        action = order.action_cancel()
        if not isinstance(action, dict):
            return action  # there was nothing to ask
        wizard = (
            order.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        return wizard.action_cancel_order()

    @classmethod
    @replayed
    def _put_in_stock(cls, product, quantity, first=1):
        """Serial numbers in the warehouse of ALSO, counted from ``first``."""
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.also.id)], limit=1
        )
        lots = cls.env["stock.lot"].create(
            [
                {
                    "product_id": product.id,
                    "company_id": cls.also.id,
                    "name": f"{product.name}-{index}",
                }
                for index in range(first, first + quantity)
            ]
        )
        for lot in lots:
            cls.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, 1, lot_id=lot
            )
        return lots

    @classmethod
    @replayed
    def _deliver(cls, order):
        """Ship everything that is reserved, as the warehouse does."""
        pickings = order.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        pickings.action_assign()
        pickings.move_ids.picked = True
        pickings.with_user(cls.warehouse).with_context(
            skip_backorder=True
        ).button_validate()
        return pickings

    # === CONTRACTS THAT RUN ===#

    @classmethod
    @replayed
    def _create_contract(cls, start, months=12, quantity=1, **values):
        """A running contract, its months planned from ``start`` and none invoiced.

        It skips the gate and the delivery: other tests are about them.
        """
        order = cls._create_order(months, quantity, **values)
        # As the flow does: nobody makes a contract by hand.
        contract_sudo = (
            cls.env["contract.contract"].sudo().create(order._waas_prepare_contract())
        )
        contract_sudo._waas_run_from(start)
        return contract_sudo

    @classmethod
    @replayed
    def _create_change(cls, contract, kind="upgrade", user=None, **values):
        """A change as a WaaS user drafts it; ``products`` are its lines."""
        products = values.pop("products", ())
        lines = [
            Command.create({"product_id": product.id, **numbers})
            for product, numbers in dict(products).items()
        ]
        return (
            cls.env["waas.change"]
            .with_user(user or cls.seller)
            .create(
                {
                    "contract_id": contract.id,
                    "kind": kind,
                    # The price list of the tests has no commission on extensions.
                    "waas_zero_reason": "Agreed",
                    **({"line_ids": lines} if lines else {}),
                    **values,
                }
            )
        )

    @classmethod
    def _upgrade(cls, contract, day, product=None, **numbers):
        """An upgrade from ``day``, drafted and not sent."""
        product = product or cls.premium_upgrade
        return cls._create_change(
            contract, effective_date=day, products={product: numbers}
        )

    @classmethod
    @replayed
    def _agree(cls, change):
        """Through the whole gate; the last signature applies it."""
        change.action_submit()
        pending = change.waas_credit_check_ids.filtered(
            lambda check: check.state == "requested"
        )
        if pending:
            pending.with_user(cls.officer)._approve(1_000_000.0, date(2099, 12, 31))
        cls._customer_signs(change)
        cls._also_signs(change)
        return change

    @classmethod
    @replayed
    def _invoice_up_to(cls, contract, day):
        """Invoice the months that began up to ``day``, as a run would."""
        return contract.sudo()._waas_invoice_due(day)

    @classmethod
    @replayed
    def _create_run(cls, day, **values):
        """An invoice run as the accountant makes it, not started."""
        return (
            cls.env["waas.invoice.run"]
            .with_user(cls.accountant)
            .create(
                {
                    "company_id": cls.also.id,
                    "date": day,
                    "invoice_date": day,
                    **values,
                }
            )
        )

    @contextmanager
    def _undone(self):
        """What is done inside is taken back."""
        with self._coming_back():
            savepoint = self.env.cr.savepoint()
            try:
                yield
            finally:
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    @contextmanager
    def _coming_back(self):
        """Afterwards the database is what it was before: helpers are replayed again."""
        state = self.recorder and self.recorder.get_state()
        yield
        if self.recorder:
            self.recorder.enter(state)

    @contextmanager
    def _working(self):
        """Let workers work inside the transaction of the test: what they commit, and
        the isolation of their transactions, is for the crash test."""
        with (
            patch.object(batches, "begin_transaction", lambda cr: None),
            patch.object(self.env.cr, "commit", self.env.flush_all),
        ):
            yield

    @contextmanager
    def _committing(self):
        """Let a scheduled action commit inside the transaction of the test."""
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            yield

    def _work(self, run):
        """Start a run and do its work."""
        run.action_start()
        with self._working():
            run.sudo().with_user(SUPERUSER_ID)._work()
        return run

    # === WHAT THE SIGNATORY'S MAILBOX HOLDS ===#

    @classmethod
    def _get_mails(cls, order):
        """What the signing links of the order sent, the newest first."""
        links = cls.env["waas.signing.link"].search([("order_id", "=", order.id)])
        return cls.env["mail.mail"].search(
            [("model", "=", "waas.signing.link"), ("res_id", "in", links.ids)],
            order="id desc",
        )

    @classmethod
    def _find_in_mails(cls, order, pattern):
        bodies = cls._get_mails(order).mapped("body_html")
        return next(
            (match[1] for body in bodies if (match := re.search(pattern, body))), None
        )

    @classmethod
    def _get_token(cls, order):
        return cls._find_in_mails(order, r"/waas/sign/([\w-]+)")

    @classmethod
    def _get_code(cls, order):
        return cls._find_in_mails(order, r"<strong[^>]*>(\d{6})</strong>")

    @contextmanager
    def _assert_refuses(self, message, exception=UserError):
        """What is done inside is refused with this message, and undone.

        ``assertRaisesRegex`` would leave half of it behind.
        """
        with self._coming_back(), self.assertRaises(exception) as refusal:
            yield refusal
        self.assertRegex(str(refusal.exception), message)

    @contextmanager
    def _assert_violates(self):
        """The database itself refuses; users see the constraint's own message."""
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            yield

    def _get_codes(self, order):
        """Codes of what the order still waits for."""
        return [blocker.code for blocker in order._waas_get_blockers()]


class WaasDealsCommon(WaasCommon):
    """Two deals of two partners, what else is in such a database, and everybody who
    might look at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_business()

    @classmethod
    @replayed
    def _set_up_business(cls):
        cls.stranger = cls._create_party("Stranger")
        cls._set_up_deals()
        cls._set_up_ordinary_business()
        cls._set_up_outsiders()

    @classmethod
    def _set_up_deals(cls):
        # A commission that no other amount looks like.
        rule = cls.pricelist.item_ids.filtered(
            lambda rule: rule.product_tmpl_id == cls.bundle.product_tmpl_id
            and rule.waas_term_id == cls.terms[36]
        )
        rule.waas_commission_unit = 1234.56
        cls.order = cls._confirm(cls._create_order(quantity=1))
        cls.other_order = cls._confirm(
            cls._create_order(
                quantity=1,
                partner_id=cls.other_customer.id,
                waas_reseller_id=cls.other_reseller.id,
            )
        )
        cls.contract = cls.order.waas_contract_ids
        cls.other_contract = cls.other_order.waas_contract_ids
        cls.contract.sudo()._waas_activate(date(2026, 1, 31))
        cls.quotation = cls._create_order(quantity=1)

    @classmethod
    def _set_up_ordinary_business(cls):
        cls.mouse = cls.env["product.product"].create(
            {"name": "Mouse", "type": "service", "list_price": 10.0}
        )
        cls.purchase = cls.env["sale.order"].create(
            {
                "partner_id": cls.reseller.id,
                "user_id": cls.manager.id,
                "order_line": [Command.create({"product_id": cls.mouse.id})],
            }
        )
        cls.purchase.action_confirm()
        cls.cleaning = cls.env["contract.contract"].create(
            {
                "name": "Cleaning",
                "partner_id": cls.stranger.id,
                "line_recurrence": True,
                "contract_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.mouse.id,
                            "name": "Cleaning",
                            "price_unit": 100.0,
                            "recurring_rule_type": "monthly",
                            "date_start": "2026-01-01",
                            "recurring_next_date": "2026-01-01",
                        }
                    )
                ],
            }
        )

    @classmethod
    def _set_up_outsiders(cls):
        def user(login, contact, *groups):
            return cls._create_portal_user(login, contact, *groups)

        partner_portal = "also_waas.group_waas_reseller"
        colleague = cls.env["res.partner"].create(
            {"name": "Colleague", "parent_id": cls.customer.id, "email": "c@c.test"}
        )
        cls.customer_user = user("customer_user", cls.signatory)
        cls.colleague_user = user("colleague_user", colleague)
        cls.other_customer_user = user(
            "other_customer_user", cls.other_customer.child_ids
        )
        cls.reseller_user = user(
            "reseller_user", cls.reseller.child_ids, partner_portal
        )
        cls.other_reseller_user = user(
            "other_reseller_user", cls.other_reseller.child_ids, partner_portal
        )
        cls.stranger_user = user("stranger_user", cls.stranger.child_ids)
        cls.public_user = cls.env.ref("base.public_user").sudo()
        cls.salesman = new_test_user(
            cls.env,
            "plain_salesman",
            "sales_team.group_sale_salesman",
            company_id=cls.also.id,
        )
        # The neighbour shows a contract to who follows it.
        cls.cleaning.message_subscribe(cls.stranger_user.partner_id.ids)


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


class WaasHttpCommon(WaasCommon, HttpCase):
    """The same world, from outside: over HTTP."""

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _post_json(self, route, **params):
        """What a JSON route answers: ``result`` or ``error``."""
        return self.url_open(
            route,
            json={"jsonrpc": "2.0", "method": "call", "id": 1, "params": params},
        ).json()

    def _call(self, model, method, *args, **kwargs):
        """What the web client's own door answers to the user who is logged in."""
        return self._post_json(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs=kwargs,
        )

    def _assert_http_refuses(self, answer, exception="AccessError"):
        self.assertIn("error", answer)
        name = answer["error"]["data"]["name"]
        self.assertEqual(name.rpartition(".")[2], exception, name)
