"""A contract keeps the fiscal position that was signed. When its customer would
have another one now, a person decides (R13)."""

from odoo import models

# What Odoo finds the fiscal position of a customer by.
FISCAL_FIELDS = frozenset(
    (
        "vat",
        "country_id",
        "state_id",
        "zip",
        "parent_id",
        "property_account_position_id",
    )
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if not FISCAL_FIELDS.isdisjoint(vals):
            self._waas_ask_about_taxes()
        return result

    def _waas_ask_about_taxes(self):
        """A to-do on each contract whose taxes would be others if it began today."""
        # As the system: users who correct an address need not read contracts.
        contracts_sudo = (
            self.env["contract.contract"]
            .sudo()
            .search(
                [
                    ("waas_state", "in", ("awaiting", "running")),
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ]
            )
        )
        for contract in contracts_sudo:
            position = contract._waas_find_fiscal_position()
            if position == contract.fiscal_position_id:
                contract._waas_todo_drop("contract_taxes")
                continue
            contract._waas_todo(
                "contract_taxes",
                contract.company_id.waas_invoicing_user_id,
                note=lambda env, contract=contract, position=position: (
                    contract.with_env(env)._waas_describe_fiscal_position(position)
                ),
            )
