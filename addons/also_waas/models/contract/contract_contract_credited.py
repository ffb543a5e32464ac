"""What was credited of a contract waits for a decision (R11)."""

from odoo import models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    def _waas_get_undecided_months(self):
        """The credited months that wait for a decision."""
        return self.waas_installment_ids.filtered("undecided_amount")

    def _waas_ask_about_credited(self):
        """A to-do for the accountants as long as a month waits."""
        self.waas_installment_ids._cut_waivers()
        for contract in self:
            if months := contract._waas_get_undecided_months():
                contract._waas_todo(
                    "credited",
                    note=lambda env, months=months: months.with_env(
                        env
                    )._get_credited_message(),
                )
            else:
                contract._waas_todo_drop("credited")
