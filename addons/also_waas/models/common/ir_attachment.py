"""What could not be kept because the disk was full is kept once there is room
again.

Odoo names a file after its content. What a full disk left of one bears the name of
the whole, and Odoo would refuse to write it ever again.
"""

import os

from odoo import api, models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model
    def _get_path(self, bin_data, sha):
        self._waas_drop_cut_off(bin_data, sha)
        return super()._get_path(bin_data, sha)

    @api.model
    def _waas_drop_cut_off(self, content, checksum):
        """Remove the first part of a file of this content, where nothing else is."""
        path = self._full_path(f"{checksum[:2]}/{checksum}")
        if os.path.isfile(path) and os.path.getsize(path) < len(content):
            os.unlink(path)
