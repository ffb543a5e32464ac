from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

NOTHING_WAIVED = {
    "waived_amount": 0.0,
    "waive_reason": False,
    "waived_by_id": False,
    "waived_on": False,
}


class WaasInstallment(models.Model):
    """A credited month lacks in the contract's total. An accountant decides: it is
    waived, with a reason, or owed and invoiced again (R11)."""

    _inherit = "waas.installment"

    undecided_amount = fields.Monetary(
        string="Credited, to Decide",
        compute="_compute_state",
        store=True,
        help="Credited or cancelled, and neither waived nor invoiced again. Without "
        "VAT.",
    )
    waived_amount = fields.Monetary(
        string="Waived",
        readonly=True,
        copy=False,
        help="What of the credited amount the customer does not have to pay. Without "
        "VAT.",
    )
    waive_reason = fields.Text(string="Waiver Reason", readonly=True, copy=False)
    waived_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    waived_on = fields.Datetime(readonly=True, copy=False)

    _waived_is_complete = models.Constraint(
        "CHECK (COALESCE(waived_amount, 0) = 0 OR (waived_amount > 0 "
        "AND TRIM(waive_reason) != '' AND waived_by_id IS NOT NULL "
        "AND waived_on IS NOT NULL AND waive_reason IS NOT NULL))",
        "Waiving a month needs a reason.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("waived_amount")
    def _compute_state(self):
        result = super()._compute_state()
        for month in self:
            month.undecided_amount = max(
                month.credited_amount - month.waived_amount, 0.0
            )
        return result

    # === ACTIONS ===#

    def action_waive(self):
        """Open the window that asks for the reason."""
        self._ensure_may_decide()
        self._ensure_undecided()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waive What Was Credited"),
            "res_model": "waas.installment.waive",
            "view_mode": "form",
            "target": "new",
            "context": {"default_installment_ids": self.ids},
        }

    def action_invoice_again(self):
        """The month is owed after all: its waiver is removed."""
        result = super().action_invoice_again()
        months_sudo = self.sudo()  # the right to do it was checked
        months_sudo.write(NOTHING_WAIVED)
        months_sudo.contract_id._waas_ask_about_credited()
        return result

    # === BUSINESS METHODS ===#

    def _ensure_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group("account.group_account_invoice"):
            raise AccessError(
                self.env._(
                    "Only accountants decide on a credited month: ask one to waive it "
                    "or to invoice it again."
                )
            )

    def _ensure_undecided(self):
        for month in self:
            if not month.undecided_amount:
                raise UserError(
                    self.env._(
                        "Nothing of %(installment)s waits for a decision: choose a "
                        "month that was credited.",
                        installment=month.display_name,
                    )
                )

    def _waive(self, reason):
        """Waive what was credited (R11).

        :param str reason: why, for later readers of the contract
        :raises UserError: without reason, or when nothing waits for a decision
        """
        self._ensure_may_decide()
        self._ensure_undecided()
        if not (reason or "").strip():
            raise UserError(self.env._("Write why the customer need not pay it."))
        for month in self:
            month_sudo = month.sudo()  # written by its methods only; checked above
            amount = month.undecided_amount
            month_sudo.write(
                {
                    "waived_amount": month.credited_amount,
                    "waive_reason": reason.strip(),
                    "waived_by_id": self.env.uid,
                    "waived_on": fields.Datetime.now(),
                }
            )
            month_sudo.contract_id.message_post(
                body=self.env._(
                    "%(installment)s: %(amount)s that was credited is waived. "
                    "%(reason)s",
                    installment=month.display_name,
                    amount=format_amount(self.env, amount, month.currency_id),
                    reason=reason.strip(),
                )
            )
        # An accountant credits; the to-do is the contract's.
        self.sudo().contract_id._waas_ask_about_credited()

    def _cut_waivers(self):
        """What is not credited any more is not waived either: when it is credited
        again, it needs another decision (R11)."""
        for month in self:
            credited, waived = month.credited_amount, month.waived_amount
            if waived and month.currency_id.compare_amounts(waived, credited) > 0:
                month.write({"waived_amount": credited} if credited else NOTHING_WAIVED)

    def _get_credited_message(self):
        """Which months wait for a decision, and what to do, as a sentence."""
        return self.env._(
            "Credited and not decided: %(months)s. Have an accountant waive it with a "
            "reason, or press Invoice Again.",
            months=", ".join(
                self.env._(
                    "month %(number)s, %(amount)s",
                    number=month.number,
                    amount=format_amount(
                        self.env, month.undecided_amount, month.currency_id
                    ),
                )
                for month in self.sorted("number")
            ),
        )
