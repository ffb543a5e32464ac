"""What people outside ALSO read, and what they send."""

from datetime import timedelta

from odoo import fields

SAME_SECONDS = 60  # within them, the same form again asks for nothing new


def find_same(records, values, *domain, limit=1):
    """What a form made a moment ago, when it is sent again: by a second press of the
    button, or by loading the page anew. What finds nothing takes the lock of its form,
    see ``waas.form.lock``.

    :param records: empty, as superuser: whoever sent it may have no rights on it
    :param dict values: that the form gave
    :param domain: what else must be so
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
