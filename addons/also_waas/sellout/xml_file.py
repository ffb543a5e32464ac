"""A sell-out report as XML, valid by the schema that comes with the addon (R5)."""

from datetime import date

from lxml import etree

from .columns import HEADER, FileProblem

EXTENSION = "xml"
MIMETYPE = "application/xml"

NAMESPACE = "urn:also:waas:sell-out:1"
SCHEMA = "also_waas/static/sellout/sell-out-1.xsd"


def write(document, schema):
    """The bytes of the file: the same for the same report.

    :param schema: ``etree.XMLSchema``, see :func:`load_schema`
    :raises FileProblem: when the file is not valid
    """
    root = etree.Element(_tag("sellOut"), nsmap={None: NAMESPACE})
    header = etree.SubElement(root, _tag("header"))
    for key in HEADER:
        _add(header, key, document.header[key])
    lines = etree.SubElement(root, _tag("lines"))
    for row in document.rows:
        line = etree.SubElement(lines, _tag("line"))
        for column in document.columns:
            _add(line, column, row[column])
    if not schema.validate(root):
        raise FileProblem(str(schema.error_log.last_error.message))
    return etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )


def load_schema(content):
    """Load the schema from the bytes of its file, without reading other files."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.XMLSchema(etree.fromstring(content, parser))


def _tag(name):
    return f"{{{NAMESPACE}}}{name}"


def _add(parent, name, value):
    """Add an element for a value; none for an empty value."""
    if value is None or value == "":
        return
    words = name.split("_")
    element = etree.SubElement(
        parent, _tag(words[0] + "".join(word.title() for word in words[1:]))
    )
    element.text = value.isoformat() if isinstance(value, date) else str(value)
