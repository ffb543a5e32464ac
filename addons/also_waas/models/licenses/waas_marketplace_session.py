import time

from odoo import fields, models
from odoo.tools import SQL

from ... import batches
from ...simpleapi.outcomes import MarketplaceMisconfigured
from ...simpleapi.sessions import MAX_FAILED_LOGINS

# Of PostgreSQL's advisory locks, those of our logins: "WAL", WaaS login.
LOGIN_LOCK = 0x57414C


class WaasMarketplaceSession(models.Model):
    """The token that all workers of a marketplace share, and the pace of their calls.

    Nobody but the system reads it: whoever has the token can order.
    """

    _name = "waas.marketplace.session"
    _description = "WaaS Marketplace Session"
    _inherit = ["waas.guarded.mixin"]
    _rec_name = "marketplace_id"

    marketplace_id = fields.Many2one(
        comodel_name="waas.marketplace",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    token = fields.Char(readonly=True, exportable=False)
    since = fields.Float(readonly=True, help="Of the token: seconds since 1970.")
    failed_logins = fields.Integer(readonly=True)
    next_call = fields.Float(readonly=True, help="No call before: seconds since 1970.")

    _unique_marketplace = models.UniqueIndex(
        "(marketplace_id)", "This marketplace has its session already."
    )


class Sessions:
    """What a client knows of its session; as
    :class:`~odoo.addons.also_waas.simpleapi.sessions.MemorySessions`, for the workers
    of all servers.

    Each step is a transaction of its own: a token stays valid, and a call stays made,
    whatever becomes of the transaction that needed it.

    :param marketplace: ``waas.marketplace``
    :param max_age: seconds after which a token is not used any more
    """

    def __init__(self, marketplace, max_age):
        self._env = marketplace.env
        self._id = marketplace.id
        self._max_age = max_age
        self._token = None
        self._until = 0.0

    def get_token(self):
        """:return: a token that may be valid; None where somebody has to log in"""
        if self._token and time.time() < self._until:
            return self._token
        with batches.own_transaction(self._env) as env:
            self._take_over(env)
        return self._token

    def _take_over(self, env):
        """Read what other workers know.

        :return: how many logins failed since the last one that did not
        """
        rows = env.execute_query(
            SQL(
                "SELECT token, since, failed_logins FROM waas_marketplace_session "
                "WHERE marketplace_id = %s",
                self._id,
            )
        )
        token, since, failed = rows[0] if rows else (None, 0.0, 0)
        self._until = (since or 0.0) + self._max_age
        self._token = token if token and time.time() < self._until else None
        return failed or 0

    def renew(self, stale, login):
        """Log in, unless another worker did since.

        :param stale: the token that is not valid any more, or None
        :param login: asks the marketplace for a token
        :return: a token
        :raises MarketplaceMisconfigured: when nobody corrected user and password after
            two failed logins
        """
        error = None
        with batches.own_transaction(self._env) as env:
            env.cr.execute(
                SQL("SELECT pg_advisory_xact_lock(%s, %s)", LOGIN_LOCK, self._id)
            )
            failed = self._take_over(env)
            if self._token and self._token != stale:
                return self._token
            if failed >= MAX_FAILED_LOGINS:
                raise MarketplaceMisconfigured(
                    env._(
                        "The login failed twice: correct user and password, then test "
                        "the connection."
                    )
                )
            try:
                token = login()
            except MarketplaceMisconfigured as refused:
                error = refused
                self._note(env, None, failed + 1)
            else:
                self._note(env, token, 0)
        if error:
            raise error
        return self._token

    # Without the ORM: a call of ours must not cost what a document costs.

    def _note(self, env, token, failed):
        now = time.time()
        env.cr.execute(
            SQL(
                "INSERT INTO waas_marketplace_session "
                "(marketplace_id, token, since, failed_logins) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (marketplace_id) DO UPDATE SET token = EXCLUDED.token, "
                "since = EXCLUDED.since, failed_logins = EXCLUDED.failed_logins",
                self._id,
                token,
                now,
                failed,
            )
        )
        self._token, self._until = token, now + self._max_age

    def forget(self):
        """Somebody disconnects."""
        self._token = None
        with batches.own_transaction(self._env) as env:
            env.cr.execute(
                SQL(
                    "UPDATE waas_marketplace_session "
                    "SET token = NULL, failed_logins = 0 WHERE marketplace_id = %s",
                    self._id,
                )
            )

    def wait_for_turn(self, interval):
        """Wait until ``interval`` seconds after the last call of any worker."""
        now = time.time()
        with batches.own_transaction(self._env) as env:
            [(next_call,)] = env.execute_query(
                SQL(
                    "INSERT INTO waas_marketplace_session AS session "
                    "(marketplace_id, next_call) VALUES (%(id)s, %(now)s + %(pause)s) "
                    "ON CONFLICT (marketplace_id) DO UPDATE SET next_call = "
                    "greatest(coalesce(session.next_call, 0), %(now)s) + %(pause)s "
                    "RETURNING next_call",
                    id=self._id,
                    now=now,
                    pause=interval,
                )
            )
        time.sleep(max(0.0, next_call - interval - time.time()))
