from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

RETURNS_PER_DAY = 20
MAX_DEVICES = 200
MAX_NAME = 120
MAX_PHONE = 40
MAX_DAYS_AHEAD = 180

# Parts of a day for a pick-up: from and to which hour.
PARTS = {"morning": (8, 12), "afternoon": (12, 17), "day": (8, 17)}


class WaasReturn(models.Model):
    """A portal user books a return or a pick-up, within limits."""

    _inherit = "waas.return"

    # === BOOKING ===#

    @api.model
    @api.private
    def _book(self, visitor, devices, method, values):
        """Book a return for a portal user.

        :param visitor: ``res.partner`` of the user who is logged in
        :param devices: ``stock.lot``; the caller checked that the user may return them
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
        # Written by the system, after the portal user was checked.
        record_sudo = self._request(customer, devices, method, accepted_by, note).sudo()
        record_sudo.write({"asked_by_id": visitor.id, **plan})
        return record_sudo

    def _book_for_partner(self, visitor, customer, devices, method, values):
        """Request the return: the end customer, who bears the responsibility or the
        fee, has to accept it."""
        # A partner cannot accept in the name of its customer; the rest is checked.
        accepted_by = visitor.name
        if problem := self._get_request_problem(customer, devices, method, accepted_by):
            raise UserError(problem)
        plan = self._prepare_pickup(customer, devices, values, method)
        # Created by the system, after the portal user was checked.
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
                "%(partner)s requested it: the end customer accepts the "
                "responsibility or the fee in the portal, or contacts you.",
                partner=visitor.commercial_partner_id.name,
            ),
        )
        return record_sudo

    @api.private
    def _choose(self, visitor, method, values):
        """The end customer chooses the return method of a draft.

        :param dict values: as in :meth:`_book`
        :raises UserError: when it was chosen before, or something is missing
        """
        self.ensure_one()
        self._ensure_not_called_off()
        if not self._may_choose():
            raise UserError(
                self.env._(
                    "It is agreed already how the devices of %(return)s come back: "
                    "contact us to change it.",
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
        """Cancel a return that a portal user requested, before it is in transit.

        :raises UserError: when it can no longer be cancelled
        """
        self.ensure_one()
        if self.state == "cancelled":
            return  # the button was pressed twice
        if not self._may_call_off(visitor):
            raise UserError(
                self.env._(
                    "%(return)s cannot be cancelled here: contact us.",
                    **{"return": self.name},
                )
            )
        self._cancel()
        self.message_post(
            body=self.env._(
                "%(name)s cancelled the return in the portal.", name=visitor.name
            )
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
        """Returns that the company requested cannot be cancelled in the portal."""
        states = set(self.line_ids.contract_id.mapped("waas_state"))
        if self.reason != "other" or not self.asked_by_id or states != {"running"}:
            return False
        company = visitor.commercial_partner_id
        if company == self.partner_id.commercial_partner_id:
            return self.state in ("draft", "announced")
        return (
            self.state == "draft" and company == self.asked_by_id.commercial_partner_id
        )

    # === INPUT OF THE PORTAL USER ===#

    @api.model
    def _clean_acceptance(self, values):
        """The name of who accepts the responsibility: it needs an explicit acceptance
        (R15)."""
        name = (values.get("accepted_by") or "").strip()
        if not values.get("accepted") or not name:
            raise UserError(
                self.env._(
                    "Tick that you bear the full responsibility for the delivery of "
                    "the devices, and type your name; or choose a secure pick-up"
                    "."
                )
            )
        return name[:MAX_NAME]

    @api.model
    def _prepare_pickup(self, customer, devices, values, method="pickup"):
        """Values of a pick-up, checked; empty for other methods."""
        if method != "pickup":
            return {}
        if self._get_booking_fee(devices) is None:
            raise UserError(
                self.env._("A pick-up cannot be booked here: ask your contact for it.")
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
                self.env._("Enter who hands the devices over, with a phone number.")
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
        """The time window of a pick-up, in UTC."""
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
        # Only the number of bookings is read.
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
                    "%(number)s returns were booked within a day: call your contact.",
                    number=booked,
                )
            )
