from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

KEPT_HOURS = 1


class WaasFormLock(models.Model):
    """Equal forms that arrive at the same moment make one thing.

    Each looks whether the thing is there already. Two that look at once see nothing:
    who goes on takes the lock of its form, the other one waits for it, and Odoo repeats
    its request, which then finds what the first one made.
    """

    _name = "waas.form.lock"
    _description = "WaaS Form Lock"
    _inherit = ["waas.guarded.mixin"]

    name = fields.Char(required=True, readonly=True)
    taken_on = fields.Datetime(required=True, readonly=True, index=True)

    _unique_name = models.UniqueIndex("(name)")

    @api.model
    @api.private
    def _take(self, record):
        """Hold the lock of a record until the transaction ends.

        :param record: what the form is about; for a form that makes something, its user
        :raises SerializationFailure: when somebody else took it since this transaction
            began: it knows nothing of what that one made
        """
        # The ORM has no insert that meets the row of another transaction.
        self.env.cr.execute(
            SQL(
                "INSERT INTO waas_form_lock (name, taken_on) VALUES (%s, %s) "
                "ON CONFLICT (name) DO UPDATE SET taken_on = EXCLUDED.taken_on",
                f"{record._name},{record.id}",
                fields.Datetime.now(),
            )
        )

    @api.autovacuum
    def _gc_locks(self):
        """Forget forms that nobody sends at this moment.

        :return: how many were removed, and whether there are more
        """
        before = fields.Datetime.now() - timedelta(hours=KEPT_HOURS)
        old = self.search([("taken_on", "<", before)], limit=GC_UNLINK_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
