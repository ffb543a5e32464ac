from typing import Any, NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError


class Scan(NamedTuple):
    """What is known about a serial number that came."""

    kind: (
        str  # expected, extra, received, other_customer, written_off, in_stock, unknown
    )
    device: Any  # stock.lot
    line: Any  # waas.return.line that waits for it
    message: str

    @property
    def is_taken(self):
        """Whether the device is received: everything else is put aside."""
        return self.kind in ("expected", "extra")


class WaasReturn(models.Model):
    """Chapter 8, returns: receiving by serial number (R15)."""

    _inherit = "waas.return"

    @api.model
    def _judge(self, serial, company, expected_return=None):
        """What a serial number is that somebody scans.

        :param str serial: as it was typed or scanned
        :param expected_return: the return that is received; without one any is
        :return: :class:`Scan`
        """
        device = self._find_device(serial, company)
        if not device:
            return self._judge_stranger(device, "unknown")
        # What is where, and whose it is, the receiver has to know.
        device_sudo = device.sudo()
        if device_sudo.waas_contract_id:
            return self._judge_rented(device_sudo, expected_return)
        line = self.env["waas.return.line"]
        if device_sudo.waas_arrival_id:
            return Scan("received", device_sudo, line, self.env._("Received already."))
        last = device_sudo.waas_custody_ids.filtered(
            lambda entry: entry.sequence == device_sudo.waas_custody_length
        )
        kind = "written_off" if last.event == "written_off" else "in_stock"
        return self._judge_stranger(device_sudo, kind)

    @api.model
    def _judge_rented(self, device_sudo, expected_return):
        customer = device_sudo.waas_holder_id.commercial_partner_id
        if expected_return and customer.id != (
            expected_return.partner_id.commercial_partner_id.id
        ):
            return self._judge_stranger(device_sudo, "other_customer")
        line = device_sudo._waas_get_open_return_line()
        if not line.move_ids:
            message = self.env._("Not announced, but of a customer: take it in.")
            return Scan("extra", device_sudo, line, message)
        message = self.env._("Expected with %s: take it in.", line.return_id.name)
        return Scan("expected", device_sudo, line, message)

    @api.model
    def _judge_stranger(self, device, kind):
        message = {
            "unknown": self.env._("Unknown: no device has this serial number."),
            "other_customer": self.env._(
                "Wrong customer: %(customer)s rents it. Put it aside.",
                customer=device.waas_holder_id.display_name,
            )
            if device
            else "",
            "written_off": self.env._("Was written off before. Put it aside."),
            "in_stock": self.env._("Is rented out to nobody. Put it aside."),
        }[kind]
        return Scan(kind, device, self.env["waas.return.line"], message)

    @api.model
    def _find_device(self, serial, company):
        """The device of a company with this serial number; of several with the same
        number the one that a customer has."""
        devices = self.env["stock.lot"].search(
            [
                ("name", "=", (serial or "").strip()),
                ("product_id.waas_role", "=", "device"),
                ("company_id", "in", (company.id, False)),
            ]
        )
        rented = devices.filtered(lambda device: device.sudo().waas_contract_id)
        return (rented or devices)[:1]

    @api.model
    @api.private
    def _receive_scans(self, scans, company, expected_return=None, damages=None):
        """Take in what came.

        :param list scans: serial numbers
        :param dict damages: serial number -> what is wrong with the device
        :return: dict with the ``lines`` received and the ``findings`` put aside
        """
        if not self.env.su and not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(self.env._("Only warehouse people receive devices."))
        if not self.env.su and company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%(company)s is none of your companies: switch to it, or have its "
                    "own people receive the devices.",
                    company=company.sudo().name,
                )
            )
        # Who may receive may do what follows from it on contracts and returns.
        returns_sudo = self.sudo()
        damages = damages or {}
        lines = returns_sudo.env["waas.return.line"]
        findings = self.env["waas.return.finding"]
        notes = {}
        for serial in dict.fromkeys(filter(None, map(str.strip, scans))):
            scan = self._judge(serial, company, expected_return)
            if scan.is_taken:
                line = returns_sudo._take_in(scan.device.sudo(), expected_return)
                notes[line] = damages.get(serial)
                lines |= line
            elif scan.kind != "received":
                findings |= returns_sudo._put_aside(
                    serial, scan, company, expected_return
                )
        lines._receive(notes)
        return {"lines": lines.with_env(self.env), "findings": findings}

    def _take_in(self, device, expected_return=None):
        """The line by which a device that came is received."""
        line = device._waas_get_open_return_line()
        if line.move_ids:
            return line
        line._cancel()  # it was only planned
        return self._add_unannounced(device, expected_return)

    def _add_unannounced(self, device, expected_return=None):
        """A device came that nobody had announced.

        :return: its new line
        """
        record = expected_return and self.browse(expected_return.id)
        if not record or record.state in ("closed", "cancelled"):
            contract = device.waas_contract_id
            record = self.create(
                {
                    "company_id": contract.company_id.id,
                    "partner_id": contract.partner_id.commercial_partner_id.id,
                    "date_due": self._get_due_date(contract.company_id),
                    "note": self.env._("Came unannounced."),
                }
            )
            record._accept(self.env._("nobody: sent unannounced"))
            record._announce()
        return record._add_devices(device, is_extra=True)

    def _put_aside(self, serial, scan, company, expected_return):
        """Keep what cannot be taken in, once."""
        findings = self.env["waas.return.finding"]
        known = findings.search(
            [
                ("serial", "=", serial),
                ("state", "=", "open"),
                ("company_id", "=", company.id),
            ]
        )
        return known or findings.create(
            {
                "return_id": expected_return.id if expected_return else False,
                "company_id": company.id,
                "serial": serial,
                "kind": scan.kind,
                "device_id": scan.device.id,
            }
        )
