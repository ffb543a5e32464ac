from odoo import models


class WaasChange(models.Model):
    """The bundle of a device that was added by a change (R5)."""

    _inherit = "waas.change"

    def _get_bundle_of(self, device):
        """The bundle for which a change adds a device, as ``product.product``.

        :param device: ``product.product``
        """
        for line in self.line_ids:
            if device in [product for product, _number in line._get_devices()]:
                if line.product_id.waas_role == "bundle":
                    return line.product_id
                return (line.bundle_line_id or self.bundle_line_id).product_id
        return device.browse()
