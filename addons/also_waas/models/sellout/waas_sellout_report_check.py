from odoo import api, fields, models

from ...sellout.ledger import COUNTED


class WaasSelloutReport(models.Model):
    """The reconciliation: all reports up to this one, compared with the serial numbers
    that contracts have or had (R5)."""

    _inherit = "waas.sellout.report"

    checked_on = fields.Datetime(
        string="Compared On",
        readonly=True,
        copy=False,
        help="Refresh compares all serial numbers again; closing does it as well.",
    )
    reported_count = fields.Integer(
        string="Devices Reported",
        readonly=True,
        copy=False,
        aggregator=None,
        help="By this report and all before it, less what was taken back.",
    )
    contract_serial_count = fields.Integer(
        string="Serial Numbers in Contracts",
        readonly=True,
        copy=False,
        aggregator=None,
        help="With end customers, delivered until the end of the period.",
    )
    uncounted_count = fields.Integer(
        string="Less: No New Sell-out",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Used devices that are rented out again, and those delivered before the "
        "first report.",
    )
    returned_count = fields.Integer(
        string="Plus: Not in Contracts Any More",
        readonly=True,
        copy=False,
        aggregator=None,
        help="They were sold out, and came back, or were replaced, since.",
    )
    difference_count = fields.Integer(
        string="Differences", readonly=True, copy=False, aggregator=None
    )
    differences = fields.Text(string="Difference Details", readonly=True, copy=False)
    changed_count = fields.Integer(
        string="Changed Since",
        compute="_compute_changed_count",
        help="Devices that were delivered, taken back, replaced or renamed since.",
    )
    check_summary = fields.Char(string="Proof", compute="_compute_check_summary")
    closing_summary = fields.Char(
        string="Proof When It Was Closed", readonly=True, copy=False
    )

    # === COMPUTE METHODS ===#

    @api.depends("checked_on", "state")
    def _compute_changed_count(self):
        for report in self:
            report.changed_count = (
                report.state == "draft"
                and report.checked_on
                and report.sudo()._count_changed()  # counted, but not shown
            )

    @api.depends(
        "reported_count",
        "contract_serial_count",
        "uncounted_count",
        "returned_count",
        "difference_count",
    )
    def _compute_check_summary(self):
        for report in self:
            report.check_summary = self.env._(
                "%(reported)s devices reported, %(serials)s serial numbers in "
                "contracts, %(differences)s differences",
                reported=report.reported_count,
                serials=report.contract_serial_count
                - report.uncounted_count
                + report.returned_count,
                differences=report.difference_count,
            )

    # === BUSINESS METHODS ===#

    def _recount(self):
        """Compare the new lines with contracts."""
        began = fields.Datetime.now()
        changed = super()._recount()
        # Contracts are compared, but not shown; the result is a system field.
        report_sudo = self.sudo()
        report_sudo.write({**report_sudo._prepare_check(), "checked_on": began})
        return changed

    def _prepare_check(self):
        """Hook: what comparing showed, as values of the report."""
        check = self._check()
        return {
            "reported_count": check["reported"],
            "contract_serial_count": check["in_contracts"],
            "uncounted_count": check["uncounted"],
            "returned_count": check["returned"],
            "difference_count": len(check["differences"]),
            "differences": "\n".join(check["differences"]),
        }

    def _count_changed(self):
        """The devices of the manufacturer that changed since they were compared."""
        return self.env["stock.lot"].search_count(
            [
                ("waas_sellout_changed_on", ">", self.checked_on),
                ("product_id", "in", self._get_sellout_product_ids()),
            ]
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
        return super()._get_obstacles() + (self.differences or "").splitlines()

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
