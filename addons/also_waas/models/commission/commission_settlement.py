"""What is made payable to a reseller for a period, by OCA's settlement
(R1)."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ...defaults import without_defaults


class CommissionSettlement(models.Model):
    _inherit = "commission.settlement"

    settlement_type = fields.Selection(
        selection_add=[("waas", "Workplace as a Service")],
        ondelete={"waas": "set default"},
    )
    is_waas = fields.Boolean(compute="_compute_is_waas")

    # === COMPUTE METHODS ===#

    @api.depends("settlement_type")
    def _compute_is_waas(self):
        for settlement in self:
            settlement.is_waas = settlement.settlement_type == "waas"

    def _compute_invoice_id(self):
        """The bill that stands: one that its own credit notes take back in full pays
        nothing, and its settlement is billed again. One that another credit note was
        set off against is paid. The bill notifies it."""
        waas_settlements = self.filtered("is_waas")
        for settlement in waas_settlements:
            settlement.invoice_id = settlement.invoice_line_ids.move_id.filtered(
                lambda move: move.state != "cancel" and not move._waas_is_credited()
            )[-1:]
        return super(
            CommissionSettlement, self - waas_settlements
        )._compute_invoice_id()

    # === CONSTRAINT METHODS ===#

    @api.constrains("agent_id", "company_id", "currency_id", "settlement_type")
    def _check_waas_lines(self):
        self.line_ids._check_waas_commission()

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("settlement_type") == "waas" and not vals.get("name"):
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(vals.get("company_id"))
                    .next_by_code("waas.commission.settlement")
                )
        return super().create(vals_list)

    def unlink(self):
        """Free what it settled: rows that the database deletes call no method."""
        self.filtered(
            lambda settlement: settlement.is_waas and settlement.state != "invoiced"
        ).line_ids.unlink()
        return super().unlink()

    # === ACTIONS ===#

    def action_draft(self):
        """Let a settlement be billed again, whose bill was cancelled or credited."""
        for settlement in self.filtered("is_waas"):
            if settlement.state == "cancel" or settlement.invoice_id:
                raise UserError(
                    self.env._(
                        "%(settlement)s cannot be billed again: it is cancelled, or "
                        "its bill stands. Cancel or credit the bill first; settle "
                        "again what a cancelled settlement held.",
                        settlement=settlement.name,
                    )
                )
            # Or two bills of it would be open.
            for bill in settlement.invoice_line_ids.move_id:
                bill._waas_allocate_credit_notes()
        return super().action_draft()

    def action_invoice(self):
        """Open the bill's date; journal and product of WaaS are given."""
        action = super().action_invoice()
        if not all(self.mapped("is_waas")):
            return action
        ours = self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.commission_make_invoice_action_waas"
        )
        return {**ours, "context": action["context"]}

    def action_view_waas_commission(self):
        """Open what this settlement pays."""
        self.ensure_one()
        return self.line_ids.waas_commission_id._get_records_action()

    # === BUSINESS METHODS ===#

    def _get_invoice_grouping_keys(self):
        """WaaS commission has bills of its own, in a journal of its own."""
        return [*super()._get_invoice_grouping_keys(), "is_waas"]

    def make_invoices(self, journal, product, date=False, grouped=False):
        """Bill; WaaS settlements always go to the self-billing journal of their
        company, for its product, whatever the wizard said."""
        waas_settlements = self.filtered("is_waas")
        bills = self.env["account.move"]
        if others := self - waas_settlements:
            bills |= super(CommissionSettlement, others).make_invoices(
                journal, product, date=date, grouped=grouped
            )
        waas_settlements._waas_ensure_billable()
        for company, settlements in waas_settlements.grouped("company_id").items():
            # What ties a bill to its settlement is written by the system only.
            settlements_sudo = without_defaults(settlements.sudo())
            bills |= super(
                CommissionSettlement, settlements_sudo.with_company(company)
            ).make_invoices(
                company._waas_get_commission_journal(),
                company._waas_get_commission_product(),
                date=date,
                grouped=grouped,
            )
        return bills.with_env(self.env)

    def _waas_ensure_billable(self):
        """Refuse who may not bill, and to bill what is billed already (I8)."""
        if self:
            self.check_access("write")
            self.env["account.move"].check_access("create")
        for settlement in self:
            if settlement.state != "settled" or settlement.invoice_id:
                raise UserError(
                    self.env._(
                        "%(settlement)s is billed already, or cancelled: only what is "
                        "settled can be billed.",
                        settlement=settlement.name,
                    )
                )

    def _prepare_invoice(self, journal, product, date=False):
        values = super()._prepare_invoice(journal, product, date)
        if self[:1].is_waas:  # bills are of one kind
            values["ref"] = ", ".join(self.mapped("name"))
            values["invoice_line_ids"] = [
                Command.create(line_values)
                for settlement in self
                for line_values in settlement._waas_prepare_bill_lines(product)
            ]
        return values

    def _waas_prepare_bill_lines(self, product):
        """A line for every contract and kind, so that the reseller can follow it."""
        self.ensure_one()
        settlement = self.with_context(lang=self.agent_id.lang or self.env.lang)
        groups = settlement.line_ids.waas_commission_id.sorted("id").grouped(
            lambda commission: (
                commission.contract_id,
                commission.event == "reversal",
                commission._get_kind(),
            )
        )
        attempt = 1 + len(
            self.invoice_line_ids.move_id.filtered(lambda move: move.state == "posted")
        )
        return [
            {
                "product_id": product.id,
                "name": settlement._waas_get_bill_text(commissions),
                "quantity": -1 if is_reversal else 1,
                "price_unit": abs(sum(commissions.mapped("amount"))),
                "currency_id": self.currency_id.id,
                "settlement_id": self.id,
                "waas_commission_key": f"{contract.id}:{kind}:{is_reversal:d}",
                "waas_attempt": attempt,
            }
            for (contract, is_reversal, kind), commissions in groups.items()
        ]

    def _waas_get_bill_text(self, commissions):
        first = commissions[0]
        events = dict(first._fields["event"]._description_selection(self.env))
        what = events[first._get_kind()]
        if first.event == "reversal":
            what = self.env._("%(event)s, taken back", event=what)
        return self.env._(
            "%(contract)s, %(customer)s: %(what)s\n"
            "Period: from %(date_from)s to %(date_to)s",
            contract=first.contract_id.name,
            customer=first.partner_id.name,
            what=what,
            date_from=format_date(self.env, self.date_from),
            date_to=format_date(self.env, self.date_to),
        )

    def _waas_get_bill_facts(self):
        """The bill of this settlement for a statement: its number, what it pays of
        this settlement without VAT, and its days."""
        self.ensure_one()
        bill = self.invoice_id
        lines = bill.invoice_line_ids.filtered(lambda line: line.settlement_id == self)
        sign = -1 if bill.move_type == "in_refund" else 1
        return {
            "bill": bill.name if bill.state == "posted" else False,
            "amount": sign * sum(lines.mapped("price_subtotal")),
            "date": bill.invoice_date,
            "date_due": bill.invoice_date_due,
            "date_paid": bill._waas_get_date_paid() if bill else False,
        }

    def _waas_get_bill_problem(self, bill):
        """Why a bill does not pay what this settlement says, as a sentence, or False
        (I8)."""
        self.ensure_one()
        lines = bill.invoice_line_ids.filtered(lambda line: line.settlement_id == self)
        sign = -1 if bill.move_type == "in_refund" else 1
        found = sign * sum(lines.mapped("price_subtotal"))
        if bill.commercial_partner_id != self.agent_id.commercial_partner_id:
            return self.env._(
                "%(bill)s goes to %(partner)s, and %(settlement)s is for %(agent)s: "
                "choose that partner.",
                bill=bill.display_name,
                partner=bill.partner_id.display_name,
                settlement=self.name,
                agent=self.agent_id.display_name,
            )
        if bill.currency_id != self.currency_id or self.currency_id.compare_amounts(
            found, self.total
        ):
            return self.env._(
                "%(bill)s pays %(found)s without VAT for %(settlement)s, and the "
                "ledger says %(total)s: undo the change. Enter other payments on a "
                "bill of their own.",
                bill=bill.display_name,
                found=format_amount(self.env, found, bill.currency_id),
                settlement=self.name,
                total=format_amount(self.env, self.total, self.currency_id),
            )
        return False
