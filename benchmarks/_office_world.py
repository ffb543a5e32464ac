"""The portal's world as an office has it: customers of 1 to 500 contracts, some thirty
products, reports of sell-out for as many months as there are contracts, free serial
numbers."""

from _multiply import Multiplier
from _portal_world import REFERENCES, SPREAD, TABLES, UNIQUE, PortalWorld
from _world import capitalise
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import fields
from odoo.tools import SQL

BLOCK = 100
"""So many copies have a partner and a report of sell-out in common."""

CATALOGUES = 6

# In each block one customer stands for the customers of 50 copies, another one for
# those of 20, and so on; the last 15 copies have customers of their own.
CUSTOMER = SQL(
    "copy - CASE WHEN copy %% 100 < 50 THEN copy %% 100 "
    "WHEN copy %% 100 < 70 THEN copy %% 100 - 50 "
    "WHEN copy %% 100 < 80 THEN copy %% 100 - 70 "
    "WHEN copy %% 100 < 85 THEN copy %% 100 - 80 ELSE 0 END"
)
BLOCK_NUMBER = SQL("copy - copy %% %s", BLOCK)
CATALOGUE = SQL("copy %% %s", CATALOGUES)
PRODUCTS = (
    "product_template",
    "product_product",
    "waas_bundle_slot",
    "product_pricelist_item",
)
# Where one table points to contacts of two kinds, the database knows them apart by
# their ids only: the partners are originals, which all copies have in common.
SHARED = {
    "res_partner": CUSTOMER,
    "res_partner_bank": CUSTOMER,
    "waas_sellout_report": BLOCK_NUMBER,
    **dict.fromkeys(PRODUCTS, CATALOGUE),
}
GROUPS = (
    "account.group_account_manager",
    "commission_oca.group_commission_manager",
    "sales_team.group_sale_manager",
    "stock.group_stock_manager",
)
MORE_TABLES = ("waas_asset", "waas_depreciation", "mail_activity")
OPEN = "requested"
MONTHS = SQL("copy / %s", BLOCK)


class OfficeWorld(PortalWorld):
    """Two months of a company that rents out."""

    stock_of_each = 100
    other_customers = 10
    deals = 0

    def __init__(self, env, url):
        self.now = fields.Date.context_today(env.company)
        with freeze_time(self.now - relativedelta(months=2)):
            super().__init__(env, url)
        self.maker = env["waas.manufacturer"].search([("sellout", "=", True)])
        # The reports of the months to come wait for a person.
        self.maker.sellout_auto = False
        self.maker.copy({"name": "Another", "sellout_start": self.maker.sellout_start})
        # Whoever may open every menu.
        self.manager.group_ids |= self.env["res.groups"].union(
            *(env.ref(group) for group in GROUPS)
        )
        env.cr.commit()

    def grow_to(self, contracts):
        """Let there be so many contracts; what a month after the first one said to
        manufacturers is forgotten, it is to be found once more."""
        reports = self.env["waas.sellout.report"].search([("state", "=", "draft")])
        reports.line_ids.unlink()
        reports.unlink()
        super().grow_to(contracts)

    def make_deal(self, env, day):
        """A deal from its quotation to its delivery, each of another customer: the last
        decision on its credit may be no later."""
        world = self._in(env)
        self.deals += 1
        with freeze_time(day):
            order = world._quote(5, world.others[1 + self.deals])
            world._confirm(order)
            world._deliver(order)
        env.cr.commit()

    def make_signed(self, env, lines):
        """An order with so many bundle lines.

        :return: the order, and a function that confirms it: ALSO's own signature
        """
        world = self._in(env)
        # Of a customer of its own: copied contracts use up the credit of the others.
        order = world._quote(5, world._make_party("Large"))
        for _line in range(lines - 1):
            order._waas_add_bundle(world.catalogue["bundle"], 1)
        world._sign_for_customer(order)
        return order, lambda: world._countersign(order)

    def _in(self, env):
        """The same world, in another transaction."""
        world = object.__new__(type(self))
        for name, value in vars(self).items():
            setattr(world, name, _browse(value, env))
        world.env = env
        return world

    def _put_in_stock(self):
        capitalise(self.env)
        self._get_components().standard_price = 500.0
        super()._put_in_stock()

    def _get_components(self):
        return self.catalogue["bundle"].waas_slot_ids.component_id

    def _get_invoiced_until(self, index):
        return self.now

    def _make_multiplier(self):
        products = self.env["product.product"].union(
            *(self.catalogue[name] for name in ("bundle", "upgrade", "option"))
        )
        products |= self._get_components() | products.waas_component_id
        customers = self.others | self.customer
        customers |= customers.child_ids
        templates = products.product_tmpl_id
        of_some = {
            "res_partner": customers,
            "res_partner_bank": customers.bank_ids,
            "product_template": templates,
            "product_product": products,
            "waas_bundle_slot": self.catalogue["bundle"].waas_slot_ids,
            "product_pricelist_item": self.catalogue["pricelist"].item_ids,
            "waas_sellout_report": self.env["waas.sellout.report"].search([]),
        }
        return Multiplier(
            self.env,
            (
                *TABLES,
                *MORE_TABLES,
                *((table, records.ids) for table, records in of_some.items()),
            ),
            {**UNIQUE, "waas_sellout_report": ("name",)},
            {
                **SPREAD,
                "waas_sellout_report": ("date_from", "date_to"),
                "waas_sellout_line": ("period_from", "period_to"),
            },
            {**REFERENCES, "mail_activity": (("res_model", "res_id"),)},
            shared=SHARED,
            months=dict.fromkeys(("waas_sellout_report", "waas_sellout_line"), MONTHS),
            # A customer has one request at a time.
            kept={
                "waas_credit_check": SQL(
                    "(state != 'requested' OR %s = copy)", CUSTOMER
                )
            },
        )


def _browse(value, env):
    if isinstance(value, dict):
        return {name: _browse(one, env) for name, one in value.items()}
    return value.with_env(env) if hasattr(value, "with_env") else value
