"""The invoice of a month says what was agreed, or it is not posted (R3, R11, R13).

It may go back to draft: to be cancelled, or to get another date or reference. Its
month is not invoiced then, and everything beside the ledger says so. When it is
posted again, it is what it was. What is to become less is credited.
"""

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

# Kind and past of a document: crediting, posting and resetting write them.
PAST_FIELDS = ("move_type", "posted_before", "reversed_entry_id")
# Content of a posted document, also where the caller skips Odoo's checks.
POSTED_FIELDS = ("partner_id", "currency_id", "invoice_line_ids", "line_ids")


class AccountMove(models.Model):
    _inherit = "account.move"

    # === RESETTING TO DRAFT ===#

    def button_draft(self):
        """Refuse where other documents depend on it: a cancelled or credited invoice
        once its month was invoiced again, an invoice with a credit note."""
        for move in self:
            if problem := move._waas_get_draft_problem():
                raise UserError(problem)
        return super().button_draft()

    def _waas_get_draft_problem(self):
        """Why this document must stay as it is, as a sentence, or False."""
        self.ensure_one()
        if self.state == "posted" and self.line_ids.waas_installment_id:
            return self._waas_get_credited_problem()
        credited = self if self.state == "cancel" else self.reversed_entry_id
        if month := credited._waas_get_superseded_month():
            return self._waas_get_superseded_problem(month)
        return False

    def _waas_get_superseded_problem(self, month):
        return self.env._(
            "%(installment)s is invoiced again: %(document)s stays as it is.",
            installment=month.display_name,
            document=self.display_name,
        )

    def _waas_get_credited_problem(self):
        notes = self._waas_get_credit_notes()
        return bool(notes) and self.env._(
            "%(invoice)s is credited with %(credit_note)s: cancel the credit note "
            "first.",
            invoice=self.display_name,
            credit_note=notes[0].display_name,
        )

    def _waas_get_superseded_month(self):
        """The first month of this invoice that was, or will be, invoiced again."""
        lines = self.line_ids.filtered(
            lambda line: line.waas_installment_id
            and line.waas_installment_id.attempt != line.waas_attempt
        )
        return lines.waas_installment_id[:1]

    def _waas_ensure_allocated(self):
        """:raises UserError: when the month that this credit note took back is invoiced
        again"""
        self.ensure_one()
        invoice = self.reversed_entry_id
        if month := invoice._waas_get_superseded_month():
            raise UserError(
                self.env._(
                    "%(installment)s is invoiced again: %(credit_note)s stays "
                    "allocated to %(invoice)s.",
                    installment=month.display_name,
                    credit_note=self.display_name,
                    invoice=invoice.display_name,
                )
            )

    # === CREDIT NOTES ===#

    def _waas_allocate_credit_notes(self):
        """Allocate what is left of an invoice and of its credit notes to each other."""
        self.ensure_one()
        lines = (self | self._waas_get_credit_notes()).line_ids.filtered(
            lambda line: line.display_type == "payment_term" and not line.reconciled
        )
        if len(lines.move_id) > 1:
            lines.reconcile()

    @api.model
    def _waas_fill_system_fields(self, vals_list):
        """The credit note of a contract's invoice belongs to the contract: so its
        documents add up to what it was invoiced."""
        result = super()._waas_fill_system_fields(vals_list)
        for vals in vals_list:
            # Who credits an invoice need not read contracts.
            invoice_sudo = self.sudo().browse(vals.get("reversed_entry_id"))
            if contract := invoice_sudo.waas_contract_id:
                vals["waas_contract_id"] = contract.id
        return result

    # === WRITING ===#

    def write(self, vals):
        """Every way to post a document, and to reset it, writes its state."""
        if not self.env.su and not vals.keys().isdisjoint(PAST_FIELDS + POSTED_FIELDS):
            self._waas_ensure_stays(vals)
        for move in self if "state" in vals else ():
            if problem := move._waas_get_state_problem(vals["state"]):
                raise UserError(problem)
        return super().write(vals)

    def _waas_get_state_problem(self, state):
        """Why this document does not get a state, as a sentence, or False."""
        self.ensure_one()
        if state == self.state:
            return False
        if state == "posted":
            return self._waas_get_posting_problem()
        return self.state != "draft" and self._waas_get_draft_problem()

    def _waas_ensure_stays(self, vals):
        """:raises AccessError: when a user turns a document of ours into another one"""
        past = [name for name in PAST_FIELDS if name in vals and vals[name] is not True]
        is_said = not vals.keys().isdisjoint(POSTED_FIELDS)
        for move in self:
            changed = [
                name
                for name in past
                if move._fields[name].convert_to_write(move[name], move) != vals[name]
            ]
            credited = self.browse(vals.get("reversed_entry_id"))
            is_posted = "posted" in (move.state, vals.get("state"))
            is_edited = is_said and is_posted
            if not changed and not is_edited:
                continue
            # A bill of commission gets its kind when it is made: it is looked at when
            # it is posted.
            is_bill = changed == ["move_type"] and move.is_purchase_document(True)
            own = move.browse() if is_bill and not is_edited else move
            if (own | move.reversed_entry_id | credited)._waas_are_ours():
                move._waas_refuse_edit()

    def _waas_are_ours(self):
        """Hook: whether one of these documents belongs to a deal."""
        return bool(self.sudo().waas_contract_id)  # whether it has one is no secret

    def _waas_refuse_edit(self):
        raise AccessError(
            self.env._(
                "%(document)s belongs to a WaaS deal: reset it to draft to edit it, or "
                "credit it. Its kind and what it credits stay.",
                document=self.display_name,
            )
        )

    # === POSTING ===#

    def _waas_get_posting_problem(self):
        """Hook: why this document may not be posted, as a sentence, or False."""
        self.ensure_one()
        if self.move_type == "out_refund" and self.waas_contract_id:
            return self._waas_get_credit_problem()
        if not self.is_sale_document(include_receipts=True):
            return False
        if self.waas_contract_id:
            # The first time its maker has seen to it.
            return self.posted_before and self._waas_get_edit_problem()
        return self._waas_get_copy_problem()

    def _waas_get_copy_problem(self):
        """A copy of a month's invoice would bill the month past its contract."""
        for line in self.invoice_line_ids:
            contract = line.contract_line_id.contract_id
            if contract.generation_type == "waas" and not line.waas_installment_id:
                return self.env._(
                    "%(contract)s is invoiced by its installments: cancel this copy, "
                    "and press Invoice Again at a month whose invoice was cancelled "
                    "or credited.",
                    contract=contract.name,
                )
        return False

    def _waas_get_credit_problem(self):
        """A credit note has the customer of its invoice and at most its amount."""
        invoice = self.reversed_entry_id
        if not invoice.line_ids.waas_installment_id:
            return False
        if invoice.state != "posted":
            return self.env._(
                "%(invoice)s is not posted: there is nothing to credit.",
                invoice=invoice.display_name,
            )
        if self.commercial_partner_id != invoice.commercial_partner_id:
            return self._waas_get_party_problem(invoice.commercial_partner_id)
        if month := invoice._waas_get_superseded_month():
            return self.env._(
                "%(installment)s is invoiced again since %(invoice)s was credited: "
                "credit its new invoice.",
                installment=month.display_name,
                invoice=invoice.display_name,
            )
        credited = sum(
            (invoice._waas_get_credit_notes() | self).mapped("amount_untaxed")
        )
        if self.currency_id.compare_amounts(credited, invoice.amount_untaxed) > 0:
            return self.env._(
                "%(invoice)s is over %(amount)s without VAT, and %(credited)s of it "
                "would be credited: credit less.",
                invoice=invoice.display_name,
                amount=format_amount(
                    self.env, invoice.amount_untaxed, self.currency_id
                ),
                credited=format_amount(self.env, credited, self.currency_id),
            )
        return False

    def _waas_get_edit_problem(self):
        """What makes this invoice another one than its contract says."""
        # Months protect their invoice from every user who edits it.
        contract, months = self.waas_contract_id, self.sudo().waas_installment_ids
        if month := self._waas_get_superseded_month():
            return self._waas_get_superseded_problem(month)
        if not months:
            return False
        if problem := contract._waas_get_party_problem():
            return problem
        customer = contract.partner_id.commercial_partner_id
        if self.commercial_partner_id != customer:
            return self._waas_get_party_problem(customer)
        for line in self.invoice_line_ids:
            if line._waas_is_beside_agreement(months):
                return self.env._(
                    "%(line)s on %(invoice)s is not what %(contract)s says: undo the "
                    "change. Credit what is to be less; what is to be more has an "
                    "invoice of its own.",
                    line=line.display_name,
                    invoice=self.display_name,
                    contract=contract.name,
                )
        return self._waas_get_amount_problem(months)

    def _waas_get_amount_problem(self, months):
        agreed = sum(months.mapped("amount"))
        if self.currency_id == months.currency_id and not (
            self.currency_id.compare_amounts(self.amount_untaxed, agreed)
        ):
            return False
        return self.env._(
            "%(invoice)s is %(found)s without VAT, and %(contract)s says %(agreed)s: "
            "undo the change. Credit what is to be less; what is to be more has an "
            "invoice of its own.",
            invoice=self.display_name,
            found=format_amount(self.env, self.amount_untaxed, self.currency_id),
            contract=self.waas_contract_id.name,
            agreed=format_amount(self.env, agreed, months.currency_id),
        )

    def _waas_get_party_problem(self, customer):
        return self.env._(
            "%(document)s goes to %(partner)s, and %(customer)s signed: only who "
            "signed is invoiced.",
            document=self.display_name,
            partner=self.partner_id.display_name,
            customer=customer.display_name,
        )
