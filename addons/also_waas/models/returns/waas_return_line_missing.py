from odoo import models
from odoo.exceptions import UserError

from ...defaults import without_defaults


class WaasReturnLine(models.Model):
    """A device that does not come back: reported, claimed, written off."""

    _inherit = "waas.return.line"

    def _report_missing(self):
        lines = self.filtered(lambda line: line.state == "expected")
        lines.write({"state": "missing"})
        for record, missing in lines.grouped("return_id").items():
            missing.device_id._waas_log(
                "missing", document=record, party=record.partner_id
            )
            devices = ", ".join(missing.device_id.mapped("display_name"))
            record._remind(
                "return_missing",
                lambda env, devices=devices: env._(
                    "%(devices)s did not come. Ask the customer, then claim them.",
                    devices=devices,
                ),
                add=True,
            )
        lines.return_id._settle()

    def _claim(self):
        """A draft invoice for what does not come back; the devices leave ALSO's books
        and their contract."""
        for line in self:
            if line.state != "missing":
                raise UserError(
                    self.env._(
                        "%(device)s is not reported missing, so it is not claimed.",
                        device=line.device_id.display_name,
                    )
                )
        self.lock_for_update(allow_referencing=True)  # one claim for each device
        for record, lines in self.grouped("return_id").items():
            invoice = record._make_invoice(
                [line._prepare_claim_line() for line in lines]
            )
            lines.claim_move_id = invoice
            lines._write_off()

    def _prepare_claim_line(self):
        self.ensure_one()
        product = self.company_id.waas_claim_product_id
        if not product:
            raise UserError(
                self.env._(
                    "Choose under Settings > WaaS > Returns which product is on the "
                    "invoice for a missing device."
                )
            )
        company_currency = self.company_id.currency_id
        currency = self.contract_id.currency_id
        # Without a rate the price would be the amount itself.
        self.contract_id._waas_ensure_taxes_and_rate(
            product, currency, self.company_id._waas_today()
        )
        price = company_currency._convert(
            self.device_id._waas_get_claim_value(),
            currency,
            self.company_id,
            self.company_id._waas_today(),
        )
        return {
            "product_id": product.id,
            "name": self.env._(
                "Not returned: %(device)s, contract %(contract)s",
                device=f"{self.product_id.name} {self.device_id.name}",
                contract=self.contract_id.name,
            ),
            "quantity": 1,
            "price_unit": price,
        }

    def _write_off(self):
        """Take lost devices out of ALSO's stock, and so out of their contracts."""
        self._cancel_moves()
        self.device_id._waas_lose(self.company_id._waas_today())
        moves = without_defaults(self.env["stock.move"]).create(
            [line._prepare_write_off() for line in self]
        )
        for line, move in zip(self, moves, strict=True):
            line.write({"write_off_move_id": move.id, "state": "claimed"})
            move._waas_move_device(line.device_id)

    def _prepare_write_off(self):
        self.ensure_one()
        return self.env["stock.move"]._waas_prepare_loss(
            self.device_id,
            self.company_id.waas_location_id,
            self.company_id,
            origin=self.return_id.name,
            waas_return_line_id=self.id,
        )

    def _is_written_off_by(self, move):
        self.ensure_one()
        return move == self.write_off_move_id
