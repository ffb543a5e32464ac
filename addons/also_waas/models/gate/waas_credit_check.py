from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..common.waas_retention import REMOVED


class WaasCreditCheck(models.Model):
    """ALSO's decision on an end customer's credit (R1, R13).

    A check is asked for by one person and decided by another. Users
    cannot write it directly: its methods check who asks, then write.
    """

    _name = "waas.credit.check"
    _description = "WaaS Credit Check"
    _inherit = ["mail.thread", "mail.activity.mixin", "waas.numbered.mixin"]
    _order = "id desc"
    _mail_post_access = "read"
    _check_company_auto = True

    name = fields.Char(
        string="Number", default="/", readonly=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="End Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Asked for",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
            ("cancelled", "Withdrawn"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    # === What is asked ===
    receivable_amount = fields.Monetary(
        string="Open Invoices",
        readonly=True,
        help="What the customer owed the companies of the group on the day of the "
        "request, with VAT.",
    )
    rent_amount = fields.Monetary(
        string="Remaining Rent",
        readonly=True,
        help="Rent of all running contracts that was not invoiced on the day of the "
        "request, with VAT: it falls due immediately when a contract ends "
        "early.",
    )
    order_amount = fields.Monetary(
        string="This Deal",
        readonly=True,
        help="Contract total of the quotation that asks, with VAT.",
    )
    requested_amount = fields.Monetary(
        string="Exposure",
        compute="_compute_requested_amount",
        store=True,
        help="The exposure of your company, with VAT: open invoices, rent to come "
        "and this deal.",
    )
    requested_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        default=lambda self: self.env.user,
        # Portal users ask, too, and may delete their own account.
        ondelete="set null",
    )
    requested_on = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    # === What is decided ===
    approved_amount = fields.Monetary(readonly=True, copy=False, tracking=True)
    valid_until = fields.Date(readonly=True, copy=False, tracking=True)
    reason = fields.Text(readonly=True, copy=False, tracking=True)
    decided_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, tracking=True
    )
    decided_on = fields.Datetime(readonly=True, copy=False)
    used_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When a deal was last confirmed on this approval.",
    )
    replaced_on = fields.Datetime(
        readonly=True, copy=False, help="When a later decision took its place."
    )

    _unique_request = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'requested'",
        "A credit check of this end customer is waiting for its decision already.",
    )
    _four_eyes = models.Constraint(
        "CHECK (decided_by_id IS NULL OR decided_by_id != requested_by_id)",
        "A credit check is decided by another user than its requester.",
    )
    _check_approval = models.Constraint(
        "CHECK (state != 'approved' OR (approved_amount > 0 "
        "AND valid_until IS NOT NULL AND decided_by_id IS NOT NULL))",
        "An approval names an amount, a last day and who decided.",
    )
    _check_rejection = models.Constraint(
        "CHECK (state != 'rejected' OR (reason IS NOT NULL "
        "AND decided_by_id IS NOT NULL))",
        "A rejection names its reason and who decided.",
    )

    @api.depends("receivable_amount", "rent_amount", "order_amount")
    def _compute_requested_amount(self):
        for check in self:
            check.requested_amount = (
                check.receivable_amount + check.rent_amount + check.order_amount
            )

    # === ACTIONS ===#

    def action_decide(self):
        """Open the decision: amount and last day, or the reason of a rejection."""
        self.ensure_one()
        self._ensure_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide on %(check)s", check=self.name),
            "res_model": "waas.credit.check.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_check_id": self.id},
        }

    def action_withdraw(self):
        """Withdraw the request before it is decided."""
        self.check_access("read")
        if not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(
                self.env._("Only sales can withdraw a request for a credit check.")
            )
        for check in self:
            check._ensure_not_withdrawn()
            if check.state != "requested":
                raise UserError(
                    self.env._(
                        "%(check)s is decided already and stays as a record.",
                        check=check.name,
                    )
                )
        self.sudo()._withdraw()  # rights were checked above
        return True

    # === BUSINESS METHODS ===#

    @api.model
    def _request(self, deal):
        """Ask for the credit check that a deal needs.

        :param deal: record of ``waas.deal.mixin``
        :return: the new check; its officer gets an activity
        :raises UserError: when one is waiting already
        """
        partner = deal.partner_id.commercial_partner_id
        # Users cannot create checks: a forged one would be an approval.
        # Callers see to it that the user may ask.
        checks_sudo = self.sudo()
        pending = checks_sudo._find_pending(partner, deal.company_id)
        if pending:
            raise UserError(
                self.env._(
                    "%(check)s of %(customer)s is waiting for its decision already.",
                    check=pending.name,
                    customer=partner.display_name,
                )
            )
        exposure = partner._waas_get_exposure(deal.company_id)
        check_sudo = checks_sudo.create(
            {
                "company_id": deal.company_id.id,
                "partner_id": partner.id,
                **deal._waas_prepare_credit_check(),
                "state": "requested",
                "requested_by_id": self.env.uid,
                "receivable_amount": exposure["receivable"],
                "rent_amount": exposure.get("rent", 0.0),
                "order_amount": deal._waas_get_credit_amount(),
            }
        )
        check_sudo._waas_todo("credit", without=check_sudo.requested_by_id)
        return self.browse(check_sudo.id)

    @api.model
    def _find_pending(self, partner, company):
        """The request that waits for its decision, or an empty record set."""
        return self.search(
            [
                ("partner_id", "=", partner.id),
                ("company_id", "=", company.id),
                ("state", "=", "requested"),
            ]
        )

    def _is_valid(self, date):
        """Whether this is an approval on which a deal of ``date`` may rest."""
        return self.state == "approved" and self.valid_until >= date

    def _withdraw(self):
        self.write({"state": "cancelled"})
        self._waas_todo_drop("credit")

    def _waas_forget(self):
        """Remove why it was decided so, and the history of that (GDPR).

        :return: the checks
        """
        reason = self.env["ir.model.fields"]._get(self._name, "reason")
        self.env["mail.tracking.value"].search(
            [
                ("field_id", "=", reason.id),
                ("mail_message_id.model", "=", self._name),
                ("mail_message_id.res_id", "in", self.ids),
            ]
        ).unlink()
        self.with_context(tracking_disable=True).write({"reason": REMOVED})
        return self

    @api.model
    def _cron_expire(self):
        """Mark approvals whose last day has passed; the gate looks at the day itself,
        so nothing depends on this run."""
        passed = self.env["res.company"]._waas_with_today(
            lambda today: Domain("valid_until", "<", today)
        )
        self.search(Domain("state", "=", "approved") & passed).write(
            {"state": "expired"}
        )
