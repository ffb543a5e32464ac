from odoo import api, fields, models
from odoo.tools import format_date


class WaasErasureStandard(models.Model):
    """A standard by which the erasure of data is certified (R15). It holds until the
    day it is withdrawn; certified erasures keep its name as text."""

    _name = "waas.erasure.standard"
    _description = "WaaS Erasure Standard"
    _inherit = ["waas.readable.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True)
    publisher = fields.Char()
    sequence = fields.Integer(
        default=50, help="The first one that is in force and fits is proposed."
    )
    active = fields.Boolean(default=True)
    erases = fields.Boolean(
        string="For Erasure", default=True, help="The standard is for erasing data."
    )
    destroys = fields.Boolean(
        string="For Destruction",
        default=True,
        help="The standard is for destroying devices or drives.",
    )
    published_on = fields.Date(help="No erasure before this day can name it.")
    withdrawn_on = fields.Date(
        help="An erasure on this day or later names it with a reason only.",
    )
    successor_id = fields.Many2one(
        comodel_name="waas.erasure.standard",
        string="Replaced By",
        index="btree_not_null",
        ondelete="set null",
    )

    _unique_name = models.UniqueIndex(
        "(md5(name))", "There is a standard of this name."
    )
    _check_dates = models.Constraint(
        "CHECK (withdrawn_on > published_on)",
        "A standard is withdrawn after it was published: correct the dates.",
    )
    _check_successor = models.Constraint(
        "CHECK (successor_id != id)",
        "A standard is replaced by another one: choose that.",
    )
    _check_use = models.Constraint(
        "CHECK (erases OR destroys)",
        "Choose what the standard is for: erasure, destruction, or both.",
    )

    @api.model
    def _get_default(self, method, date):
        """The first standard that fits an erasure.

        :param str method: ``clear``, ``purge`` or ``destroy``
        :param date: day of the erasure
        """
        fits = "destroys" if method == "destroy" else "erases"
        return self.search([(fits, "=", True)]).filtered(
            lambda standard: not standard._get_problem(method, date)
        )[:1]

    def _get_problem(self, method, date, reason=None):
        """Why an erasure does not name this standard, as a sentence, or False (R15).

        :param str method: ``clear``, ``purge`` or ``destroy``
        :param date: day of the erasure
        :param str reason: why it names one that was withdrawn
        """
        self.ensure_one()
        if not (self.destroys if method == "destroy" else self.erases):
            return self.env._(
                "%(standard)s is no standard for this method: choose another standard, "
                "or another method.",
                standard=self.name,
            )
        if self.published_on and date < self.published_on:
            return self.env._(
                "%(standard)s was published on %(date)s, after the erasure: choose the "
                "standard that the processor's certificate names.",
                standard=self.name,
                date=format_date(self.env, self.published_on),
            )
        if not self._is_withdrawn(date) or (reason or "").strip():
            return False
        return self._describe_withdrawal(date)

    def _is_withdrawn(self, date):
        return bool(self.withdrawn_on) and date >= self.withdrawn_on

    def _describe_withdrawal(self, date):
        values = {
            "standard": self.name,
            "date": format_date(self.env, self.withdrawn_on),
        }
        if successor := self._get_successor(date):
            return self.env._(
                "%(standard)s is withdrawn since %(date)s and replaced by "
                "%(successor)s: choose that one. Where the processor's certificate "
                "truly names the old one, write why under Reason.",
                successor=successor.name,
                **values,
            )
        return self.env._(
            "%(standard)s is withdrawn since %(date)s: choose another one. Where the "
            "processor's certificate truly names it, write why under Reason.",
            **values,
        )

    def _get_successor(self, date):
        """The standard that replaced it and is not withdrawn itself; the last one
        known where all of them are."""
        seen, successor = self, self.successor_id
        while (
            successor._is_withdrawn(date)
            and successor.successor_id
            and successor.successor_id not in seen
        ):
            seen |= successor
            successor = successor.successor_id
        return successor
