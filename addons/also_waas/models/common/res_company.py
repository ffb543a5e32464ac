import pytz

from odoo import api, fields, models
from odoo.fields import Domain


class ResCompany(models.Model):
    """What each company needs for its WaaS business, and the day it is there."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._waas_set_up()
        return companies

    def write(self, vals):
        """Users who lose a company leave its to-dos to the team."""
        if "user_ids" not in vals:
            return super().write(vals)
        with self.user_ids._waas_get_todos()._waas_handing_over_lost():
            return super().write(vals)

    def _waas_set_up(self):
        """Hook: give each company what its WaaS business needs; safe to repeat."""

    # === THE CLOCK ===#

    def _waas_today(self):
        """The current day at the company, of everything that is booked. It does not
        depend on the user or on the user's time zone."""
        return self._waas_get_day(fields.Datetime.now())

    def _waas_get_day(self, moment):
        """The day of a moment at the company; False without a moment.

        :param datetime moment: in UTC, as Odoo keeps it
        """
        if not moment:
            return False
        return pytz.utc.localize(moment).astimezone(self._waas_get_zone()).date()

    def _waas_get_zone(self):
        """The time zone of the company's contact; else of its country, where that has
        a single one; else UTC. A record that has no company yet will have the active
        one."""
        company_sudo = (self or self.env.company).sudo()  # the time zone is no secret
        company_sudo.ensure_one()
        partner_sudo = company_sudo.partner_id
        zones = pytz.country_timezones.get(partner_sudo.country_id.code or "", [])
        name = partner_sudo.tz or (zones[0] if len(zones) == 1 else "UTC")
        return pytz.timezone(name)

    @api.model
    def _waas_with_today(self, build):
        """A domain in which today is each company's own day.

        :param build: takes a day and returns a ``Domain`` on a model with
            ``company_id``
        """
        # Also of companies without access: record rules protect their records.
        companies = (
            self.sudo()
            .with_context(active_test=False)
            .search([("partner_id", "!=", False)])
        )
        days = companies.grouped(lambda company: company._waas_today())
        if len(days) == 1:
            return Domain(build(next(iter(days))))
        return Domain.OR(
            Domain("company_id", "in", group.ids) & Domain(build(day))
            for day, group in days.items()
        )
