from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date


class WaasLicense(models.Model):
    """Seats of a cloud subscription in a contract (R9).

    A license knows two numbers: the seats that its contract says, and the seats that
    were provisioned. Whoever changes the first calls :meth:`_change_seats`,
    :meth:`_change_by` or :meth:`_cancel`; :meth:`_sync` asks for the difference, and
    what comes back moves the second. So asking twice does no harm, and nothing is lost
    while nobody answers.

    Seats are ordered when the contract starts, on the day its devices were delivered:
    a seat costs money from the day it is ordered, and nothing is shipped for it. Who
    installs the devices before that presses *Order Now*.
    """

    _name = "waas.license"
    _description = "WaaS License"
    _inherit = ["mail.thread", "mail.activity.mixin", "waas.guarded.mixin"]
    _order = "contract_id desc, id"
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
    )
    contract_line_id = fields.Many2one(
        comodel_name="contract.line",
        string="Invoiced With",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The line of the contract whose monthly price pays for these seats.",
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
        "otherwise (R9).",
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
    # === What the contract says ===
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
    # === What was provisioned ===
    provisioned_seats = fields.Integer(
        string="Provisioned",
        readonly=True,
        copy=False,
        help="What the marketplace said last; through another channel, what somebody "
        "noted.",
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
        string="Why Not",
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
        """As of today; :meth:`_cron_apply` looks again every day."""
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
        """Hook: what the two numbers mean."""
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
        """Hook: why the seats cannot be asked for, as a sentence, or False."""
        return False

    # === CRUD METHODS ===#

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ordered(self):
        for license_ in self:
            if license_.date_start:
                raise UserError(
                    self.env._(
                        "%(license)s was started: it is cancelled, not deleted, so "
                        "that everybody can see what was ordered.",
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
            license_.sudo()._start(license_.company_id._waas_today())  # just checked
        return True

    def action_note_provisioned(self):
        """Note that the seats of another channel are what the contract says."""
        for license_ in self:
            license_._ensure_user()
            if license_.channel != "other":
                raise UserError(
                    self.env._(
                        "%(license)s comes from the marketplace, which says itself "
                        "what it provisioned.",
                        license=license_.display_name,
                    )
                )
            license_sudo = license_.sudo()  # just checked
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

    # === WHAT THE CONTRACT SAYS ===#

    def _is_due_on(self, day):
        return bool(self.date_start and self.date_start <= day)

    def _get_seats_on(self, day):
        """Seats that the contract says for a day; while nobody knows the first day,
        what was agreed."""
        self.ensure_one()
        if self.date_start and day < self.date_start:
            return 0
        if self.date_cancel and self.date_cancel <= day:
            return 0
        return self.agreed_seats + sum(
            step.seats for step in self.step_ids if step.date <= day
        )

    def _get_target(self):
        """Seats that are to be there now."""
        return self.seats if self.is_due else 0

    def _start(self, date):
        """From this day on the seats are to be there; an earlier day stays.

        :param date date: the day on which the devices were delivered
        """
        starting = self.filtered(
            lambda license_: not license_.date_start or license_.date_start > date
        )
        starting.write({"date_start": date})
        starting._sync()

    def _change_seats(self, seats, date, reason=None):
        """Let there be this many seats from a day on; later changes stay on top of it.

        :raises UserError: when that makes fewer than no seats, today or later
        """
        self.ensure_one()
        self._change_by(seats - self._get_seats_on(date), date, reason)

    def _change_by(self, seats, date, reason=None):
        """As :meth:`_change_seats`, by so many more (or, negative, fewer) seats."""
        self.ensure_one()
        if not seats:
            return
        self._ensure_runs_on(date)
        self.env["waas.license.step"].create(
            {"license_id": self.id, "date": date, "seats": seats, "reason": reason}
        )
        self._ensure_never_below_zero()
        self._sync()

    def _ensure_runs_on(self, date):
        if self.date_cancel and self.date_cancel <= date:
            raise UserError(
                self.env._(
                    "%(license)s is cancelled from %(date)s: add a new license "
                    "instead.",
                    license=self.display_name,
                    date=format_date(self.env, self.date_cancel),
                )
            )

    def _ensure_never_below_zero(self):
        for day in set(self.step_ids.mapped("date")):
            if self._get_seats_on(day) < 0:
                raise UserError(
                    self.env._(
                        "%(license)s would have %(seats)s seats from %(date)s: take "
                        "away fewer, or cancel it.",
                        license=self.display_name,
                        seats=self._get_seats_on(day),
                        date=format_date(self.env, day),
                    )
                )

    def _switch(self, product, seats, date):
        """Give some of these seats another product from a day on.

        :return: the ``waas.license`` with the new seats
        """
        self.ensure_one()
        new = self.search(
            [
                ("contract_id", "=", self.contract_id.id),
                ("contract_line_id", "=", self.contract_line_id.id),
                ("product_id", "=", product.id),
                ("channel", "=", self.channel),
                ("date_start", "<=", date),
                ("date_cancel", "=", False),
            ],
            limit=1,
        )
        reason = self.env._("Switched to %(product)s", product=product.name)
        if new:
            new._change_by(seats, date, reason)
        else:
            new = self.contract_id._waas_add_license(
                product,
                seats,
                date,
                self.contract_line_id,
                order_line_id=self.order_line_id.id,
                seats_per_unit=self.seats_per_unit,
                channel=self.channel,
            )
        self._change_by(-seats, date, reason)
        return new

    def _cancel(self, date):
        """Let there be no seats from a day on; an earlier cancellation stays.

        :param date date: the first day without them
        """
        running = self.filtered(
            lambda license_: not license_.date_cancel or license_.date_cancel > date
        )
        running.write({"date_cancel": date})
        running._sync()

    def _keep(self, date=False):
        """Take back a cancellation that is still to come, or move it to another day:
        the contract was extended (R12)."""
        coming = self.filtered(
            lambda license_: license_.date_cancel
            and license_.date_cancel > license_.company_id._waas_today()
        )
        coming.write({"date_cancel": date})
        coming._sync()

    @api.model
    def _cron_apply(self):
        """Every day: what was planned for today, and what nobody asked for yet."""
        licenses = self.search(self._get_planned_domain())
        self.env.add_to_compute(self._fields["seats"], licenses)
        self.env.add_to_compute(self._fields["is_due"], licenses)
        licenses._sync()

    def _get_planned_domain(self):
        """Licenses whose day may have come, also while the scheduler stood still, and
        those that wait to be asked for."""
        living = Domain("state", "!=", "ended") | Domain("date_cancel", "=", False)
        come = self.env["res.company"]._waas_with_today(
            lambda today: Domain.OR(
                [
                    Domain("step_ids.date", "<=", today),
                    Domain("date_cancel", "<=", today),
                    Domain("date_start", "<=", today) & Domain("is_due", "=", False),
                ]
            )
        )
        return living & (come | Domain("state", "not in", ("active", "ended")))

    # === WHAT IS PROVISIONED ===#

    def _sync(self):
        """Hook: ask for the difference between contract and provisioned seats. Here for
        other channels, where somebody orders by hand."""
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
        """Who looks after these seats."""
        return self.sudo().contract_id._waas_get_responsible()  # a name, no secret

    def _note_seats(self, seats):
        """Note what was provisioned."""
        self.ensure_one()
        if seats and not self.confirmed_on:
            self.confirmed_on = fields.Datetime.now()
        if seats != self.provisioned_seats:
            self.provisioned_seats = seats
