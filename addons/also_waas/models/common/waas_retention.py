from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.constants import GC_UNLINK_LIMIT

# What stands where a text was that had to be there.
REMOVED = "–"


class WaasRetention(models.Model):
    """How long what is known of people is kept, for each kind of record (GDPR). Odoo's
    daily vacuum applies it.

    A kind is a value of ``kind`` with a method ``_forget_<kind>(before)``, which
    removes what is older and returns the records it was removed from. Each chapter adds
    its own.
    """

    _name = "waas.retention"
    _description = "WaaS Retention"
    _inherit = ["waas.guarded.mixin", "waas.readable.mixin"]
    _order = "id"
    _rec_name = "kind"

    kind = fields.Selection(
        selection=[
            ("signing_link", "Signing Links"),
            ("unsigned_agreement", "Agreements Never Signed"),
            ("agreement", "Signed Agreements"),
            ("credit_check", "Credit Checks"),
        ],
        required=True,
        readonly=True,
    )
    counted_from = fields.Char(required=True, readonly=True, translate=True)
    removed = fields.Char(
        string="What Is Removed", required=True, readonly=True, translate=True
    )
    months = fields.Integer(
        required=True, help="How many months it is kept. 0: for ever."
    )
    basis = fields.Char(
        string="Why So Long",
        translate=True,
        help="The law or the interest on which it is kept: for your record of "
        "processing activities.",
    )

    _unique_kind = models.UniqueIndex("(kind)", "Each kind has one retention.")
    _check_months = models.Constraint(
        "CHECK (months >= 0)", "Enter a number of months; 0 keeps it for ever."
    )

    @api.autovacuum
    def _gc_people(self):
        """Forget what is over.

        :return: from how many records something was removed, and whether more are left
        """
        counts = [
            len(retention._apply()) for retention in self.search([("months", ">", 0)])
        ]
        return sum(counts), GC_UNLINK_LIMIT in counts

    def _apply(self):
        """:return: the records from which something was removed"""
        self.ensure_one()
        before = fields.Datetime.now() - relativedelta(months=self.months)
        return getattr(self, f"_forget_{self.kind}")(before)

    # === KINDS ===#

    def _forget_signing_link(self, before):
        links = self.env["waas.signing.link"].search(
            [("expires_on", "<", before)], limit=GC_UNLINK_LIMIT
        )
        return links._waas_forget()

    def _forget_unsigned_agreement(self, before):
        agreements = self.env["waas.agreement"].search(
            [
                ("state", "in", ("refused", "void")),
                ("signed_document_sha256", "=", False),
                ("forgotten_on", "=", False),
                ("create_date", "<", before),
            ],
            limit=GC_UNLINK_LIMIT,
        )
        return agreements._waas_forget()

    def _forget_agreement(self, before):
        in_force = Domain("waas_state", "not in", ("ended", "cancelled"))
        late = Domain("date_end", ">=", before.date())
        agreements = self.env["waas.agreement"].search(
            Domain("signed_document_sha256", "!=", False)
            & Domain("forgotten_on", "=", False)
            & Domain("company_signed_on", "<", before)
            & ~Domain("order_id.waas_contract_ids", "any", in_force | late),
            limit=GC_UNLINK_LIMIT,
        )
        return agreements._waas_forget()

    def _forget_credit_check(self, before):
        checks = self.env["waas.credit.check"].search(
            Domain("decided_on", "<", before)
            & (Domain("valid_until", "=", False) | Domain("valid_until", "<", before))
            & Domain("reason", "not in", (False, REMOVED)),
            limit=GC_UNLINK_LIMIT,
        )
        return checks._waas_forget()
