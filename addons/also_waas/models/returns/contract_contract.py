"""What a contract gets back (R15)."""

from odoo import api, fields, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_return_line_ids = fields.One2many(
        comodel_name="waas.return.line",
        inverse_name="contract_id",
        string="Returned Devices",
        readonly=True,
        groups="also_waas.group_waas_user",
    )
    waas_return_count = fields.Integer(
        string="Returns",
        compute="_compute_waas_return_count",
        groups="also_waas.group_waas_user",
    )

    @api.depends("waas_return_line_ids.return_id")
    def _compute_waas_return_count(self):
        for contract in self:
            contract.waas_return_count = len(contract.waas_return_line_ids.return_id)

    # === ACTIONS ===#

    def action_waas_return(self):
        """Start the return of every device that the contract still has."""
        self.ensure_one()
        return self.waas_device_ids.action_waas_return()

    def action_view_waas_returns(self):
        """Open the returns with devices of this contract."""
        self.ensure_one()
        return self.waas_return_line_ids.return_id._get_records_action(
            name=self.env._("Returns of %(contract)s", contract=self.name)
        )

    # === BUSINESS METHODS ===#

    def _waas_end(self):
        result = super()._waas_end()
        for is_early, contracts in self.grouped(
            lambda contract: contract.waas_end_reason == "early"
        ).items():
            contracts._waas_open_returns("early" if is_early else "end")
        return result

    @api.private
    def _waas_open_returns(self, reason):
        """Ask for every device that the contracts still have: in a return of their
        customer that is being planned or announced, or else in a new one. A customer
        gets one list, however many contracts end. Safe to repeat.

        :param str reason: see ``waas.return``
        :return: the returns that wait for the contracts' devices
        """
        # Users who end a contract ask for its devices, and need no rights on returns.
        contracts_sudo = self.sudo()
        returns = contracts_sudo.env["waas.return"]._open_for(
            contracts_sudo.waas_device_ids, reason
        )
        for record in returns.filtered(lambda record: record.state == "draft"):
            record._remind_to_plan(record.contract_ids & contracts_sudo)
        return returns.with_env(self.env)

    def _waas_tell_return(self, devices, picking):
        if picking:
            return super()._waas_tell_return(devices, picking)
        # Without a transfer they did not come back.
        if self:
            self._waas_tell(
                self.env._(
                    "Not returned, claimed and written off: %(devices)s.",
                    devices=", ".join(devices.mapped("display_name")),
                )
            )
        return None
