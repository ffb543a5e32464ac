"""Environments that are found soon.

Whenever records change their user, context or rights, Odoo looks through all
environments of the transaction for one that is the same. A class of tests holds a
hundred of them, and asks thousands of times, mostly for one of the last few: these are
tried first, unless the transaction has dropped them, as it does after each test.
"""

from odoo.api import SUPERUSER_ID, Environment

TRIED = 8

_recent = ()


def install():
    find_or_make = Environment.__new__

    def find_soon(cls, cr, uid, context, su=False):
        global _recent
        su = su or uid == SUPERUSER_ID
        for env in _recent:
            if (
                env.cr is cr
                and env.uid == uid
                and env.su == su
                and env.context == context
                and env.transaction is cr.transaction
                and env in env.transaction.envs
            ):
                return env
        env = find_or_make(cls, cr, uid, context, su)
        _recent = (env, *_recent[: TRIED - 1])
        return env

    Environment.__new__ = find_soon
