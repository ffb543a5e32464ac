from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..common.waas_blocker_mixin import Blocker

NAMED = 10  # devices in a sentence; the to-do names them all


class WaasChange(models.Model):
    """An extension waits for the warranty that it needs, until it is bought or a
    manager takes the risk with a reason (R12)."""

    _inherit = "waas.change"

    short_device_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Warranty to Buy",
        compute="_compute_short_device_ids",
        groups="stock.group_stock_user",
        help="Their warranty ends before the extension does.",
    )
    warranty_risk_reason = fields.Text(
        string="Reason for Taking the Risk",
        readonly=True,
        copy=False,
        help="Why the contract is extended without the longer warranty.",
    )
    warranty_risk_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Risk Taken By",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    warranty_risk_on = fields.Datetime(
        string="Risk Taken On", readonly=True, copy=False
    )

    _risk_is_complete = models.Constraint(
        "CHECK (warranty_risk_on IS NULL OR (warranty_risk_by_id IS NOT NULL "
        "AND warranty_risk_reason IS NOT NULL AND TRIM(warranty_risk_reason) != ''))",
        "Taking the risk of a warranty that ends needs a reason.",
    )

    @api.depends("contract_id", "kind", "date_end", "state")
    def _compute_short_device_ids(self):
        for change in self:
            change.short_device_ids = change._get_short_devices()

    def _get_short_devices(self):
        """The devices whose longer warranty this extension waits for."""
        self.ensure_one()
        devices = self.env["stock.lot"]
        if self.kind != "extension" or self.state not in ("draft", "waiting"):
            return devices
        if not self.date_end or self.warranty_risk_on:
            return devices
        return self.contract_id._waas_get_short_devices(self.date_end)

    # === ACTIONS ===#

    def action_warranty(self):
        """Open the window in which a bought warranty is entered, or the risk taken."""
        self.ensure_one()
        self._ensure_user()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Warranty for %(change)s", change=self.name),
            "res_model": "waas.warranty.extend",
            "view_mode": "form",
            "target": "new",
            "context": {"default_change_id": self.id},
        }

    # === THE GATE ===#

    def _waas_get_open_points(self, known=None):
        points = super()._waas_get_open_points(known)
        if devices := self.sudo()._get_short_devices():
            points.append(
                Blocker("warranty", self._get_warranty_message(devices), "sales")
            )
        return points

    def _get_warranty_message(self, devices, limit=NAMED):
        """What to do about a warranty that is too short, with the serial numbers."""
        named = [self._describe_warranty(device) for device in devices[:limit]]
        if len(devices) > len(named):
            named.append(
                self.env._("and %(number)s more", number=len(devices) - len(named))
            )
        return self.env._(
            "The warranty has to last until %(date)s: buy a longer one and enter it "
            "with the button Warranty, or have a WaaS manager take the risk there. "
            "%(devices)s.",
            date=format_date(self.env, self.date_end),
            devices=", ".join(named),
        )

    def _describe_warranty(self, device):
        if not device.waas_warranty_end:
            return self.env._(
                "%(device)s %(serial)s (none on record)",
                device=device.product_id.name,
                serial=device.name,
            )
        return self.env._(
            "%(device)s %(serial)s (until %(date)s)",
            device=device.product_id.name,
            serial=device.name,
            date=format_date(self.env, device.waas_warranty_end),
        )

    def _ask_for_warranty(self):
        """A to-do with all serial numbers, as long as one lacks its warranty."""
        for change in self:
            # The devices of the change, for a to-do.
            devices = change.sudo()._get_short_devices()
            if devices and change.state == "waiting":
                change._waas_todo(
                    "warranty",
                    change.user_id,
                    note=lambda env, change=change, devices=devices: change.with_env(
                        env
                    )._get_warranty_message(devices.with_env(env), limit=None),
                )
            else:
                change._waas_todo_drop("warranty")

    def _reset_warranty_risk(self):
        """Forget the risk that was taken: what is sent again may be longer."""
        self.write(
            {
                "warranty_risk_reason": False,
                "warranty_risk_by_id": False,
                "warranty_risk_on": False,
            }
        )

    # === WARRANTY AND RISK ===#

    def _enter_warranty(self, devices, date_end, reference):
        """Note a longer warranty that was bought.

        :param devices: ``stock.lot`` among those that lack it
        :param date date_end: its last day
        :param str reference: of the purchase, or of the manufacturer's certificate
        :raises UserError: when it cannot be had, or is not longer than before
        """
        self.ensure_one()
        self._ensure_user()
        reference = (reference or "").strip()
        if not date_end or not reference:
            raise UserError(
                self.env._(
                    "Enter the last day of the warranty and the number of its purchase "
                    "or certificate."
                )
            )
        # The devices of the change, for users who apply it.
        lacking_sudo = self.sudo()._get_short_devices()
        if not devices or devices - lacking_sudo:
            raise UserError(
                self.env._(
                    "Choose devices whose warranty is too short for this change."
                )
            )
        for device in devices.sudo():  # no secret, see above
            if device.waas_warranty_end and date_end <= device.waas_warranty_end:
                raise UserError(
                    self.env._(
                        "%(serial)s has a warranty until %(date)s already: enter a "
                        "later day.",
                        serial=device.name,
                        date=format_date(self.env, device.waas_warranty_end),
                    )
                )
            if date_end > device.waas_warranty_max_end:
                raise UserError(
                    self.env._(
                        "The longest warranty of %(serial)s ends on %(date)s: enter an "
                        "earlier day, or correct that one on the device.",
                        serial=device.name,
                        date=format_date(self.env, device.waas_warranty_max_end),
                    )
                )
        # A WaaS user was checked: they answer for warranties, not for stock.
        devices.sudo().write({"waas_warranty_end": date_end})
        self.message_post(
            body=self.env._(
                "Warranty until %(date)s bought (%(reference)s): %(serials)s.",
                date=format_date(self.env, date_end),
                reference=reference,
                serials=", ".join(devices.sudo().mapped("name")),
            )
        )
        self._after_warranty()

    def _take_warranty_risk(self, reason):
        """Extend without the longer warranty: ALSO bears what it would have covered.

        :raises UserError: without reason, or where nothing is lacking
        """
        self.ensure_one()
        self._ensure_user()
        if not self.env.user.has_group("also_waas.group_waas_manager"):
            raise AccessError(
                self.env._("Only WaaS managers take the risk of a device: ask one.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Write why the company takes the risk."))
        # The devices of the change, for users who apply it.
        devices_sudo = self.sudo()._get_short_devices()
        if not devices_sudo:
            raise UserError(
                self.env._(
                    "Every device of %(contract)s has its warranty: there is no risk "
                    "to take.",
                    contract=self.contract_id.name,
                )
            )
        self.sudo().write(  # system fields; the right was checked
            {
                "warranty_risk_reason": reason.strip(),
                "warranty_risk_by_id": self.env.uid,
                "warranty_risk_on": fields.Datetime.now(),
            }
        )
        self.message_post(
            body=self.env._(
                "The company takes the risk of the devices whose warranty ends before "
                "%(date)s: %(serials)s. %(reason)s",
                date=format_date(self.env, self.date_end),
                serials=", ".join(devices_sudo.mapped("name")),
                reason=reason.strip(),
            )
        )
        self._after_warranty()

    def _after_warranty(self):
        self._ask_for_warranty()
        self._waas_proceed_if_ready()
