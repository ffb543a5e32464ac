"""The folder from which manufacturers fetch their reports."""

from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .waas_manufacturer_channel import ROOT_PARAMETER


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    waas_sellout_root = fields.Char(
        string="Sell-out Folder", config_parameter=ROOT_PARAMETER
    )

    @api.constrains("waas_sellout_root")
    def _check_waas_sellout_root(self):
        for settings in self:
            root = settings.waas_sellout_root
            if root and not (Path(root).is_absolute() and Path(root).is_dir()):
                raise ValidationError(
                    self.env._(
                        "%(root)s is no directory on this server: make it first, and "
                        "give its whole path.",
                        root=root,
                    )
                )
