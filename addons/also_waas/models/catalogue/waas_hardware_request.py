from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

DECIDED = ("approved", "rejected")
# What an approval says: only who may decide may change it.
DECISION_FIELDS = (
    "state",
    "reseller_id",
    "company_id",
    "product_id",
    "valid_until",
    "decision_note",
    "decided_by_id",
    "decided_on",
)


class WaasHardwareRequest(models.Model):
    """Hardware that is approved case by case (R14)."""

    _name = "waas.hardware.request"
    _description = "WaaS Hardware Request"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.numbered.mixin",
        "waas.readable.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", default="/", readonly=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    reseller_id = fields.Many2one(
        comodel_name="res.partner",
        string="Partner",
        domain="[('waas_is_reseller', '=', True)]",
        index="btree_not_null",
        tracking=True,
        help="Who asks. An approval counts for the deals of this partner only; "
        "without a partner it counts for every deal.",
        check_company=True,
    )
    manufacturer_name = fields.Char(string="Manufacturer", required=True)
    description = fields.Text(
        string="Hardware",
        required=True,
        help="Model, type number and configuration, so that it can be looked up.",
    )
    quantity = fields.Integer(default=1, required=True)
    reason = fields.Text(string="Reason for Hardware")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
        index=True,
    )
    answer_due_date = fields.Date(
        readonly=True,
        copy=False,
        help="The request is answered no later than this day.",
    )
    # === Decision ===
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Approved Device",
        domain="[('waas_role', '=', 'device')]",
        check_company=True,
        index="btree_not_null",
        copy=False,
        tracking=True,
        help="The device that may be put in a bundle although its manufacturer is "
        "not approved or its warranty is shorter than 36 months.",
    )
    valid_until = fields.Date(
        copy=False,
        tracking=True,
        help="Last day on which a quotation may use this approval. Empty: no end.",
    )
    decision_note = fields.Text(string="Decision", copy=False, tracking=True)
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)

    _check_quantity = models.Constraint(
        "CHECK (quantity > 0)", "Ask for at least one device."
    )
    _approved_names_device = models.Constraint(
        "CHECK (state != 'approved' OR product_id IS NOT NULL)",
        "An approval must name the device it is for.",
    )

    # === CONSTRAINT METHODS ===#

    @api.constrains("product_id")
    def _check_product(self):
        for request in self:
            if request.product_id and request.product_id.waas_role != "device":
                raise ValidationError(
                    self.env._(
                        "%(product)s is not a device: choose one, or set its WaaS "
                        "role to Device.",
                        product=request.product_id.display_name,
                    )
                )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        if requests.filtered(lambda request: request.state in DECIDED):
            self._ensure_may_decide()
        return requests

    def write(self, vals):
        if not vals.keys().isdisjoint(DECISION_FIELDS) and (
            vals.get("state") in DECIDED
            or self.filtered(lambda request: request.state == "approved")
        ):
            self._ensure_may_decide()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if self.filtered(
            lambda request: request.answer_due_date or request.state in DECIDED
        ):
            raise UserError(
                self.env._(
                    "A hardware request that was handed in is kept as a record. "
                    "Cancel it if it no longer counts."
                )
            )

    # === ACTIONS ===#

    def action_submit(self):
        """Hand the request to ALSO and start the clock."""
        self.check_access("write")
        self._ensure_state("draft")
        for request in self:
            today = request.company_id._waas_today()
            days = request.company_id.waas_hardware_answer_days
            request.sudo().write(  # the right to hand it in was checked
                {
                    "state": "submitted",
                    "answer_due_date": today + relativedelta(days=days),
                }
            )
            request._waas_todo("hardware", deadline=request.answer_due_date)
        return True

    def action_approve(self):
        """Let the device into bundles (R14).

        :raises UserError: when no device is named, the last day is over, or nothing
            was submitted
        """
        self._ensure_may_decide()
        self._ensure_state("submitted")
        for request in self:
            today = request.company_id._waas_today()
            if not request.product_id:
                raise UserError(
                    self.env._(
                        "Choose the device that request %(name)s approves "
                        "under 'Approved Device', then approve.",
                        name=request.name,
                    )
                )
            if request.valid_until and request.valid_until < today:
                raise UserError(
                    self.env._(
                        "%(date)s is over, so the approval of request %(name)s would "
                        "never count: choose a later day under 'Valid Until', or none.",
                        date=format_date(self.env, request.valid_until),
                        name=request.name,
                    )
                )
        self._decide("approved")
        return True

    def action_reject(self):
        """Reject the request, with the reason that the partner will read.

        :raises UserError: when the reason is missing
        """
        self._ensure_may_decide()
        self._ensure_state("submitted")
        for request in self:
            if not (request.decision_note or "").strip():
                raise UserError(
                    self.env._(
                        "Write under 'Decision' why request %(name)s is rejected, "
                        "then reject.",
                        name=request.name,
                    )
                )
        self._decide("rejected")
        return True

    def action_cancel(self):
        """Withdraw the request; an approval stops counting."""
        self._ensure_state("draft", "submitted", "approved")
        self.write({"state": "cancelled"})
        self._waas_todo_drop("hardware")
        return True

    def action_draft(self):
        """Take up a rejected or cancelled request again."""
        self.check_access("write")
        self._ensure_state("rejected", "cancelled")
        self.sudo().write(  # the right to take it up was checked
            {"state": "draft", "decided_by_id": False, "decided_on": False}
        )
        return True

    # === BUSINESS METHODS ===#

    @api.model
    def _get_exception_domain(self, product, date, company=None):
        """Approvals that let ``product`` into a bundle on ``date``."""
        return [
            *([("company_id", "=", company.id)] if company else []),
            ("product_id", "=", product.id),
            ("state", "=", "approved"),
            "|",
            ("valid_until", "=", False),
            ("valid_until", ">=", date),
        ]

    def _counts_for(self, reseller):
        """Whether one of these approvals may be used in a deal of ``reseller``."""
        return any(
            not request.reseller_id
            or request.reseller_id.commercial_partner_id
            == reseller.commercial_partner_id
            for request in self
        )

    def _decide(self, state):
        self._ensure_may_decide()
        self.sudo().write(  # checked above
            {
                "state": state,
                "decided_by_id": self.env.user.id,
                "decided_on": fields.Datetime.now(),
            }
        )
        self._waas_todo_done("hardware")

    def _ensure_may_decide(self):
        if self.env.su or self.env.user.has_group("also_waas.group_waas_manager"):
            return
        raise UserError(
            self.env._("Only a WaaS manager decides on a hardware request.")
        )

    def _ensure_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for request in self:
            if request.state not in states:
                raise UserError(
                    self.env._(
                        "Request %(name)s is %(state)s; this step is for requests "
                        "that are %(states)s.",
                        name=request.name,
                        state=labels[request.state],
                        states=", ".join(labels[state] for state in states),
                    )
                )
