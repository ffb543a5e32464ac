"""Whether a number that a user entered can exist: plain functions (R1).

The check digits are those of python-stdnum, which Odoo requires as well. Its module
``iban`` cannot be used: it reads a file, and Odoo's patch of that library prevents it
from finding files.
"""

import re
import unicodedata

from stdnum.eu import at_02
from stdnum.iso7064 import mod_97_10

# Length of an IBAN (ISO 13616) in each country with accounts that SEPA can debit.
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE",
        18: "DK FI NL",
        19: "MK SI",
        20: "AT EE LT LU",
        21: "CH HR LI LV",
        22: "BG DE GB IE ME RS VA",
        23: "GI",
        24: "AD CZ ES MD RO SE SK",
        25: "PT",
        26: "IS",
        27: "FR GR IT MC SM",
        28: "AL CY HU PL",
        31: "MT",
    }.items()
    for country in countries.split()
}
# A country, its check digits (02 to 98), and characters that the bank chooses.
_CHECK = r"(?!00|01|99)[0-9]{2}"
_IBAN = re.compile(rf"([A-Z]{{2}}){_CHECK}[A-Z0-9]+")
_CREDITOR = re.compile(rf"([A-Z]{{2}}){_CHECK}[A-Z0-9]{{3}}[A-Z0-9]{{1,28}}")
_SEPARATORS = re.compile(r"[\s._-]")
# Prefixes of VAT numbers: those of the EU, where Greece is EL and Northern Ireland XI,
# and of countries nearby.
_VAT_PREFIXES = frozenset(
    "AT BE BG CH CY CZ DE DK EE EL ES EU FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL "
    "PT RO SE SI SK XI".split()
)
_SWISS_VAT = re.compile(r"^(E\d{9})(MWST|TVA|IVA)$")  # the same in three languages


def is_iban(text):
    """Whether a bank account number is an IBAN with correct check digits, of an account
    that a SEPA direct debit can reach.

    >>> is_iban("NL91 ABNA 0417 1643 00"), is_iban("NL00BANK0123456789")
    (True, False)
    """
    number = _compact(text)
    match = _IBAN.fullmatch(number)
    if not match or _IBAN_LENGTHS.get(match[1]) != len(number):
        return False
    return mod_97_10.is_valid(number[4:] + number[:4])


def is_creditor_identifier(text):
    """Whether a text is a SEPA creditor identifier with correct check digits.

    >>> is_creditor_identifier("NL79ZZZ999999990000"), is_creditor_identifier("12345")
    (True, False)
    """
    number = _compact(text)
    match = _CREDITOR.fullmatch(number)
    return bool(match) and match[1] in _IBAN_LENGTHS and at_02.is_valid(number)


def _compact(text):
    """A number without separators."""
    return _SEPARATORS.sub("", text or "").upper()


def get_vat_key(text, country_code=None):
    """The part of a VAT number that identifies a company: without dots, blanks, the
    country prefix, or zeros that are often left out.

    >>> get_vat_key("NL 1234.56.782.B90"), get_vat_key("123456782b90", "NL")
    ('123456782B90', '123456782B90')
    """
    text = unicodedata.normalize("NFKC", text or "")
    key = "".join(filter(str.isalnum, text)).upper()
    prefix = key[:2]
    if prefix in _VAT_PREFIXES or (
        prefix.isalpha() and prefix == (country_code or prefix)
    ):
        key = key[2:]
    return _SWISS_VAT.sub(r"\1", key).lstrip("0")
