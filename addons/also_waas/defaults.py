"""Defaults of a caller's context are input: what the flow makes does not take them."""

from odoo.tools.misc import clean_context


def without_defaults(records):
    """The same records in a context that proposes no values.

    Whoever calls a button through the external API chooses its context; a
    ``default_discount`` there would reach every invoice line that the button makes.

    :param records: a record set, of any model
    """
    env = records.env
    return records.with_env(env(context=clean_context(env.context)))
