from ..common.replayed import replayed
from ..invoicing.common_invoice_run import TODAY, InvoiceRunCommon

AMOUNTS = (
    "waas_invoiced_amount",
    "waas_paid_amount",
    "waas_open_amount",
    "waas_credited_amount",
    "waas_rent_to_come",
)


class ReconciliationCommon(InvoiceRunCommon):
    """Three months of one workplace for 79.00 are invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice_up_to(cls.first, TODAY)
        cls.months = cls.first.waas_installment_ids[:3]
        cls.march, cls.april = cls.months[1:]

    @replayed
    def _credit(self, move, amount=None):
        """A posted credit note of an invoice, allocated to nothing yet: Odoo allocates
        it to its invoice by itself."""
        note = move._reverse_moves([{"invoice_date": TODAY}])
        if amount is not None:
            note.invoice_line_ids.filtered("quantity").price_unit = amount
        note.action_post()
        note.line_ids.remove_move_reconcile()
        return note

    @replayed
    def _allocate(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids
        lines.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()

    @replayed
    def _pay_part(self, move, amount):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({"amount": amount})._create_payments()

    def _assert_ledger_agrees(self, contract=None):
        """Month, contract and ledger tell the same story, to the cent."""
        contract = contract or self.first
        contract.invalidate_recordset()
        moves = self.env["account.move"].search(
            [("waas_contract_id", "=", contract.id), ("state", "=", "posted")]
        )
        posted = moves.filtered(lambda move: move.move_type == "out_invoice")
        notes = moves - posted
        self._assert_same(
            sum(posted.mapped("amount_untaxed")) - sum(notes.mapped("amount_untaxed")),
            contract.waas_invoiced_amount,
        )
        waiting = moves._waas_get_waiting_payments()

        def get_open(records):
            return sum(
                (move.amount_residual - waiting.get(move, 0.0))
                * move.amount_untaxed
                / move.amount_total
                for move in records
            )

        self.assertAlmostEqual(
            contract.waas_open_amount, get_open(posted) - get_open(notes), 1
        )
        for name, field in (
            ("invoiced_amount", "waas_invoiced_amount"),
            ("paid_amount", "waas_paid_amount"),
            ("credited_amount", "waas_credited_amount"),
        ):
            self._assert_same(
                sum(contract.waas_installment_ids.mapped(name)), contract[field]
            )

    def _assert_same(self, first, second):
        self.assertEqual(self.also.currency_id.compare_amounts(first, second), 0)
