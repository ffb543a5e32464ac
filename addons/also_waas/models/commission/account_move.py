"""The bill by which a reseller is paid (R1)."""

from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _compute_commission_total(self):
        """Where no line has an agent the sum is nothing, without a look at each."""
        paying = self.filtered(lambda move: move.line_ids.agent_ids)
        (self - paying).commission_total = 0.0
        return super(AccountMove, paying)._compute_commission_total()

    def _waas_notify_its_followers(self):
        """The settlements that a bill pays, and the commission of these. Such bills are
        self-billed: other documents are not looked at."""
        result = super()._waas_notify_its_followers()
        if self.is_purchase_document():
            bills = self | self.reversed_entry_id
            if any(bills.journal_id.mapped("is_self_billing")):
                bills.line_ids.settlement_id.modified(["invoice_line_ids"])
        return result

    def button_draft(self):
        """A cancelled bill stays cancelled once its settlement was billed again, or
        went back to the ledger."""
        for move in self.filtered(lambda move: move.state == "cancel"):
            for settlement in move.invoice_line_ids.settlement_id.filtered("is_waas"):
                if settlement.state != "except_invoice":
                    raise UserError(
                        self.env._(
                            "%(bill)s stays cancelled: %(settlement)s went on without "
                            "it, see its own bill.",
                            bill=move.display_name,
                            settlement=settlement.name,
                        )
                    )
        return super().button_draft()

    def _waas_get_draft_problem(self):
        problem = super()._waas_get_draft_problem()
        if problem or not self.is_purchase_document():
            return problem
        if self.state == "posted" and self._waas_get_settlements():
            return self._waas_get_credited_problem()
        for settlement in self.reversed_entry_id._waas_get_settlements():
            if settlement.state != "invoiced" or settlement.invoice_id:
                return self.env._(
                    "%(settlement)s went on since %(bill)s was credited: "
                    "%(credit_note)s stays as it is.",
                    settlement=settlement.name,
                    bill=self.reversed_entry_id.display_name,
                    credit_note=self.display_name,
                )
        return False

    def _waas_are_ours(self):
        # An accountant posts bills of a ledger that it may not write.
        bills_sudo = self.filtered(lambda move: move.is_purchase_document()).sudo()
        return super()._waas_are_ours() or bool(bills_sudo._waas_get_settlements())

    def _waas_get_settlements(self):
        """The settlements of WaaS commission that these documents pay."""
        return self.invoice_line_ids.settlement_id.filtered("is_waas")

    def _waas_get_posting_problem(self):
        """A bill of commission pays what the ledger says, and nothing beside it."""
        problem = super()._waas_get_posting_problem()
        if problem or not self.is_purchase_document(include_receipts=True):
            return problem
        settlements = self._waas_get_settlements()
        for settlement in settlements:
            if problem := settlement._waas_get_bill_problem(self):
                return problem
        if settlements:
            return self._waas_get_beside_problem()
        if self.reversed_entry_id:
            return self._waas_get_bill_credit_problem()
        return self._waas_get_bill_copy_problem()

    def _waas_get_bill_copy_problem(self):
        """A copy of a bill would pay its commission once more, past the ledger."""
        # Which journal it is, is no secret.
        journal_sudo = self.company_id.sudo().waas_commission_journal_id
        if not journal_sudo or self.journal_id != journal_sudo:
            return False
        return self.env._(
            "%(bill)s pays no settlement: make the bills of this journal from "
            "settlements of commission. Delete it, or choose another journal for what "
            "is no commission.",
            bill=self.display_name,
        )

    def _waas_get_beside_problem(self):
        for line in self.invoice_line_ids:
            if not line.settlement_id and not self.currency_id.is_zero(
                line.price_subtotal
            ):
                return self.env._(
                    "%(line)s on %(bill)s is no commission of the ledger: give it a "
                    "bill of its own.",
                    line=line.display_name,
                    bill=self.display_name,
                )
        return False

    def _waas_get_bill_credit_problem(self):
        """The ledger takes commission back, by rows of its own: a bill is credited
        whole, to be made again, or not at all."""
        bill = self.reversed_entry_id
        if not bill._waas_get_settlements():
            return False
        if bill._waas_is_credited():
            return self.env._(
                "%(bill)s is credited already: delete %(credit_note)s.",
                bill=bill.display_name,
                credit_note=self.display_name,
            )
        if (
            self.commercial_partner_id != bill.commercial_partner_id
            or self.currency_id != bill.currency_id
            or self.currency_id.compare_amounts(
                self.amount_untaxed, bill.amount_untaxed
            )
        ):
            return self.env._(
                "%(bill)s pays commission: credit all of it, and its settlement is "
                "billed again. Commission of a cancelled order is taken back by the "
                "next settlement.",
                bill=bill.display_name,
            )
        return False

    def _waas_get_bill_state(self):
        """What became of a posted bill: ``credited``, ``paid``, ``partial`` or
        ``open``."""
        self.ensure_one()
        if self._waas_is_credited():
            return "credited"
        if self._waas_is_paid():
            return "paid"
        settled = self._waas_get_settled()[self]
        return "open" if self.currency_id.is_zero(settled.paid) else "partial"

    def _waas_is_paid(self):
        """Whether nothing of a posted document is open: it was paid, or set off."""
        self.ensure_one()
        return (
            self.state == "posted"
            and self.currency_id.compare_amounts(
                self._waas_get_settled()[self].open, 0.0
            )
            <= 0
        )

    def _waas_get_date_paid(self):
        """The day on which the last of a bill was paid, or False."""
        self.ensure_one()
        if not self._waas_is_paid():
            return False
        lines = self.line_ids.filtered(
            lambda line: line.account_type in ("liability_payable", "asset_receivable")
        )
        dates = [
            *lines.matched_debit_ids.debit_move_id.mapped("date"),
            *lines.matched_credit_ids.credit_move_id.mapped("date"),
            *self.matched_payment_ids.mapped("date"),
        ]
        return max(dates, default=self.date)
