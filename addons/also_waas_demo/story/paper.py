"""Agreements are frozen as PDF while the story is told."""

from contextlib import contextmanager


@contextmanager
def no_waiting(env):
    """Print immediately: our documents load nothing, so the second that Odoo waits for
    each page is not needed."""
    parameters = env["ir.config_parameter"]
    former = parameters.get_param("report.print_delay")
    parameters.set_param("report.print_delay", "1")
    try:
        yield
    finally:
        parameters.set_param("report.print_delay", former)
