from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .cases import WaasCommon, WaasDealsCommon

NOTHING = frozenset()
REFUSED = None


@tagged("post_install", "-at_install")
class TestAccessRights(WaasDealsCommon):
    """Who sees what. Nobody sees the deals of another partner, no outsider what ALSO
    knows of credit and signatures, no end customer a commission."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        deals = {
            "deal": cls.order,
            "quotation": cls.quotation,
            "other deal": cls.other_order,
            "purchase": cls.purchase,
        }
        contracts = {
            "deal": cls.contract,
            "other deal": cls.other_contract,
            "cleaning": cls.cleaning,
        }
        # By model: records by the name of the deal they belong to.
        cls.records = {
            "sale.order": deals,
            "sale.order.line": {n: o.order_line for n, o in deals.items()},
            "contract.contract": contracts,
            "contract.line": {n: c.contract_line_ids for n, c in contracts.items()},
            "contract.modification": {
                n: c.sudo().modification_ids for n, c in contracts.items()
            },
            "waas.installment": {"deal": cls.contract.waas_installment_ids},
            "waas.credit.check": {
                "deal": cls.order.waas_credit_check_ids,
                "other deal": cls.other_order.waas_credit_check_ids,
            },
            "waas.agreement": {
                "deal": cls.order.waas_agreement_ids,
                "other deal": cls.other_order.waas_agreement_ids,
            },
            "waas.signing.link": {
                "deal": cls.env["waas.signing.link"]
                .sudo()
                .search([("order_id", "=", cls.order.id)])
            },
            "waas.reseller.service": {
                name: cls.env["waas.reseller.service"].create(
                    {"order_id": order.id, "name": "Installation"}
                )
                for name, order in (
                    ("deal", cls.order),
                    ("other deal", cls.other_order),
                )
            },
            "waas.agreement.template": {"all": cls.agreement_templates},
            "product.pricelist.item": {"all": cls.pricelist.item_ids},
        }

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

    # === METHODS THAT ANYBODY MAY CALL ===#

    def test_public_methods_ask_who_calls(self):
        """Every method without underscore can be called from outside."""
        agreement = self.order.waas_agreement_ids[0]
        check = self.order.waas_credit_check_ids
        calls = {
            "sale.order": [
                (self.quotation, "action_confirm"),
                (self.quotation, "action_waas_request_credit"),
                (self.quotation, "action_waas_send_agreements"),
                (self.quotation, "action_waas_countersign"),
            ],
            "waas.credit.check": [
                (check, "action_decide"),
                (check, "action_withdraw"),
            ],
            "waas.agreement": [
                (agreement, "action_verify"),
                (agreement, "action_download"),
            ],
            "contract.contract": [
                (self.other_contract, "action_waas_activate"),
                (self.contract, "action_waas_invoice_due"),
                (self.contract, "recurring_create_invoice"),
            ],
        }
        users = (
            self.customer_user,
            self.reseller_user,
            self.stranger_user,
            self.public_user,
        )
        for user in users:
            for record, method in sum(calls.values(), []):
                with self.subTest(user=user.login, method=method):
                    with self.assertRaises(UserError):
                        getattr(record.with_user(user), method)()
        self.assertEqual(self.quotation.state, "draft")
        self.assertFalse(self.quotation.waas_agreement_ids)
        self.assertEqual(self.other_contract.waas_state, "awaiting")

    def test_the_list_of_public_methods_is_known(self):
        """A new one must be thought about: add it here and to the test above."""
        # By waas.guarded.mixin: they refuse more than Odoo's.
        guard = {"copy_data", "create", "default_get", "write"}
        known = {
            "waas.credit.check": {*guard, "action_decide", "action_withdraw"},
            "waas.agreement": {
                *guard,
                "action_countersign",
                "action_download",
                "action_verify",
            },
            # By waas.readable.mixin: they check more than Odoo's, and show no more.
            "waas.agreement.template": {
                *guard,
                "action_approve_removal",
                "action_keep",
                "action_request_removal",
                "onchange",
                "unlink",
            },
            "waas.signing.link": guard,
        }
        for model, names in known.items():
            own = {
                name
                for cls in type(self.env[model]).__mro__
                if cls.__module__.startswith("odoo.addons.also_waas")
                for name, value in vars(cls).items()
                if callable(value) and not name.startswith("_")
            }
            self.assertEqual(own, names, model)


@tagged("post_install", "-at_install")
class TestNeighbourContracts(WaasDealsCommon):
    """R13: WaaS contracts are billed by their installments only; the neighbour's ways
    leave them alone, and still work for ordinary contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contracts = cls.env["contract.contract"].with_user(
            new_test_user(
                cls.env,
                "waas_head_of_accounts",
                "account.group_account_manager",
                company_id=cls.also.id,
            )
        )

    def _count_invoices(self, contract):
        return len(contract.sudo()._get_related_invoices())

    def test_r13_the_neighbours_run_leaves_waas_alone(self):
        self.assertEqual(self._count_invoices(self.contract), 1)
        self.contracts.sudo()._cron_recurring_create(date(2026, 3, 15))
        self.assertEqual(self._count_invoices(self.contract), 1)
        self.assertEqual(self._count_invoices(self.cleaning), 1)

    def test_r13_the_neighbours_wizard_leaves_waas_alone(self):
        wizard = self.contracts.env["contract.manually.create.invoice"].create(
            {"invoice_date": "2026-03-15"}
        )
        self.assertIn(self.cleaning, wizard.contract_to_invoice_ids)
        self.assertNotIn(self.contract, wizard.contract_to_invoice_ids)
        wizard.create_invoice()
        self.assertEqual(self._count_invoices(self.contract), 1)
        self.assertEqual(self._count_invoices(self.cleaning), 1)

    def test_r13_the_neighbours_button_refuses_waas(self):
        with self._assert_refuses("invoiced by their installments"):
            self.contracts.browse(self.contract.id).recurring_create_invoice()
        self.contracts.browse(self.cleaning.id).recurring_create_invoice()
        self.assertEqual(self._count_invoices(self.cleaning), 1)

    def test_r13_nobody_turns_a_contract_into_another_kind(self):
        contract = self.contracts.browse(self.contract.id)
        for values in (
            {"generation_type": "invoice"},
            {"generation_type": False},
            {"waas_state": "cancelled"},
            {"waas_total_amount": 1.0},
            {"waas_rent_to_come": 0.0},
        ):
            with self._assert_refuses("follows its deal", AccessError):
                contract.write(values)
        with self._assert_refuses("follows its deal", AccessError):
            self.contracts.browse(self.cleaning.id).generation_type = "waas"
        contract.note = "Ring twice"

    def test_r13_nobody_makes_a_waas_contract_by_hand(self):
        values = {
            "name": "Forged",
            "partner_id": self.customer.id,
            "waas_state": "running",
            "waas_order_id": self.quotation.id,
            "waas_reseller_id": self.reseller.id,
            "waas_term_id": self.terms[36].id,
        }
        with self._assert_refuses("follows its deal", AccessError):
            self.contracts.create({**values, "generation_type": "waas"})
        with self._assert_refuses("follows its deal", AccessError):
            self.contracts.with_context(default_generation_type="waas").create(values)

    def test_ordinary_contracts_are_made_and_changed_as_ever(self):
        contract = self.contracts.browse(self.cleaning.id).copy({"name": "Copy"})
        contract.write({"generation_type": "invoice", "name": "Ours"})
        self.assertEqual(contract.generation_type, "invoice")


