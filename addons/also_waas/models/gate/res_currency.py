"""Agreements give their total in words."""

from num2words import num2words

from odoo import models
from odoo.tools import get_lang

# How Dutch speaks of them after a number.
UNITS = {"EUR": ("euro", "cent"), "USD": ("dollar", "cent"), "GBP": ("pond", "penny")}


class ResCurrency(models.Model):
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


def _say_in_dutch(number):
    """A whole number; the library writes all below a million as one word."""
    thousands, rest = divmod(number, 1000)
    if not thousands or not rest:
        return num2words(number, lang="nl")
    words = "duizend" if thousands == 1 else num2words(thousands * 1000, lang="nl")
    return f"{words} {num2words(rest, lang='nl')}"
