"""Defaults in a caller's context are input: records that the system creates ignore
them."""

from odoo.tools.misc import clean_context


def without_defaults(records):
    """The same records in a context without default values.

    A caller of a button through the external API chooses its context; a
    ``default_discount`` there would apply to every invoice line that the button
    creates.

    :param records: a record set, of any model
    """
    env = records.env
    return records.with_env(env(context=clean_context(env.context)))
