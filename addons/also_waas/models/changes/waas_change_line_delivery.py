from odoo import models


class WaasChangeLine(models.Model):
    """The devices that come with a line of a change."""

    _inherit = "waas.change.line"

    def _get_devices(self):
        """Pairs of a device and how many of it come with this line."""
        self.ensure_one()
        product = self.product_id
        if product.waas_role == "bundle":
            upgraded = self.change_id.line_ids.slot_id
            contents = [
                (slot.component_id, slot.quantity * self.quantity)
                for slot in product.waas_slot_ids - upgraded
            ]
        else:
            contents = [(product.waas_component_id, self.quantity)]
        return [pair for pair in contents if pair[0].waas_role == "device"]

    def _get_hardware_problem(self):
        contract = self.contract_id
        for device, _quantity in self._get_devices():
            if problem := device._waas_get_hardware_problem(
                contract.waas_reseller_id, contract.company_id
            ):
                return "hardware", problem
        return super()._get_hardware_problem()

    def _get_parent(self, made):
        """The line of the contract that this one belongs to.

        :param dict made: lines that were made for this change already
        """
        self.ensure_one()
        if self.product_id.waas_role == "bundle":
            return self.env["contract.line"]
        bundles = self.change_id.line_ids.filtered(
            lambda line: line.product_id.waas_role == "bundle" and line in made
        )
        return made[bundles] if bundles else self.bundle_line_id
