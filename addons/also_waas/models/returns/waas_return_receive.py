from typing import Any, NamedTuple

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ... import scans as labels

GS1_SERIAL = "21"


class Scan(NamedTuple):
    """What is known about a serial number that came."""

    # expected, extra, received, other_customer, written_off, in_stock, unknown, which
    kind: str
    device: Any  # stock.lot; of kind which: those that it may be
    line: Any  # waas.return.line that waits for it
    message: str

    @property
    def is_taken(self):
        """Whether the device is received: everything else is put aside."""
        return self.kind in ("expected", "extra")


class WaasReturn(models.Model):
    """Receiving by serial number (R15)."""

    _inherit = "waas.return"

    @api.model
    def _judge(self, serial, company, expected_return=None):
        """What a scanned serial number is.

        :param str serial: as it was typed or scanned
        :param expected_return: the return that is received; without one any is
        :return: :class:`Scan`
        """
        devices = self._find_devices(serial, company)
        if not devices:
            return self._judge_stranger(devices, "unknown")
        candidates = self._narrow(devices, expected_return)
        if len(candidates) > 1:
            return self._ask_which(candidates)
        return self._judge_device(candidates, expected_return)

    @api.model
    def _judge_device(self, device, expected_return=None):
        """What a device is that came.

        :return: :class:`Scan`
        """
        # The receiver has to know where a device is, and whose.
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
    def _ask_which(self, devices):
        message = self.env._(
            "%(count)s devices can be meant: choose the one that is here.",
            count=len(devices),
        )
        line = self.env["waas.return.line"]
        return Scan("which", devices, line, message)

    @api.model
    def _narrow(self, devices, expected_return=None):
        """Of several devices that a label can mean, those that may be the one that
        came: a customer has it, or it came before."""
        devices_sudo = devices.sudo()
        waiting = devices_sudo.filtered("waas_contract_id")
        came = devices_sudo.filtered("waas_arrival_id")
        if expected_return:
            customer = expected_return.partner_id.commercial_partner_id
            own = waiting.filtered(
                lambda device: device.waas_holder_id.commercial_partner_id == customer
            )
            if own:
                return own | (came & expected_return.sudo().line_ids.device_id)
        return (waiting | came) or devices_sudo

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
        message = self.env._(
            "Expected with %(return_name)s: take it in.",
            return_name=line.return_id.name,
        )
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
            "in_stock": self.env._("Is not rented to a customer. Put it aside."),
        }[kind]
        return Scan(kind, device, self.env["waas.return.line"], message)

    @api.model
    def _find_devices(self, scan, company):
        """The devices of a company that a scan can mean: with this very number, else
        with what a label or a person makes of it."""
        lots = self.env["stock.lot"]
        text = labels.clean(scan)
        if not text:
            return lots
        of_company = Domain("product_id.waas_role", "=", "device") & Domain(
            "company_id", "in", (company.id, False)
        )
        if devices := lots.search(of_company & Domain("name", "=", text)):
            return devices
        readings = labels.get_readings(text) + self._read_gs1(text)
        keys = set(filter(None, map(labels.get_key, readings)))
        patterns = {
            pattern for reading in readings for pattern in labels.get_patterns(reading)
        }
        similar = Domain.OR(Domain("name", "=ilike", pattern) for pattern in patterns)
        return lots.search(of_company & similar).filtered(
            lambda device: labels.get_key(device.name) in keys
        )

    @api.model
    def _read_gs1(self, scan):
        """Serial numbers in a GS1 code."""
        nomenclature = self.env.ref(
            "barcodes_gs1_nomenclature.default_gs1_nomenclature",
            raise_if_not_found=False,
        )
        if not nomenclature:
            return []
        # The meaning of a code is no secret.
        try:
            parts = nomenclature.sudo().gs1_decompose_extended(labels.get_gs1(scan))
        except (ValidationError, ValueError):
            return []  # no GS1 code
        return [part["value"] for part in parts or [] if part["ai"] == GS1_SERIAL]

    @api.model
    @api.private
    def _receive_scans(self, scans, company, expected_return=None, damages=None):
        """Take in what came.

        :param list scans: serial numbers as they were scanned, or the devices
            (``stock.lot``) themselves where a user chose
        :param dict damages: scan -> what is wrong with the device
        :return: dict with the ``lines`` received and the ``findings`` put aside
        :raises UserError: when a scan can mean several devices
        """
        if not self.env.su and not self.env.user.has_group("stock.group_stock_user"):
            raise AccessError(self.env._("Only warehouse users receive devices."))
        if not self.env.su and company not in self.env.companies:
            raise AccessError(
                self.env._(
                    "%(company)s is not one of your companies: switch to it, or "
                    "ask its own users to receive the devices.",
                    # The name of another company, in a refusal.
                    company=company.sudo().name,
                )
            )
        # Users who receive devices also cause the steps that follow on contracts and
        # returns.
        returns_sudo = self.sudo()
        damages = damages or {}
        lines = returns_sudo.env["waas.return.line"]
        findings = self.env["waas.return.finding"]
        notes = {}
        for scanned, scan in self._judge_all(scans, company, expected_return):
            if scan.is_taken:
                line = returns_sudo._take_in(scan.device.sudo(), expected_return)
                notes[line] = damages.get(scanned) or notes.get(line)
                lines |= line
            elif scan.kind != "received":
                findings |= returns_sudo._put_aside(
                    scan.device.name or labels.clean(scanned),
                    scan,
                    company,
                    expected_return,
                )
        lines._receive(notes)
        return {"lines": lines.with_env(self.env), "findings": findings}

    def _judge_all(self, scans, company, expected_return=None):
        """What each scan is, before anything happens to one of them.

        :return: list of pairs of what was scanned and its :class:`Scan`
        """
        judged = []
        for scanned in dict.fromkeys(scans):
            if not isinstance(scanned, str):
                self._ensure_receivable(scanned, company)
                judged.append((scanned, self._judge_device(scanned, expected_return)))
            elif labels.clean(scanned):
                judged.append((scanned, self._judge(scanned, company, expected_return)))
        for scanned, scan in judged:
            if scan.kind == "which":
                raise UserError(
                    self.env._(
                        "%(serial)s can be one of %(count)s devices (%(products)s): "
                        "scan it in the window Receive and choose the one that is "
                        "here.",
                        serial=labels.clean(scanned),
                        count=len(scan.device),
                        products=", ".join(scan.device.product_id.mapped("name")),
                    )
                )
        return judged

    def _ensure_receivable(self, device, company):
        """:raises UserError: when the chosen record is no device of the company"""
        device.check_access("read")
        if device.waas_role != "device" or device.company_id not in (
            company,
            self.env["res.company"],
        ):
            raise UserError(
                self.env._(
                    "%(device)s is not a device of %(company)s: choose one of its "
                    "devices.",
                    device=device.display_name,
                    # The name of another company, in a refusal.
                    company=company.sudo().name,
                )
            )

    def _take_in(self, device, expected_return=None):
        """The line by which a device that came is received."""
        line = device._waas_get_open_return_line()
        if line.move_ids:
            return line
        line._cancel()  # it was only planned
        return self._add_unannounced(device, expected_return)

    def _add_unannounced(self, device, expected_return=None):
        """Receive a device that was not announced.

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
                    "note": self.env._("Received unannounced."),
                }
            )
            record._accept(self.env._("none: sent unannounced"))
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
