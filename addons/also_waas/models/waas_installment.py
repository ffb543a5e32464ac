from odoo import Command, api, fields, models


class WaasInstallment(models.Model):
    """Chapter 4, contract: one month's claim on the end customer (R13)."""

    _name = "waas.installment"
    _description = "WaaS Installment"
    _order = "contract_id, number"

    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    number = fields.Integer(required=True, readonly=True)
    date_start = fields.Date(string="From", required=True, readonly=True, index=True)
    date_end = fields.Date(string="To", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True, help="Without VAT.")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    invoiced_amount = fields.Monetary(compute="_compute_state", store=True)
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )

    _unique_number = models.UniqueIndex(
        "(contract_id, number)", "A contract has one installment of each number."
    )
    _unique_period = models.UniqueIndex(
        "(contract_id, date_start)", "A contract has one installment for each month."
    )
    _check_values = models.Constraint(
        "CHECK (number > 0 AND date_end >= date_start AND amount >= 0)",
        "An installment has a number from 1, a period and an amount.",
    )

    @api.depends("move_id.state", "move_id.payment_state", "amount")
    def _compute_state(self):
        for installment in self:
            move = installment.move_id
            if move.state != "posted":
                installment.state = "planned"
                installment.invoiced_amount = 0.0
                continue
            installment.invoiced_amount = installment.amount
            paid = move.payment_state in ("paid", "in_payment")
            installment.state = "paid" if paid else "invoiced"

    @api.depends("contract_id.name", "number")
    def _compute_display_name(self):
        for installment in self:
            installment.display_name = (
                f"{installment.contract_id.name} {installment.number}"
            )

    def action_view_invoice(self):
        """Open the invoice of this installment."""
        self.ensure_one()
        return self.move_id._get_records_action()

    def _invoice(self, date):
        """Make and post the invoice of each installment, the ordinary way.

        :param date date: invoice date
        :return: the posted ``account.move``
        """
        moves = self.env["account.move"]
        for installment in self:
            contract = installment.contract_id.with_company(installment.company_id)
            move = moves.create(
                {
                    **contract._prepare_invoice(date),
                    "invoice_line_ids": [
                        Command.create(values)
                        for values in installment._prepare_invoice_lines()
                    ],
                }
            )
            move.action_post()
            installment.move_id = move
            contract.contract_line_ids.write(
                {"last_date_invoiced": installment.date_end}
            )
            moves |= move
        return moves

    def _prepare_invoice_lines(self):
        """One invoice line for each contract line, with the period it covers."""
        self.ensure_one()
        lines = self.contract_id.contract_line_ids.filtered(
            lambda line: not line.display_type
        )
        return [
            {
                **line._prepare_invoice_line(),
                "name": line._insert_markers(self.date_start, self.date_end),
            }
            for line in lines
        ]