@tagged("post_install", "-at_install")
class TestMultiCompany(WaasCommon):
    """Two companies that rent out, each with people of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._confirm(cls._create_order(quantity=1))
        cls.elsewhere = cls.setup_other_company(name="ALSO Elsewhere")["company"]

    def _create_user_elsewhere(self, login, *groups):
        return new_test_user(
            self.env,
            login,
            ",".join(groups),
            company_id=self.elsewhere.id,
            company_ids=[Command.set(self.elsewhere.ids)],
        )

    def test_people_of_one_company_see_nothing_of_the_other(self):
        user = self._create_user_elsewhere(
            "elsewhere_manager",
            "also_waas.group_waas_manager",
            "also_waas.group_waas_credit_officer",
            "account.group_account_manager",
        )
        contract = self.order.waas_contract_ids
        contract.sudo()._waas_activate(contract.date_start)
        service = self.env["waas.reseller.service"].create(
            {"order_id": self.order.id, "name": "Installation"}
        )
        request = self.env["waas.hardware.request"].create(
            {"manufacturer_name": "Handmade", "description": "Laptop"}
        )
        hidden = (
            service,
            request,
            self.order,
            self.order.order_line,
            self.order.waas_agreement_ids,
            self.order.waas_credit_check_ids,
            self.agreement_templates,
            contract,
            contract.contract_line_ids,
            contract.sudo().modification_ids,
            contract.waas_installment_ids,
        )
        for records in hidden:
            self.assertTrue(records)
            seen = records.with_user(user).search([("id", "in", records.ids)])
            self.assertFalse(seen, records._name)
            with self.assertRaises(AccessError):
                records.with_user(user).read(["display_name"])

    def test_nobody_decides_or_signs_for_another_company(self):
        order = self._create_order(quantity=1)
        order.action_waas_request_credit()
        order.action_waas_send_agreements()
        self._customer_signs(order)
        officer = self._create_user_elsewhere(
            "elsewhere_officer", "also_waas.group_waas_credit_officer"
        )
        manager = self._create_user_elsewhere(
            "elsewhere_manager", "also_waas.group_waas_manager"
        )
        check = order.waas_credit_check_ids.with_user(officer)
        with self.assertRaises(AccessError):
            check._approve(1.0, "2099-12-31")
        agreements = order.waas_agreement_ids.with_user(manager)
        with self.assertRaises(AccessError):
            agreements._countersign(b"", False)
        with self.assertRaises(AccessError):
            order.with_user(manager).action_confirm()

    def test_each_company_has_its_own_credit_decision_and_exposure(self):
        self.assertTrue(self.customer._waas_get_credit_check(self.also))
        self.assertFalse(self.customer._waas_get_credit_check(self.elsewhere))
        self.assertGreater(self.customer._waas_get_exposure(self.also)["rent"], 0)
        self.assertEqual(self.customer._waas_get_exposure(self.elsewhere)["rent"], 0)

    def test_each_company_has_agreements_of_its_own(self):
        template = (
            self.env["waas.agreement.template"]
            .sudo()
            .create(
                {
                    "name": "Elsewhere",
                    "company_id": self.elsewhere.id,
                    "body_html": "<p>Elsewhere</p>",
                }
            )
        )
        order = self._create_order(quantity=1)
        order.action_waas_send_agreements()
        self.assertNotIn(template, order.waas_agreement_ids.template_id)
