"""The last check. Whatever moves stock, a device is at a customer exactly as long
as a contract holds it (R13)."""

from datetime import date as Date
from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class ReservedFor(NamedTuple):
    """Whose devices a reservation may take back, in the context. An object of ours:
    callers cannot send one."""

    contract_id: int  # id; 0: of no contract


class KeptUntil(NamedTuple):
    """How long a device must stay under warranty that is reserved now, in the context.
    An object of ours, as the other one."""

    date: Date


class Wanted(NamedTuple):
    """How many serial numbers a reservation takes, in the context. An object of ours,
    as the others."""

    number: int


class Ahead(NamedTuple):
    """What moves that are reserved together take, in the context: the first of its
    free serial numbers are looked up once. An object of ours, as the others."""

    numbers: dict  # of serial numbers that all moves want, by id of their product
    found: dict  # ids of quants, by the condition on them; filled on the way


# Those of Odoo's removal strategies by which the database can put serial numbers in
# their order.
SORTED_STRATEGIES = ("fifo", "lifo")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.constrains("quantity", "location_id", "lot_id")
    def _check_waas_place(self):
        for quant in self:
            held = bool(quant.lot_id.waas_contract_id)
            if not held and not quant.location_id.is_waas:
                continue
            quantity = quant.product_uom_id.round(quant.quantity)
            if quant.location_id.is_waas:
                right = quantity == held
            else:
                own = quant.location_id.usage in ("internal", "transit")
                # Supplier locations hold negative quants.
                right = quantity == 0 if own else quantity <= 0
            if not right:
                raise ValidationError(quant._waas_get_place_message())

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waas_device(self):
        for quant in self:
            if quant.location_id.is_waas and quant.lot_id.waas_contract_id:
                raise ValidationError(quant._waas_get_place_message())

    def _waas_get_place_message(self):
        self.ensure_one()
        return self.env._(
            "%(device)s in %(location)s: the inventory would no longer show who "
            "has the device. Only transfers of its contract deliver a device and "
            "bring it back; done transfers cannot be changed. Receive the device, "
            "use Return on its delivery, or replace it.",
            device=self.lot_id.display_name or self.product_id.display_name,
            location=self.location_id.display_name,
        )

    def _get_gather_domain(
        self,
        product_id,
        location_id,
        lot_id=None,
        package_id=None,
        owner_id=None,
        strict=False,
    ):
        """Never take the device of another contract back: ``waas_reserved_for`` in the
        context names the contract, or none. Never send one whose warranty is over too
        soon: ``waas_kept_until`` names the day."""
        domain = super()._get_gather_domain(
            product_id, location_id, lot_id, package_id, owner_id, strict
        )
        reserved_for = self.env.context.get("waas_reserved_for")
        if isinstance(reserved_for, ReservedFor):
            domain &= Domain("location_id.is_waas", "=", False) | Domain(
                "lot_id.waas_contract_id", "=", reserved_for.contract_id or -1
            )
        kept_until = self.env.context.get("waas_kept_until")
        if isinstance(kept_until, KeptUntil):
            # The clock of a used device runs; that of a new one begins (R12).
            domain &= Domain("lot_id.waas_warranty_start", "=", False) | Domain(
                "lot_id.waas_warranty_max_end", ">=", kept_until.date
            )
        wanted = self.env.context.get("waas_wanted")
        if isinstance(wanted, Wanted) and not lot_id:
            domain &= self._waas_get_first(domain, product_id, location_id, wanted)
        return domain

    @api.model
    def _waas_get_first(self, domain, product, location, wanted):
        """The free serial numbers that come first, as many as are wanted: Odoo reads
        and compares all of them for each move, to take these.

        :return: a domain; of all where fewer are free, or where one of them is in the
            books more than once: then Odoo compares
        """
        strategy = self._get_removal_strategy(product, location)
        if strategy not in SORTED_STRATEGIES:
            return Domain.TRUE
        order = self._get_removal_strategy_order(strategy)
        domain &= Domain("lot_id", "!=", False)
        first = self._waas_get_first_ahead(domain, order, product, wanted.number)
        same = domain & Domain("lot_id", "in", first.lot_id.ids)
        if len(first) < wanted.number or self.search_count(same) > len(first):
            return Domain.TRUE
        return Domain("id", "in", first.ids)

    @api.model
    def _waas_get_first_ahead(self, domain, order, product, number):
        """The first free ones, out of those that were looked up for all moves that are
        reserved together."""
        ahead = self.env.context.get("waas_ahead")
        if not isinstance(ahead, Ahead):
            return self._waas_search_free(domain, order, number)
        key = (str(domain), order)
        if known := ahead.found.get(key):
            free = domain & Domain("id", "in", known)
            first = self._waas_search_free(free, order, number)
            if len(first) == number:
                return first
        limit = max(number, ahead.numbers.get(product.id, 0))
        found = self._waas_search_free(domain, order, limit)
        ahead.found[key] = found.ids
        return found[:number]

    @api.model
    def _waas_search_free(self, domain, order, limit):
        query = self._search(domain, order=order)
        query.add_where(
            SQL(
                "%s - %s >= 1",
                self._field_to_sql(query.table, "quantity", query),
                self._field_to_sql(query.table, "reserved_quantity", query),
            )
        )
        query.limit = limit
        return self.browse(query)

    @api.model
    def action_view_inventory(self):
        """Devices at customers are not counted."""
        action = super().action_view_inventory()
        action["domain"] = [*action["domain"], ("location_id.is_waas", "=", False)]
        return action

    def _compute_value(self):
        """Value a device at a customer like one in the warehouse (R13)."""
        devices = self.filtered(lambda quant: quant.product_id.waas_role == "device")
        locations = self.env["stock.location"]
        for company, quants in devices.grouped("company_id").items():
            super(
                StockQuant, locations._waas_with_valued(quants, company)
            )._compute_value()
        return super(StockQuant, self - devices)._compute_value()
