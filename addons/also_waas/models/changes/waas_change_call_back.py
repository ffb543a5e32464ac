from odoo import fields, models
from odoo.exceptions import UserError


class WaasChange(models.Model):
    """A change of which devices are delivered is cancelled by calling them back."""

    _inherit = "waas.change"

    def action_call_back(self):
        """Withdraw a change whose devices are partly at the customer: nothing more is
        delivered, and the change is cancelled when they are back."""
        for change in self:
            change._ensure_user()
            if change.state != "delivering" or (
                # Only whether there are devices.
                change.withdrawn_on and not change.sudo()._get_devices_to_call_back()
            ):
                raise UserError(
                    self.env._(
                        "%(change)s has no devices to call back.", change=change.name
                    )
                )
            change.sudo()._start_withdrawal()  # checked above
        return True

    def _start_withdrawal(self):
        devices = self._get_devices_there()
        if not devices:
            self.with_env(self.env(su=False)).action_cancel()
            return
        self.withdrawn_on = fields.Datetime.now()
        self._get_open_pickings().action_cancel()
        self._tell_contract(
            self.env._(
                "is called back; these devices return: %(devices)s",
                devices=", ".join(devices.mapped("display_name")),
            )
        )
        self._call_back(devices)

    def _get_devices_to_call_back(self):
        """Hook: the devices of this change that are not called back; as superuser."""
        return self._get_devices_there()

    def _call_back(self, devices):
        """Hook: have devices of this change come back."""

    def _finish_withdrawal(self):
        """Cancel the changes that were called back and whose devices are."""
        for change in self:
            if (
                change.state == "delivering"
                and change.withdrawn_on
                and not change._get_devices_there()
            ):
                change._cancel(self.env._("The devices of the change came back."))

    def _cancel_deliveries(self):
        """Cancel the open transfers of the change; as superuser.

        :raises UserError: while the customer has a device of it
        """
        if devices := self._get_devices_there():
            raise UserError(
                self.env._(
                    "%(change)s cannot be cancelled while the customer has devices of "
                    "it: %(devices)s. Deliver the rest, or press Call Devices Back: it "
                    "is cancelled when they are here.",
                    change=self.name,
                    devices=", ".join(devices.mapped("display_name")),
                )
            )
        self._get_open_pickings().action_cancel()
