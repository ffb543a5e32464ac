"""A library: the server is started by tests and by the demo, never by Odoo."""
