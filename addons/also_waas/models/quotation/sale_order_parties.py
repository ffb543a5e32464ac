"""Who rents, who brings the deal, and where the devices go (R2, R13)."""

from odoo import api, models
from odoo.exceptions import ValidationError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === COMPUTE METHODS ===#

    @api.depends("is_waas", "waas_delivery_route", "waas_reseller_id")
    def _compute_partner_shipping_id(self):
        """The delivery route decides the address (R2)."""
        result = super()._compute_partner_shipping_id()
        for order in self.filtered("is_waas"):
            receiver = order._waas_get_receiver()
            if receiver and receiver != order.partner_id:
                order.partner_shipping_id = receiver.address_get(["delivery"])[
                    "delivery"
                ]
        return result

    @api.depends("is_waas", "partner_id")
    def _compute_fiscal_position_id(self):
        """VAT follows the end customer who rents, not the address of a partner that
        unpacks: invoices go to the end customer (R13)."""
        waas_orders = self.filtered(lambda order: order.is_waas and order.partner_id)
        for order in waas_orders:
            order.fiscal_position_id = (
                self.env["account.fiscal.position"]
                .with_company(order.company_id)
                ._get_fiscal_position(order.partner_id)
            )
        return super(SaleOrder, self - waas_orders)._compute_fiscal_position_id()

    # === CONSTRAINT METHODS ===#

    @api.constrains("is_waas", "company_id")
    def _check_waas_company(self):
        """Only a company that rents out workplaces can quote them."""
        for order in self.filtered("is_waas"):
            if not order.company_id.waas_enabled:
                raise ValidationError(
                    self.env._(
                        "%(company)s does not rent out workplaces: an administrator "
                        "turns that on in the settings, or choose another company.",
                        company=order.company_id.name,
                    )
                )

    @api.constrains("is_waas", "partner_id", "partner_invoice_id", "waas_reseller_id")
    def _check_waas_parties(self):
        """The end customer is invoiced, never the partner (R13)."""
        for order in self.filtered("is_waas"):
            if problem := order._waas_get_party_problem():
                raise ValidationError(problem)

    def _waas_get_party_problem(self):
        customer = self.partner_id.commercial_partner_id
        reseller = self.waas_reseller_id.commercial_partner_id
        in_company = reseller.with_company(self.company_id)
        if reseller and not in_company.waas_is_reseller:
            return self.env._(
                "%(partner)s is not a WaaS partner: tick 'WaaS Partner' on its form, "
                "or choose another.",
                partner=reseller.display_name,
            )
        if customer and self.partner_id == self.waas_reseller_id:
            return self.env._(
                "%(partner)s brings this deal as the partner, so it cannot be its end "
                "customer as well: choose who rents and pays, or another partner.",
                partner=self.partner_id.display_name,
            )
        if customer and customer == reseller:
            return self.env._(
                "%(customer)s belongs to partner %(partner)s. The end customer rents "
                "and pays itself: enter it as a company of its own.",
                customer=self.partner_id.display_name,
                partner=reseller.display_name,
            )
        if self.partner_invoice_id.commercial_partner_id != customer:
            return self.env._(
                "WaaS is invoiced to the end customer: choose an invoice address "
                "of %(customer)s instead of %(address)s.",
                customer=customer.display_name,
                address=self.partner_invoice_id.display_name,
            )
        return False

    @api.constrains(
        "is_waas",
        "partner_id",
        "partner_shipping_id",
        "waas_delivery_route",
        "waas_reseller_id",
    )
    def _check_waas_delivery(self):
        """Devices go where the chosen route says (R2)."""
        for order in self.filtered("is_waas"):
            if problem := order._waas_get_delivery_problem(order.partner_shipping_id):
                raise ValidationError(problem)

    def _waas_get_receiver(self):
        """Who receives the devices by the chosen route (R2).

        Another route is added here and to the choices of the field. The agreement and
        the mail of a delivery have a sentence for each route (``data/gate``,
        ``data/contract``).

        :return: ``res.partner``, empty while nothing is chosen
        """
        self.ensure_one()
        receivers = {
            "customer": self.partner_id,
            "reseller": self.waas_reseller_id,
        }
        return receivers.get(self.waas_delivery_route, self.env["res.partner"])

    def _waas_get_delivery_problem(self, address):
        """Why the devices do not go to ``address``, as a sentence, or False (R2)."""
        receiver = self._waas_get_receiver()
        if not receiver or not address:
            return False
        if address.commercial_partner_id == receiver.commercial_partner_id:
            return False
        routes = dict(
            self._fields["waas_delivery_route"]._description_selection(self.env)
        )
        return self.env._(
            "Delivery is chosen as '%(route)s', but %(address)s is not an address of "
            "%(receiver)s: choose one that is, or the other way of delivery.",
            route=routes[self.waas_delivery_route],
            address=address.display_name,
            receiver=receiver.commercial_partner_id.display_name,
        )
