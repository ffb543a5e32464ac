from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.waas_blocker_mixin import Blocker, Way
from ..gate.sale_order import GATE_GROUPS


class WaasChange(models.Model):
    """The gate. A change needs credit where ALSO's exposure grows, and both signatures
    where the company wants them (R1)."""

    _inherit = "waas.change"

    waas_agreement_ids = fields.One2many(
        comodel_name="waas.agreement",
        inverse_name="change_id",
        string="Agreements",
        readonly=True,
        groups=GATE_GROUPS,
    )
    waas_credit_check_ids = fields.One2many(
        comodel_name="waas.credit.check",
        inverse_name="change_id",
        string="Credit Checks",
        readonly=True,
        groups=GATE_GROUPS,
    )
    gate_passed_on = fields.Datetime(
        readonly=True,
        copy=False,
        help="When nothing was missing any more and the credit was claimed.",
    )
    waas_can_request_credit = fields.Boolean(compute="_compute_waas_blockers")
    waas_can_countersign = fields.Boolean(
        compute="_compute_waas_can_countersign", compute_sudo=True
    )
    waas_needs_signatures = fields.Boolean(
        compute="_compute_waas_needs_signatures", string="To Be Signed"
    )

    _gate_is_passed = models.Constraint(
        "CHECK (state NOT IN ('delivering', 'applied') OR gate_passed_on IS NOT NULL)",
        "A change is approved when nothing is missing any more.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("kind", "company_id.waas_change_signatures")
    def _compute_waas_needs_signatures(self):
        for change in self:
            change.waas_needs_signatures = (
                change._get_kind().is_always_signed
                or change.company_id.waas_change_signatures
            )

    @api.depends("waas_agreement_ids.state")
    def _compute_waas_can_countersign(self):
        for change in self:
            states = change.waas_agreement_ids.mapped("state")
            change.waas_can_countersign = "customer_signed" in states

    def _waas_show_blockers(self, blockers):
        result = super()._waas_show_blockers(blockers)
        self.waas_can_request_credit = self._waas_must_request_credit(blockers)
        return result

    @api.model
    def _waas_get_blocker_triggers(self):
        return (
            *super()._waas_get_blocker_triggers(),
            *self._get_amount_triggers(),
            "state",
            "growth_amount",
            "waas_agreement_ids.state",
            "partner_id.commercial_partner_id.waas_credit_check_ids.state",
        )

    # === ACTIONS ===#

    def action_request_credit(self):
        """Ask for the credit check that this change needs (R1)."""
        for change in self:
            change._ensure_user()
            change._ensure_waiting()
            self.env["waas.credit.check"]._request(change)
            change.message_post(body=self.env._("Credit check requested."))
        return True

    def action_send_agreements(self):
        """Freeze the agreement anew and mail the signing link to the signatory (R1)."""
        for change in self:
            change._ensure_user()
            change._ensure_waiting()
            change._ensure_possible()
            change._waas_issue_agreements()
        return True

    def action_countersign(self):
        """Open ALSO's signature."""
        self.ensure_one()
        return self._waas_countersign()

    def action_view_other(self):
        """Open the change that is under way already."""
        self.ensure_one()
        return self._get_other_changes()[:1]._get_records_action()

    def _ensure_waiting(self):
        self._ensure_not_over()
        if self.state != "waiting":
            raise UserError(
                self.env._(
                    "%(change)s does not wait for credit and signatures: send a "
                    "draft first; a change under delivery has both already.",
                    change=self.name,
                )
            )

    # === GATE ===#

    @api.model
    def _waas_get_waiting_domain(self):
        return [("state", "in", ("draft", "waiting"))]

    def _waas_get_ways(self):
        manager = "also_waas.group_waas_manager"
        request = Way(self.env._("Request Credit Check"), "action_request_credit")
        send = Way(self.env._("Send Agreements"), "action_send_agreements")
        contract = Way(self.env._("Open Contract"), "action_view_contract")
        ways = (
            super()._waas_get_ways()
            | self._waas_get_deal_ways()
            | {
                "contract": contract,
                "credited": contract,
                "other": Way(self.env._("Open It"), "action_view_other"),
                "company_signature": Way(
                    self.env._("Countersign"), "action_countersign", manager
                ),
            }
        )
        if self.state != "waiting":  # asked and sent when it is sent
            return ways
        return ways | self._waas_get_sales_ways(request, send)

    def _waas_get_known(self):
        return self._waas_look_up()

    def _waas_get_open_points(self, known=None):
        points = super()._waas_get_open_points(known)
        change_sudo = self.sudo()  # the messages show what they must
        problems = [
            Blocker(code, message, "sales")
            for code, message in change_sudo._get_problems()
        ]
        points += problems or change_sudo._get_gate_points(known)
        return points + self._get_kind().find_blockers(self)

    def _get_gate_points(self, known):
        """What credit and signatures of a possible change still lack (R1)."""
        points = []
        if self._grows():
            points += self._waas_get_credit_points(known)
        if self.state != "draft" and self.waas_needs_signatures:
            points += self._waas_get_agreement_points()
        return points

    def _grows(self):
        """Whether ALSO's exposure grows (R13)."""
        return self.currency_id.compare_amounts(self.growth_amount, 0) > 0

    def _waas_proceed_if_ready(self):
        """Approve what has nothing missing any more, where the company wants that.

        The signature or decision that was the last missing thing is kept, also when the
        change cannot be applied; the responsible is notified.
        """
        for change in self:
            if (
                change.state != "waiting"
                or not change.company_id.waas_auto_confirm
                or change._waas_get_open_points()
            ):
                continue
            try:
                with self.env.cr.savepoint():
                    change._approve()
            except UserError as error:
                change._note_failure(error)

    def _note_failure(self, error):
        """Notify the responsible that a change could not be applied automatically."""
        self.ensure_one()
        self._waas_tell(
            self.env._(
                "%(change)s could not be applied automatically: %(error)s",
                change=self.name,
                error=str(error),
            )
        )
        self._waas_todo("change_apply", self.user_id, note=str(error))

    def _approve(self):
        """Pass the gate; then deliver the devices, or apply what brings none.

        :raises UserError: with what is missing
        """
        self.ensure_one()
        change_sudo = self.sudo()  # who applies a change may ask its gate
        change_sudo._refuse_missing(change_sudo._waas_get_open_points())
        if change_sudo._grows():
            change_sudo._waas_use_approval()
        change_sudo.gate_passed_on = fields.Datetime.now()
        if change_sudo._get_devices():
            change_sudo._deliver()
        else:
            change_sudo._apply()

    def _refuse_missing(self, points):
        if points:
            raise UserError(
                self.env._(
                    "%(change)s cannot be applied yet:\n%(points)s",
                    change=self.name,
                    points="\n".join(f"- {point.message}" for point in points),
                )
            )

    def _ensure_still_agreed(self):
        """A change passes the gate before its devices leave (a constraint); afterwards
        its signatures must still be valid.

        :raises UserError: with what is missing
        """
        if self.waas_needs_signatures:
            self._refuse_missing(self._waas_get_agreement_points())
