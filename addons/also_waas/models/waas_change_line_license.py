from odoo import models


class WaasChangeLine(models.Model):
    """Chapter 11, licenses: which seats a line of a change is about."""

    _inherit = "waas.change.line"

    def _upgrade_licenses(self):
        """Give people the license of the dearer choice; an option brings its own."""
        self.ensure_one()
        product = self._get_license(self.product_id.waas_component_id)
        if not product:
            return
        if not self.slot_id:
            self._give_licenses(product, self.quantity)
            return
        former = self.replaced_line_id.product_id.waas_component_id
        source = self._get_license(former or self.slot_id.component_id)
        if source and source != product:
            self.contract_id._waas_switch_license(
                source, product, self.quantity, self.change_id.effective_date
            )

    def _add_licenses(self):
        """The seats of more workplaces: of their bundle, save where an upgrade in the
        same change fills the slot."""
        self.ensure_one()
        if self.product_id.waas_role != "bundle":
            if product := self._get_license(self.product_id.waas_component_id):
                self._give_licenses(product, self.quantity)
            return
        upgraded = (self.change_id.line_ids - self).filtered(
            lambda line: line.product_id.waas_role == "upgrade"
        )
        for slot in self.product_id.waas_slot_ids - upgraded.slot_id:
            if product := self._get_license(slot.component_id):
                self._give_licenses(product, self.quantity * slot.quantity)

    def _give_licenses(self, product, seats):
        """More seats of a license that the contract has, or a license of its own."""
        contract, date = self.contract_id, self.change_id.effective_date
        licenses = contract._waas_find_licenses(product, date).filtered(
            lambda license_: not license_.date_cancel
        )
        if licenses:
            licenses[0]._change_by(seats, date, self.change_id.name)
        else:
            contract._waas_add_license(product, seats, date)

    @staticmethod
    def _get_license(component):
        return component.filtered(lambda product: product.waas_role == "license")
