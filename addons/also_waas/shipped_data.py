"""Records that our data files bring once and that users may edit (``noupdate``): an
upgrade brings them up to date where nobody did."""

import logging
from io import BytesIO

from lxml import etree

from odoo.modules import Manifest
from odoo.tools import SQL, convert_xml_import, file_open

_logger = logging.getLogger(__name__)

# What they hold is not only content: the next number, the next call.
KEPT_AS_THEY_ARE = {"ir.sequence", "waas.term"}


def find_shipped(module):
    """The records that today's data files of a module bring once.

    :return: dict by XML id, without the module, of the file and the element
    """
    shipped = {}
    for filename in Manifest.for_addon(module)["data"]:
        if filename.endswith(".xml"):
            with file_open(f"{module}/{filename}", "rb") as file:
                root = etree.parse(file).getroot()
            for element in root.iter("record"):
                if _is_noupdate(element):
                    shipped[element.get("id")] = (filename, element)
    return shipped


def _is_noupdate(element):
    flags = [node.get("noupdate") for node in (element, *element.iterancestors())]
    return next((flag for flag in flags if flag is not None), "0") in ("1", "True")


def refresh(env, module):
    """Give records that nobody edited the content of today's files. Whoever edits a
    record leaves a later date on it than that of its creation."""
    edited = []
    for name, (filename, element) in find_shipped(module).items():
        record = env.ref(f"{module}.{name}", raise_if_not_found=False)
        if not record or record._name in KEPT_AS_THEY_ARE:
            continue
        if "template_fs" in record:
            _tell_file(record, f"{module}/{filename}")
        if record.write_date != record.create_date:
            edited.append(f"{module}.{name}")
        else:
            _forget_translations(record)
            _load(env, module, filename, element)
            _mark_unedited(record)
    if edited:
        _logger.warning(
            "Edited in this database, so kept as they are; compare them with those of "
            "a new database: %s",
            ", ".join(sorted(edited)),
        )


def _tell_file(record, filename):
    """*Reset Template* reads it; the date on the record stays."""
    record.env.cr.execute(
        SQL(
            "UPDATE %s SET template_fs = %s WHERE id = %s",
            SQL.identifier(record._table),
            filename,
            record.id,
        )
    )


def _forget_translations(record):
    """Those of the old text would stay beside the new one; Odoo loads those of today
    next."""
    record.flush_recordset()
    for field in record._fields.values():
        if field.store and field.translate:
            record.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s
                       SET %(column)s = jsonb_build_object('en_US', %(column)s->'en_US')
                     WHERE id = %(id)s AND %(column)s IS NOT NULL
                    """,
                    table=SQL.identifier(record._table),
                    column=SQL.identifier(field.name),
                    id=record.id,
                )
            )
    record.invalidate_recordset()
    for parent in record._inherits.values():
        _forget_translations(record[parent])


def _load(env, module, filename, element):
    root = etree.Element("odoo", noupdate="1")
    root.append(element)
    file = BytesIO(etree.tostring(root))
    file.name = filename
    convert_xml_import(env, module, file, {}, "init")


def _mark_unedited(record):
    record.flush_recordset()
    record.env.cr.execute(
        SQL(
            "UPDATE %s SET write_date = create_date WHERE id = %s",
            SQL.identifier(record._table),
            record.id,
        )
    )
    record.invalidate_recordset(["write_date"])
