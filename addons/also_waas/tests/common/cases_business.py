from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from .cases import WaasCommon
from .replayed import replayed


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
