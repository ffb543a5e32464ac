"""A marketplace that speaks SimpleAPI over HTTPS.

:mod:`.schema` is the interface in our own words, :mod:`.marketplace` what a marketplace
does, :mod:`.commitments` what Microsoft allows, :mod:`.transport` how it is spoken, and
what can go wrong on the way.
"""

from .clock import Clock
from .marketplace import Marketplace
from .transport import SimpleApiServer

__all__ = ["Clock", "Marketplace", "SimpleApiServer"]
