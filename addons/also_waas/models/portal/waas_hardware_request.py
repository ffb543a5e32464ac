from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...outside import find_same

REQUESTS_PER_DAY = 20
MAX_TEXT = 2000
MAX_NAME = 120


class WaasHardwareRequest(models.Model):
    """A partner requests hardware in the portal (R14)."""

    _inherit = "waas.hardware.request"

    @api.model
    @api.private
    def _get_domain_of_reseller(self, reseller):
        """:return: domain of the requests of a partner in this company"""
        return [
            ("reseller_id", "child_of", reseller.ids),
            ("company_id", "=", self.env.company.id),
        ]

    @api.private
    def _get_portal_row(self):
        """:return: dict ``{id, name, state, label, manufacturer, description, quantity,
        date_due, is_late, product, valid_until, note}``"""
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        is_open = self.state == "submitted"
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state,
            "label": labels[self.state],
            "manufacturer": self.manufacturer_name,
            "description": self.description,
            "quantity": self.quantity,
            "date_due": self.answer_due_date,
            "is_late": is_open and self.answer_due_date < self.company_id._waas_today(),
            "product": self.product_id.name,
            "valid_until": self.valid_until,
            "note": self.decision_note,
        }

    @api.model
    @api.private
    def _ask(self, reseller, manufacturer, description, quantity, reason):
        """Create a request of a partner; its deadline starts.

        :raises UserError: when a value is missing or too long, or requests are too many
        """
        manufacturer, description, reason = (
            str(text or "").strip() for text in (manufacturer, description, reason)
        )
        if not manufacturer or not description:
            raise UserError(
                self.env._("Enter which manufacturer and which hardware you ask for.")
            )
        for text, label, limit in (
            (manufacturer, self.env._("Manufacturer"), MAX_NAME),
            (description, self.env._("Hardware"), MAX_TEXT),
            (reason, self.env._("Why this hardware"), MAX_TEXT),
        ):
            if len(text) > limit:
                raise UserError(
                    self.env._(
                        "%(field)s is too long: %(limit)s characters at most.",
                        field=label,
                        limit=limit,
                    )
                )
        if not 0 < quantity < 10_000:
            raise UserError(self.env._("Ask for 1 to 9,999 devices."))
        # A partner has no rights on requests; its values were checked above.
        values = {
            "reseller_id": reseller.id,
            "company_id": self.env.company.id,
            "manufacturer_name": manufacturer,
            "description": description,
            "quantity": quantity,
            "reason": reason,
        }
        if same_sudo := find_same(
            self.sudo().browse(), values, ("state", "=", "submitted")
        ):
            return same_sudo
        self.env["waas.form.lock"]._take(self.env.user)
        self._ensure_not_too_many(reseller)
        request_sudo = self.sudo().create(values)
        request_sudo.action_submit()
        return request_sudo

    @api.private
    def _withdraw_in_portal(self):
        """Withdraw a request that was not answered yet; an answer stays.

        :raises UserError: when it is answered
        """
        self.ensure_one()
        if self.state == "cancelled":
            return  # the button was pressed twice
        if self.state not in ("draft", "submitted"):
            raise UserError(
                self.env._(
                    "%(request)s is answered already: it cannot be withdrawn any more.",
                    request=self.name,
                )
            )
        self.action_cancel()

    def _ensure_not_too_many(self, reseller):
        since = fields.Datetime.now() - timedelta(days=1)
        # Only the number of requests is read.
        asked = self.sudo().search_count(
            [("reseller_id", "=", reseller.id), ("create_date", ">", since)]
        )
        if asked >= REQUESTS_PER_DAY:
            raise UserError(
                self.env._(
                    "You have asked for hardware %(number)s times within a day: call "
                    "your contact.",
                    number=asked,
                )
            )
