from odoo import api, models


class WaasSelloutLine(models.Model):
    """What was reported to a manufacturer, as the portal shows it to the partner
    (R5)."""

    _inherit = "waas.sellout.line"

    @api.private
    def _get_portal_row(self):
        """:return: dict ``{id, date, manufacturer, product, kind, serial, part_number,
        bundle, contract_id, contract, registration, partner_number, quantity}``; the
        kind is False for a sale"""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "id": self.id,
            "date": self.date,
            "manufacturer": self.manufacturer_id.name,
            "product": self.product_name,
            "kind": self.kind != "sale" and kinds[self.kind],
            "serial": self.serial,
            "part_number": self.mpn,
            "bundle": self.bundle_name,
            "contract_id": self.contract_id.id,
            "contract": self.contract_id.name,
            "registration": self.deal_registration,
            "partner_number": self.reseller_number,
            "quantity": self.quantity,
        }
