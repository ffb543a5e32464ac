from odoo import api, fields, models

from ...sellout.ledger import COUNTED


class WaasSelloutReport(models.Model):
    """The reconciliation: all reports up to this one, compared with the serial numbers
    that contracts have or had (R5)."""

    _inherit = "waas.sellout.report"

    reported_count = fields.Integer(
        string="Devices Reported",
        compute="_compute_check",
        help="By this report and all before it, less what was taken back.",
    )
    contract_serial_count = fields.Integer(
        string="Serial Numbers in Contracts",
        compute="_compute_check",
        help="With end customers today, delivered until the end of the period.",
    )
    uncounted_count = fields.Integer(
        string="Less: No New Sell-out",
        compute="_compute_check",
        help="Used devices that are rented out again, and those delivered before the "
        "first report.",
    )
    returned_count = fields.Integer(
        string="Plus: Not in Contracts Any More",
        compute="_compute_check",
        help="They were sold out, and came back, or were replaced, since.",
    )
    difference_count = fields.Integer(string="Differences", compute="_compute_check")
    differences = fields.Text(string="Difference Details", compute="_compute_check")
    check_summary = fields.Char(string="Proof", compute="_compute_check")
    closing_summary = fields.Char(
        string="Proof When It Was Closed", readonly=True, copy=False
    )

    @api.depends("line_ids")
    def _compute_check(self):
        for report in self:
            is_open = report.state == "draft" and bool(report.ids)
            # Contracts are compared, but not shown.
            check = report.sudo()._check() if is_open else _NOTHING
            report.reported_count = check["reported"]
            report.contract_serial_count = check["in_contracts"]
            report.uncounted_count = check["uncounted"]
            report.returned_count = check["returned"]
            report.difference_count = len(check["differences"])
            report.differences = "\n".join(check["differences"])
            report.check_summary = self.env._(
                "%(reported)s devices reported, %(serials)s serial numbers in "
                "contracts, %(differences)s differences",
                reported=check["reported"],
                serials=check["in_contracts"] - check["uncounted"] + check["returned"],
                differences=len(check["differences"]),
            )

    def _check(self):
        """Compare all serial numbers.

        :return: dict of the counts ``reported``, ``in_contracts``, ``uncounted`` and
            ``returned``, and the sentences ``differences``
        """
        self.ensure_one()
        reported = self._get_reported_devices()
        counts = self._count_devices()
        held, undelivered = self._get_held_devices(counts)
        uncounted = (held - reported).filtered(
            lambda lot: lot in counts and counts[lot].state != COUNTED
        )
        returned = (reported - held).filtered(
            lambda lot: lot in counts and counts[lot].state == COUNTED
        )
        missing = held - reported - uncounted
        return self._tell_check(
            reported=len(reported),
            in_contracts=len(held),
            uncounted=len(uncounted),
            returned=len(returned),
            missing=missing,
            surplus=reported - held - returned,
            undelivered=undelivered,
        )

    def _tell_check(self, missing, surplus, undelivered, **counts):
        return {
            **counts,
            "differences": [
                *map(self._get_missing_message, missing),
                *map(self._get_surplus_message, surplus),
                *map(self._get_undelivered_message, undelivered),
            ],
        }

    def _get_obstacles(self):
        # Contracts are compared, but not shown.
        return super()._get_obstacles() + self.sudo()._check()["differences"]

    def _prepare_closing(self):
        """Keep the result of the check: devices change later, the report does not."""
        return {**super()._prepare_closing(), "closing_summary": self.check_summary}

    def _get_reported_devices(self):
        """Devices that are sold out according to this report and those before it."""
        groups = self.env["waas.sellout.line"]._read_group(
            [
                ("manufacturer_id", "=", self.manufacturer_id.id),
                ("company_id", "=", self.company_id.id),
                ("period_to", "<=", self.date_to),
                ("lot_id", "!=", False),
            ],
            ["lot_id"],
            ["quantity:sum"],
        )
        return self.env["stock.lot"].concat(
            *(lot for lot, quantity in groups if quantity)
        )

    def _get_held_devices(self, counts):
        """Devices that contracts rent out, read from the devices and not from
        deliveries.

        :param counts: of the devices that are reported to the manufacturer
        :return: those that arrived until the end of the period, and those whose
            delivery was not found
        """
        products = self._get_manufacturer()._get_sellout_products(self.company_id)
        devices = self.env["stock.lot"].search(
            [
                ("waas_contract_id.company_id", "=", self.company_id.id),
                "|",
                ("product_id", "in", products.ids),
                ("id", "in", [lot.id for lot in counts]),
            ]
        )
        arrivals = {}
        for line in self._find_move_lines():
            if line.location_dest_id.is_waas:
                arrivals[line.lot_id] = self._get_day(line.move_id.date)
        held = devices.filtered(
            lambda lot: lot in arrivals and arrivals[lot] <= self.date_to
        )
        return held, devices.filtered(lambda lot: lot not in arrivals)

    def _get_missing_message(self, device):
        return self.env._(
            "%(device)s is with %(customer)s on %(contract)s and was not reported: "
            "refresh the report that is open.",
            device=device.display_name,
            customer=device.waas_holder_id.display_name,
            contract=device.waas_contract_id.name,
        )

    def _get_surplus_message(self, device):
        return self.env._(
            "%(device)s was reported, and no contract has or had it: the report that "
            "is open takes it back.",
            device=device.display_name,
        )

    def _get_undelivered_message(self, device):
        return self.env._(
            "%(device)s is on %(contract)s without a delivery: see its history.",
            device=device.display_name,
            contract=device.waas_contract_id.name,
        )


_NOTHING = {
    "reported": 0,
    "in_contracts": 0,
    "uncounted": 0,
    "returned": 0,
    "differences": [],
}
