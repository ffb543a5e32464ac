import json
import math
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

RETURNS_PER_DAY = 20
MAX_DEVICES = 200
MAX_NAME = 120
MAX_PHONE = 40
MAX_DAYS_AHEAD = 180
# Parts of a day in which somebody can come: from and to which hour.
PARTS = {"morning": (8, 12), "afternoon": (12, 17), "day": (8, 17)}


class WaasReturn(models.Model):
    """Partner and end customer book a return in the portal (R15).

    The end customer accepts the responsibility, or the fee of a pick-up. A partner can
    ask for both, and accept neither: the return waits for the end customer then.
    """

    _inherit = "waas.return"

    asked_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Asked For By",
        readonly=True,
        copy=False,
        help="Who booked the return in the portal.",
    )

    # === BOOKING ===#

    @api.model
    @api.private
    def _book(self, visitor, devices, method, values):
        """Book a return for somebody outside.

        :param visitor: ``res.partner`` who is logged in
        :param devices: ``stock.lot`` of which the caller has made sure that the visitor
            may return them
        :param str method: ``self`` or ``pickup``
        :param dict values: texts: ``accepted`` and ``accepted_by``, or ``address_id``,
            ``contact``, ``phone``, ``date`` and ``part``; ``note``
        :return: the return, as superuser
        :raises UserError: when it cannot be booked, as a sentence
        """
        customer = devices.sudo().waas_contract_id.partner_id.commercial_partner_id
        if len(customer) != 1:
            raise UserError(self.env._("Choose devices of one end customer."))
        if len(devices) > MAX_DEVICES:
            raise UserError(
                self.env._("Return %(limit)s devices at a time.", limit=MAX_DEVICES)
            )
        self._ensure_not_too_many(customer)
        if visitor.commercial_partner_id == customer:
            return self._book_for_customer(visitor, customer, devices, method, values)
        return self._book_for_partner(visitor, customer, devices, method, values)

    def _book_for_customer(self, visitor, customer, devices, method, values):
        accepted_by = method == "self" and self._clean_acceptance(values)
        plan = self._prepare_pickup(customer, devices, values, method)
        note = values.get("note")
        record_sudo = self._request(customer, devices, method, accepted_by, note).sudo()
        record_sudo.write({"asked_by_id": visitor.id, **plan})
        return record_sudo

    def _book_for_partner(self, visitor, customer, devices, method, values):
        """The end customer bears the responsibility or the fee: it says yes to it."""
        # A partner accepts nothing in the name of its customer; the rest is checked.
        accepted_by = visitor.name
        if problem := self._get_request_problem(customer, devices, method, accepted_by):
            raise UserError(problem)
        plan = self._prepare_pickup(customer, devices, values, method)
        record_sudo = self.sudo()._open_for(devices, "other", method, join=False)
        record_sudo.write(
            {
                "asked_by_id": visitor.id,
                "note": (values.get("note") or "")[:2000] or False,
                **plan,
            }
        )
        record_sudo._mail("also_waas.mail_template_return_choose")
        record_sudo._remind(
            "return_agree",
            lambda env: env._(
                "%(partner)s asked for it: the end customer accepts the responsibility "
                "or the fee in the portal, or tells you.",
                partner=visitor.commercial_partner_id.name,
            ),
        )
        return record_sudo

    @api.private
    def _choose(self, visitor, method, values):
        """The end customer says how the devices of a draft come back.

        :param dict values: as in :meth:`_book`
        :raises UserError: when it was said already, or something is missing
        """
        self.ensure_one()
        self._ensure_not_called_off()
        if not self._may_choose():
            raise UserError(
                self.env._(
                    "How the devices of %(return)s come back is agreed already: talk "
                    "to us to change it.",
                    **{"return": self.name},
                )
            )
        if method not in ("self", "pickup"):
            raise UserError(self.env._("Choose how the devices come back."))
        customer = self.partner_id.commercial_partner_id
        accepted_by = method == "self" and self._clean_acceptance(values)
        devices = self.line_ids.device_id
        plan = self._prepare_pickup(customer, devices, values, method)
        self.write({"method": method, "asked_by_id": visitor.id, **plan})
        if method == "self":
            self._accept(accepted_by)
            self._announce()
            return
        self._remind(
            "return_pickup",
            lambda env: env._("The customer asked for a secure pick-up."),
        )

    @api.private
    def _call_off(self, visitor):
        """Call a return off that somebody outside asked for, before it is on its way.

        :raises UserError: when it cannot be called off any more
        """
        self.ensure_one()
        if self.state == "cancelled":
            return  # the button was pressed twice
        if not self._may_call_off(visitor):
            raise UserError(
                self.env._(
                    "%(return)s cannot be called off here: talk to us.",
                    **{"return": self.name},
                )
            )
        self._cancel()
        self.message_post(
            body=self.env._("%(name)s called it off in the portal.", name=visitor.name)
        )

    def _ensure_not_called_off(self):
        if self.state == "cancelled":
            raise UserError(
                self.env._(
                    "%(return)s is cancelled: book another return for its devices.",
                    **{"return": self.name},
                )
            )

    def _may_choose(self):
        return self.state == "draft" and not self.processor_id

    def _may_call_off(self, visitor):
        """What ALSO asks for is not theirs to call off."""
        states = set(self.line_ids.contract_id.mapped("waas_state"))
        if self.reason != "other" or not self.asked_by_id or states != {"running"}:
            return False
        company = visitor.commercial_partner_id
        if company == self.partner_id.commercial_partner_id:
            return self.state in ("draft", "announced")
        return (
            self.state == "draft" and company == self.asked_by_id.commercial_partner_id
        )

    # === WHAT A VISITOR SAYS ===#

    @api.model
    def _clean_acceptance(self, values):
        """Who takes the responsibility, and says so: nobody does by default (R15)."""
        name = (values.get("accepted_by") or "").strip()
        if not values.get("accepted") or not name:
            raise UserError(
                self.env._(
                    "Tick that you bear the full responsibility for the delivery of "
                    "the devices, and type your name; or choose a secure pick-up "
                    "(R15)."
                )
            )
        return name[:MAX_NAME]

    @api.model
    def _prepare_pickup(self, customer, devices, values, method="pickup"):
        """What was said of a pick-up, checked; nothing for other methods."""
        if method != "pickup":
            return {}
        if self._get_booking_fee(devices) is None:
            raise UserError(
                self.env._(
                    "A pick-up cannot be booked here: ask your contact at ALSO for it."
                )
            )
        addresses = self._get_pickup_addresses(customer)
        address = addresses.filtered(
            lambda partner: str(partner.id) == values.get("address_id")
        )
        contact = (values.get("contact") or "").strip()
        phone = (values.get("phone") or "").strip()
        if not address:
            raise UserError(self.env._("Choose where the devices are."))
        if not contact or not phone:
            raise UserError(
                self.env._("Say who hands the devices over, with a phone number.")
            )
        start, end = self._get_window(values.get("date"), values.get("part"))
        return {
            "pickup_address_id": address.id,
            "pickup_contact": contact[:MAX_NAME],
            "pickup_phone": phone[:MAX_PHONE],
            "pickup_from": start,
            "pickup_to": end,
        }

    @api.model
    def _get_window(self, day, part):
        """From when to when somebody can come, in UTC."""
        today = self.env.company._waas_today()
        try:
            day = fields.Date.to_date((day or "")[:10])
        except ValueError:
            day = None
        if not day or not today < day <= today + timedelta(days=MAX_DAYS_AHEAD):
            raise UserError(
                self.env._(
                    "Choose a day for the pick-up: from tomorrow on, within %(days)s "
                    "days.",
                    days=MAX_DAYS_AHEAD,
                )
            )
        if part not in PARTS:
            raise UserError(self.env._("Choose a part of the day for the pick-up."))
        zone = self.env.company._waas_get_zone()
        return tuple(
            zone.localize(datetime.combine(day, time(hour)))
            .astimezone(timezone.utc)
            .replace(tzinfo=None)
            for hour in PARTS[part]
        )

    def _ensure_not_too_many(self, customer):
        since = fields.Datetime.now() - timedelta(days=1)
        booked = self.sudo().search_count(
            [
                ("partner_id", "child_of", customer.ids),
                ("asked_by_id", "!=", False),
                ("create_date", ">", since),
            ]
        )
        if booked >= RETURNS_PER_DAY:
            raise UserError(
                self.env._(
                    "%(number)s returns were booked within a day: call your contact at "
                    "ALSO.",
                    number=booked,
                )
            )

    # === WHAT A VISITOR SEES ===#

    @api.model
    @api.private
    def _get_booking_fee(self, devices):
        """What a pick-up of these devices at one address would cost, as it is booked
        then (R15).

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
        """What a pick-up of some of these devices costs, for people.

        :return: None where it cannot be booked; else dict ``{text, explanation,
            totals}``: what it costs, or from what on; by what it is counted; the fee
            by number of devices, from one on, as JSON where that makes a difference. A
            text is empty where the fee comes to nothing and nobody said why: it is told
            before the pick-up is confirmed
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
        """The parts of the fee by number of devices. The price list is asked once for
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
        """The fee for people; empty where it waits for a reason."""
        total = self._sum_parts(parts)
        if not total and not any(part.reason for part in parts):
            return ""
        return format_amount(self.env, total, pricelist.currency_id)

    @api.model
    def _explain_rates(self, rates, currency):
        """By what a fee is counted, before the number of devices is known."""
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
        """What a pick-up of this draft would cost: its devices are known.

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
        """Where the devices of an end customer may be: its own addresses, not its
        people, who share them or have one at home."""
        # A partner reads no address of its customer; for a pick-up it may choose one.
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
        """What the page of a return shows, as superuser, after the door has checked
        that it is the visitor's.

        :param contracts: those that the visitor may see: the return may hold devices of
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
            "return_": self,
            "row": self._get_portal_row(),
            "is_customer": is_customer,
            "steps": self._get_portal_steps(),
            "devices": [
                {
                    "name": line.product_id.name,
                    "serial": line.device_id.name,
                    "contract": line.contract_id,
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
            "fee_invoice": is_customer and self.fee_move_id,
            "handovers": is_customer and self.handover_ids,
            "certificates": is_customer and self.certificate_ids,
        }

    @api.private
    def _has_papers(self, contracts):
        """Whether there are papers for a visitor who may see these contracts: the list
        names every device, so it is for who may see them all."""
        self.ensure_one()
        return (
            self.state not in ("draft", "cancelled")
            and self.line_ids.contract_id <= contracts
        )

    def _get_portal_steps(self):
        """The way back, step by step.

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
