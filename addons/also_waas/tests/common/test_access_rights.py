from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_access_rights import AccessRightsCommon

NOTHING = frozenset()


REFUSED = None


@tagged("post_install", "-at_install")
class TestAccessRights(AccessRightsCommon):
    """Who sees what. Nobody sees the deals of another partner, no outsider what ALSO
    knows of credit and signatures, no end customer a commission."""

    def _see(self, user, model):
        """Names of the deals whose records ``user`` sees, or REFUSED."""
        records = self.records[model]
        try:
            found = self.env[model].with_user(user).search([])
        except AccessError:
            for some in records.values():
                with self.assertRaises(AccessError):
                    some.with_user(user).read(["display_name"])
            return REFUSED
        seen = {name for name, some in records.items() if some <= found}
        for name in records.keys() - seen:
            self.assertFalse(records[name] & found, f"half of {name}")
            with self.assertRaises(AccessError):
                records[name].with_user(user).read(["display_name"])
        for name in seen:
            # All of ours: the neighbours have some to stumble on.
            records[name].with_user(user).read(self._get_own_fields(user, model))
        return seen

    def _get_own_fields(self, user, model):
        Model = self.env[model].with_user(user)
        return [
            name
            for name in Model.fields_get()
            if Model._fields[name]._modules[:1] == ("also_waas",)
        ]

    def _assert_sees(self, user, **expected):
        user.invalidate_recordset()
        for model in self.records:
            key = model.replace(".", "_")
            with self.subTest(user=user.login, model=model):
                self.assertEqual(self._see(user, model), expected.get(key, REFUSED))

    def _get_commission_fields(self):
        models = (
            "sale.order",
            "sale.order.line",
            "contract.contract",
            "contract.line",
            "product.pricelist.item",
        )
        for model in models:
            for name in self.env[model]._fields:
                if "commission" in name:
                    yield model, name

    # === OUTSIDERS ===#

    def test_the_end_customers_people_see_their_companys_deals(self):
        for user in self.customer_user, self.colleague_user:
            self._assert_sees(
                user,
                sale_order={"deal", "quotation"},
                sale_order_line={"deal", "quotation"},
                contract_contract={"deal"},
                contract_line={"deal"},
                contract_modification={"deal"},
                waas_reseller_service={"deal"},
            )

    def test_a_resellers_people_see_the_deals_they_brought_and_their_purchases(self):
        self._assert_sees(
            self.reseller_user,
            sale_order={"deal", "quotation", "purchase"},
            sale_order_line={"deal", "quotation", "purchase"},
            contract_contract={"deal"},
            contract_line={"deal"},
            contract_modification=NOTHING,
            waas_reseller_service={"deal"},
        )

    def test_another_resellers_people_see_their_own_deals_only(self):
        self._assert_sees(
            self.other_reseller_user,
            sale_order={"other deal"},
            sale_order_line={"other deal"},
            contract_contract={"other deal"},
            contract_line={"other deal"},
            contract_modification=NOTHING,
            waas_reseller_service={"other deal"},
        )

    def test_a_stranger_sees_the_ordinary_contract_it_follows(self):
        self._assert_sees(
            self.stranger_user,
            sale_order=NOTHING,
            sale_order_line=NOTHING,
            contract_contract={"cleaning"},
            contract_line={"cleaning"},
            contract_modification={"cleaning"},
            waas_reseller_service=NOTHING,
        )

    def test_following_a_waas_contract_shows_nothing_of_it(self):
        self.contract.sudo().message_subscribe(self.stranger_user.partner_id.ids)
        self.assertEqual(
            self._see(self.stranger_user, "contract.contract"), {"cleaning"}
        )
        self.assertEqual(self._see(self.stranger_user, "contract.line"), {"cleaning"})
        self.assertEqual(
            self._see(self.stranger_user, "contract.modification"), {"cleaning"}
        )

    def test_without_a_login_there_is_nothing_to_see(self):
        self._assert_sees(self.public_user)

    def test_nobody_outside_writes(self):
        users = (
            self.customer_user,
            self.reseller_user,
            self.stranger_user,
            self.public_user,
        )
        for user in users:
            for model, records in self.records.items():
                record = next(iter(records.values()))[:1].with_user(user)
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(
                        record.has_access(operation), f"{user.login} {model}"
                    )

    # === THE END CUSTOMER AND THE COMMISSION ===#

    def test_r8_no_outsider_reads_a_commission(self):
        names = list(self._get_commission_fields())
        self.assertIn(("sale.order", "waas_commission_amount"), names)
        self.assertIn(("sale.order.line", "waas_commission_unit"), names)
        self.assertIn(("product.pricelist.item", "waas_commission_unit"), names)
        for user in self.customer_user, self.reseller_user:
            for model, name in names:
                Model = self.env[model].with_user(user)
                self.assertNotIn(name, Model.fields_get())
                record = next(iter(self.records[model].values())).with_user(user)
                with self.assertRaises(AccessError):
                    record.read([name])
                with self.assertRaises(AccessError):
                    record.mapped(name)

    def test_r8_no_outsider_works_a_commission_out(self):
        """Nor by asking which orders have more than some amount of it."""
        Order = self.env["sale.order"].with_user(self.customer_user)
        Line = self.env["sale.order.line"].with_user(self.customer_user)
        for ask in (
            lambda: Order.search([("waas_commission_amount", ">", 1)]),
            lambda: Order.search([("order_line.waas_commission_amount", ">", 1)]),
            lambda: Line.search([("order_id.waas_commission_amount", ">", 1)]),
            lambda: Line.search([], order="waas_commission_amount desc"),
            lambda: Line._read_group([], [], ["waas_commission_amount:sum"]),
            lambda: Line.formatted_read_group([], ["waas_commission_unit"]),
            lambda: Order.search([]).export_data(["waas_commission_amount"]),
            lambda: Order.search([]).filtered_domain(
                [("waas_commission_amount", ">", 1)]
            ),
        ):
            with self.assertRaises(UserError):
                ask()

    def test_r8_what_else_an_outsider_must_not_read(self):
        for name in (
            "waas_blocker_html",
            "waas_next_actor",
            "waas_agreement_ids",
            "waas_agreement_state",
            "waas_credit_check_ids",
            "waas_can_request_credit",
        ):
            for user in self.customer_user, self.reseller_user:
                with self.assertRaises(AccessError):
                    self.order.with_user(user).read([name])

    # === INSIDERS ===#

    def test_waas_people_see_waas(self):
        both = {"deal", "other deal"}
        for user in self.seller, self.manager:
            self._assert_sees(
                user,
                sale_order={*both, "quotation", "purchase"},
                sale_order_line={*both, "quotation", "purchase"},
                contract_contract=both,
                contract_line=both,
                contract_modification=both,
                waas_installment={"deal"},
                waas_credit_check=both,
                waas_agreement=both,
                waas_agreement_template={"all"},
                waas_reseller_service=both,
                product_pricelist_item={"all"},
            )

    def test_a_credit_officer_sees_what_a_decision_rests_on(self):
        both = {"deal", "other deal"}
        self._assert_sees(
            self.officer,
            sale_order={*both, "quotation", "purchase"},
            sale_order_line={*both, "quotation", "purchase"},
            contract_contract=both,
            contract_line=both,
            contract_modification=both,
            waas_installment={"deal"},
            waas_credit_check=both,
            waas_agreement=both,
            waas_reseller_service=both,
            product_pricelist_item={"all"},
        )

    def test_an_accountant_sees_all_contracts(self):
        both = {"deal", "other deal"}
        accountants = (
            self.accountant,
            new_test_user(
                self.env,
                "waas_accountant_too",
                "account.group_account_invoice,also_waas.group_waas_credit_officer",
                company_id=self.also.id,
            ),
        )
        for user in accountants:
            self._assert_sees(
                user,
                sale_order={*both, "quotation", "purchase"},
                sale_order_line={*both, "quotation", "purchase"},
                contract_contract={*both, "cleaning"},
                contract_line={*both, "cleaning"},
                contract_modification={*both, "cleaning"},
                waas_installment={"deal"},
                waas_credit_check=both,
                waas_agreement=both,
                waas_reseller_service=both,
                product_pricelist_item={"all"},
            )

    def test_a_salesman_without_waas_rights_sees_orders_of_their_own(self):
        self._assert_sees(
            self.salesman,
            sale_order=NOTHING,
            sale_order_line=NOTHING,
            waas_reseller_service=NOTHING,
            product_pricelist_item={"all"},
        )
        self.order.user_id = self.salesman
        for record in self.order, self.order.partner_id:
            own = self._get_own_fields(self.salesman, record._name)
            record.with_user(self.salesman).read(own)

    def test_the_warehouse_sees_orders_to_deliver(self):
        everything = {"deal", "other deal", "quotation", "purchase"}
        self._assert_sees(
            self.warehouse,
            sale_order=everything,
            sale_order_line=everything,
            waas_reseller_service={"deal", "other deal"},
            product_pricelist_item={"all"},
        )

    def test_what_somebody_is_configuring_is_theirs(self):
        wizard = (
            self.env["waas.bundle.configure"]
            .with_user(self.seller)
            .create({"order_id": self.quotation.id, "bundle_id": self.bundle.id})
        )
        wizard.read(["quantity"])
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).read(["quantity"])
