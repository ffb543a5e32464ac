from odoo import api, models


class ContractContract(models.Model):
    """A contract as the portal shows it to its parties."""

    _inherit = "contract.contract"

    @api.private
    def _waas_get_portal_values(self, is_reseller):
        """Values of a contract's page. As superuser, after the controller checked that
        the user may see the contract.

        :param bool is_reseller: the user's company brought the contract: it sees the
            state of the months, but not the invoices and the bank account of the end
            customer
        :return: dict of plain values and lists of dicts
        """
        self.ensure_one()
        states = dict(self._fields["waas_state"]._description_selection(self.env))
        return {
            "contract": self,
            "state_label": states[self.waas_state],
            "installments": [
                month._get_portal_row(is_reseller)
                for month in self.waas_installment_ids
            ],
            "lines": [
                {
                    "name": line.product_id.name or line.name,
                    "quantity": line.quantity,
                    "price": line.price_unit,
                    "amount": line.price_subtotal,
                }
                for line in self.contract_line_ids
                if not line.display_type
            ],
            "deliveries": self._waas_get_portal_deliveries(),
        }

    def _waas_get_portal_deliveries(self):
        """Deliveries with their serial numbers.

        :return: list of dicts ``{name, date, state, devices: [(product, serial)]}``
        """
        pickings = self.waas_order_id.picking_ids.filtered(
            lambda picking: picking.state != "cancel"
        )
        labels = {
            "done": self.env._("Delivered"),
            "assigned": self.env._("Ready to Ship"),
        }
        return [
            {
                "name": picking.name,
                "date": picking.date_done or picking.scheduled_date,
                "is_done": picking.state == "done",
                "state": labels.get(picking.state, self.env._("In Preparation")),
                "devices": [
                    (line.product_id.name, line.lot_id.name)
                    for line in picking.move_line_ids
                    if line.lot_id and picking.state == "done"
                ],
            }
            for picking in pickings.sorted("id")
        ]
