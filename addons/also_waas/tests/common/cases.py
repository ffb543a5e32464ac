import re

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.base.tests.common import BaseCommon

from . import prepared_world
from .cases_steps import DealSteps
from .replayed import Recorder, replayed


class WaasCommon(DealSteps, AccountTestInvoicingCommon):
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
        cls.also.waas_enabled = True
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
