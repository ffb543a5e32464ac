from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .cases import WaasCommon
from .cases_business import WaasDealsCommon
from .common_access_rights import AccessRightsCommon


@tagged("post_install", "-at_install")
class TestPublicMethods(AccessRightsCommon):
    """Methods that anybody may call."""

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
