from odoo import api, fields, models
from odoo.tools import escape_psql, format_date


class WaasManufacturer(models.Model):
    """Every manufacturer is notified. The first delivery activates its reports
    automatically, unless a user entered a reason against it (R5)."""

    _inherit = "waas.manufacturer"

    sellout_by_fact = fields.Boolean(
        string="Turned On Automatically",
        readonly=True,
        copy=False,
        company_dependent=True,
        help="Its first day is that of its first delivery.",
    )
    reseller_number_ids = fields.One2many(
        comodel_name="waas.manufacturer.reseller",
        inverse_name="manufacturer_id",
        string="Partner Numbers",
        groups="also_waas.group_waas_user",
    )

    # === CRUD METHODS ===#

    def write(self, vals):
        result = super().write(vals)
        if "sellout_start" in vals and "sellout_by_fact" not in vals:
            # A user chose it. As superuser: a system field.
            self.filtered("sellout_by_fact").sudo().sellout_by_fact = False
        if any(name.startswith("sellout") for name in vals):
            self._settle_sellout_setup()
        return result

    def _settle_sellout_setup(self):
        """The to-do is done when a user enters where the reports go, or why there are
        none."""
        settled = self.filtered(
            lambda one: not one.sellout or not one._get_sellout_channel_problem()
        )
        settled._waas_todo_drop("sellout_setup")

    # === BUSINESS METHODS ===#

    @api.private
    def _note_sellout(self, first_day):
        """Note a sell-out of these manufacturers in the company of the environment. It
        reads the settings once; the first sell-out activates the reports.

        :param date first_day: the day of the sell-out
        """
        untold = self.filtered(
            lambda one: one._is_approved()
            and not one.sellout
            and not one.sellout_off_reason
        )
        if untold:
            untold._turn_on_sellout(first_day)

    @api.private
    def _turn_on_sellout(self, first_day, as_vendor=False):
        """Activate the reports to these manufacturers and suppliers. A first day that a
        user entered stays.

        :param date first_day: the day of the first delivery
        :param bool as_vendor: activate the supplier reports as well
        """
        # Any user who delivers activates them (R5); these settings are not
        # confidential.
        for manufacturer in self.sudo():
            values = {"sellout": True}
            if as_vendor:
                values["sellout_as_vendor"] = True
            if not manufacturer.sellout_start:
                values |= {"sellout_start": first_day, "sellout_by_fact": True}
            manufacturer.write(values)
            if manufacturer._get_sellout_channel_problem():
                manufacturer._ask_for_setup()

    def _ask_for_setup(self):
        """Ask for the channel and the layout of the reports, by a to-do."""
        self.ensure_one()
        self._waas_todo(
            "sellout_setup",
            self.sellout_user_id,
            note=lambda env: env._(
                "%(manufacturer)s gets sell-out reports of %(company)s from "
                "%(date)s on, because something of it was delivered. Fill in where "
                "they are sent and their format, or turn them off with a reason.",
                manufacturer=self.name,
                company=self.env.company.name,
                date=format_date(env, self.sellout_start),
            ),
            company=self.env.company,
        )

    def _waas_find_todos(self, *kinds):
        """Companies share manufacturers: the to-do of a company is assigned to one of
        its own users."""
        todos = super()._waas_find_todos(*kinds)
        return todos.filtered(
            lambda todo: not todo.user_id
            or todo.user_id._waas_works_for(self.env.company)
        )

    @api.model
    def _introduce_suppliers(self, vendors):
        """Create a manufacturer for each supplier without one. A manufacturer of the
        same name without a contact gets the supplier as its contact.

        :param vendors: ``res.partner``, companies
        :return: ``waas.manufacturer`` of each
        """
        result = self.browse()
        for vendor in vendors:
            named = self.with_context(active_test=False).search(
                [("name", "=ilike", escape_psql(vendor.name))], limit=1
            )
            if named and not named.partner_id:
                named.partner_id = vendor
            elif named.partner_id.commercial_partner_id != vendor:
                name = vendor.name
                if named:
                    name = self.env._(
                        "%(supplier)s (supplier %(number)s)",
                        supplier=vendor.name,
                        number=vendor.ref or vendor.id,
                    )
                named = self.create({"name": name, "partner_id": vendor.id})
            result |= named
        return result

    # === SCHEDULED ===#

    @api.model
    def _turn_on_delivered(self):
        """Every day: activate reports for deliveries that could not activate them,
        because the manufacturer was approved later, the database is older, or the
        supplier is known by a receipt only. Settings that a user made stay as they
        are."""
        rows = self.env["waas.sellout.unnotified"]
        groups, first_days = [], {}
        # The list reads all that was ever delivered: only where it can have a row.
        if any(self._may_lack_reports(company) for company in rows._get_companies()):
            groups = rows._read_group(
                [("why", "in", ("off", "vendor"))],
                ["company_id", "role", "addressee_id"],
            )
        for company, role, addressee in groups:
            if role == "maker" and not addressee._is_approved():
                continue  # a user decides: it is on the list
            if company not in first_days:
                first_days[company] = rows._find_first_days(company)
            addressee.with_company(company)._turn_on_sellout(
                addressee._get_first_day(first_days[company]), role == "supplier"
            )
        self._correct_first_days(first_days)

    @api.model
    def _may_lack_reports(self, company):
        """Hook: whether something of a manufacturer without reports may have been sold
        out in a company."""
        manufacturers = self.with_context(active_test=False).with_company(company)
        return manufacturers.search(
            [("sellout", "=", False), ("sellout_off_reason", "=", False)]
        )._was_sold()

    def _was_sold(self):
        """Hook: whether something of these manufacturers was ever delivered."""
        return bool(
            self.env["stock.lot"].search_count(
                [
                    ("waas_manufacturer_id", "in", self.ids),
                    ("waas_sellout_changed_on", "!=", False),
                ],
                limit=1,
            )
        )

    def _get_first_day(self, first_days):
        """The day of the first delivery of what the manufacturer makes or supplies.

        :param dict first_days: of :meth:`waas.sellout.unnotified._find_first_days`
        """
        self.ensure_one()
        vendor = self.partner_id.commercial_partner_id
        days = (
            first_days.get(("maker", self.id)),
            first_days.get(("supplier", vendor.id)),
        )
        return min(filter(None, days), default=False)

    @api.model
    def _correct_first_days(self, first_days):
        """Follow a delivery that was backdated later: a first day that was set
        automatically follows the deliveries until the first report."""
        rows = self.env["waas.sellout.unnotified"]
        manufacturers = self.with_context(active_test=False)
        for company in rows._get_companies():
            by_fact = manufacturers.with_company(company).search(
                [("sellout_by_fact", "=", True), ("sellout", "=", True)]
            )
            if not by_fact:
                continue
            reported = self.env["waas.sellout.report"]._read_group(
                [("company_id", "=", company.id)], ["manufacturer_id"]
            )
            unreported = by_fact - self.union(*(one for (one,) in reported))
            days = first_days.get(company)
            if unreported and not days:
                days = rows._find_first_days(company)
            for manufacturer in unreported:
                day = manufacturer._get_first_day(days)
                if day and day < manufacturer.sellout_start:
                    manufacturer.write({"sellout_start": day, "sellout_by_fact": True})
            by_fact._settle_sellout_setup()
