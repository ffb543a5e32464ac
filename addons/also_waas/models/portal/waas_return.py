import json
import math

from odoo import api, fields, models
from odoo.tools import format_amount


class WaasReturn(models.Model):
    """Partner and end customer book a return in the portal (R15).

    The end customer accepts the responsibility, or the fee of a pick-up. A partner can
    request both, but accept neither: the return then waits for the end customer.
    """

    _inherit = "waas.return"

    asked_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Asked For By",
        readonly=True,
        copy=False,
        help="Who booked the return in the portal.",
        check_company=True,
        index="btree_not_null",
    )

    # === PORTAL VALUES ===#

    @api.model
    @api.private
    def _get_booking_fee(self, devices):
        """The cost of a pick-up of these devices at one address, if it is booked now
        (R15).

        :return: the fee without VAT, or None when the price list has none
        """
        company, pricelist = self._get_booking_list(devices)
        return self._get_pickup_price(company, pricelist, len(devices))

    @api.model
    def _get_booking_list(self, devices):
        """:return: tuple of company and price list, as superuser"""
        contract_sudo = self._get_leading_contract(devices.sudo().waas_contract_id)
        company_sudo = contract_sudo.company_id
        pricelist_sudo = contract_sudo.pricelist_id or company_sudo.waas_pricelist_id
        return company_sudo, pricelist_sudo

    @api.model
    @api.private
    def _get_booking_offer(self, devices):
        """The cost of a pick-up of some of these devices, as text.

        :return: None where it cannot be booked; else dict ``{text, explanation,
            totals}``: the cost, or the lowest cost; what it depends on; the fee by
            number of devices from one on, as JSON, where it depends on the number. A
            text is empty where the fee is zero without a reason yet: the user is
            informed before the pick-up is confirmed
        """
        company, pricelist = self._get_booking_list(devices)
        prices = self._get_prices_by_count(company, pricelist, len(devices))
        if not prices:
            return None
        texts = [self._get_offer_text(parts, pricelist) for parts in prices]
        varies = len({self._sum_parts(parts) for parts in prices}) > 1
        rates = [(part.kind, part.price) for part in prices[0] if part.amount]
        return {
            "text": self.env._("from %(fee)s", fee=texts[0])
            if varies and texts[0]
            else texts[0],
            "explanation": self._explain_rates(rates, pricelist.currency_id)
            if varies or len(rates) > 1
            else "",
            "totals": json.dumps(texts) if varies else "",
        }

    @api.model
    def _get_prices_by_count(self, company, pricelist, most):
        """The parts of the fee by number of devices. The price list is read once for
        each quantity from which another price may hold.

        :return: list, for 1 to ``most`` devices, of lists of ``FeePart``; empty where
            one of them has no price
        """
        product = company.waas_pickup_device_product_id
        steps = {1}
        if product and pricelist:
            now = fields.Datetime.now()
            steps |= {
                math.ceil(quantity)
                for quantity in pricelist._waas_get_quantities(product, None, now)
            }
        prices, asked = [], []
        for count in range(1, most + 1):
            if count in steps:
                asked = self._get_price_parts(company, pricelist, count)
            if not asked:
                return []
            prices.append([self._count_part(part, count, pricelist) for part in asked])
        return prices

    @api.model
    def _count_part(self, part, count, pricelist):
        """The same part for another number of devices."""
        if part.kind != "device":
            return part
        amount = pricelist.currency_id.round(part.price * count)
        return part._replace(quantity=count, amount=amount)

    @api.model
    def _get_offer_text(self, parts, pricelist):
        """The fee as text; empty where it waits for a reason."""
        total = self._sum_parts(parts)
        if not total and not any(part.reason for part in parts):
            return ""
        return format_amount(self.env, total, pricelist.currency_id)

    @api.model
    def _explain_rates(self, rates, currency):
        """What a fee depends on, before the number of devices is known."""
        texts = []
        for kind, price in rates:
            amount = format_amount(self.env, price, currency)
            if kind == "device":
                texts.append(self.env._("%(price)s per device", price=amount))
            elif kind == "site":
                texts.append(self.env._("%(price)s per address", price=amount))
            else:
                texts.append(self.env._("%(price)s for the pick-up", price=amount))
        return " + ".join(texts)

    @api.private
    def _get_choice_offer(self):
        """The cost of a pick-up of this draft: its devices are known.

        :return: as of :meth:`_get_booking_offer`
        """
        self.ensure_one()
        parts = self._get_open_parts()
        if not parts:
            return None
        stated = self._state_parts(parts)
        currency = self._get_fee_currency()
        total = format_amount(self.env, self._sum_parts(parts), currency)
        return {
            "text": total if self._is_fee_explained(parts) else "",
            "explanation": self._explain_fee(stated, currency) or "",
            "totals": "",
        }

    @api.model
    @api.private
    def _get_pickup_addresses(self, customer):
        """The possible locations of an end customer's devices: its own addresses. Its
        contacts are left out, they share them or have a private address."""
        # A partner cannot read addresses of its customer, but may choose one for a
        # pick-up.
        return (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("commercial_partner_id", "=", customer.id),
                    ("street", "not in", (False, "")),
                    "|",
                    ("id", "=", customer.id),
                    ("type", "!=", "contact"),
                ],
                order="is_company desc, id",
                limit=50,
            )
        )

    @api.private
    def _get_portal_row(self):
        """:return: dict ``{id, name, customer, date, label, colour, method, count}``"""
        self.ensure_one()
        methods = dict(self._fields["method"]._description_selection(self.env))
        label, colour = self._get_portal_state()
        return {
            "id": self.id,
            "name": self.name,
            "customer": self.partner_id.commercial_partner_id.name,
            "date_due": self.date_due,
            "is_overdue": self.is_overdue,
            "label": label,
            "colour": colour,
            "method": methods[self.method],
            "count": self.device_count,
        }

    def _get_portal_state(self):
        """:return: tuple (label, Bootstrap colour)"""
        if self.state == "draft":
            if self.method == "pickup" and self.pickup_from:
                return self.env._("We Plan the Pick-up"), "info"
            return self.env._("To Be Agreed"), "warning"
        labels = dict(self._fields["state"]._description_selection(self.env))
        colours = {"received": "success", "closed": "success", "cancelled": "secondary"}
        return labels[self.state], colours.get(self.state, "info")

    @api.private
    def _get_portal_values(self, visitor, contracts):
        """Values of a return's page, as superuser, after the controller checked that
        the user may see it.

        :param contracts: those that the user may see: the return may include devices of
            others as well
        """
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: line.contract_id in contracts and line.state != "cancelled"
        )
        states = dict(lines._fields["state"]._description_selection(self.env))
        customer = self.partner_id.commercial_partner_id
        is_customer = visitor.commercial_partner_id == customer
        return {
            "return_": self._get_portal_details(is_customer),
            "pickup": self.method == "pickup" and self._get_portal_pickup(is_customer),
            "is_customer": is_customer,
            "steps": self._get_portal_steps(),
            "devices": [
                {
                    "name": line.product_id.name,
                    "serial": line.device_id.name,
                    "contract_id": line.contract_id.id,
                    "contract": line.contract_id.name,
                    "state": states[line.state],
                    "colour": {
                        "received": "success",
                        "damaged": "warning",
                        "missing": "danger",
                        "claimed": "danger",
                    }.get(line.state, "light"),
                }
                for line in lines
            ],
            "may_choose": is_customer and self._may_choose(),
            "may_call_off": self._may_call_off(visitor),
            "has_papers": self._has_papers(contracts),
            "certificates": [
                certificate._get_portal_row()
                for certificate in self.certificate_ids
                if is_customer
            ],
        }

    def _get_portal_details(self, is_customer):
        """The row of a return with what only its own page shows.

        :return: dict, further ``{state, is_accepted, accepted_by, note}``; the note for
            the end customer only
        """
        return {
            **self._get_portal_row(),
            "state": self.state,
            "is_accepted": bool(self.accepted_on),
            "accepted_by": self.accepted_by,
            "note": is_customer and self.note,
        }

    def _get_portal_pickup(self, is_customer):
        """What is known of a pick-up.

        :return: dict ``{fee, explanation, invoice, invoice_url, start, end, address,
            contact, phone, processor, handovers}``: the fee is False while it waits for
            a reason, the address is HTML; invoice and handovers for the end customer
            only
        """
        invoice = self.fee_move_id if is_customer else self.env["account.move"]
        return {
            "fee": not self.fee_waits and self.currency_id.format(self.fee_amount),
            "explanation": self.fee_explanation,
            "invoice": invoice.name,
            "invoice_url": bool(invoice) and invoice.get_portal_url(),
            "start": self.pickup_from,
            "end": self.pickup_to,
            "address": self._get_portal_pickup_address(),
            "contact": self.pickup_contact,
            "phone": self.pickup_phone,
            "processor": bool(self.confirmed_on) and self.processor_id.name,
            "handovers": [
                handover._get_portal_row()
                for handover in self.handover_ids
                if is_customer
            ],
        }

    def _get_portal_pickup_address(self):
        """:return: HTML, as Odoo shows an address; empty without one"""
        return self.env["ir.qweb.field.contact"].value_to_html(
            self.pickup_address_id, {"fields": ["name", "address"], "no_marker": True}
        )

    @api.private
    def _has_papers(self, contracts):
        """Whether the user may print the transport documents: the packing list names
        every device, so the user must see all contracts."""
        self.ensure_one()
        return (
            self.state not in ("draft", "cancelled")
            and self.line_ids.contract_id <= contracts
        )

    def _get_portal_steps(self):
        """The steps of the return.

        :return: list of tuples (label, when)
        """
        steps = [(self.env._("Announced"), self.announced_on)]
        if self.method == "pickup":
            steps.append((self.env._("Pick-up confirmed"), self.confirmed_on))
        return [
            *steps,
            (self.env._("On its way"), self.handed_over_on),
            (self.env._("Received"), self.received_on),
            (self.env._("Erased and released"), self.closed_on),
        ]
