from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .change_kind import ChangeKind
from .change_kind_extension import Extension
from .change_kind_termination import Termination
from .change_kind_upgrade import Seats, Upgrade

OPEN_STATES = ("waiting", "delivering")
KINDS = {
    "upgrade": Upgrade(),
    "seats": Seats(),
    "extension": Extension(),
    "termination": Termination(),
}
NO_KIND = ChangeKind()  # in a form in which none is chosen


class Plan(NamedTuple):
    """What a contract becomes by a change: nothing of it is written yet."""

    rows: list  # Row: all prices of the contract
    months: list  # anything with number, date_start and date_end: all months
    amounts: dict  # amount of each month, by its number
    new: Any = ()  # pairs of a row that is not written yet and its waas.change.line


class WaasChange(models.Model):
    """An upgrade, added workplaces, an extension or the early end of a running
    contract.

    What it does is one plan (``_plan``), which the screen shows and ``_apply`` writes.
    It is a draft, is submitted, approved by the gate, delivered where it brings
    devices, and applied as a whole; or it is cancelled. One method takes each step:
    ``_submit``, ``_approve``, ``_deliver``, ``_apply``, ``_cancel``. What depends on
    the kind of change is in ``change_kind*.py``.
    """

    _name = "waas.change"
    _description = "WaaS Change"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "waas.numbered.mixin",
        "waas.blocker.mixin",
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
        related="contract_id.waas_reseller_id",
        string="Partner",
        store=True,
        index="btree_not_null",
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
        help="Upgrade: from the price list, for the rest of the term. "
        "Extension: at the original price, up to the longest contract of the company. "
        "Early termination "
        "costs the total of the contract.",
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
        help="The exposure to the end customer grows by it.",
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
        help="Fixed amount that the partner earns once for this change.",
    )
    is_possible = fields.Boolean(
        compute="_compute_is_possible",
        compute_sudo=True,
        help="Whether the change is possible as it is; what is missing is listed.",
    )
    preview_html = fields.Html(
        string="Effect",
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

    def _get_kind(self):
        """What depends on the kind of this change: a :class:`ChangeKind`."""
        return KINDS.get(self.kind, NO_KIND)

    # === COMPUTE METHODS ===#

    @api.depends("contract_id", "kind")
    def _compute_effective_date(self):
        for change in self:
            if change.state == "draft" or not change.effective_date:
                change.effective_date = change._get_kind().get_first_date(change)

    @api.depends("contract_id", "kind", "bundle_line_id", "seat_count")
    def _compute_line_ids(self):
        """Lines that follow from the kind of change are made anew; others stay."""
        for change in self:
            commands = change._get_kind().prepare_lines(change)
            if change.state == "draft" and commands:
                change.line_ids = commands
            else:
                change.line_ids = change.line_ids.filtered(
                    lambda line: not line.product_id
                    or line.product_id in line._get_allowed_products()
                )

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
                part = change._get_part_amount(plan)
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
        """Fields of a draft on which its amounts depend."""
        return (
            "contract_id",
            "kind",
            "effective_date",
            "months",
            "line_ids.product_id",
            "line_ids.bundle_line_id",
            "line_ids.slot_id",
            "line_ids.quantity",
            "line_ids.price_unit",
        )

    @api.depends(
        lambda self: (*self._get_amount_triggers(), "line_ids.commission_amount")
    )
    def _compute_commission_amount(self):
        """Nothing is earned with a draft that is not possible like this."""
        for change in self:
            lines = change.line_ids
            if change.state == "draft" and change._get_problems():
                lines = lines.browse()
            change.commission_amount = sum(lines.mapped("commission_amount"))

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
        # The company of its contract, also for users who cannot read that one.
        return contract.sudo().company_id

    @api.model
    def _waas_refuse_system_fields(self, names):
        raise AccessError(
            self.env._(
                "The state and the amounts of a change follow from its lines and its "
                "buttons: users cannot enter them."
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

    @api.model
    def _get_agreed_fields(self):
        """Fields that may be written on a draft only."""
        return (
            "contract_id",
            "kind",
            "effective_date",
            "months",
            "bundle_line_id",
            "seat_count",
            "line_ids",
        )

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
