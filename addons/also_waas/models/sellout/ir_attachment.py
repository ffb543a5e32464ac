"""The file of a closed report is final (R5)."""

from odoo import api, models
from odoo.exceptions import UserError

# The content of the file, and the record that it belongs to.
CONTENT_FIELDS = frozenset(
    ("raw", "datas", "db_datas", "store_fname", "res_model", "res_field", "res_id")
)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        if not CONTENT_FIELDS.isdisjoint(vals):
            for attachment in self._waas_filter_sellout_files():
                # Odoo writes the same content again when it moves files between disk
                # and database.
                if set(vals) - {"raw", "mimetype"} or vals["raw"] != attachment.raw:
                    attachment._waas_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sellout_file(self):
        for attachment in self._waas_filter_sellout_files():
            attachment._waas_refuse_change()

    def _waas_filter_sellout_files(self):
        return self.filtered(
            lambda attachment: attachment.res_model == "waas.sellout.report"
            and attachment.res_field == "file"
        )

    def _waas_refuse_change(self):
        raise UserError(
            self.env._(
                "%(file)s was reported: it is final. What is wrong in it is corrected "
                "by the next report.",
                file=self.name,
            )
        )
