"""Which part of a settlement a bill line pays (I8)."""

from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # OCA's form of an invoice shows both to everybody, and lets accountants
    # only read what they are computed from: sales could not open an invoice.
    commission_status = fields.Char(compute_sudo=True)
    any_settled = fields.Boolean(compute_sudo=True)

    waas_commission_key = fields.Char(
        string="Commission Of",
        readonly=True,
        copy=False,
        help="Contract and kind of the commission that this line pays.",
    )

    # Two people who bill at once, or a button pressed twice: the database takes one
    # line. A new attempt needs the old bill cancelled or credited.
    _unique_waas_commission = models.UniqueIndex(
        "(settlement_id, waas_commission_key, waas_attempt) "
        "WHERE waas_commission_key IS NOT NULL AND parent_state != 'cancel'",
        "This commission was billed already.",
    )

    def _compute_agent_ids(self):
        """Where there is no agent to pay, all lines at once: OCA asks the
        database for each line, and a run has thousands."""
        partners = self.move_id.partner_id.filtered("commission_agent_ids")
        paying = self.browse()
        if partners:
            paying = self.filtered(lambda line: line.move_id.partner_id in partners)
        (self - paying).agent_ids = False
        return super(AccountMoveLine, paying)._compute_agent_ids()
