from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...batches import in_pieces, log_failure, work_isolating

# Licenses that are read together.
BATCH = 1000


class WaasLicense(models.Model):
    """The seats of the contract, day by day (R7)."""

    _inherit = "waas.license"

    def _is_due_on(self, day):
        return bool(self.date_start and self.date_start <= day)

    def _get_seats_on(self, day):
        """The seats of the contract on a day; before the first day is known, the agreed
        number."""
        self.ensure_one()
        if self.date_start and day < self.date_start:
            return 0
        if self.date_cancel and self.date_cancel <= day:
            return 0
        return self.agreed_seats + sum(
            step.seats for step in self.step_ids if step.date <= day
        )

    def _get_target(self):
        """Seats that should be provisioned now."""
        return self.seats if self.is_due else 0

    def _start(self, date):
        """From this day on the seats are needed; an earlier day stays.

        :param date date: the day on which the devices were delivered
        """
        starting = self.filtered(
            lambda license_: not license_.date_start or license_.date_start > date
        )
        starting.write({"date_start": date})
        starting._sync()

    def _change_seats(self, seats, date, reason=None):
        """Set the number of seats from a day on; later changes are added to it.

        :raises UserError: when the number would be negative, today or later
        """
        self.ensure_one()
        self._change_by(seats - self._get_seats_on(date), date, reason)

    def _change_by(self, seats, date, reason=None):
        """As :meth:`_change_seats`, with the difference: positive or negative."""
        self.ensure_one()
        if not seats:
            return
        self._ensure_runs_on(date)
        self.env["waas.license.step"].create(
            {"license_id": self.id, "date": date, "seats": seats, "reason": reason}
        )
        self._ensure_never_below_zero()
        self._sync()

    def _ensure_runs_on(self, date):
        if self.date_cancel and self.date_cancel <= date:
            raise UserError(
                self.env._(
                    "%(license)s is cancelled from %(date)s: add a new license "
                    "instead.",
                    license=self.display_name,
                    date=format_date(self.env, self.date_cancel),
                )
            )

    def _ensure_never_below_zero(self):
        for day in set(self.step_ids.mapped("date")):
            if self._get_seats_on(day) < 0:
                raise UserError(
                    self.env._(
                        "%(license)s would have %(seats)s seats from %(date)s: take "
                        "away fewer, or cancel it.",
                        license=self.display_name,
                        seats=self._get_seats_on(day),
                        date=format_date(self.env, day),
                    )
                )

    def _switch(self, product, seats, date):
        """Switch some of these seats to another product from a day on.

        :return: the ``waas.license`` with the new seats
        """
        self.ensure_one()
        new = self.search(
            [
                ("contract_id", "=", self.contract_id.id),
                ("contract_line_id", "=", self.contract_line_id.id),
                ("product_id", "=", product.id),
                ("channel", "=", self.channel),
                ("date_start", "<=", date),
                ("date_cancel", "=", False),
            ],
            limit=1,
        )
        reason = self.env._("Switched to %(product)s", product=product.name)
        if new:
            new._change_by(seats, date, reason)
        else:
            new = self.contract_id._waas_add_license(
                product,
                seats,
                date,
                self.contract_line_id,
                order_line_id=self.order_line_id.id,
                seats_per_unit=self.seats_per_unit,
                channel=self.channel,
            )
        self._change_by(-seats, date, reason)
        return new

    def _cancel(self, date):
        """Cancel all seats from a day on; an earlier cancellation stays.

        :param date date: the first day without seats
        """
        running = self.filtered(
            lambda license_: not license_.date_cancel or license_.date_cancel > date
        )
        running.write({"date_cancel": date})
        running._sync()

    @api.model
    def _cron_apply(self):
        """Every day: apply what is planned for today, and request what was not
        requested yet."""
        planned = self.search(self._get_planned_domain())
        for licenses in in_pieces(planned, BATCH):
            self.env.add_to_compute(self._fields["seats"], licenses)
            self.env.add_to_compute(self._fields["is_due"], licenses)
            work_isolating(licenses, lambda those: those._apply_steps(), log_failure)

    def _apply_steps(self):
        """Request the seats of today; the steps up to it need no further look."""
        self._sync()
        for company, licenses in self.grouped("company_id").items():
            today = company._waas_today()
            steps = licenses.step_ids.filtered(lambda step: not step.is_applied)
            come = steps.filtered(lambda step, today=today: step.date <= today)
            come.is_applied = True

    def _get_planned_domain(self):
        """Licenses with a day that may have come, also while the scheduler was stopped,
        and those that wait for their request."""
        living = Domain("state", "!=", "ended") | Domain("date_cancel", "=", False)
        come = self.env["res.company"]._waas_with_today(
            lambda today: Domain.OR(
                [
                    Domain(
                        "step_ids",
                        "any",
                        [("date", "<=", today), ("is_applied", "=", False)],
                    ),
                    Domain("date_cancel", "<=", today),
                    Domain("date_start", "<=", today) & Domain("is_due", "=", False),
                ]
            )
        )
        return living & (come | Domain("state", "not in", ("active", "ended")))
