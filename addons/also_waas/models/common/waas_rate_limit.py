import ipaddress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import hmac
from odoo.tools.constants import GC_UNLINK_LIMIT

KEPT_HOURS = 1


class WaasRateLimit(models.Model):
    """How often a portal or public user requested something.

    Odoo has no general limit of its own, only that of its two-factor authentication.
    This one is made like it, for users, and for network addresses of public users.
    Who it was is not kept, only a keyed hash of it, and Odoo's daily vacuum removes the
    rows.
    """

    _name = "waas.rate.limit"
    _description = "WaaS Rate Limit"
    _rec_name = "action"
    _inherit = ["waas.guarded.mixin"]

    action = fields.Char(required=True, readonly=True)
    address_hash = fields.Char(required=True, readonly=True)

    _action_address = models.Index("(action, address_hash, create_date)")

    @api.model
    @api.private
    def _allow(self, action, address, limit, minutes):
        """Whether this request is within the limit; if so, it is counted.

        What is refused is not counted: who waits gets on, and an attack fills no table.

        :param str action: what is asked for
        :param str address: network address of who asks, or another name for them
        :param int limit: how many requests are allowed in so many ``minutes``
        """
        values = {"action": action, "address_hash": self._hash(address)}
        since = fields.Datetime.now() - timedelta(minutes=minutes)
        domain = [(name, "=", value) for name, value in values.items()]
        if self.search_count([*domain, ("create_date", ">", since)], limit) >= limit:
            return False
        self.create(values)
        return True

    @api.autovacuum
    def _gc_requests(self):
        """Forget what no limit looks back to.

        :return: how many were removed, and whether there are more
        """
        before = fields.Datetime.now() - timedelta(hours=KEPT_HOURS)
        old = self.search([("create_date", "<", before)], limit=GC_UNLINK_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT

    @api.model
    def _hash(self, address):
        return hmac(self.env(su=True), "waas-rate-limit", self._get_network(address))

    @api.model
    def _get_network(self, address):
        """Who has an IPv6 address has 2**64 of them: they count as one."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return str(address)
        if parsed.version == 4:
            return str(parsed)
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
