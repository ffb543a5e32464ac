"""Whether a company rents out workplaces, what it needs for it, and the day it is
there."""

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...defaults import without_defaults


class ResCompany(models.Model):
    _inherit = "res.company"

    waas_enabled = fields.Boolean(
        string="Rent Out Workplaces",
        help="The company rents out workplaces. Off: its employees see nothing of it, "
        "and it has no journals, locations or products for it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if enabled := companies.filtered("waas_enabled"):
            enabled._waas_set_up()
            enabled.user_ids._waas_follow_companies()
        return companies

    def write(self, vals):
        """Turning WaaS on gives a company what it needs; users who lose a company leave
        its to-dos to the team."""
        if not vals.keys() & {"user_ids", "waas_enabled"}:
            return super().write(vals)
        before = self.filtered("waas_enabled")
        if "waas_enabled" in vals and not vals["waas_enabled"]:
            before._waas_ensure_unused()
        users = self._waas_get_employees()
        with users._waas_get_todos()._waas_handing_over_lost():
            result = super().write(vals)
        if enabled := self.filtered("waas_enabled") - before:
            enabled._waas_set_up()
        (users | self._waas_get_employees())._waas_follow_companies()
        return result

    def _waas_get_employees(self):
        return self.with_context(active_test=False).user_ids

    def _waas_set_up(self):
        """Hook: give each company what its WaaS business needs, or find it where the
        company has it already; safe to repeat."""

    def _waas_ensure_unused(self):
        """:raises UserError: while something of the WaaS business goes on"""
        for company in self:
            if uses := company._waas_get_uses():
                raise UserError(
                    self.env._(
                        "%(company)s rents out workplaces: finish this before you turn "
                        "it off.\n%(uses)s",
                        company=company.name,
                        uses="\n".join(f"- {use}" for use in uses),
                    )
                )

    def _waas_get_uses(self):
        """Hook: what goes on in the WaaS business of a company, as short texts."""
        self.ensure_one()
        return []

    def _waas_get_or_make(self, model, domain, vals):
        """A record that a company's WaaS business needs: the one that it has, for
        instance from an earlier installation, else a new one.

        :param domain: how it is recognised, archived ones included
        :param dict vals: of the new one
        """
        found = self._waas_find(model, domain)
        if not found:
            return without_defaults(found).create({**vals, "company_id": self.id})
        if not found.active:
            found.active = True
        return found

    def _waas_is_taken(self, model, domain):
        """Whether another record of the company has a code of ours."""
        return bool(self._waas_find(model, domain))

    def _waas_find(self, model, domain):
        records_sudo = self.env[model].sudo()  # who turns it on need not read each
        return records_sudo.with_context(active_test=False).search(
            Domain("company_id", "=", self.id) & Domain(domain), limit=1
        )

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
