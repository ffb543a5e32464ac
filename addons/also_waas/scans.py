"""What a scanner reads from a label, and what a user types of it: plain functions.

The number on a label rarely equals the one in the database: a scanner adds the kind of
code, a manufacturer its model, and a user types small letters or leaves zeros out.
"""

import re
import unicodedata
from urllib.parse import unquote

GROUP_SEPARATOR = "\x1d"  # ends a field in GS1 codes; Python takes it for a blank
MIN_LENGTH = 4  # of the rest of a code: shorter matches are chance
MAX_ZEROS = 12
MAX_PARTS = 12  # of an address

_BLANK = re.compile(r"[^\S\x1d]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1c\x1e\x1f\x7f-\x9f]+")
# What surrounds several fields of a label: [)>, a format, an end (ISO/IEC 15434).
_ENVELOPE = re.compile(r"\[\)>\s*0[56]\s*|\x1e\x04")
# The prefix by which a scanner identifies the kind of code (ISO/IEC 15424).
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]")
# S: a serial number (ANSI MH10.8.2); the others are written for people.
_SERIAL = tuple(
    re.compile(rf"\(?{prefix}\)?[\s:.#]*(?=\w)", re.IGNORECASE)
    for prefix in (
        "S",
        "SN",
        "S/N",
        "Serial",
        r"Serial\s?(?:number|nr|no)",
        "Serienn?ummer",
        r"Service\s?Tag",
    )
)
# 1S: model and serial number together; a model has 10 characters, formerly 7.
_MODEL_AND_SERIAL = re.compile(r"\(?1S\)?\s*(?=\w)", re.IGNORECASE)
_MODEL_LENGTHS = (10, 7)
_READABLE_FIELD = re.compile(r"\((\d{2,4})\)")
_READABLE_SERIAL = re.compile(r"\(21\)([^(]+)")  # with any other GS1 fields beside it
# Address of a manufacturer, or of GS1 (Digital Link), that contains the number.
_ADDRESS = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_ADDRESS_PART = re.compile(r"[/?&;=#]")


def clean(scan):
    """The scan on one line, without surrounding blanks and invisible characters."""
    text = _UNPRINTABLE.sub(" ", _ENVELOPE.sub(" ", scan or ""))
    return _BLANK.sub(" ", text).strip(" " + GROUP_SEPARATOR)


def split(scan):
    """The words of a text with several scans."""
    return clean(scan).split(" ") if clean(scan) else []


def get_key(text):
    """The significant part of a number: without case, hyphens and leading zeros.

    >>> get_key("mon-0042"), get_key("0012345"), get_key("000")
    ('MON0042', '12345', '0')
    """
    text = unicodedata.normalize("NFKC", text or "")
    signs = "".join(filter(str.isalnum, text)).upper()
    return signs.lstrip("0") or signs[:1]


def get_readings(scan):
    """The serial numbers that a code may stand for, the complete code first.

    >>> get_readings("]C01S20XYS0M400PF3ABCDE")[-1]
    'PF3ABCDE'
    """
    text = _SYMBOLOGY.sub("", clean(scan), count=1)
    readings = [*_read_address(text), *_READABLE_SERIAL.findall(text)]
    for field in text.split(GROUP_SEPARATOR):
        readings += _read_field(field)
    return [text] + [text for text in readings if len(text) >= MIN_LENGTH]


def _read_field(text):
    """The value of a field on a label, according to its prefix."""
    for prefix in _SERIAL:
        if match := prefix.match(text):
            yield text[match.end() :]
    if match := _MODEL_AND_SERIAL.match(text):
        rest = text[match.end() :]
        yield rest
        yield from (rest[length:] for length in reversed(_MODEL_LENGTHS))


def _read_address(text):
    """The parts of an address: the number is one of the last."""
    match = _ADDRESS.match(text)
    parts = _ADDRESS_PART.split(text[match.end() :]) if match else []
    return map(unquote, parts[-MAX_PARTS:])


def get_gs1(scan):
    """The scan as the GS1 code was sent: without the kind of code, and with fields in
    brackets, for people, converted to fields for machines."""
    text = _SYMBOLOGY.sub("", clean(scan), count=1)
    if text.startswith("("):
        text = _READABLE_FIELD.sub(rf"{GROUP_SEPARATOR}\1", text)
    return text.replace(" ", "").strip(GROUP_SEPARATOR)


def get_patterns(reading):
    """Patterns for ``=ilike`` that find everything with the same key, and possibly
    more.

    >>> get_patterns("mon42")
    ['MON%42']
    """
    key = get_key(reading)
    if not key:
        return []
    pattern = "%".join(re.findall(r"\d+|\D+", key))
    if key[0].isdigit():
        return ["0" * count + pattern for count in range(MAX_ZEROS + 1)]
    return [pattern]
