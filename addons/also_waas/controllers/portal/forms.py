"""What a portal user types into a form, and what becomes of it."""

import re
from typing import NamedTuple

from odoo.exceptions import AccessError, UserError
from odoo.http import request

MAX_ID = 2**31 - 1
LONG_TEXTS = ("note", "description", "reason")  # of more than one line


class Attempt(NamedTuple):
    """What came of something that may be refused."""

    answer: object = None
    error: str | None = None  # the sentence that says why


def clean_form(posted):
    """The texts of a form; what is no text, as a file, is empty."""
    return {
        name: clean_text(value, name in LONG_TEXTS) for name, value in posted.items()
    }


def clean_text(text, is_long=False):
    """Posted text without what no keyboard types: the database takes no NUL, and a line
    more in a name would be one more line in the header of a mail."""
    if not isinstance(text, str):
        return ""
    if not is_long:
        text = " ".join(text.split())
    kept = (char for char in text if char.isprintable() or char in "\n\t")
    return "".join(kept).strip()


def to_int(text):
    """A whole number out of a form or an address; 0 for anything else."""
    text = str(text or "").strip()
    # Python would read more: 1_0, and digits that nobody types.
    if not re.fullmatch(r"[0-9]{1,10}", text):
        return 0
    number = int(text)
    return number if number <= MAX_ID else 0


def to_price(text):
    """An amount out of a form, as people write it: with comma or point, and with the
    thousands apart in the way of their language.

    :return: the amount, 0 where nothing was typed, or None for anything else
    """
    text = (text or "0").replace("€", "").strip().removesuffix(",-")
    # Whatever the language: 1 234,56 has thousands, with a blank of any kind.
    text = re.sub(r"(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(?!\d))", "", text)
    language = request.env["res.lang"]._get_data(code=request.env.lang)
    if separator := language.thousands_sep:
        apart = rf"(?<=\d){re.escape(separator)}(?=\d{{3}}(?!\d))"
        text = re.sub(apart, "", text)
    if not re.fullmatch(r"[0-9]+([.,][0-9]{0,2})?", text):
        return None
    return float(text.replace(",", "."))


def attempt(action, *args):
    """Do something for the portal user; of what is refused, nothing is left.

    :return: :class:`Attempt`
    """
    try:
        with request.env.cr.savepoint():
            return Attempt(answer=action(*args))
    except (UserError, AccessError) as error:
        return Attempt(error=str(error).strip())


def find_refusal(action, *args):
    """As :func:`attempt`, of what answers nothing.

    :return: the sentence that says why it was refused, or None
    """
    return attempt(action, *args).error
