"""Agreements are frozen as PDF while the story is told."""

from contextlib import contextmanager


@contextmanager
def no_waiting(env):
    """Print at once: a document of ours fetches nothing, so Odoo's second of patience
    for each page is not needed."""
    parameters = env["ir.config_parameter"]
    former = parameters.get_param("report.print_delay")
    parameters.set_param("report.print_delay", "1")
    try:
        yield
    finally:
        parameters.set_param("report.print_delay", former)
