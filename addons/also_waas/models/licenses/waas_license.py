from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class WaasLicense(models.Model):
    """Seats of a cloud subscription in a contract (R9).

    A license has two numbers: the seats of its contract, and the seats that are
    provisioned. Methods that change the first are :meth:`_change_seats`,
    :meth:`_change_by` and :meth:`_cancel`; :meth:`_sync` requests the difference, and
    the answer updates the second. A repeated request is therefore harmless, and no
    change is lost while the other side is down.

    Seats are ordered when the contract starts, on the day on which its devices were
    delivered: a seat costs money from the day of its order, and nothing is shipped for
    it. A user who installs the devices earlier presses *Order Now*.
    """

    _name = "waas.license"
    _description = "WaaS License"
    _inherit = ["mail.thread", "mail.activity.mixin", "waas.guarded.mixin"]
    _order = "contract_id desc, id"
    _rec_names_search = ["contract_id", "product_id", "external_id"]
    _check_company_auto = True

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
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="End Customer", store=True, index=True
    )
    reseller_id = fields.Many2one(
        related="contract_id.waas_reseller_id", string="Partner"
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The line of the order that these seats began with.",
        check_company=True,
    )
    contract_line_id = fields.Many2one(
        comodel_name="contract.line",
        string="Invoiced With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The line of the contract whose monthly price pays for these seats.",
        check_company=True,
    )
    seats_per_unit = fields.Float(
        digits="Product Unit",
        default=1.0,
        readonly=True,
        help="Seats that go with one of what is invoiced.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="License",
        required=True,
        readonly=True,
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    sku = fields.Char(related="product_id.waas_marketplace_sku")
    channel = fields.Selection(
        selection=[("marketplace", "Marketplace"), ("other", "Other Channel")],
        default="marketplace",
        required=True,
        readonly=True,
        help="Licenses come from the ALSO Cloud Marketplace unless their order says "
        "otherwise.",
    )
    reference = fields.Char(
        default=lambda self: uuid4().hex,
        required=True,
        readonly=True,
        copy=False,
        help="How the marketplace names this license towards us.",
    )
    external_id = fields.Char(
        string="Subscription",
        readonly=True,
        copy=False,
        help="How the marketplace calls it.",
    )
    # === Seats of the contract ===
    agreed_seats = fields.Integer(
        required=True, readonly=True, help="Signed with the contract."
    )
    step_ids = fields.One2many(
        comodel_name="waas.license.step",
        inverse_name="license_id",
        string="Changes",
        readonly=True,
    )
    date_start = fields.Date(string="From", readonly=True, copy=False)
    date_cancel = fields.Date(
        string="Cancelled From",
        readonly=True,
        copy=False,
        help="The first day without these seats.",
    )
    seats = fields.Integer(
        compute="_compute_seats",
        store=True,
        help="What the contract says today; before its start, what was agreed.",
    )
    is_due = fields.Boolean(
        compute="_compute_seats",
        store=True,
        help="From now on the seats are to be there.",
    )
    # === Provisioned seats ===
    provisioned_seats = fields.Integer(
        string="Provisioned",
        readonly=True,
        copy=False,
        help="What the marketplace reported last; through another channel, what a "
        "user noted.",
    )
    confirmed_on = fields.Datetime(string="Provisioned On", readonly=True, copy=False)
    state = fields.Selection(
        selection=[
            ("to_provision", "To Provision"),
            ("provisioning", "Provisioning"),
            ("active", "Active"),
            ("changing", "Changing"),
            ("cancelling", "Cancelling"),
            ("ended", "Ended"),
            ("failed", "Failed"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    problem = fields.Char(
        string="Failure Reason",
        compute="_compute_problem",
        compute_sudo=True,
        help="What keeps these seats from being asked for.",
    )

    _unique_reference = models.UniqueIndex(
        "(reference)", "Two licenses cannot have the same reference."
    )
    _unique_external_id = models.UniqueIndex(
        "(company_id, external_id) WHERE external_id IS NOT NULL",
        "This subscription belongs to another license already.",
    )
    _check_numbers = models.Constraint(
        "CHECK (agreed_seats >= 0 AND seats >= 0 AND provisioned_seats >= 0 "
        "AND seats_per_unit > 0)",
        "A license has no fewer than 0 seats.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("product_id", "contract_id.name")
    def _compute_display_name(self):
        for license_ in self:
            license_.display_name = (
                f"{license_.contract_id.name} {license_.product_id.name}"
            )

    @api.depends(
        "agreed_seats", "date_start", "date_cancel", "step_ids.date", "step_ids.seats"
    )
    def _compute_seats(self):
        """As of today; :meth:`_cron_apply` updates it every day."""
        for license_ in self:
            today = license_.company_id._waas_today()
            license_.is_due = license_._is_due_on(today)
            first_day = license_.date_start or today
            license_.seats = license_._get_seats_on(max(today, first_day))

    @api.depends("seats", "is_due", "provisioned_seats", "confirmed_on")
    def _compute_state(self):
        for license_ in self:
            license_.state = license_._get_state()

    def _get_state(self):
        """Hook: the state that follows from the two numbers."""
        if not self.seats:
            return "cancelling" if self.provisioned_seats else "ended"
        if not self.is_due:
            return "to_provision"
        if self.provisioned_seats == self.seats:
            return "active"
        return "changing" if self.confirmed_on else "provisioning"

    @api.depends("state", "channel")
    def _compute_problem(self):
        for license_ in self:
            license_.problem = license_._get_problem()

    def _get_problem(self):
        """Hook: why the seats cannot be requested, as a sentence, or False."""
        return False

    # === CRUD METHODS ===#

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ordered(self):
        for license_ in self:
            if license_.date_start:
                raise UserError(
                    self.env._(
                        "%(license)s was started: cancel it instead of deleting "
                        "it, so that the order stays on record.",
                        license=license_.display_name,
                    )
                )

    # === ACTIONS ===#

    def action_order_now(self):
        """Order seats before the contract starts, to install devices with them."""
        for license_ in self:
            license_._ensure_user()
            if not license_.seats:
                raise UserError(
                    self.env._(
                        "%(license)s was cancelled, so there is nothing to order: add "
                        "a new license instead.",
                        license=license_.display_name,
                    )
                )
            if license_.state != "to_provision" or license_.is_due:
                raise UserError(
                    self.env._(
                        "%(license)s was ordered already.",
                        license=license_.display_name,
                    )
                )
            license_.sudo()._start(license_.company_id._waas_today())  # checked above
        return True

    def action_note_provisioned(self):
        """Note that the seats of another channel equal those of the contract."""
        for license_ in self:
            license_._ensure_user()
            if license_.channel != "other":
                raise UserError(
                    self.env._(
                        "%(license)s comes from the marketplace, which reports "
                        "what it provisioned.",
                        license=license_.display_name,
                    )
                )
            license_sudo = license_.sudo()  # checked above
            license_sudo._note_seats(license_._get_target())
            license_sudo._waas_todo_done("seats")
        return True

    def action_view_contract(self):
        """Open the contract of these seats."""
        self.ensure_one()
        return self.contract_id._get_records_action()

    def _ensure_user(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(self.env._("Only WaaS users work on licenses."))

    # === PROVISIONING ===#

    def _sync(self):
        """Hook: request the difference between contract and provisioned seats. Here for
        other channels, where a user places the order."""
        for license_ in self:
            if license_.channel == "other":
                license_._sync_by_hand()

    def _sync_by_hand(self):
        target = self._get_target()
        if target == self.provisioned_seats:
            return
        self._waas_todo(
            "seats",
            self._get_responsible(),
            summary=lambda env: env._(
                "%(license)s: from %(before)s to %(after)s seats",
                license=self.with_env(env).product_id.name,
                before=self.provisioned_seats,
                after=target,
            ),
            note=lambda env: env._(
                "It does not come from the marketplace. Order it where its order says, "
                "then press Note as Provisioned."
            ),
        )

    def _get_responsible(self):
        """The user who is responsible for these seats."""
        return self.sudo().contract_id._waas_get_responsible()  # not confidential

    def _note_seats(self, seats):
        """Note the provisioned seats."""
        self.ensure_one()
        if seats and not self.confirmed_on:
            self.confirmed_on = fields.Datetime.now()
        if seats != self.provisioned_seats:
            self.provisioned_seats = seats
