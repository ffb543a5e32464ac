from odoo.tools import file_open

from ...sellout import xml_file


def load_schema():
    with file_open(xml_file.SCHEMA, "rb") as schema:
        return xml_file.load_schema(schema.read())
