from num2words import num2words

from odoo import models
from odoo.tools import format_date, get_lang

# How Dutch speaks of them after a number.
UNITS = {"EUR": ("euro", "cent"), "USD": ("dollar", "cent"), "GBP": ("pond", "penny")}


class ResCurrency(models.Model):
    """Odoo takes 1.0 for a rate that is not there."""

    _inherit = "res.currency"

    def _waas_in_words(self, amount):
        """The amount in words, in the language of the environment. Dutch is written as
        Dutch is: in small letters, apart after *duizend*, and currencies have no
        plural."""
        self.ensure_one()
        lang = get_lang(self.env)
        if not lang.iso_code.startswith("nl"):
            return self.amount_to_text(amount)
        whole, _point, cents = f"{amount:.{self.decimal_places}f}".partition(".")
        unit, subunit = UNITS.get(self.name, (self.name, "honderdste"))
        words = f"{_say_in_dutch(int(whole))} {unit}"
        if not int(cents or 0):
            return words
        return f"{words} en {_say_in_dutch(int(cents))} {subunit}"

    def _waas_get_rate_problem(self, company, date):
        """Why nothing is invoiced in this currency on ``date``, as a sentence, or
        False: there is no rate."""
        self.ensure_one()
        if self == company.currency_id or self._waas_has_rate(company, date):
            return False
        return self.env._(
            "There is no rate of %(currency)s for %(date)s: enter one under Accounting "
            "> Configuration > Currencies.",
            currency=self.name,
            date=format_date(self.env, date),
        )

    def _waas_has_rate(self, company, date):
        """Whether a rate is known on ``date``, of the company or of all companies."""
        self.ensure_one()
        return bool(
            self.env["res.currency.rate"].search_count(
                [
                    ("currency_id", "=", self.id),
                    ("name", "<=", date),
                    ("company_id", "in", (False, company.root_id.id)),
                ],
                limit=1,
            )
        )


def _say_in_dutch(number):
    """A whole number; the library writes all below a million as one word."""
    thousands, rest = divmod(number, 1000)
    if not thousands or not rest:
        return num2words(number, lang="nl")
    words = "duizend" if thousands == 1 else num2words(thousands * 1000, lang="nl")
    return f"{words} {num2words(rest, lang='nl')}"
