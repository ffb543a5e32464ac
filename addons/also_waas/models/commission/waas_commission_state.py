from odoo import api, models

# What a row is by its bill; one that is credited in full does not stand.
BILL_STATES = {"open": "billed", "partial": "partial", "paid": "paid"}


class WaasCommission(models.Model):
    """What became of a row: settled, billed, paid."""

    _inherit = "waas.commission"

    @api.depends("settlement_line_ids.waas_is_live")
    def _compute_settlement(self):
        for commission in self:
            line = commission.settlement_line_ids.filtered("waas_is_live")[:1]
            commission.settlement_line_id = line
            commission.settlement_id = line.settlement_id

    @api.depends(
        "settlement_id.invoice_id",  # the bill notifies its settlement
        "reversal_ids.settlement_id",
        "reverses_id.settlement_id",
    )
    def _compute_state(self):
        for commission in self:
            bill = commission.settlement_id.invoice_id
            commission.state = commission._get_state()
            commission.bill_id = bill
            commission.date_paid = bill._waas_get_date_paid() if bill else False

    def _get_state(self):
        if self.settlement_id:
            bill = self.settlement_id.invoice_id
            return BILL_STATES[bill._waas_get_bill_state()] if bill else "settled"
        counterpart = self.reversal_ids[:1] or self.reverses_id
        # Neither is in a settlement: they net, nothing is to be paid.
        if counterpart and not counterpart.settlement_id:
            return "reversed"
        return "earned"

    @api.depends("bill_id")
    def _compute_bill_number(self):
        for commission in self:
            bill_sudo = commission.sudo().bill_id  # its number is no secret of ALSO's
            commission.bill_number = (
                bill_sudo.name if bill_sudo.state == "posted" else False
            )

    @api.depends("state", "date_paid", "date", "bill_id")
    def _compute_date_payout(self):
        dates = {}
        for commission in self:
            if commission.state == "reversed":
                commission.date_payout = False
                continue
            # As superuser: users who read the row may know when it is paid.
            commission_sudo = commission.sudo()
            bill_sudo = commission_sudo.bill_id
            key = (commission.reseller_id, commission.company_id, commission.date)
            if key not in dates:
                dates[key] = commission_sudo.reseller_id._waas_get_date_payout(
                    commission_sudo.company_id, commission.date
                )
            commission.date_payout = (
                commission.date_paid or bill_sudo.invoice_date_due or dates[key]
            )
