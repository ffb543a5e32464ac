from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_agreed_invoices import AgreedInvoicesCommon
from .common_invoice_run import TODAY


@tagged("post_install", "-at_install")
class TestAgreedInvoices(AgreedInvoicesCommon):
    """Whom a month is invoiced to, with which taxes, and what its invoice says once it
    was reset to draft: what was signed (R3, R11, R13)."""

    def _assert_not_invoiced(self, reason):
        before = self.reseller.credit, self.other_customer.credit
        run = self._work(self._create_run(TODAY + timedelta(days=30)))
        failed = run.failure_ids.filtered(lambda m: m.contract_id == self.first)
        self.assertRegex(failed.error, reason)
        self.assertEqual(
            set((run.failure_ids - failed).contract_id.ids) & set(self.first.ids), set()
        )
        self.assertFalse(self.first.waas_installment_ids[3].move_id)
        self.assertEqual((self.reseller.credit, self.other_customer.credit), before)

    def _create_position(self, contract, product=None):
        """A fiscal position that replaces the sales tax by one of 0 %."""
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        zero = self.tax_sale_a.copy(
            {
                "name": "0 % Export",
                "amount": 0.0,
                "fiscal_position_ids": position.ids,
                "original_tax_ids": self.tax_sale_a.ids,
            }
        )
        contract.fiscal_position_id = position
        return position, zero

    # === WHOM (A5, C8) ===#

    def test_a5_the_customer_of_a_contract_is_not_changed(self):
        contract = self.first.with_user(self._get_accountant())
        for values in (
            {"partner_id": self.reseller.id},
            {"invoice_partner_id": self.reseller.id},
            {"company_id": self.also.id},
            {"manual_currency_id": self.also.currency_id.id},
            {"date_start": TODAY},
            {"date_end": TODAY},
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                contract.write(values)
        with self._assert_refuses("only who signed is invoiced"):
            self.first.invoice_partner_id = self.reseller
        contract.invoice_partner_id = self.signatory
        self.assertEqual(self.first.invoice_partner_id, self.signatory)

    def test_c8_an_invoice_contact_of_another_company_is_a_failed_month(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.customer.id, "type": "invoice"}
        )
        self.first.invoice_partner_id = contact
        contact.parent_id = self.reseller
        self._assert_not_invoiced(
            "Customer One signed .* Accounts.* belongs to Partner One"
        )
        with self._assert_refuses("only who signed is invoiced"):
            self.first._waas_invoice_due(TODAY + timedelta(days=30))
        with self._assert_refuses("only who signed is invoiced"):
            self.first._waas_invoice_rest(TODAY)
        contact.parent_id = self.customer
        self.assertTrue(self.first._waas_invoice_due(TODAY + timedelta(days=30)))

    def test_c8_a_customer_that_became_part_of_another_company(self):
        self.customer.write({"is_company": False, "parent_id": self.other_customer.id})
        self.assertEqual(self.first.commercial_partner_id, self.other_customer)
        self._assert_not_invoiced("Customer One signed .* belongs to Customer Two")

    # === TAXES (C3, C7) ===#

    def test_c3_an_archived_tax_of_a_fiscal_position_is_a_failed_month(self):
        position, zero = self._create_position(self.first)
        [move] = self._invoice_up_to(self.first, TODAY + timedelta(days=30))
        self.assertEqual(move.invoice_line_ids.tax_ids, zero)
        zero.active = False
        run = self._work(self._create_run(TODAY + timedelta(days=60)))
        self.assertEqual(run.failure_ids.contract_id, self.first)
        self.assertRegex(
            run.failure_ids.error,
            "tax 0 % Export of fiscal position Export is archived.* for Workplace",
        )
        with self._assert_refuses("0 % Export"):
            self.first._waas_invoice_rest(TODAY)
        # Beside another one that stays, Odoo would take the tax of the product.
        other = self.tax_sale_a.copy(
            {
                "name": "Other",
                "fiscal_position_ids": position.ids,
                "original_tax_ids": False,
            }
        )
        self.assertEqual(position.tax_ids, other)
        run.with_user(self.accountant).action_retry()
        with self._working():
            run.sudo()._work()
        self.assertRegex(run.failure_ids.error, "0 % Export")
        # What takes its place is right again.
        other.original_tax_ids = self.tax_sale_a
        run.with_user(self.accountant).action_retry()
        with self._working():
            run.sudo()._work()
        self.assertFalse(run.failure_ids)

    def test_c3_an_archived_part_of_a_tax_is_a_failed_month(self):
        part = self.tax_sale_a.copy({"name": "A Part", "type_tax_use": "none"})
        group = self.tax_sale_a.copy(
            {
                "name": "Both",
                "amount_type": "group",
                "children_tax_ids": [Command.set(part.ids)],
            }
        )
        self.bundle.taxes_id = group
        part.active = False
        run = self._work(self._create_run(TODAY))
        self.assertRegex(run.failure_ids[:1].error, "The tax A Part of Workplace")

    def test_c7_both_contracts_keep_what_was_signed_and_somebody_is_asked(self):
        self.customer.country_id = self.env.ref("base.be")
        frozen = self.env["account.fiscal.position"].create({"name": "Signed"})
        frozen.tax_ids = self.tax_sale_a
        self.third.fiscal_position_id = frozen
        self.first.fiscal_position_id = False  # signed without any
        position, zero = self._create_position(self.second)
        position.write(
            {
                "auto_apply": True,
                "vat_required": True,
                "country_id": self.env.ref("base.be").id,
                "sequence": -1,
            }
        )
        self.customer.vat = "BE0477472701"
        self.assertEqual(self.first._waas_find_fiscal_position(), position)
        for contract in self.first + self.third:
            moves = self._invoice_up_to(contract, TODAY + timedelta(days=30))
            self.assertEqual(moves.fiscal_position_id, contract.fiscal_position_id)
            self.assertEqual(moves.invoice_line_ids.tax_ids, self.tax_sale_a)
            self.assertEqual(
                contract.activity_ids.mapped("summary"),
                ["The taxes of the customer are others now"],
            )
        self.assertIn("Export", self.first.activity_ids.note)
        self.first.with_user(self._get_accountant()).fiscal_position_id = position
        [move] = self._invoice_up_to(self.first, TODAY + timedelta(days=60))
        self.assertEqual(move.invoice_line_ids.tax_ids, zero)
