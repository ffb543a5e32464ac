from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
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
        selection=[],
        required=True,
        readonly=True,
    )
    counted_from = fields.Char(required=True, readonly=True, translate=True)
    removed = fields.Char(
        string="Removed Data", required=True, readonly=True, translate=True
    )
    months = fields.Integer(
        required=True, help="How many months it is kept. 0: for ever."
    )
    basis = fields.Char(
        string="Legal Basis",
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
