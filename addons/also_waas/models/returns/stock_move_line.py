"""Devices leave quarantine with a certificate only (R15). Every change of hands is
noted in the chain of custody."""

from typing import Any, NamedTuple

from odoo import models
from odoo.exceptions import UserError


class Passage(NamedTuple):
    """Devices that change hands, as their chains of custody record it."""

    lines: Any  # stock.move.line
    event: str
    document: Any  # what moved them
    party: Any  # res.partner
    location: Any  # stock.location where they are afterwards


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    # === BUSINESS METHODS ===#

    def _action_done(self):
        moved = self.filtered(
            lambda line: line.lot_id
            and line.product_id.waas_role == "device"
            and line.product_uom_id.compare(line.quantity, 0) > 0
        )
        if not moved:
            return super()._action_done()
        moved._waas_ensure_erased()
        passages = moved._waas_get_passages()  # before contracts let go of devices
        result = super()._action_done()
        for passage in passages:
            passage.lines._waas_log_passage(passage)
        moved._waas_change_quarantine()
        moved._waas_get_return_lines()._note_moved()
        return result

    def _waas_get_return_lines(self):
        """The returned devices that these lines moved, as superuser: warehouse users
        cannot write returns."""
        lines_sudo = self.sudo()
        arrived = lines_sudo.lot_id.waas_return_line_ids.filtered(
            lambda line: line.arrival_id in lines_sudo
        )
        return arrived | lines_sudo.move_id.waas_return_line_id

    def _waas_ensure_erased(self):
        """:raises UserError: when a device leaves quarantine without a certificate"""
        for line in self:
            source, target = line.location_id, line.location_dest_id
            if not source.is_waas_quarantine or target.is_waas_quarantine:
                continue
            if not line.lot_id:
                continue  # what has no serial number is no device
            if problem := line.lot_id._waas_get_release_problem(target):
                raise UserError(problem)

    def _waas_change_quarantine(self):
        """Each stay in quarantine has an arrival, and asks for an erasure."""
        inside = self.filtered("location_id.is_waas_quarantine")
        to_inside = self.filtered("location_dest_id.is_waas_quarantine")
        self.env["stock.lot"]._waas_enter_quarantine(to_inside - inside)
        (inside - to_inside).lot_id._waas_leave_quarantine()

    def _waas_get_held_problem(self):
        """A device comes back to quarantine; one that is lost is written off."""
        # The warehouse moves for a return that it may not read.
        line_sudo = self.move_id.sudo().waas_return_line_id
        if line_sudo and line_sudo.device_id.id != self.lot_id.id and self.lot_id:
            return self.env._(
                "%(transfer)s takes back %(expected)s, not %(device)s: scan what came "
                "with Receive Devices.",
                transfer=self.reference,
                expected=line_sudo.device_id.display_name,
                device=self.lot_id.display_name,
            )
        if line_sudo and line_sudo._is_written_off_by(self.move_id):
            return False
        if problem := super()._waas_get_held_problem():
            return problem
        if (
            # The warehouse moves for a contract that it may not read.
            self.lot_id.sudo().waas_contract_id
            and not self.location_dest_id.is_waas_quarantine
        ):
            return self.env._(
                "%(device)s was with a customer, so it comes back to %(quarantine)s, "
                "not to %(location)s: its data has to be erased first.",
                device=self.lot_id.display_name,
                quarantine=self.company_id._waas_get_quarantine().display_name,
                location=self.location_dest_id.display_name,
            )
        return False

    # === CHAIN OF CUSTODY ===#

    def _waas_get_passages(self):
        """The lines by which devices change hands, as :class:`Passage`; devices with
        equal entries are grouped."""

        def get_key(line):
            return (
                line._waas_get_event(),
                line.picking_id or line.move_id.scrap_id or line.move_id,
                line._waas_get_party(),
                line.location_dest_id,
            )

        return [
            Passage(lines, *key)
            for key, lines in self.grouped(get_key).items()
            if key[0]
        ]

    def _waas_get_event(self):
        """What the chain of custody calls this move; False for one within stock."""
        self.ensure_one()
        source, target = self.location_id, self.location_dest_id
        if target.is_waas:
            return "delivered"
        if not target._should_be_valued():
            return self._waas_get_exit_event()
        if source.is_waas:
            return "back"
        if not source._should_be_valued():
            known = self.lot_id.waas_custody_length and source.usage == "inventory"
            return "found" if known else "received"
        if source.is_waas_quarantine and not target.is_waas_quarantine:
            # A location of the company, for users who move devices.
            resale = self.company_id.sudo().waas_resale_location_id
            return "resale" if target == resale else "refurbished"
        return False

    def _waas_get_exit_event(self):
        """What it is called when a device leaves ALSO's stock; False when it was not
        in it."""
        if not self.location_id._should_be_valued():
            return False
        if self.location_dest_id.usage != "inventory":
            return "sold"
        return "scrapped" if self.move_id.scrap_id else "written_off"

    def _waas_get_party(self):
        # The warehouse moves for a contract that it may not read.
        contract_sudo = self.lot_id.sudo().waas_contract_id
        if self.location_dest_id.is_waas:
            # The warehouse moves for a contract that it may not read.
            contract_sudo = self.move_id._waas_get_contract().sudo()
        return contract_sudo.partner_id or self.picking_id.partner_id

    def _waas_log_passage(self, passage):
        self.lot_id._waas_log(
            passage.event,
            document=passage.document,
            party=passage.party,
            location=passage.location,
            company=passage.lines.company_id[:1],
        )
        if passage.event == "sold":
            self.lot_id.sudo()._waas_give_up()  # what was checked before the move
