from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...schedule import cut_periods, get_last_day


class WaasChange(models.Model):
    """An extension. All that is rented to the last day goes on at its original price,
    in more months (R12)."""

    _inherit = "waas.change"

    months = fields.Integer(
        string="Total Term (Months)",
        compute="_compute_months",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="From the first day of the contract to its new end.",
    )
    max_months = fields.Integer(
        string="Months at Most",
        compute="_compute_max_months",
        store=True,
        precompute=True,
        aggregator=None,
        help="What the company allows, extensions included.",
    )
    date_end = fields.Date(string="New End", compute="_compute_date_end")
    ending_device_ids = fields.Many2many(
        comodel_name="stock.lot",
        string="Devices Blocking the Extension",
        compute="_compute_ending_device_ids",
        groups="stock.group_stock_user",
        help="Exchange them, or extend to an earlier day.",
    )

    _max_months = models.Constraint(
        "CHECK (kind != 'extension' OR months <= max_months)",
        "A contract has no more months than its company allows, extensions included.",
    )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            contract = self.env["contract.contract"].browse(vals.get("contract_id"))
            self._ensure_not_too_long(contract, vals)
        return super().create(vals_list)

    def write(self, vals):
        for change in self:
            self._ensure_not_too_long(change.contract_id, vals)
        if "months" in vals:
            # The company may allow more by now.
            drafts = self.filtered(lambda change: change.state == "draft")
            self.env.add_to_compute(self._fields["max_months"], drafts)
        return super().write(vals)

    @api.model
    def _ensure_not_too_long(self, contract, vals):
        """Say what the database would, and until when the contract can go on (R12)."""
        months = vals.get("months")
        if months and contract:
            contract.check_access("read")
            if months > contract._waas_get_max_months():
                raise UserError(contract._waas_get_max_message())

    # === COMPUTE METHODS ===#

    @api.depends("contract_id", "kind")
    def _compute_months(self):
        """The longest time that is possible; the shortest where none is."""
        for change in self:
            if change.kind != "extension" or not change.contract_id:
                change.months = 0
                continue
            if change.state != "draft":
                change.months = change.months
                continue
            offers = change.contract_id._waas_get_extension_offers()
            possible = [offer["months"] for offer in offers if offer["possible"]]
            longest = change.contract_id._waas_get_max_months()
            change.months = min(max(possible, default=offers[0]["months"]), longest)

    @api.depends("contract_id", "kind")
    def _compute_max_months(self):
        for change in self:
            contract = change.contract_id
            change.max_months = contract._waas_get_max_months() if contract else 0

    @api.model
    def _get_frozen_fields(self):
        return ("max_months", *super()._get_frozen_fields())

    @api.depends("contract_id", "kind", "months", "state")
    def _compute_date_end(self):
        for change in self:
            contract = change.contract_id
            change.date_end = (
                get_last_day(contract.date_start, change.months)
                if change.kind == "extension" and contract.date_start
                else False
            )

    @api.depends("contract_id", "kind", "date_end", "state")
    def _compute_ending_device_ids(self):
        for change in self:
            change.ending_device_ids = (
                change.contract_id._waas_get_ending_devices(change.date_end)
                if change.date_end and change.state not in ("applied", "cancelled")
                else False
            )

    @api.model
    def _get_amount_triggers(self):
        return (*super()._get_amount_triggers(), "months")

    @api.model
    def _get_agreed_fields(self):
        return [*super()._get_agreed_fields(), "months"]

    def _get_first_date(self):
        """The day after the last: the extension begins where the term ends."""
        if self.kind != "extension":
            return super()._get_first_date()
        end = self.contract_id.date_end
        return end and fields.Date.add(end, days=1)

    def _prepare_lines(self):
        """What is rented to the last day, at its original price."""
        if self.kind != "extension":
            return super()._prepare_lines()
        return [
            Command.clear(),
            *(
                Command.create(
                    {
                        "product_id": line.product_id.id,
                        "bundle_line_id": line.id,
                        "slot_id": line._waas_get_slot().id,
                        "quantity": line.quantity,
                    }
                )
                for line in self._get_lasting_lines()
            ),
        ]

    def _get_lasting_lines(self):
        return self.contract_id.contract_line_ids.filtered(
            lambda line: line._waas_is_rent()
            and line.date_end == line.contract_id.date_end
        )

    # === WHETHER IT IS POSSIBLE ===#

    def _is_within(self):
        return self.kind != "extension" and super()._is_within()

    def _get_kind_problems(self):
        if self.kind != "extension":
            yield from super()._get_kind_problems()
            return
        contract = self.contract_id
        if contract.date_end < self.company_id._waas_today():
            yield (
                "over",
                self.env._(
                    "The term of %(contract)s ended on %(date)s: an extension is "
                    "agreed before that. Make a follow-on contract.",
                    contract=contract.name,
                    date=format_date(self.env, contract.date_end),
                ),
            )
        for reason in contract._waas_get_extension_offer(self.months)["reasons"]:
            yield "length", reason

    # === WHAT IT WOULD DO ===#

    def _plan(self):
        plan = super()._plan()
        if self.kind != "extension":
            return plan
        contract = self.contract_id
        new_months = cut_periods(contract.date_start, self.months)[len(plan.months) :]
        lasting = self._get_lasting_lines()
        rows = [
            row._replace(date_end=self.date_end) if row.line in lasting else row
            for row in plan.rows
        ]
        return self._replan(plan, rows, [*plan.months, *new_months])

    def _render_preview(self):
        if self.kind != "extension":
            return super()._render_preview()
        return self._render_offers() + super()._render_preview()

    def _render_offers(self):
        """Which lengths are possible, and why the others are not."""
        rows = Markup().join(
            Markup("<tr class='%s'><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (
                "fw-bold" if offer["months"] == self.months else "",
                offer["months"],
                format_date(self.env, offer["date_end"]),
                " ".join(offer["reasons"]) or self.env._("Possible"),
            )
            for offer in self.contract_id._waas_get_extension_offers()
        )
        return Markup(
            "<table class='table table-sm o_also_waas_offers'><thead><tr><th>%s</th>"
            "<th>%s</th><th>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("Months in all"),
            self.env._("To"),
            self.env._("Whether it is possible"),
            rows,
        )

    def _after_submit(self):
        result = super()._after_submit()
        if self.kind == "extension":
            self.contract_id._waas_choose("extend")
        return result

    def _apply(self, plan):
        result = super()._apply(plan)
        if self.kind == "extension":
            self.contract_id._waas_end_moved()
        return result

    def _describe_applied(self):
        if self.kind != "extension":
            return super()._describe_applied()
        return self.env._(
            "goes on to %(date)s, %(months)s months in all, at %(monthly)s per month",
            date=format_date(self.env, self.contract_id.date_end),
            months=self.months,
            monthly=self._format_amount(self.monthly_after),
        )
