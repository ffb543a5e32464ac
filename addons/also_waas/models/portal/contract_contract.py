"""A contract as the portal shows it to its parties."""

from odoo import api, models


class ContractContract(models.Model):
    _inherit = "contract.contract"

    @api.private
    def _waas_get_portal_row(self):
        """:return: dict ``{id, name, customer, state, state_label, date_start,
        date_end, monthly}``, the amount as text"""
        self.ensure_one()
        states = dict(self._fields["waas_state"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.name,
            "customer": self.partner_id.name,
            "state": self.waas_state,
            "state_label": states[self.waas_state],
            "date_start": self.date_start,
            "date_end": self.date_end,
            "monthly": self.currency_id.format(self.waas_monthly_amount),
        }

    @api.private
    def _waas_get_portal_option(self, is_reseller):
        """One of the contracts that a form offers; a partner has them of many
        customers.

        :return: dict ``{id, label}``
        """
        self.ensure_one()
        customer = is_reseller and self.partner_id.name
        return {"id": self.id, "label": ", ".join(filter(None, (self.name, customer)))}

    @api.private
    def _waas_get_portal_values(self, is_reseller):
        """Values of a contract's page. As superuser, after the controller checked that
        the user may see the contract.

        :param bool is_reseller: the user's company brought the contract: it sees the
            state of the months, but not the invoices and the bank account of the end
            customer
        :return: dict of plain values and lists of dicts, amounts as texts
        """
        self.ensure_one()
        return {
            "contract": self._waas_get_portal_details(is_reseller),
            "installments": [
                month._get_portal_row(is_reseller)
                for month in self.waas_installment_ids
            ],
            "lines": [
                {
                    "name": line.product_id.name or line.name,
                    "quantity": line.quantity,
                    "price": self.currency_id.format(line.price_unit),
                    "amount": self.currency_id.format(line.price_subtotal),
                }
                for line in self.contract_line_ids
                if not line.display_type
            ],
            "deliveries": self._waas_get_portal_deliveries(),
        }

    def _waas_get_portal_details(self, is_reseller):
        """The row of a contract with what only its own page shows.

        :return: dict, further ``{reseller, term, total, invoiced, to_come}``; the last
            two for the end customer only
        """
        details = {
            **self._waas_get_portal_row(),
            "reseller": self.waas_reseller_id.name,
            "term": self.waas_term_id.display_name,
            "total": self.currency_id.format(self.waas_total_amount),
        }
        if not is_reseller:
            details |= {
                "invoiced": self.currency_id.format(self.waas_invoiced_amount),
                "to_come": self.currency_id.format(self.waas_rent_to_come),
            }
        return details

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
