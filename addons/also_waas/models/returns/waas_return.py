from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...defaults import without_defaults
from .waas_certificate import make_qr_code

EXPECTING = ("draft", "announced", "confirmed", "transit")
BACK = ("received", "damaged")
# Who, when and how is agreed before it is told to the customer.
PLAN_FIELDS = frozenset(("partner_id", "company_id", "method"))


class WaasReturn(models.Model):
    """Devices of one end customer on their way back to ALSO (R15).

    The customer sends them itself and bears the responsibility, or a certified company
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
        "their delivery; a secure pick-up by a certified company costs a fee (R15).",
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
        help="Whether something was erased that no certificate tells of.",
    )
    announce_problem = fields.Char(
        compute="_compute_announce_problem",
        compute_sudo=True,
        help="Why the customer cannot be told yet.",
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
        "until the devices have arrived (R15).",
    )
    accepted_on = fields.Datetime(readonly=True, copy=False)
    accepted_text = fields.Text(string="What Was Accepted", readonly=True, copy=False)
    # === Secure pick-up ===
    pickup_address_id = fields.Many2one(
        comodel_name="res.partner", string="Pick-up Address", copy=False
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
        help="Collects the devices: a company whose certificate is valid on that day "
        "(R15).",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_fee", string="Fee Currency"
    )
    fee_amount = fields.Monetary(
        string="Pick-up Fee",
        compute="_compute_fee",
        help="From the price list of the contract, without VAT: for the pick-up, its "
        "devices and its sites. Invoiced when the pick-up is confirmed (R15).",
    )
    fee_frozen = fields.Monetary(readonly=True, copy=False)
    fee_move_id = fields.Many2one(
        comodel_name="account.move",
        string="Fee Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
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
        "A customer that sends the devices itself accepts the responsibility first "
        "(R15).",
    )
    _check_processor = models.Constraint(
        "CHECK (method != 'pickup' OR confirmed_on IS NULL "
        "OR processor_id IS NOT NULL)",
        "A secure pick-up is done by a certified processor (R15).",
    )

    @api.model
    def _default_user_id(self):
        """Whoever makes it, if that is a person at ALSO: what the scheduler or a
        visitor of the portal makes is for somebody else."""
        user = self.env.user
        return user if not user.share and user.id != SUPERUSER_ID else False

    # === COMPUTE METHODS ===#

    @api.depends("line_ids.contract_id")
    def _compute_contract_ids(self):
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
        overdue = fields.Domain("state", "in", EXPECTING) & self.env[
            "res.company"
        ]._waas_with_today(lambda today: fields.Domain("date_due", "<", today))
        return overdue if True in value else ~overdue

    # === CRUD METHODS ===#

    def write(self, vals):
        if not self.env.su:
            self._ensure_as_told(vals)
        return super().write(vals)

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise AccessError(
            self.env._("A return goes on by its buttons: nobody writes its state.")
        )

    def _ensure_as_told(self, vals):
        """What the customer was told, or has accepted, stays."""
        if not PLAN_FIELDS.isdisjoint(vals) and any(
            record.state != "draft" for record in self
        ):
            raise UserError(
                self.env._(
                    "The customer was told already how the devices come back: cancel "
                    "this return and make another one."
                )
            )
        if "accepted_by" in vals and any(record.accepted_on for record in self):
            raise UserError(
                self.env._("The customer has accepted already: that stays as it was.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_announced(self):
        if self.filtered(lambda record: record.state != "draft"):
            raise UserError(
                self.env._(
                    "A return that was announced is kept as a record: cancel it."
                )
            )

    # === ACTIONS ===#

    def action_add_devices(self):
        """Add every device that the customer has, and that no return waits for."""
        self._ensure_state("draft", "announced")
        for record in self:
            devices = record._get_returnable_devices()
            if not devices:
                raise UserError(
                    self.env._(
                        "%(customer)s has no devices that are not in a return.",
                        customer=record.partner_id.display_name,
                    )
                )
            record._add_devices(devices)
        return True

    def action_accept_responsibility(self):
        """Note that the customer bears the full responsibility (R15)."""
        self._ensure_state("draft")
        for record in self._get_allowed():
            record._accept(record.accepted_by)
        return True

    def action_announce(self):
        """Tell the customer what comes back and how, with the papers."""
        self._ensure_state("draft")
        for record in self:
            if problem := record._get_announce_problem():
                raise UserError(problem)
        records_sudo = self._get_allowed()
        for record in records_sudo:
            record._announce()
        return True

    def action_send(self):
        """Mail the papers to the customer again."""
        self._ensure_state("announced", "confirmed", "transit")
        template = self.env.ref("also_waas.mail_template_return")
        for record in self._get_allowed():
            mail_sudo = template._waas_queue(record, record.partner_id)
            mail_sudo._waas_print_documents()  # who sends by hand sees what is wrong
        return True

    def action_hand_over(self):
        """The devices left the customer, who sends them."""
        self._ensure_state("announced")
        for record in self._get_allowed("stock.group_stock_user"):
            record._hand_over()
        return True

    def action_receive(self):
        """Open the window in which serial numbers are scanned."""
        self.ensure_one()
        self._ensure_state("announced", "confirmed", "transit", "received")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "also_waas.waas_return_receive_action"
        )
        return {**action, "context": {"default_return_id": self.id}}

    def action_report_missing(self):
        """What did not come is missing."""
        self._ensure_may_miss()
        for record in self._get_allowed("stock.group_stock_user"):
            lines = record.line_ids.filtered(lambda line: line.state == "expected")
            if not lines:
                raise UserError(
                    self.env._(
                        "Nothing is to be reported: every device has come, or is "
                        "missing or claimed already."
                    )
                )
            lines._report_missing()
        return True

    def action_claim(self):
        """Claim what is missing: a draft invoice, and the devices are written off."""
        for record in self._get_allowed():
            lines = record.line_ids.filtered(lambda line: line.state == "missing")
            if not lines and "expected" not in record.line_ids.mapped("state"):
                raise UserError(record._get_nothing_missing_message())
            if not lines:
                raise UserError(
                    self.env._(
                        "Report what is missing on %(return)s before you claim it.",
                        **{"return": record.name},
                    )
                )
            lines._claim()
        return True

    def action_invoice_missing(self):
        """For accountants: invoice in one step what did not come back in time. What is
        overdue is reported missing and claimed, and the claims are posted."""
        records_sudo = self._get_allowed("account.group_account_invoice")
        for record in records_sudo:
            if problem := record._get_claim_problem():
                raise UserError(problem)
        invoices = self.env["account.move"]
        for record in records_sudo:
            invoices |= record._invoice_missing().with_env(self.env)
        return invoices._get_records_action(name=self.env._("Claims"))

    def action_issue_certificate(self):
        """Certify to the customer what was erased until now, and tell it so."""
        for record in self._get_allowed():
            certificate = record._issue_certificate()
            record._try_to_mail(certificate._get_mail_template(), certificate)
        return True

    def action_cancel(self):
        """Call the return off, as long as nothing came back."""
        self._ensure_state("draft", "announced", "confirmed", "transit")
        for record in self._get_allowed():
            record._cancel()
        return True

    def action_view_pickings(self):
        """Open the receipts."""
        self.ensure_one()
        return self.picking_ids._get_records_action(name=self.env._("Receipts"))

    def action_view_erasures(self):
        """Open the erasures of the returned devices."""
        self.ensure_one()
        return self.erasure_ids._get_records_action(name=self.env._("Erasures"))

    def action_view_certificates(self):
        """Open the certificates for the end customer."""
        self.ensure_one()
        return self.certificate_ids._get_records_action(name=self.env._("Certificates"))

    def action_view_invoices(self):
        """Open the fee and the claims."""
        self.ensure_one()
        return self.invoice_ids._get_records_action(name=self.env._("Invoices"))

    def action_grade(self):
        """Open the window that grades what was erased."""
        devices = self._get_gradable_devices()
        if not devices:
            raise UserError(
                self.env._("Nothing to grade: no device here is erased and waiting.")
            )
        return devices.action_waas_grade()

    def _get_gradable_devices(self):
        """What is erased and waits in quarantine."""
        return self.line_ids.device_id.filtered(
            lambda device: device.sudo().waas_arrival_id
            and device._waas_get_certificate()
        )

    # === ANNOUNCING ===#

    def _get_announce_problem(self):
        """Why the customer cannot be told yet, as a sentence, or False."""
        self.ensure_one()
        if not self.line_ids:
            return self.env._("Add the devices that come back.")
        if self.method == "self":
            return not self.accepted_on and self.env._(
                "Whoever sends the devices itself bears the full responsibility for "
                "their delivery (R15): have the customer accept that first, under "
                "'Accepted By'."
            )
        return self._get_pickup_problem()

    def _announce(self):
        self.ensure_one()
        self.write(
            {
                "state": "announced",
                "announced_on": fields.Datetime.now(),
                "date_due": self.date_due or self._get_due_date(self.company_id),
            }
        )
        self.line_ids._announce()
        self._waas_todo_drop("return_plan", "return_pickup", "return_agree")
        self._mail("also_waas.mail_template_return")

    def _get_qr_code(self):
        """The number as a QR code, for the label: the source of an image."""
        self.ensure_one()
        return make_qr_code(self.name)

    def _waas_get_signatory(self):
        return self.contract_ids[:1]._waas_get_signatory()

    def _mail(self, template):
        """Queue a mail to the end customer."""
        self.ensure_one()
        self._try_to_mail(self.env.ref(template), self)

    def _try_to_mail(self, template, record):
        """Queue a mail about ``record`` to the end customer. What keeps it from being
        made, its PDF or its text, does not keep the devices from coming back: whoever
        looks after the return is told, and sends it by hand."""
        self.ensure_one()
        if error := template._waas_try_to_queue(record, record.partner_id):
            self._remind(
                "mail",
                lambda env: env._(
                    "%(mail)s, about %(record)s: %(error)s Mend it, then send it from "
                    "there, or print it and send it by hand.",
                    mail=template.with_env(env).name,
                    record=record.display_name,
                    error=error,
                ),
                summary=lambda env: env._(
                    "A mail to the end customer could not be made"
                ),
                add=True,
            )

    def _get_receipt(self):
        """The transfer that waits for devices, made when there is none."""
        self.ensure_one()
        waiting = self.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )[:1]
        if waiting:
            return waiting
        company = self.company_id
        return without_defaults(self.env["stock.picking"]).create(
            {
                "picking_type_id": company.waas_return_type_id.id,
                "company_id": company.id,
                "partner_id": self.partner_id.id,
                "origin": self.name,
                "location_id": company.waas_location_id.id,
                "location_dest_id": company._waas_get_quarantine().id,
            }
        )

    def _hand_over(self):
        self.ensure_one()
        self.write({"state": "transit", "handed_over_on": fields.Datetime.now()})
        expected = self.line_ids.filtered(lambda line: line.state == "expected")
        expected.device_id._waas_log("picked_up", document=self, party=self.partner_id)

    # === WHAT DOES NOT COME ===#

    def _ensure_may_miss(self):
        """:raises UserError: when nothing can be missing yet"""
        # Who does not answer gets no return announced, and has the devices still.
        self.filtered(
            lambda record: record.state != "draft" or not record.is_overdue
        )._ensure_state("announced", "confirmed", "transit", "received")

    def _get_overdue_lines(self):
        """The devices that did not come in time, or that are known to be missing."""
        self.ensure_one()
        late = ("expected", "missing") if self.is_overdue else ("missing",)
        return self.line_ids.filtered(lambda line: line.state in late)

    def _get_claim_problem(self):
        """Why nothing can be claimed, as a sentence, or False."""
        self.ensure_one()
        if self._get_overdue_lines():
            return False
        if self.state in EXPECTING and self.date_due:
            return self.env._(
                "Nothing of %(return)s is overdue: its devices are due on %(date)s. "
                "Wait until then, or have what is lost reported missing.",
                date=format_date(self.env, self.date_due),
                **{"return": self.name},
            )
        return self._get_nothing_missing_message()

    def _get_nothing_missing_message(self):
        return self.env._(
            "Every device of %(return)s came back or is claimed already: there is "
            "nothing to invoice.",
            **{"return": self.name},
        )

    def _invoice_missing(self):
        """The posted claims of what did not come in time."""
        self.ensure_one()
        lines = self._get_overdue_lines()
        lines._report_missing()
        lines._claim()
        invoices = lines.claim_move_id
        invoices._post(soft=False)
        return invoices

    # === WHAT FOLLOWS FROM WHAT CAME ===#

    def _settle(self):
        """Go on as far as what came, was erased and was released allows."""
        for record in self:
            states = set(record.line_ids.mapped("state"))
            if record.state in ("cancelled", "closed") or "expected" in states:
                continue
            # Nothing came of what nobody agreed to, and all of it is claimed.
            if record.state == "draft" and states - {"cancelled"} != {"claimed"}:
                continue
            if record.state in EXPECTING and not states.isdisjoint(BACK):
                record._finish_receipt()
            record._certify_if_erased()
            if "missing" not in states and record._is_released():
                record._close()

    def _finish_receipt(self):
        """Nothing is expected any more."""
        self.write({"state": "received", "received_on": fields.Datetime.now()})
        if self.method == "pickup" and not self.confirmed_on:
            self._remind(
                "return_fee",
                lambda env: env._(
                    "The devices are here, and their pick-up was not confirmed: "
                    "invoice its fee by hand if it took place."
                ),
            )

    def _certify_if_erased(self):
        todo = self.erasure_ids.filtered(lambda erasure: erasure.state == "todo")
        if not todo and self._get_uncertified():
            certificate = self._issue_certificate()
            self._try_to_mail(certificate._get_mail_template(), certificate)

    @api.depends("erasure_ids.state", "erasure_ids.certificate_id")
    def _compute_has_uncertified(self):
        for record in self:
            record.has_uncertified = bool(record._get_uncertified())

    @api.depends(
        "state",
        "method",
        "line_ids",
        "accepted_on",
        "processor_id",
        "pickup_address_id",
        "pickup_contact",
        "pickup_from",
        "pickup_to",
        "fee_amount",
        "fee_waits",
    )
    def _compute_announce_problem(self):
        for record in self:
            record.announce_problem = (
                record._get_announce_problem() if record.state == "draft" else False
            )

    @api.depends("line_ids.state")
    def _compute_is_coming_back(self):
        for record in self:
            record.is_coming_back = any(line.state in BACK for line in record.line_ids)

    @api.depends("line_ids.device_id.waas_arrival_id", "erasure_ids.state")
    def _compute_has_gradable(self):
        for record in self:
            record.has_gradable = bool(record._get_gradable_devices())

    @api.depends("partner_id", "line_ids.device_id", "state")
    def _compute_has_returnable(self):
        for record in self:
            record.has_returnable = record.state in ("draft", "announced") and bool(
                record._get_returnable_devices()
            )

    def _get_uncertified(self):
        """Passed erasures that no certificate tells of."""
        return self.erasure_ids.filtered(
            lambda erasure: erasure.state == "passed" and not erasure.certificate_id
        )

    def _issue_certificate(self):
        self.ensure_one()
        certificates = self.env["waas.certificate"]
        return certificates._issue(self, self._get_uncertified())

    def _is_released(self):
        """Whether nothing of this return waits for anything."""
        here = self.erasure_ids.filtered(
            lambda erasure: erasure.device_id.waas_arrival_id == erasure.arrival_id
        )
        return not here and not self.finding_ids.filtered(
            lambda finding: finding.state == "open"
        )

    def _close(self):
        self.write({"state": "closed", "closed_on": fields.Datetime.now()})
        self._waas_todo_done(
            "return_plan",
            "return_pickup",
            "return_agree",
            "return_overdue",
            "return_missing",
            "return_fee",
        )

    def _cancel(self):
        self.ensure_one()
        if self.line_ids.filtered(lambda line: line.state in BACK):
            raise UserError(
                self.env._(
                    "Devices of %(return)s have come back: remove the others instead, "
                    "or report them missing.",
                    **{"return": self.name},
                )
            )
        if self.fee_move_id and self.fee_move_id.state != "cancel":
            self._remind("return_credit_fee", self.fee_move_id.display_name)
        self.line_ids._cancel()
        self.state = "cancelled"
        self._waas_todo_drop(
            "return_plan", "return_pickup", "return_agree", "return_overdue"
        )

    # === RIGHTS AND STATES ===#

    def _get_allowed(self, group="also_waas.group_waas_user"):
        """These records as superuser, for steps that nobody takes by hand.

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
                        state=labels[record.state].lower(),
                        states=", ".join(labels[state].lower() for state in states),
                    )
                )
