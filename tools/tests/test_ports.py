"""Ports: taken ones are passed over."""

import socket

from tools import ports
from tools.console import Problem
from tools.tests.common import ScratchCase


class TestReserved(ScratchCase):
    def setUp(self):
        super().setUp()
        server = socket.create_server((ports.HOST, 0))
        self.addCleanup(server.close)
        self.taken = server.getsockname()[1]

    def test_the_next_free_one_is_found(self):
        with ports.reserved(self.taken) as (port,):
            self.assertGreater(port, self.taken)

    def test_a_demanded_one_that_is_taken_is_a_problem(self):
        with self.assertRaises(Problem), ports.reserved(self.taken, exact=True):
            pass

    def test_reserved_ports_are_not_given_twice(self):
        with ports.reserved(self.taken, 2) as first, ports.reserved(first[0]) as second:
            self.assertFalse(set(first) & set(second))
