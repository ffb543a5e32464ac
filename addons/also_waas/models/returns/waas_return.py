from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

EXPECTING = ("draft", "announced", "confirmed", "transit")
BACK = ("received", "damaged")
# Who, when and how is agreed before the return is announced.
PLAN_FIELDS = frozenset(("partner_id", "company_id", "method"))


class WaasReturn(models.Model):
    """Devices of one end customer on their way back to ALSO (R15).

    The customer sends them and bears the responsibility, or a certified company
    collects them for a fee. What arrives is erased, graded and released; what does not
    is claimed.
    """

    _name = "waas.return"
    _description = "WaaS Return"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.numbered.mixin",
        "waas.readable.mixin",
        "waas.mailed.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Number", default="/", readonly=True, copy=False, index="trigram"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="End Customer",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        check_company=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self._default_user_id(),
        domain="[('share', '=', False)]",
        tracking=True,
    )
    reason = fields.Selection(
        selection=[
            ("end", "End of the contract"),
            ("early", "Early termination"),
            ("exchange", "Exchange for other devices"),
            ("other", "Other"),
        ],
        default="other",
        required=True,
    )
    method = fields.Selection(
        selection=[
            ("self", "The customer sends the devices"),
            ("pickup", "Secure pick-up"),
        ],
        default="self",
        required=True,
        tracking=True,
        help="A customer that sends the devices bears the full responsibility for "
        "their delivery; a secure pick-up by a certified company costs a fee.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("announced", "Announced"),
            ("confirmed", "Pick-up Confirmed"),
            ("transit", "In Transit"),
            ("received", "Received"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        comodel_name="waas.return.line", inverse_name="return_id", string="Devices"
    )
    contract_ids = fields.Many2many(
        comodel_name="contract.contract",
        string="Contracts",
        compute="_compute_contract_ids",
    )
    device_count = fields.Integer(string="Number of Devices", compute="_compute_counts")
    open_count = fields.Integer(string="Still to Come", compute="_compute_counts")
    missing_count = fields.Integer(string="Missing", compute="_compute_counts")
    date_due = fields.Date(
        string="Due Back",
        index=True,
        tracking=True,
        help="The devices are back by then; afterwards they are overdue and can be "
        "claimed.",
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", search="_search_is_overdue"
    )
    has_uncertified = fields.Boolean(
        compute="_compute_has_uncertified",
        compute_sudo=True,
        help="Whether a certified erasure has no certificate yet.",
    )
    announce_problem = fields.Char(
        compute="_compute_announce_problem",
        compute_sudo=True,
        help="Why the return cannot be announced yet.",
    )
    is_coming_back = fields.Boolean(
        compute="_compute_is_coming_back",
        compute_sudo=True,
        help="Whether some of its devices are back.",
    )
    has_gradable = fields.Boolean(
        compute="_compute_has_gradable",
        compute_sudo=True,
        help="Whether a device is erased and waits for its grade.",
    )
    has_returnable = fields.Boolean(
        compute="_compute_has_returnable",
        compute_sudo=True,
        help="Whether the customer has devices that no return waits for.",
    )
    note = fields.Text()
    # === Self-return ===
    accepted_by = fields.Char(
        copy=False,
        tracking=True,
        help="Who accepted for the customer that it bears the full responsibility "
        "until the devices have arrived.",
    )
    accepted_on = fields.Datetime(readonly=True, copy=False)
    accepted_text = fields.Text(readonly=True, copy=False)
    # === Secure pick-up ===
    pickup_address_id = fields.Many2one(
        comodel_name="res.partner",
        string="Pick-up Address",
        copy=False,
        check_company=True,
        index="btree_not_null",
    )
    pickup_contact = fields.Char(string="Contact on Site", copy=False)
    pickup_phone = fields.Char(string="Phone on Site", copy=False)
    pickup_from = fields.Datetime(copy=False, tracking=True)
    pickup_to = fields.Datetime(copy=False)
    processor_id = fields.Many2one(
        comodel_name="res.partner",
        string="Certified Processor",
        domain="[('waas_is_processor', '=', True), "
        "('waas_certified_until', '>=', 'today')]",
        index="btree_not_null",
        copy=False,
        tracking=True,
        help="Collects the devices: a company whose certificate is valid on that day.",
        check_company=True,
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_fee", string="Fee Currency"
    )
    fee_amount = fields.Monetary(
        string="Pick-up Fee",
        compute="_compute_fee",
        help="From the price list of the contract, without VAT: for the pick-up, its "
        "devices and its sites. Invoiced when the pick-up is confirmed.",
    )
    fee_frozen = fields.Monetary(readonly=True, copy=False)
    fee_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Fee Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    # === What happened ===
    announced_on = fields.Datetime(readonly=True, copy=False)
    confirmed_on = fields.Datetime(readonly=True, copy=False)
    handed_over_on = fields.Datetime(readonly=True, copy=False)
    received_on = fields.Datetime(readonly=True, copy=False)
    closed_on = fields.Datetime(readonly=True, copy=False)
    reminded_on = fields.Date(readonly=True, copy=False)
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="waas_return_id",
        string="Receipts",
        readonly=True,
    )
    erasure_ids = fields.One2many(
        comodel_name="waas.erasure", inverse_name="return_id", readonly=True
    )
    certificate_ids = fields.One2many(
        comodel_name="waas.certificate", inverse_name="return_id", readonly=True
    )
    finding_ids = fields.One2many(
        comodel_name="waas.return.finding", inverse_name="return_id"
    )
    invoice_ids = fields.One2many(
        comodel_name="account.move", inverse_name="waas_return_id", readonly=True
    )

    _check_window = models.Constraint(
        "CHECK (pickup_to > pickup_from)", "The pick-up ends after it begins."
    )
    _check_accepted = models.Constraint(
        "CHECK (method != 'self' OR state IN ('draft', 'cancelled') "
        "OR (state = 'closed' AND announced_on IS NULL) OR accepted_on IS NOT NULL)",
        "A customer that sends the devices must accept the responsibility first.",
    )
    _check_processor = models.Constraint(
        "CHECK (method != 'pickup' OR confirmed_on IS NULL "
        "OR processor_id IS NOT NULL)",
        "A secure pick-up is done by a certified processor.",
    )

    @api.model
    def _default_user_id(self):
        """The employee who creates it. For the scheduler and portal users there is no
        default: the responsible of the contract follows where a return is opened."""
        user = self.env.user
        return user if not user.share and user.id != SUPERUSER_ID else False

    # === COMPUTE METHODS ===#

    @api.depends("line_ids.contract_id")
    def _compute_contract_ids(self):
        # Each return asks the rules on its contracts: what they ask is read at once.
        self.line_ids.contract_id.has_access("read")
        for record in self:
            record.contract_ids = record.line_ids.contract_id

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for record in self:
            states = record.line_ids.mapped("state")
            record.device_count = len(states) - states.count("cancelled")
            record.missing_count = states.count("missing")
            record.open_count = states.count("expected") + record.missing_count

    @api.depends("date_due", "state")
    def _compute_is_overdue(self):
        for record in self:
            record.is_overdue = (
                record.state in EXPECTING
                and bool(record.date_due)
                and record.date_due < record.company_id._waas_today()
            )

    @api.model
    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = Domain("state", "in", EXPECTING) & self.env[
            "res.company"
        ]._waas_with_today(lambda today: Domain("date_due", "<", today))
        return overdue if True in value else ~overdue

    # === CRUD METHODS ===#

    def write(self, vals):
        if not self.env.su:
            self._ensure_as_agreed(vals)
        return super().write(vals)

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise AccessError(
            self.env._("Use the buttons of the return: its status cannot be edited.")
        )

    def _ensure_as_agreed(self, vals):
        """What was announced to the customer, or accepted, cannot be changed."""
        if not PLAN_FIELDS.isdisjoint(vals) and any(
            record.state != "draft" for record in self
        ):
            raise UserError(
                self.env._(
                    "The customer has been informed already how the devices come "
                    "back: cancel this return and make another one."
                )
            )
        if "accepted_by" in vals and any(record.accepted_on for record in self):
            raise UserError(
                self.env._("The customer has accepted already: this cannot be changed.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        if self.filtered(lambda record: record.state != "draft"):
            raise UserError(
                self.env._(
                    "A return that was announced is kept as a record: cancel it."
                )
            )

    # === RIGHTS AND STATES ===#

    def _get_allowed(self, group="also_waas.group_waas_user"):
        """These records as superuser, for steps that only the system takes.

        :raises AccessError: when the user may not take it
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(
                self.env._("Only WaaS users take this step of a return: ask one.")
            )
        return self.sudo()

    def _ensure_state(self, *states):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in states:
                raise UserError(
                    self.env._(
                        "%(name)s is %(state)s; this step is for returns that are "
                        "%(states)s.",
                        name=record.name,
                        state=labels[record.state],
                        states=", ".join(labels[state] for state in states),
                    )
                )
