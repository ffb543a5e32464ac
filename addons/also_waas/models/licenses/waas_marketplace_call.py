from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ... import batches
from ...simpleapi.journal import DONE, IN_DOUBT, LOST, NOT_DONE, OPEN, OVER


class WaasMarketplaceCall(models.Model):
    """What was ordered at a marketplace, and may have been done (R9).

    It is written down, in a transaction of its own, before it is sent: a worker that
    dies between request and answer leaves a call without an outcome. What carries our
    reference is ordered once; the database says so.
    """

    _name = "waas.marketplace.call"
    _description = "WaaS Marketplace Call"
    _inherit = ["waas.guarded.mixin"]
    _order = "id desc"
    _rec_name = "reference"
    _check_company_auto = True

    marketplace_id = fields.Many2one(
        comodel_name="waas.marketplace",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="marketplace_id.company_id", store=True, index=True
    )
    operation = fields.Selection(
        selection=[
            ("CreateCompany", "End Customer"),
            ("CreateSubscription", "Subscription"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    reference = fields.Char(
        required=True,
        readonly=True,
        help="Ours, of what was ordered: by it the marketplace is asked what became of "
        "it.",
    )
    outcome = fields.Selection(
        selection=[
            (OPEN, "Sent"),
            (DONE, "Done"),
            (NOT_DONE, "Not Done"),
            (IN_DOUBT, "In Doubt"),
            (LOST, "Never Came About"),
            (OVER, "Ended Since"),
        ],
        default=OPEN,
        required=True,
        readonly=True,
        index=True,
    )
    sent_on = fields.Datetime(default=fields.Datetime.now, readonly=True)
    answered_on = fields.Datetime(readonly=True)
    settled_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Looked Up By",
        readonly=True,
        index="btree_not_null",
        help="Who looked at the marketplace, and said that it never came about.",
    )

    _unique_there = models.UniqueIndex(
        "(marketplace_id, operation, reference) "
        "WHERE outcome IN ('open', 'in_doubt', 'done')",
        "This was ordered already.",
    )

    # === ACTIONS ===#

    def action_lost(self):
        """A manager looked at the marketplace: it is not there, and may be ordered
        again."""
        self.check_access("read")
        self.env["waas.marketplace"]._ensure_manager()
        for call in self:
            if call.outcome not in (OPEN, IN_DOUBT):
                raise UserError(
                    self.env._(
                        "What became of %(reference)s is known: there is nothing to "
                        "look up.",
                        reference=call.reference,
                    )
                )
        # Checked above; nobody edits calls.
        self.sudo().write({"outcome": LOST, "settled_by_id": self.env.uid})
        return True


class Journal:
    """The calls of a marketplace, as
    :class:`~odoo.addons.also_waas.simpleapi.journal.MemoryJournal`: each entry is
    committed at once, whatever becomes of the transaction that needed it.

    :param marketplace: ``waas.marketplace``
    """

    def __init__(self, marketplace):
        # The system writes it down, whoever ordered.
        self._env = marketplace.sudo().env
        self._marketplace_id = marketplace.id

    def begin(self, operation, reference):
        """Write down that something with our reference is about to be sent, unless it
        may be there already.

        :return: what :meth:`end` wants to know; None where it may be there
        """
        with batches.own_transaction(self._env) as env:
            # Another worker's entry, not committed yet, is waited for.
            rows = env.execute_query(
                SQL(
                    "INSERT INTO waas_marketplace_call (marketplace_id, company_id, "
                    "operation, reference, outcome, sent_on, create_date, create_uid) "
                    "SELECT id, company_id, %(operation)s, %(reference)s, 'open', "
                    "now_utc, now_utc, %(uid)s FROM waas_marketplace, "
                    "LATERAL (SELECT now() AT TIME ZONE 'UTC' AS now_utc) moment "
                    "WHERE id = %(marketplace)s ON CONFLICT DO NOTHING RETURNING id",
                    operation=operation,
                    reference=reference,
                    uid=env.uid,
                    marketplace=self._marketplace_id,
                )
            )
        return rows[0][0] if rows else None

    def end(self, number, outcome):
        """Write down what became of it."""
        with batches.own_transaction(self._env) as env:
            self._note(env["waas.marketplace.call"].browse(number), outcome)

    def settle(self, operation, reference, outcome):
        """It was found, or has ended."""
        with batches.own_transaction(self._env) as env:
            calls = env["waas.marketplace.call"].search(
                [
                    ("marketplace_id", "=", self._marketplace_id),
                    ("operation", "=", operation),
                    ("reference", "=", reference),
                    ("outcome", "in", (OPEN, IN_DOUBT, DONE)),
                ]
            )
            self._note(calls, outcome)

    @staticmethod
    def _note(calls, outcome):
        calls = calls.filtered(lambda call: call.outcome != outcome)
        calls.write({"outcome": outcome, "answered_on": fields.Datetime.now()})
