from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.constants import GC_UNLINK_LIMIT

KEPT_HOURS = 1


class WaasFormLock(models.Model):
    """Equal forms that are submitted at the same moment create one record.

    Each looks for an existing record, and concurrent requests cannot see each other's.
    So the first one takes the lock of its form and the other one waits for it; Odoo
    then repeats that request, which finds the record.
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
        :raises SerializationFailure: when another transaction took it since this one
            began: this one cannot see what the other one made
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
        """Remove the locks of forms that are not being sent.

        :return: how many were removed, and whether there are more
        """
        before = fields.Datetime.now() - timedelta(hours=KEPT_HOURS)
        old = self.search([("taken_on", "<", before)], limit=GC_UNLINK_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT
