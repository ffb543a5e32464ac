"""Faults of SimpleAPI: XML, whatever was asked for, in one of two shapes.

They come from outside: no document type, no entities, no more than some kilobytes, and
their text is never shown as it came.
"""

from typing import NamedTuple

from lxml import etree

MAX_MESSAGE = 300


class Fault(NamedTuple):
    """Why the server refused a call.

    ``issue`` is what the vendor's support asks for; users need not see it.
    """

    message: str
    is_session_expired: bool
    issue: str


def read_fault(body, limit):
    """Read a fault of either shape, by local names.

    :param bytes body: the answer
    :param int limit: larger ones are no faults
    :return: :class:`Fault`; None when it is none
    """
    text = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith(b"<") or len(text) > limit or b"<!DOCTYPE" in text.upper():
        return None
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if _get_name(root) != "Fault":
        return None
    texts = {}
    for node in root.iter(etree.Element):
        if not len(node):
            texts.setdefault(_get_name(node), (node.text or "").strip())
    return Fault(
        " ".join((texts.get("Message") or texts.get("Text") or "").split())[
            :MAX_MESSAGE
        ],
        texts.get("IsSessionExpired", "").lower() == "true",
        texts.get("IssueToken", "")[:MAX_MESSAGE],
    )


def _get_name(node):
    return etree.QName(node).localname
