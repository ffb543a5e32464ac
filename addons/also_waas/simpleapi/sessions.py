"""The token that all workers of a marketplace share, and the pace of their calls."""

import threading
import time

from .outcomes import MarketplaceMisconfigured

# A wrong password must not be tried a hundred times.
MAX_FAILED_LOGINS = 2


class MemorySessions:
    """For workers of one process; :class:`waas.marketplace` keeps it for all of them.

    :param max_age: seconds after which a token is not used any more
    """

    def __init__(self, max_age=20 * 60, clock=time.monotonic):
        self._max_age = max_age
        self._clock = clock
        self._lock = threading.RLock()
        self._token = None
        self._since = 0.0
        self._last_call = None
        self._failed = 0

    def get_token(self):
        """:return: a token that may be valid; None where somebody has to log in"""
        with self._lock:
            if self._token and self._clock() - self._since < self._max_age:
                return self._token
            return None

    def renew(self, stale, login):
        """Log in, unless another worker did since.

        :param stale: the token that is not valid any more, or None
        :param login: asks the marketplace for a token
        :return: a token
        :raises MarketplaceMisconfigured: when nobody corrected user and password after
            two failed logins
        """
        with self._lock:
            current = self.get_token()
            if current and current != stale:
                return current
            if self._failed >= MAX_FAILED_LOGINS:
                raise MarketplaceMisconfigured(
                    "The login failed twice: correct user and password, then test the "
                    "connection."
                )
            try:
                token = login()
            except MarketplaceMisconfigured:
                self._failed += 1
                raise
            self._token, self._since, self._failed = token, self._clock(), 0
            return token

    def forget(self):
        """Somebody entered other credentials, or disconnects."""
        with self._lock:
            self._token, self._failed = None, 0

    def wait_for_turn(self, interval):
        """Wait until ``interval`` seconds after the last call of any worker."""
        with self._lock:
            if self._last_call is not None:
                time.sleep(max(0.0, self._last_call + interval - self._clock()))
            self._last_call = self._clock()
