from odoo import models


class WaasChangeLine(models.Model):
    """The seats that a line of a change affects."""

    _inherit = "waas.change.line"

    def _upgrade_licenses(self):
        """Switch seats to the license of the upgrade; an option adds its own."""
        self.ensure_one()
        product = self._get_license(self.product_id.waas_component_id)
        if not product:
            return
        if not self.slot_id:
            self._give_licenses(product, self.quantity)
            return
        former = self.replaced_line_id.product_id.waas_component_id
        source = self._get_license(former or self.slot_id.component_id)
        switched = self._switch_licenses(source, product) if source else 0
        if switched < self.quantity:
            self._give_licenses(product, self.quantity - switched)

    def _switch_licenses(self, source, product):
        """Switch the existing seats.

        :return: how many were switched
        """
        contract, date = self.contract_id, self.change_id.effective_date
        licenses = contract._waas_find_licenses(source, date)
        found = sum(license_._get_seats_on(date) for license_ in licenses)
        seats = min(found, self.quantity)
        if seats and source != product:
            contract._waas_switch_license(source, product, seats, date)
        return seats

    def _add_licenses(self):
        """Add the seats of more workplaces: those of their bundle, except where an
        upgrade in the same change fills the slot."""
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
        """Add seats to a license that the same price pays for, or create a new
        license."""
        contract, date = self.contract_id, self.change_id.effective_date
        line = self._get_paying_line()
        licenses = contract._waas_find_licenses(product, date).filtered(
            lambda license_: not license_.date_cancel
            and license_.contract_line_id.product_id == line.product_id
        )
        if licenses:
            licenses[0]._change_by(seats, date, self.change_id.name)
        else:
            contract._waas_add_license(product, seats, date, line)

    def _get_paying_line(self):
        """The contract line whose price pays for these seats: that of the workplaces
        where the seats belong to them."""
        if self.slot_id or self.product_id == self.bundle_line_id.product_id:
            return self.bundle_line_id
        return self.contract_id.contract_line_ids.filtered(
            lambda line: line.waas_change_line_id == self and line._waas_is_rent()
        )[:1]

    @staticmethod
    def _get_license(component):
        return component.filtered(lambda product: product.waas_role == "license")
