from typing import Any, NamedTuple

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount, format_date

from ...defaults import without_defaults

OPEN_STATES = ("waiting", "delivering")


class Plan(NamedTuple):
    """What a contract becomes by a change: nothing of it is written yet."""

    rows: list  # Row: all prices of the contract
    months: list  # anything with number, date_start and date_end: all months
    amounts: dict  # amount of each month, by its number
    new: Any = ()  # pairs of a row that is not written yet and its waas.change.line


class WaasChange(models.Model):
    """An upgrade, added workplaces, an extension or the early end of a running
    contract.

    What it would do is one plan (:meth:`_plan`), which the screen shows and
    :meth:`_apply` writes. It is a draft, stands before the gate, waits for devices
    where it brings some, and is applied at once and as a whole. Its state and amounts
    are written by its own methods only.
    """

    _name = "waas.change"
    _description = "WaaS Change"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.numbered.mixin",
        "waas.gate.mixin",
        "waas.deal.mixin",
        "waas.readable.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('waas_state', '=', 'running')]",
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="contract_id.currency_id")
    partner_id = fields.Many2one(
        related="contract_id.partner_id", string="End Customer", store=True, index=True
    )
    waas_reseller_id = fields.Many2one(
        related="contract_id.waas_reseller_id", string="Partner", store=True
    )
    order_id = fields.Many2one(related="contract_id.waas_order_id", string="Order")
    kind = fields.Selection(
        selection=[
            ("upgrade", "Upgrade or Option"),
            ("seats", "More Workplaces"),
            ("extension", "Extension"),
            ("termination", "Early Termination"),
        ],
        required=True,
        default="upgrade",
        index=True,
        help="Upgrade: from the price list, for the rest of the term (R7, R8). "
        "Extension: at the original price, up to the longest contract of the company. "
        "Early termination "
        "costs the total of the contract (R11).",
    )
    effective_date = fields.Date(
        string="From",
        compute="_compute_effective_date",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
        help="First day on which the change holds. A part of a month costs its days.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("waiting", "To Check and Sign"),
            ("delivering", "To Deliver"),
            ("applied", "Applied"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    note = fields.Text(string="Reason", help="Why; the end customer does not read it.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        readonly=True,
    )
    line_ids = fields.One2many(
        comodel_name="waas.change.line",
        inverse_name="change_id",
        string="Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    # === What it changes; frozen when it is sent ===
    monthly_before = fields.Monetary(compute="_compute_amounts", store=True)
    monthly_after = fields.Monetary(
        compute="_compute_amounts",
        store=True,
        help="Without VAT.",
    )
    total_before = fields.Monetary(
        string="Contract Total Before", compute="_compute_amounts", store=True
    )
    total_after = fields.Monetary(
        string="Contract Total After",
        compute="_compute_amounts",
        store=True,
        help="All months of the contract, without VAT.",
    )
    growth_amount = fields.Monetary(
        string="Difference",
        compute="_compute_amounts",
        store=True,
        help="By how much the contract total grows, without VAT.",
    )
    growth_total = fields.Monetary(
        string="Difference with VAT",
        compute="_compute_amounts",
        store=True,
        help="ALSO's exposure grows by it.",
    )
    part_amount = fields.Monetary(
        string="Part of a Month",
        compute="_compute_amounts",
        store=True,
        help="For the days until the next month that is not invoiced yet begins; "
        "invoiced once.",
    )
    commission_amount = fields.Monetary(
        string="Partner Commission",
        compute="_compute_commission_amount",
        store=True,
        help="Fixed amount that the partner earns once for this change (R1, R8).",
    )
    is_possible = fields.Boolean(
        compute="_compute_is_possible",
        compute_sudo=True,
        help="Whether it can be done like this; what is missing says why not.",
    )
    preview_html = fields.Html(
        string="What Happens",
        compute="_compute_preview_html",
        compute_sudo=True,  # it shows what it must, to officers and accountants as well
        sanitize=False,
    )
    applied_on = fields.Datetime(readonly=True, copy=False)
    applied_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    _unique_open = models.UniqueIndex(
        "(contract_id) WHERE state IN ('waiting', 'delivering')",
        "Another change of this contract is under way: apply or cancel it first.",
    )
    _applied_is_complete = models.Constraint(
        "CHECK (state != 'applied' OR applied_on IS NOT NULL)",
        "A change is applied by its own method.",
    )

    # === COMPUTE METHODS ===#

    @api.depends("contract_id", "kind")
    def _compute_effective_date(self):
        for change in self:
            if change.state == "draft" or not change.effective_date:
                change.effective_date = change._get_first_date()

    def _get_first_date(self):
        """Hook: the day that is proposed."""
        return self.company_id._waas_today()

    @api.depends("contract_id", "kind")
    def _compute_line_ids(self):
        """Lines that follow from the kind of change are made anew; others stay."""
        for change in self:
            if change.state == "draft" and (commands := change._prepare_lines()):
                change.line_ids = commands
            else:
                change.line_ids = change.line_ids.filtered(
                    lambda line: not line.product_id
                    or line.product_id in line._get_allowed_products()
                )

    def _prepare_lines(self):
        """Hook: commands for lines that follow from the kind of change, or nothing."""
        return []

    @api.depends(lambda self: self._get_amount_triggers())
    def _compute_amounts(self):
        for change in self:
            contract = change.contract_id
            before = contract.waas_monthly_amount, contract.waas_total_amount
            change.monthly_before, change.total_before = before
            after, total, part = before[0], before[1], 0.0
            after_total = after
            if contract and not change._get_problems():
                plan = change._plan()
                after, after_total = contract._waas_get_monthly_amounts(plan)
                total = contract._waas_round(sum(plan.amounts.values()))
                part = change._get_part(plan)
            change.monthly_after = after
            change.total_after = total
            change.part_amount = part
            growth = contract._waas_round(total - before[1])
            change.growth_amount = growth
            change.growth_total = (
                contract._waas_round(growth * after_total / after) if after else growth
            )

    @api.model
    def _get_amount_triggers(self):
        """Hook: fields of a draft on which its amounts depend."""
        return (
            "contract_id",
            "kind",
            "effective_date",
            "line_ids.product_id",
            "line_ids.bundle_line_id",
            "line_ids.slot_id",
            "line_ids.quantity",
            "line_ids.price_unit",
        )

    @api.depends(lambda self: (*self._get_amount_triggers(), "line_ids.commission"))
    def _compute_commission_amount(self):
        """Nothing is earned with a draft that is not possible like this."""
        for change in self:
            lines = change.line_ids
            if change.state == "draft" and change._get_problems():
                lines = lines.browse()
            change.commission_amount = sum(lines.mapped("commission"))

    @api.depends(lambda self: (*self._get_amount_triggers(), "state"))
    def _compute_preview_html(self):
        for change in self:
            change.preview_html = (
                change._render_preview()
                if change.contract_id
                and change.state not in ("applied", "cancelled")
                and not change._get_problems()
                else False
            )

    @api.depends(lambda self: (*self._get_amount_triggers(), "state"))
    def _compute_is_possible(self):
        for change in self:
            change.is_possible = not change._get_problems()

    @api.depends("name", "contract_id.name")
    def _compute_display_name(self):
        for change in self:
            number = change.name if change.name != "/" else self.env._("New Change")
            change.display_name = f"{number} ({change.contract_id.name})"

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        for change in changes:
            change._tell_contract(self.env._("is being prepared"))
        return changes

    def write(self, vals):
        if not self.env.su:
            self._ensure_draft(vals)
        return super().write(vals)

    @api.model
    def _waas_get_number_company(self, vals):
        contract = self.env["contract.contract"].browse(vals.get("contract_id"))
        # A change belongs to the company of its contract, whoever may read that.
        return contract.sudo().company_id

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise AccessError(
            self.env._(
                "The state and the amounts of a change follow from its lines and its "
                "buttons: nobody types them."
            )
        )

    def _ensure_draft(self, vals):
        """What was sent is what is signed."""
        for change in self:
            if change.state != "draft" and any(
                name in vals for name in self._get_agreed_fields()
            ):
                change._ensure_not_over()
                raise UserError(change._get_sent_message())

    def _get_sent_message(self):
        """What to do about a change that was sent and shall be another one."""
        self.ensure_one()
        return self.env._(
            "%(change)s was sent: press Renew to change it, or cancel it.",
            change=self.name,
        )

    def _ensure_not_over(self):
        """:raises UserError: for what is applied or cancelled, with what answers it"""
        for change in self:
            if change.state in ("applied", "cancelled"):
                raise UserError(change._get_over_message())

    @api.model
    def _get_agreed_fields(self):
        """Hook: what may be written on a draft only."""
        return ["contract_id", "kind", "effective_date", "line_ids"]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sent(self):
        for change in self:
            if change.state != "draft":
                raise UserError(
                    self.env._(
                        "%(change)s stays as a record: only drafts are deleted. What "
                        "was sent and is not applied can be cancelled.",
                        change=change.name,
                    )
                )

    # === ACTIONS ===#

    def action_view_contract(self):
        """Open the contract that changes."""
        self.ensure_one()
        return self.contract_id._get_records_action()

    def action_submit(self):
        """Freeze the change and put it before the gate: whom it concerns is asked.

        :raises UserError: when it cannot be done like this, with the reasons
        """
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            if change.state != "draft":
                raise UserError(
                    self.env._("%(change)s was sent already.", change=change.name)
                )
            change._refresh()
            change._ensure_possible()
            change.sudo().state = "waiting"  # checked above
            change.flush_recordset(["state"])
            change._after_submit()
            change._waas_try_confirm()
        return True

    def action_apply(self):
        """Write the change to the contract, when nothing is missing any more."""
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            if change.state != "waiting":
                raise UserError(
                    self.env._(
                        "%(change)s does not wait to be applied: send it first.",
                        change=change.name,
                    )
                )
            change._go()
        return True

    def action_renew(self):
        """Take a change back that was sent: as a draft of today it can be corrected.
        What was signed for it is void."""
        for change in self:
            change._ensure_user()
            if change.state != "waiting":
                raise UserError(
                    self.env._(
                        "Only a change that was sent and not applied can be renewed."
                    )
                )
            change._withdraw(self.env._("The change was renewed."))
            today = change.company_id._waas_today()
            change.sudo().write(  # checked above
                {
                    "state": "draft",
                    "effective_date": max(change.effective_date, today),
                }
            )
            change._refresh()
        return True

    def action_cancel(self):
        """Give a change up that was not applied; nothing of it remains."""
        for change in self:
            change._ensure_user()
            change._ensure_not_over()
            change._withdraw(self.env._("The change was cancelled."))
            change.sudo().state = "cancelled"  # checked above
            change.flush_recordset(["state"])
            change._tell_contract(self.env._("was cancelled"))
        return True

    def _ensure_user(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("also_waas.group_waas_user"):
            raise AccessError(self.env._("Only WaaS users change contracts."))

    def _get_over_message(self):
        self.ensure_one()
        if self.state == "cancelled":
            return self.env._(
                "%(change)s is cancelled already, and nothing of it remains: make "
                "another change of %(contract)s instead.",
                change=self.name,
                contract=self.contract_id.name,
            )
        return self.env._(
            "%(change)s is applied and stays. %(way)s",
            change=self.name,
            way=self._get_way_back(),
        )

    def _get_way_back(self):
        """What answers a change that was applied."""
        self.ensure_one()
        return {
            "upgrade": self.env._(
                "What was agreed holds to the end of the term; a follow-on contract "
                "can do without it."
            ),
            "seats": self.env._(
                "What was agreed holds to the end of the term; a follow-on contract "
                "can have fewer workplaces."
            ),
            "extension": self.env._(
                "An extended contract is ended by an early termination (R11)."
            ),
            "termination": self.env._(
                "An ended contract is followed by a new one; what was invoiced wrongly "
                "is credited on its invoice."
            ),
        }[self.kind]

    # === WHETHER IT IS POSSIBLE ===#

    def _get_problems(self):
        """Why the change cannot be done like this.

        :return: list of pairs of a code and a sentence
        """
        self.ensure_one()
        contract = self.contract_id
        if not contract:
            return [("contract", self.env._("Choose the contract."))]
        if problem := contract._waas_get_change_problem():
            return [("contract", problem)]
        if problem := self._get_other_problem():
            return [("other", problem)]
        return list(self._get_kind_problems())

    def _get_other_problem(self):
        """One change at a time: each is about the contract as it is."""
        for other in self._get_other_changes():
            return self.env._(
                "%(other)s of %(contract)s is under way: have it applied, or cancel "
                "it, first.",
                other=other.name,
                contract=self.contract_id.name,
            )
        return False

    def _get_other_changes(self):
        others = self.contract_id.waas_change_ids - self._origin
        return others.filtered(lambda change: change.state in OPEN_STATES)

    def _get_passed_message(self):
        """What to do about a day that has passed: a draft has no button *Renew*."""
        date = format_date(self.env, self.effective_date)
        if self.state == "draft":
            return self.env._(
                "%(date)s has passed: choose today or a later day.", date=date
            )
        return self.env._(
            "%(date)s has passed: press Renew, and choose today or a later day.",
            date=date,
        )

    def _get_kind_problems(self):
        """Hook: pairs of a code and a sentence, by kind."""
        today = self.company_id._waas_today()
        if not self.effective_date:
            yield "date", self.env._("Choose the day from which the change holds.")
        elif self.effective_date < today:
            yield "date", self._get_passed_message()
        elif self.effective_date > self.contract_id.date_end and self._is_within():
            yield (
                "date",
                self.env._(
                    "%(contract)s ends on %(date)s: choose a day before, or extend it "
                    "first.",
                    contract=self.contract_id.name,
                    date=format_date(self.env, self.contract_id.date_end),
                ),
            )
        elif self.effective_date < self.contract_id.date_start:
            yield (
                "date",
                self.env._(
                    "%(contract)s starts on %(date)s: choose a day from then on.",
                    contract=self.contract_id.name,
                    date=format_date(self.env, self.contract_id.date_start),
                ),
            )

    def _is_within(self):
        """Hook: whether the change holds from a day within the term."""
        return True

    def _ensure_possible(self):
        if problems := self._get_problems():
            raise UserError(
                self.env._(
                    "%(change)s is not possible like this:\n%(problems)s",
                    change=self.name,
                    problems="\n".join(f"- {text}" for _code, text in problems),
                )
            )

    # === WHAT IT WOULD DO ===#

    def _plan(self):
        """What the contract becomes. Screen, agreements and booking all ask this.

        :return: :class:`Plan`
        """
        self.ensure_one()
        months = list(self.contract_id.waas_installment_ids.sorted("number"))
        rows = self.contract_id._waas_get_rows()
        return Plan(rows, months, {month.number: month.amount for month in months})

    def _replan(self, plan, rows, months=None, new=()):
        """A plan with other rows: months that are not invoiced and that bill something
        else cost what their rows add up to."""
        contract = self.contract_id
        months = months or plan.months
        amounts, known = {}, {}
        for month in months:
            billed = tuple(row for row in rows if row.is_billed(month))
            before = tuple(row for row in plan.rows if row.is_billed(month))
            fixed = month.number in plan.amounts and (
                month.move_id or _as_keys(billed) == _as_keys(before)
            )
            if fixed:
                amounts[month.number] = plan.amounts[month.number]
                continue
            key = _as_keys(billed)
            if key not in known:
                known[key] = contract._waas_get_untaxed(billed)
            amounts[month.number] = known[key]
        return Plan(rows, months, amounts, new)

    def _get_part(self, plan):
        """What is invoiced once for a part of a month."""
        rows = [row for row, _line in plan.new if row.number]
        return self.contract_id._waas_get_untaxed(rows)

    def _render_preview(self):
        """The months as they are and as they would be."""
        plan = self._plan()
        amount_of = {month.number: month for month in self._get_months()}
        rows = Markup().join(
            self._render_month(month, amount_of.get(month.number), plan)
            for month in plan.months
        )
        return Markup(
            '<table class="table table-sm o_also_waas_preview"><thead><tr><th>%s</th>'
            "<th>%s</th><th>%s</th><th class='text-end'>%s</th>"
            "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("Month"),
            self.env._("From"),
            self.env._("Invoice"),
            self.env._("Before"),
            self.env._("After"),
            rows,
        )

    def _render_month(self, month, before, plan):
        after = plan.amounts[month.number]
        changed = not before or self.currency_id.compare_amounts(before.amount, after)
        return Markup(
            "<tr class='%s'><td>%s</td><td>%s</td><td>%s</td>"
            "<td class='text-end'>%s</td><td class='text-end'>%s</td></tr>"
        ) % (
            "fw-bold" if changed else "text-muted",
            month.number,
            format_date(self.env, month.date_start),
            before.move_id.name or "" if before else "",
            self._format_amount(before.amount) if before else "",
            self._format_amount(after),
        )

    def _get_months(self):
        return self.contract_id.waas_installment_ids.sorted("number")

    def _format_amount(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    # === LIFE CYCLE ===#

    def _refresh(self):
        """Compute a draft anew: prices, invoices and other changes go on meanwhile."""
        self.ensure_one()
        change_sudo = self.sudo()
        for records, names in (
            (change_sudo.line_ids, change_sudo.line_ids._get_frozen_fields()),
            (change_sudo, self._get_frozen_fields()),
        ):
            for name in names:
                self.env.add_to_compute(records._fields[name], records)
        change_sudo.flush_recordset()

    @api.model
    def _get_frozen_fields(self):
        return (
            "monthly_before",
            "monthly_after",
            "total_before",
            "total_after",
            "growth_amount",
            "growth_total",
            "part_amount",
            "commission_amount",
        )

    def _after_submit(self):
        """Hook: the change stands before the gate."""
        self._tell_contract(self.env._("was sent"))

    def _withdraw(self, reason):
        """Hook: take back what hangs on a change that will not happen like this."""

    def _go(self):
        """Hook: take the step that follows when nothing is missing."""
        self._start()

    def _start(self):
        """Hook: let what was agreed begin."""
        self._apply_now()

    def _apply_now(self):
        """Write the changes, all of each and all of them, or nothing."""
        # The right to do it was checked; contracts are written by the flow only.
        changes = without_defaults(self.sudo())
        changes.contract_id.lock_for_update(allow_referencing=True)
        changes.contract_id.waas_installment_ids.filtered(
            lambda month: not month.move_id
        )._lock()
        plans = {}
        for change in changes:
            change._ensure_possible()
            plans[change] = change._plan()
            change._ensure_as_agreed(plans[change])
        changes._apply_plans(plans)
        changes.write(
            {
                "state": "applied",
                "applied_on": fields.Datetime.now(),
                "applied_by_id": self.env.uid,
            }
        )
        changes.flush_recordset(["state"])
        changes._waas_drop_todos()
        for change in changes:
            change._tell_contract(change._describe_applied())
            change._after_apply()

    def _waas_drop_todos(self):
        """Hook: nothing is left to do for these changes."""

    def _ensure_as_agreed(self, plan):
        """What is booked is what was shown and signed, to the cent."""
        compare = self.currency_id.compare_amounts
        total = sum(plan.amounts.values())
        if compare(total, self.total_after) or compare(
            self.contract_id._waas_get_monthly(plan), self.monthly_after
        ):
            raise UserError(
                self.env._(
                    "%(contract)s has changed since %(change)s was sent: its total "
                    "would be %(now)s now instead of %(agreed)s. Press Renew and have "
                    "it signed again.",
                    contract=self.contract_id.name,
                    change=self.name,
                    now=self._format_amount(total),
                    agreed=self._format_amount(self.total_after),
                )
            )

    def _apply_plans(self, plans):
        """Hook: write the plans to the contracts.

        :param dict plans: :class:`Plan` of each of these changes
        """
        for change in self:
            change._apply(plans[change])

    def _apply(self, plan):
        """Hook: write the plan to the contract."""
        self.contract_id._waas_write_plan(plan)

    def _after_apply(self):
        """Hook: the change is applied. Licenses, commission and marketplace follow; the
        amounts of the lines are frozen."""

    def _describe_applied(self):
        """What the contract's followers read."""
        return self.env._(
            "is applied from %(date)s: %(before)s → %(after)s per month, contract "
            "total %(total)s",
            date=format_date(self.env, self.effective_date),
            before=self._format_amount(self.monthly_before),
            after=self._format_amount(self.monthly_after),
            total=self._format_amount(self.total_after),
        )

    def _tell_contract(self, what):
        """Leave a note of each step on the contract."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        contract_sudo = self.contract_id.sudo()  # WaaS users read contracts only
        contract_sudo._waas_tell(
            self.env._(
                "%(kind)s %(change)s %(what)s.",
                kind=kinds[self.kind],
                change=self.name,
                what=what,
            )
        )


def _as_keys(rows):
    """Rows to be compared: a record in place of a new line says nothing."""
    return tuple(
        sorted(
            (row.product.id, row.quantity, row.price_unit, row.number) for row in rows
        )
    )
