"""Whether a number that somebody typed can exist: plain functions (R1).

The check digits are those of python-stdnum, on which Odoo stands as well. Its module
``iban`` cannot be used: it reads a file, and Odoo's patch of that library keeps it from
finding files.
"""

import re

from stdnum.eu import at_02
from stdnum.iso7064 import mod_97_10

# ISO 13616: a country, two check digits, and 11 to 30 signs of the bank's own.
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CREDITOR = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")


def is_iban(text):
    """Whether a bank account number is an IBAN with right check digits.

    >>> is_iban("NL91 ABNA 0417 1643 00"), is_iban("NL00BANK0123456789")
    (True, False)
    """
    number = re.sub(r"[\W_]", "", text or "").upper()
    return bool(_IBAN.fullmatch(number)) and mod_97_10.is_valid(number[4:] + number[:4])


def is_creditor_identifier(text):
    """Whether a text is a SEPA creditor identifier with right check digits.

    >>> is_creditor_identifier("NL79ZZZ999999990000"), is_creditor_identifier("12345")
    (True, False)
    """
    number = at_02.compact(text or "")
    return bool(_CREDITOR.fullmatch(number)) and at_02.is_valid(number)


def get_vat_key(text, country_code=None):
    """What of a VAT number tells one company from another: not its dots, its blanks or
    the country in front.

    >>> get_vat_key("NL 1234.56.782.B90"), get_vat_key("123456782b90", "NL")
    ('123456782B90', '123456782B90')
    """
    key = "".join(filter(str.isalnum, text or "")).upper()
    prefix = key[:2]
    if prefix.isalpha() and prefix in (country_code or prefix, "EU", "EL"):
        key = key[2:]
    return key
