"""What people outside ALSO read."""

import re

RULE_NUMBERS = re.compile(r"\s?\(R\d+(, R\d+)*\)")


def without_rule_numbers(text):
    """A sentence without the numbers of our rules: employees look them up, people
    outside cannot.

    >>> without_rule_numbers("Choose a certified processor (R15).")
    'Choose a certified processor.'
    """
    return RULE_NUMBERS.sub("", text)
