"""Free ports, so that any number of servers run side by side."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from . import cache, project
from .console import Problem

HOST = "127.0.0.1"


@contextmanager
def reserved(first: int, count: int = 1, *, exact: bool = False) -> Iterator[list[int]]:
    """Ports that nobody uses, kept from other `./waas` for as long as the block lasts.

    :param exact: take the first one or fail
    """
    with ExitStack() as stack:
        found: list[int] = []
        for port in range(first, first + (1 if exact else 200)):
            if _take(port, stack):
                found.append(port)
            if len(found) == count:
                break
        else:
            raise Problem(
                f"port {first} is in use" if exact else f"no free port from {first} on",
                todo="choose another one with --port.",
            )
        yield found


def _take(port: int, stack: ExitStack) -> bool:
    """Reserve a port; the lock covers the time until the server has bound it."""
    lock = cache.lock(project.cache() / "ports" / f"{port}.lock", wait=False)
    with ExitStack() as attempt:
        try:
            attempt.enter_context(lock)
        except cache.Busy:
            return False
        if not _free(port):
            return False
        stack.push(attempt.pop_all())
    return True


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
