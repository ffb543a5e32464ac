from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

READER_GROUPS = "also_waas.group_waas_user,account.group_account_invoice"


class Earning(NamedTuple):
    """What an event earns with one product: argument of ``_waas_accrue``."""

    key: str  # stable within the event: the same key is never earned twice
    product: Any  # ``product.product``
    quantity: float
    unit_amount: float  # per piece, in the contract's currency
    order_line: Any = None  # ``sale.order.line`` it comes from, where there is one


class WaasCommission(models.Model):
    """What resellers have earned (R1, R8).

    A ledger: a row is one product of one event, and its amount never changes. What has
    to be taken back is a row of its own. Users cannot edit it: events accrue, then
    a settlement and its bill pay.
    """

    _name = "waas.commission"
    _description = "WaaS Commission"
    _inherit = ["waas.guarded.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ["contract_id", "product_id"]
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True
    )
    # === For what ===
    reseller_id = fields.Many2one(
        comodel_name="res.partner",
        string="Partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The company that is paid.",
        check_company=True,
    )
    contract_id = fields.Many2one(
        comodel_name="contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id",
        string="End Customer",
        store=True,
        index="btree_not_null",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        required=True,
        readonly=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    event = fields.Selection(
        selection=[
            ("new", "New Contract"),
            ("extension", "Extension"),
            ("upgrade", "Upgrade"),
            ("seats", "Added Seats"),
            ("reversal", "Taken Back"),
        ],
        required=True,
        readonly=True,
        index=True,
        help="A new or extended contract earns a fixed amount; so do upgrades and "
        "options. A cancelled order takes it back.",
    )
    event_key = fields.Char(
        required=True, readonly=True, help="The document that earned it, once."
    )
    line_key = fields.Char(required=True, readonly=True)
    reverses_id = fields.Many2one(
        comodel_name="waas.commission",
        string="Takes Back",
        readonly=True,
        ondelete="restrict",
        check_company=True,
        index="btree_not_null",
    )
    reversal_ids = fields.One2many(
        comodel_name="waas.commission",
        inverse_name="reverses_id",
        string="Taken Back By",
        readonly=True,
    )
    # === How much ===
    quantity = fields.Float(required=True, readonly=True, digits="Product Unit")
    unit_amount = fields.Monetary(
        string="Per Piece", required=True, readonly=True, aggregator=None
    )
    amount = fields.Monetary(
        required=True,
        readonly=True,
        help="Without VAT, frozen from the price list of the order's date.",
    )
    # === When ===
    date_earned = fields.Date(
        string="Earned On",
        required=True,
        readonly=True,
        help="The day on which the last condition was met: credit approved and all "
        "agreements signed by both.",
    )
    date = fields.Date(
        string="Booked On",
        required=True,
        readonly=True,
        index=True,
        help="The day on which the order was confirmed; it decides in which month this "
        "is settled.",
    )
    # === What became of it ===
    settlement_line_ids = fields.One2many(
        comodel_name="commission.settlement.line",
        inverse_name="waas_commission_id",
        string="Settlement Lines",
        readonly=True,
        groups=READER_GROUPS,
    )
    settlement_line_id = fields.Many2one(
        comodel_name="commission.settlement.line",
        compute="_compute_settlement",
        store=True,
        ondelete="set null",
        groups=READER_GROUPS,
        check_company=True,
        index="btree_not_null",
    )
    settlement_id = fields.Many2one(
        comodel_name="commission.settlement",
        compute="_compute_settlement",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        groups=READER_GROUPS,
        check_company=True,
    )
    bill_id = fields.Many2one(
        comodel_name="account.move",
        string="Vendor Bill",
        compute="_compute_state",
        store=True,
        index="btree_not_null",
        ondelete="set null",
        groups="account.group_account_invoice",
        check_company=True,
    )
    state = fields.Selection(
        selection=[
            ("earned", "Earned"),
            ("settled", "Settled"),
            ("billed", "Billed"),
            ("partial", "Partly Paid"),
            ("paid", "Paid"),
            ("reversed", "Taken Back"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        help="Taken back: it was reversed before it was settled, so neither is paid. "
        "What was settled already is taken back by the next settlement.",
    )
    date_paid = fields.Date(string="Paid On", compute="_compute_state", store=True)
    bill_number = fields.Char(compute="_compute_bill_number")
    date_payout = fields.Date(
        string="Pay-out",
        compute="_compute_date_payout",
        help="When the partner is paid: the settlement after the end of the period, "
        "and the partner's payment term.",
    )

    _unique_event = models.UniqueIndex(
        "(event_key, line_key) WHERE reverses_id IS NULL",
        "This commission was earned already.",
    )
    _unique_reversal = models.UniqueIndex(
        "(reverses_id) WHERE reverses_id IS NOT NULL",
        "This commission was taken back already.",
    )
    _check_amounts = models.Constraint(
        "CHECK ((event != 'reversal' AND reverses_id IS NULL AND amount > 0 "
        "AND unit_amount > 0 AND quantity > 0) OR (event = 'reversal' "
        "AND reverses_id IS NOT NULL AND amount < 0))",
        "A commission is above zero; only what takes one back is below.",
    )
    _check_dates = models.Constraint(
        "CHECK (date_earned <= date)",
        "A commission is booked when it is earned, never before.",
    )
    _open = models.Index("(reseller_id, company_id, date) WHERE state = 'earned'")

    # === COMPUTE METHODS ===#

    @api.depends("event", "product_id", "contract_id.name")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for commission in self:
            # As superuser: portal users read the row, not every product.
            product_sudo = commission.sudo().product_id.with_context(
                display_default_code=False
            )
            commission.display_name = self.env._(
                "%(contract)s: %(event)s, %(product)s",
                contract=commission.sudo().contract_id.name,
                event=events.get(commission.event),
                product=product_sudo.display_name,
            )

    # === CONSTRAINT METHODS ===#

    @api.constrains("reverses_id", "amount")
    def _check_reversal(self):
        for commission in self.filtered("reverses_id"):
            source = commission.reverses_id
            same = all(
                commission[name] == source[name]
                for name in ("company_id", "currency_id", "reseller_id", "contract_id")
            )
            if not same or commission.currency_id.compare_amounts(
                commission.amount, -source.amount
            ):
                raise ValidationError(
                    self.env._(
                        "What takes %(commission)s back is exactly its amount.",
                        commission=source.display_name,
                    )
                )

    # === CRUD METHODS ===#

    def write(self, vals):
        """Refuse, also to the system: what was earned stays as it was booked (R1)."""
        if vals:
            raise UserError(
                self.env._(
                    "The commission ledger is not changed: cancel the order, and its "
                    "commission is taken back by a row of its own."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ledger(self):
        raise UserError(
            self.env._(
                "The commission ledger is not deleted: cancel the order, and its "
                "commission is taken back by a row of its own."
            )
        )

    # === ACTIONS ===#

    def action_view_settlement(self):
        """Open the settlement that pays this."""
        self.ensure_one()
        if not self.settlement_id:
            raise UserError(
                self.env._(
                    "%(commission)s is not settled yet.", commission=self.display_name
                )
            )
        return self.settlement_id._get_records_action()

    # === BUSINESS METHODS ===#

    @property
    def invoice_date(self):
        """The day by which OCA's wizard puts this in a period."""
        return self.date

    def _skip_settlement(self):
        """Asked by OCA's wizard: whether this must wait."""
        self.ensure_one()
        return self.state != "earned"

    def _get_kind(self):
        """The event that earned this, also of what takes it back."""
        self.ensure_one()
        return (self.reverses_id or self).event

    def _get_progress(self):
        """How far the rows of a deal have come together: the least of them.

        :return: key of ``state``, or ``none`` without rows
        """
        live = self.filtered(lambda commission: commission.state != "reversed")
        for state in ("earned", "settled", "billed", "partial", "paid"):
            if state in live.mapped("state"):
                return state
        return "reversed" if self else "none"

    def _get_light_row(self):
        """This row for the traffic light of its deal, as plain data."""
        self.ensure_one()
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("event", "state")
        }
        return {
            "event": self.event,
            "event_label": labels["event"][self.event],
            "product": self.product_id.with_context(
                display_default_code=False
            ).display_name,
            "quantity": self.quantity,
            "amount": self.amount,
            "date_earned": self.date_earned,
            "state": self.state,
            "state_label": labels["state"][self.state],
            "bill": self.bill_number,
            "date_payout": self.date_payout,
        }
