"""Insert rows into a table by PostgreSQL's COPY, without statements to parse.

The constraints, indexes and triggers of the table apply as for an INSERT.
"""

import json
from io import StringIO

from psycopg2.extras import Json

ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
NOTHING = r"\N"


def copy_rows(cr, table, columns):
    """Insert rows. The names come from the registry, never from a caller.

    :param dict columns: for each column the values of all rows, in the same order
    """
    names = ", ".join(f'"{name}"' for name in columns)
    texts = [convert(_to_text, values) for values in columns.values()]
    rows = StringIO("".join("\t".join(row) + "\n" for row in zip(*texts, strict=True)))
    cr.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', rows)


def convert(function, values):
    """:return: list of what a function makes of values; it is called once where they
    are all equal, as most columns are"""
    if values and values.count(values[0]) == len(values):
        return [function(values[0])] * len(values)
    return [function(value) for value in values]


def _to_text(value):
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value.translate(ESCAPES)
    if isinstance(value, Json):
        return json.dumps(value.adapted).translate(ESCAPES)
    return str(value)
