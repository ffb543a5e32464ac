from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..contract.test_reconciliation import ReconciliationCommon
from .test_invoice_run import TODAY


@tagged("post_install", "-at_install")
class TestAgreedInvoices(ReconciliationCommon):
    """Whom a month is invoiced to, with which taxes, and what its invoice says once it
    was reset to draft: what was signed (R3, R11, R13)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = new_test_user(
            cls.env,
            "waas_chief",
            "account.group_account_manager",
            company_id=cls.also.id,
            company_ids=[Command.set(cls.also.ids)],
        )

    def _get_accountant(self):
        """Somebody who may write contracts and post invoices."""
        return self.chief

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

    # === WHAT (A6) ===#

    def test_a6_an_edited_month_is_not_posted(self):
        move = self.march.move_id
        line = move.invoice_line_ids
        freight = {
            "name": "Freight",
            "quantity": 1,
            "price_unit": 25.0,
            "tax_ids": False,
        }
        edits = {
            "freight": {"invoice_line_ids": [Command.create(freight)]},
            "customer": {"partner_id": self.other_customer.id},
            "contact": {"partner_id": self.reseller.child_ids.id},
            "price": {"invoice_line_ids": [Command.update(line.id, {"price_unit": 5})]},
            "discount": {
                "invoice_line_ids": [Command.update(line.id, {"discount": 100.0})]
            },
            "quantity": {
                "invoice_line_ids": [Command.update(line.id, {"quantity": 2.0})]
            },
            "product": {
                "invoice_line_ids": [
                    Command.update(line.id, {"product_id": self.helpdesk.id})
                ]
            },
            "balanced": {
                "invoice_line_ids": [
                    Command.update(line.id, {"price_unit": 54.0}),
                    Command.create(freight),
                ]
            },
            "empty": {"invoice_line_ids": [Command.delete(line.id)]},
        }
        for name, values in edits.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                move.with_user(self._get_accountant()).button_draft()
                self.assertEqual(self.march.state, "draft")
                move.with_user(self._get_accountant()).write(values)
                with self.assertRaises(UserError):
                    move.with_user(self._get_accountant()).action_post()
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(self.march.state, "invoiced")
        self._assert_ledger_agrees()

    def test_a6_what_changes_no_figure_may_be_edited(self):
        move = self.march.move_id.with_user(self._get_accountant())
        move.button_draft()
        self.assertEqual(self.first.waas_invoiced_amount, 158.0)
        move.write(
            {
                "ref": "Their order 12",
                "invoice_date": TODAY + timedelta(days=1),
                "narration": "Thank you",
                "invoice_line_ids": [
                    Command.create({"display_type": "line_note", "name": "A note"})
                ],
            }
        )
        move.action_post()
        self.assertEqual(self.march.state, "invoiced")
        self._assert_ledger_agrees()

    def _assert_no_way(self, ways):
        """Each is refused, and nothing of it is left.

        :param dict ways: functions by name
        """
        for name, go in ways.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                with self.assertRaises(UserError):
                    go()
                    self.env.flush_all()
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertEqual(self.reseller.credit, 0.0, name)
        self._assert_ledger_agrees()

    def test_a6_no_other_door_posts_an_edited_month(self):
        """The state, the kind and the past of a document are no way around."""
        move = self.march.move_id.with_user(self._get_accountant())
        line = move.invoice_line_ids
        elsewhere = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.reseller.id}
        )

        def edit(**vals):
            cheaper = [Command.update(line.id, {"price_unit": 5.0})]
            move.button_draft()
            move.write({"invoice_line_ids": cheaper, **vals})
            return move

        self._assert_no_way(
            {
                "state": lambda: edit().write({"state": "posted"}),
                "import": lambda: edit(state="posted"),
                "blind import": lambda: move.button_draft()
                or move.with_context(skip_readonly_check=True).write(
                    {
                        "state": "posted",
                        "invoice_line_ids": [
                            Command.update(line.id, {"price_unit": 5.0})
                        ],
                    }
                ),
                "never posted": lambda: edit(posted_before=False).action_post(),
                "refund": lambda: edit(move_type="out_refund").action_post(),
                "receipt": lambda: edit(move_type="out_receipt").action_post(),
                "entry": lambda: edit(move_type="entry").action_post(),
                "on another's invoice": lambda: (
                    edit() and line.write({"move_id": elsewhere.id})
                ),
            }
        )

    def test_a6_what_is_posted_is_not_edited_by_its_lines(self):
        """Nor where a caller asks Odoo to look away."""
        move = self.march.move_id.with_user(self._get_accountant())
        line, blind = move.invoice_line_ids, move.with_context(skip_readonly_check=True)
        claim = move.line_ids.filtered(lambda one: one.display_type == "payment_term")
        freight = {"move_id": move.id, "name": "Freight", "price_unit": 25.0}
        cheaper = [Command.update(line.id, {"price_unit": 5.0})]
        self._assert_no_way(
            {
                "price": lambda: line.write({"price_unit": 5.0}),
                "discount": lambda: line.write({"discount": 100.0}),
                "product": lambda: line.write({"product_id": self.helpdesk.id}),
                "freight": lambda: line.create(freight),
                "debtor": lambda: claim.write({"partner_id": self.reseller.id}),
                "customer": lambda: blind.write({"partner_id": self.reseller.id}),
                "line": lambda: blind.write({"invoice_line_ids": cheaper}),
            }
        )

    def test_a6_a_credit_note_credits_what_it_was_made_for(self):
        move = self.march.move_id.with_user(self._get_accountant())
        draft = move._reverse_moves([{"invoice_date": TODAY}])
        self._assert_no_way(
            {
                "nothing": lambda: draft.write({"reversed_entry_id": False}),
                "invoice": lambda: draft.write({"move_type": "out_invoice"}),
                "switched": lambda: draft.action_switch_move_type(),
            }
        )
        draft.action_post()
        other = self.april.move_id.id
        self._assert_no_way(
            {"another": lambda: draft.write({"reversed_entry_id": other})}
        )
        self.assertEqual((self.march.state, self.april.state), ("credited", "invoiced"))

    def test_c4_a_cancelled_month_that_was_invoiced_again_is_not_posted(self):
        """Whoever writes its state past its buttons."""
        move = self.march.move_id.with_user(self._get_accountant())
        move.button_draft()
        move.button_cancel()
        self.march.with_user(self.accountant).action_invoice_again()
        self._invoice_up_to(self.first, TODAY)
        self.assertNotEqual(self.march.move_id, move)
        for state in ("draft", "posted"):
            with self._assert_refuses("is invoiced again"):
                move.write({"state": state})
                move.action_post()

    def test_a5_what_runs_is_not_archived(self):
        """It would leave the exposure of its customer."""
        with self._assert_refuses("is not over"):
            self.first.with_user(self._get_accountant()).active = False

    def test_a6_a_copy_of_a_month_is_not_posted(self):
        for kind in ("out_invoice", "out_receipt"):
            copy = self.march.move_id.copy({"invoice_date": TODAY, "move_type": kind})
            with self._assert_refuses("by its installments: cancel this copy"):
                copy.action_post()

    def test_a6_a_credit_note_goes_to_the_customer_of_its_invoice(self):
        note = self.march.move_id._reverse_moves([{"invoice_date": TODAY}])
        note.partner_id = self.other_customer
        with self._assert_refuses("only who signed is invoiced"):
            note.action_post()

    def test_a6_an_early_end_is_not_edited_either(self):
        move = self.second._waas_invoice_rest(TODAY)[self.second]
        move.button_draft()
        move.invoice_line_ids.quantity -= 1
        with self._assert_refuses("undo the change"):
            move.action_post()
