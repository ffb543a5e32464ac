from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...batches import log_failure, work_isolating
from .waas_return import EXPECTING


class WaasReturn(models.Model):
    """How a return is created, and its reminders (R15)."""

    _inherit = "waas.return"

    @api.model
    @api.private
    def _request(self, partner, devices, method, accepted_by=None, note=None):
        """What an end customer asks for: a return of its own devices (R15). For the
        portal: ``partner`` is who asks, everything else is checked.

        :param partner: ``res.partner``, of the end customer
        :param devices: ``stock.lot``
        :param str method: ``self`` or ``pickup``
        :param str accepted_by: who takes the responsibility; for ``self`` only
        :return: the return: announced, or for a pick-up waiting for its plan
        :raises UserError: when it cannot be asked for, as a sentence
        """
        if problem := self._get_request_problem(partner, devices, method, accepted_by):
            raise UserError(problem)
        # The customer may not make one; this is what it may ask for.
        record = self.sudo()._open_for(devices, "other", method, join=False)
        record.note = (note or "").strip()[:2000] or False
        if method == "self":
            record._accept(accepted_by)
            record._announce()
        else:
            record._remind(
                "return_pickup",
                lambda env: env._("The customer asked for a secure pick-up."),
            )
        return record.with_env(self.env)

    @api.model
    def _get_request_problem(self, partner, devices, method, accepted_by):
        customer = partner.commercial_partner_id
        # The contract that holds the devices decides.
        contracts_sudo = devices.sudo().waas_contract_id
        if (
            not devices
            # The contract that holds the devices decides.
            or len(devices.sudo().filtered("waas_contract_id")) != len(devices)
            or contracts_sudo.partner_id.commercial_partner_id != customer
            or len(contracts_sudo.company_id) != 1
        ):
            return self.env._("Choose devices that you rent from us.")
        if method not in ("self", "pickup"):
            return self.env._("Choose how the devices come back.")
        if method == "self" and not (accepted_by or "").strip():
            return self.env._(
                "Type your name: the sender of the devices bears the full "
                "responsibility for their delivery."
            )
        # The contract that holds the devices decides.
        for device in devices.sudo():
            if line := device._waas_get_open_return_line():
                return self.env._(
                    "%(device)s is in return %(return)s already.",
                    device=device.display_name,
                    **{"return": line.return_id.name},
                )
        return False

    @api.model
    def _open_for(self, devices, reason, method="self", join=True):
        """The open return of these devices' customer, or a new one; devices that a
        return waits for stay where they are.

        :return: ``waas.return``: every one that waits for one of the devices
        """
        returns = self.browse(devices._waas_get_open_returns().ids)
        for (company, customer), lots in (
            devices.filtered(lambda device: not device._waas_get_open_return_line())
            .grouped(
                lambda device: (
                    device.waas_contract_id.company_id,
                    device.waas_contract_id.partner_id.commercial_partner_id,
                )
            )
            .items()
        ):
            record = self._find_open(company, customer) if join else self.browse()
            if not record:
                # After the first of the contracts that ran to their end.
                ended = reason == "end" and min(
                    lots.waas_contract_id.mapped("date_end")
                )
                record = self.create(
                    {
                        "company_id": company.id,
                        "partner_id": customer.id,
                        "reason": reason,
                        "method": method,
                        "date_due": self._get_due_date(company, ended),
                    }
                )
            record._add_devices(lots)
            returns |= record
        return returns

    @api.model
    def _get_due_date(self, company, date=None):
        start = date or company._waas_today()
        return start + relativedelta(days=company.waas_return_days)

    @api.model
    def _find_open(self, company, customer):
        """A return of the customer that more devices can join: none is on its way."""
        return self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("state", "in", ("draft", "announced")),
            ],
            order="id",
            limit=1,
        )

    def _get_returnable_devices(self):
        self.ensure_one()
        devices = self.env["stock.lot"].search(
            [
                (
                    "waas_holder_id.commercial_partner_id",
                    "=",
                    self.partner_id.commercial_partner_id.id,
                ),
                ("waas_contract_id.company_id", "=", self.company_id.id),
            ]
        )
        return devices.filtered(lambda device: not device._waas_get_open_return_line())

    def _add_devices(self, devices, is_extra=False):
        """More devices come back with this return.

        :return: the new lines
        """
        self.ensure_one()
        # The system notes an unexpected device, whichever user scans it.
        extra = {"is_extra": True} if is_extra else {}
        lines = self.env["waas.return.line"].create(
            [
                {"return_id": self.id, "device_id": device.id, **extra}
                for device in devices
            ]
        )
        if self.state != "draft":
            lines.sudo()._announce()  # the customer knows of the return
            self.sudo()._note_fee_difference()
            if not is_extra:
                self.sudo()._mail("also_waas.mail_template_return")  # the new list
        return lines

    # === THE CUSTOMER'S RESPONSIBILITY ===#

    def _get_responsibility_text(self):
        """The text that a customer accepts that sends the devices (R15), in its
        language: it is shown before the acceptance, and in every mail and document
        after that."""
        self.ensure_one()
        lang = self.partner_id.lang or self.env.lang
        return self.with_context(lang=lang).env._(
            "%(customer)s sends the devices back itself and bears the full "
            "responsibility for their delivery to %(company)s: for packing, transport, "
            "damage, loss and the data on them, until %(company)s has received them.",
            customer=self.partner_id.display_name,
            company=self.company_id.name,
        )

    def _accept(self, name):
        self.ensure_one()
        if self.method != "self":
            raise UserError(
                self.env._("With a secure pick-up nothing is to be accepted.")
            )
        if not (name or "").strip():
            raise UserError(
                self.env._(
                    "Enter under 'Accepted By' who accepted the responsibility for "
                    "the customer."
                )
            )
        if self.accepted_on:
            return
        self.write(
            {
                "accepted_by": name.strip()[:200],
                "accepted_on": fields.Datetime.now(),
                "accepted_text": self._get_responsibility_text(),
            }
        )

    # === REMINDING ===#

    @api.model
    def _cron_chase(self):
        """Remind customers, once, of devices that are overdue; leave a to-do."""
        overdue = self.search(
            Domain(
                [
                    ("state", "in", EXPECTING),
                    ("reminded_on", "=", False),
                    ("line_ids.state", "=", "expected"),
                ]
            )
            & self.env["res.company"]._waas_with_today(
                lambda today: Domain("date_due", "<", today)
            )
        )
        work_isolating(overdue, lambda returns: returns._chase(), log_failure)

    def _chase(self):
        for record in self:
            record.reminded_on = record.company_id._waas_today()
            record._mail("also_waas.mail_template_return_overdue")
            record._remind("return_overdue", record._describe_overdue)

    def _describe_overdue(self, env):
        return env._(
            "%(count)s devices were due on %(date)s. Ask the customer; report them "
            "missing and claim them when they do not come.",
            count=self.open_count,
            date=format_date(env, self.date_due),
        )

    def _remind_to_plan(self, contracts):
        """A to-do: the contracts are over, their devices come back."""
        self.ensure_one()
        self.user_id = self.user_id or contracts[:1]._waas_get_responsible()
        self._remind(
            "return_plan",
            lambda env: env._(
                "Agree with %(customer)s how the devices of %(contracts)s come back, "
                "and announce it.",
                customer=self.partner_id.display_name,
                contracts=", ".join(contracts.mapped("name")),
            ),
            add=True,
        )

    def _remind(self, kind, note, **options):
        """A to-do for the responsible of the return; see :meth:`_waas_todo`."""
        self.ensure_one()
        self._waas_todo(kind, self.user_id, note=note, **options)
