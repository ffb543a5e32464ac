"""What portal users send."""

from datetime import timedelta

from odoo import fields

SAME_SECONDS = 60  # within them, the same form again is a duplicate submission


def find_same(records, values, *domain, limit=1):
    """Find what the same form created a moment ago, when it is a duplicate submission:
    the button was pressed twice, or the page was reloaded. Callers that find nothing
    take the lock of the form, see ``waas.form.lock``.

    :param records: empty, as superuser: the sender may have no rights on them
    :param dict values: from the form
    :param domain: further conditions
    """
    since = fields.Datetime.now() - timedelta(seconds=SAME_SECONDS)
    return records.search(
        [
            *domain,
            ("create_uid", "=", records.env.uid),
            ("create_date", ">", since),
            *((name, "=", value or False) for name, value in values.items()),
        ],
        limit=limit,
    )
