from odoo import api, fields, models
from odoo.tools import escape_psql, format_date


class WaasManufacturer(models.Model):
    """All are told, by fact. Reporting turns itself on with the first delivery, unless
    somebody said why not (R5)."""

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
            # Somebody chose it. As superuser: the system notes that.
            self.filtered("sellout_by_fact").sudo().sellout_by_fact = False
        if any(name.startswith("sellout") for name in vals):
            self._settle_sellout_setup()
        return result

    def _settle_sellout_setup(self):
        """Whoever says where the reports go, or why there are none, has done it."""
        settled = self.filtered(
            lambda one: not one.sellout or not one._get_sellout_channel_problem()
        )
        settled._waas_todo_drop("sellout_setup")

    # === BUSINESS METHODS ===#

    @api.private
    def _note_sellout(self, first_day):
        """Something of these manufacturers was sold out in the company of the
        environment. One look at what is known; the first time it turns reporting on.

        :param date first_day: when
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
        """Report to these manufacturers and suppliers from now on. A first day that
        somebody chose stays.

        :param date first_day: the day of the first delivery
        :param bool as_vendor: what it supplies as well
        """
        # Whoever delivers: R5 says that they are told. What is set up is no secret.
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
        """Have somebody say where the reports go, and how they are to look."""
        self.ensure_one()
        self._waas_todo(
            "sellout_setup",
            self.sellout_user_id,
            note=lambda env: env._(
                "%(manufacturer)s gets sell-out reports of %(company)s from %(date)s "
                "on, because something of it was delivered. Fill in where they are "
                "sent and their format, or turn them off and say why.",
                manufacturer=self.name,
                company=self.env.company.name,
                date=format_date(env, self.sellout_start),
            ),
            company=self.env.company,
        )

    def _waas_find_todos(self, *kinds):
        """Companies share manufacturers: what one of them has to do is with somebody
        who works for it."""
        todos = super()._waas_find_todos(*kinds)
        return todos.filtered(
            lambda todo: not todo.user_id
            or todo.user_id._waas_works_for(self.env.company)
        )

    @api.model
    def _introduce_suppliers(self, vendors):
        """Make suppliers known that nobody has set up yet; a manufacturer of the same
        name without a contact is meant.

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
        """Every day: turn on what was delivered before anybody could know, because the
        manufacturer was approved later, the database is older, or a receipt says who
        supplied it. What somebody set up stays as it is."""
        rows = self.env["waas.sellout.unnotified"]
        groups = rows._read_group(
            [("why", "in", ("off", "vendor"))],
            ["company_id", "role", "addressee_id"],
        )
        first_days = {}
        for company, role, addressee in groups:
            if role == "maker" and not addressee._is_approved():
                continue  # somebody decides: it is on the list
            if company not in first_days:
                first_days[company] = rows._find_first_days(company)
            addressee.with_company(company)._turn_on_sellout(
                addressee._get_first_day(first_days[company]), role == "supplier"
            )
        self._correct_first_days(first_days)

    def _get_first_day(self, first_days):
        """The day of the first delivery of what it makes or supplies.

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
        """A delivery that was dated back afterwards: the first day was taken from the
        facts, so it goes with them until there is a report."""
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
            days = first_days.get(company) or rows._find_first_days(company)
            for manufacturer in by_fact - self.union(*(one for (one,) in reported)):
                day = manufacturer._get_first_day(days)
                if day and day < manufacturer.sellout_start:
                    manufacturer.write({"sellout_start": day, "sellout_by_fact": True})
            by_fact._settle_sellout_setup()
