"""Values that portal users enter in a form: parsing, and errors."""

import re
from typing import NamedTuple

from odoo.exceptions import AccessError, UserError
from odoo.http import request

MAX_ID = 2**31 - 1
LONG_TEXTS = ("note", "description", "reason")  # of more than one line


class Attempt(NamedTuple):
    """The outcome of an action that may be refused."""

    answer: object = None
    error: str | None = None  # the message that says why


def clean_form(posted):
    """The texts of a form; other values, such as files, are empty."""
    return {
        name: clean_text(value, name in LONG_TEXTS) for name, value in posted.items()
    }


def clean_text(text, is_long=False):
    """Posted text without control characters: the database refuses NUL, and a line
    break in a name would add a line to a mail header."""
    if not isinstance(text, str):
        return ""
    if not is_long:
        text = " ".join(text.split())
    kept = (char for char in text if char.isprintable() or char in "\n\t")
    return "".join(kept).strip()


def to_int(text):
    """A whole number from a form or an address; 0 for anything else."""
    text = str(text or "").strip()
    # Python accepts more: 1_0, and digits of other scripts.
    if not re.fullmatch(r"[0-9]{1,10}", text):
        return 0
    number = int(text)
    return number if number <= MAX_ID else 0


def to_price(text):
    """An amount from a form, as people write it: with comma or point, and with the
    thousands separator of their language.

    :return: the amount, 0 for an empty text, or None for anything else
    """
    text = (text or "0").replace("€", "").strip().removesuffix(",-")
    # In any language: 1 234,56 has a thousands separator, with a blank of any kind.
    text = re.sub(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))", "", text)
    language = request.env["res.lang"]._get_data(code=request.env.lang)
    if separator := language.thousands_sep:
        apart = rf"(?<=\d){re.escape(separator)}(?=\d{{3}}(?!\d))"
        text = re.sub(apart, "", text)
    if not re.fullmatch(r"[0-9]+([.,][0-9]{0,2})?", text):
        return None
    return float(text.replace(",", "."))


def attempt(action, *args):
    """Run an action for the portal user; a refused one is rolled back.

    :return: :class:`Attempt`
    """
    try:
        with request.env.cr.savepoint():
            return Attempt(answer=action(*args))
    except (UserError, AccessError) as error:
        return Attempt(error=str(error).strip())


def find_refusal(action, *args):
    """As :func:`attempt`, for actions without a result.

    :return: the message that says why it was refused, or None
    """
    return attempt(action, *args).error
