"""A clock that only goes when it is told to."""

from datetime import datetime, timedelta


class Clock:
    """:param now: naive datetime in UTC, where Microsoft's terms begin and end"""

    def __init__(self, now=datetime(2027, 1, 4, 9, 0)):
        self.now = now

    def go(self, **duration):
        """Let time pass: ``clock.go(days=7, hours=1)``."""
        self.now += timedelta(**duration)
