"""How long a contract can be extended (R12)."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...schedule import get_extension_lengths, get_last_day, get_needed_day


class ContractContract(models.Model):
    _inherit = "contract.contract"

    waas_is_extendable = fields.Boolean(
        compute="_compute_waas_is_extendable",
        compute_sudo=True,
        groups="base.group_user",
        help="Whether it runs, and not as long as a contract can.",
    )

    @api.depends(
        "waas_state",
        "waas_installment_ids",
        "waas_max_months",
        "company_id.waas_max_months",
    )
    def _compute_waas_is_extendable(self):
        for contract in self:
            contract.waas_is_extendable = (
                contract.waas_state == "running"
                and len(contract.waas_installment_ids) < contract._waas_get_max_months()
            )

    @api.constrains("date_end")
    def _check_waas_end(self):
        """No running contract outlasts its longest duration or a device it keeps
        (I4)."""
        for contract in self.filtered(
            lambda contract: contract.waas_state == "running"
        ):
            longest = contract._waas_get_max_months()
            if contract.date_end > get_last_day(contract.date_start, longest):
                raise ValidationError(contract._waas_get_max_message())
            for device in contract._waas_get_ending_devices(contract.date_end):
                raise ValidationError(
                    contract._waas_get_device_reason(
                        contract._waas_prepare_device(device)
                    )
                )

    def action_waas_extend(self):
        self.ensure_one()
        if self.waas_state == "running" and not self.waas_is_extendable:
            raise UserError(self._waas_get_max_message())
        return super().action_waas_extend()

    def _waas_get_extension_offers(self):
        """The lengths to which the contract can be asked to be extended, and why some
        of them are not possible. Screen, portal and the change itself ask this.

        :return: list of dicts ``{months, date_end, possible, reasons, devices}``.
            ``months`` counts from the first day of the contract, ``reasons`` is a list
            of sentences, ``devices`` a list of dicts ``{id, name, serial,
            warranty_end}`` of those that cannot stay that long, as they are
        """
        self.ensure_one()
        step = self.company_id.waas_extension_step
        months = len(self.waas_installment_ids)
        return [
            self._waas_get_extension_offer(length)
            for length in get_extension_lengths(
                months, step, self._waas_get_max_months()
            )
        ]

    def _waas_get_max_months(self):
        """How long the contract can be at most (R12): as long as the company allows
        today, or allowed when it was signed; never less than it is."""
        self.ensure_one()
        return max(
            self.company_id.waas_max_months,
            self.waas_max_months,
            len(self.waas_installment_ids),
        )

    def _waas_get_extension_offer(self, months):
        """One of :meth:`_waas_get_extension_offers`, for any length."""
        self.ensure_one()
        date_end = get_last_day(self.date_start, months)
        devices = [
            self._waas_prepare_device(device)
            for device in self._waas_get_ending_devices(date_end)
        ]
        reasons = [*self._waas_get_length_reasons(months)]
        reasons += [self._waas_get_device_reason(device) for device in devices]
        return {
            "months": months,
            "date_end": date_end,
            "possible": not reasons,
            "reasons": reasons,
            "devices": devices,
        }

    def _waas_get_ending_devices(self, date_end):
        """The devices of the contract whose longest possible warranty ends before they
        are needed no more; one without any is among them (R12)."""
        devices_sudo = self.sudo().waas_device_ids  # serial numbers are no secret
        return devices_sudo.filtered(
            lambda device: not device.waas_warranty_max_end
            or device.waas_warranty_max_end
            < get_needed_day(device.waas_delivered_on, self.date_start, date_end)
        )

    def _waas_get_short_devices(self, date_end):
        """The devices whose warranty can last until they are needed no more, but does
        not yet: a longer one is to be bought."""
        devices_sudo = self.sudo().waas_device_ids  # serial numbers are no secret
        short = devices_sudo.filtered(
            lambda device: not device.waas_warranty_end
            or device.waas_warranty_end
            < get_needed_day(device.waas_delivered_on, self.date_start, date_end)
        )
        return short - self._waas_get_ending_devices(date_end)

    def _waas_prepare_device(self, device):
        return {
            "id": device.id,
            "name": device.product_id.name,
            "serial": device.name,
            "warranty_end": device.waas_warranty_max_end,
        }

    def _waas_get_length_reasons(self, months):
        if self.waas_state != "running":
            yield self._waas_get_change_problem()
        longest = self._waas_get_max_months()
        if months > longest or len(self.waas_installment_ids) >= longest:
            yield self._waas_get_max_message()
        elif months <= len(self.waas_installment_ids):
            yield self.env._(
                "%(contract)s has %(months)s months already: choose a longer time.",
                contract=self.name,
                months=len(self.waas_installment_ids),
            )

    def _waas_get_max_message(self):
        longest = self._waas_get_max_months()
        return self.env._(
            "A contract lasts %(max)s months at most, from its first day to its last, "
            "extensions included: month %(max)s ends on %(date)s. Make a "
            "follow-on contract.",
            max=longest,
            date=format_date(self.env, get_last_day(self.date_start, longest)),
        )

    def _waas_get_device_reason(self, device):
        if not device["warranty_end"]:
            return self.env._(
                "%(device)s, serial number %(serial)s, has no warranty on record: "
                "enter it on the device, or exchange the device.",
                device=device["name"],
                serial=device["serial"],
            )
        return self.env._(
            "%(device)s, serial number %(serial)s, can be kept under warranty until "
            "%(date)s at most: extend to that day at the latest, or exchange the "
            "device.",
            device=device["name"],
            serial=device["serial"],
            date=format_date(self.env, device["warranty_end"]),
        )
