from odoo import models

from ...sellout.columns import clean


class WaasSelloutReport(models.Model):
    """Additional texts of a line: the bundle of the device, and the numbers by which
    the manufacturer credits partner and deal (R5)."""

    _inherit = "waas.sellout.report"

    def _complete_sales(self, lines, sales):
        """Add what is read for all new lines at once. Lines that reverse another one
        keep its texts.

        :param lines: list of dicts, changed in place
        :param sales: dict of all ``Sale`` by source
        """
        bundles = self._find_bundles([sales[line["source"]] for line in lines])
        numbers = self._find_reseller_numbers()
        registrations = self._find_deal_registrations()
        for line in lines:
            sale = sales[line["source"]]
            contract, bundle = sale.contract, bundles[sale.source]
            bundle = bundle.with_context(display_default_code=False)
            reseller = contract.waas_reseller_id.commercial_partner_id
            line.update(
                bundle_name=clean(bundle.display_name),
                bundle_code=clean(bundle.default_code),
                reseller_number=clean(numbers.get(reseller.id)),
                deal_registration=clean(registrations.get(contract.waas_order_id.id)),
            )

    def _find_reseller_numbers(self):
        """The numbers of partners at the manufacturer, by id of the partner."""
        rows = self.env["waas.manufacturer.reseller"].search(self._get_own_domain())
        return {row.reseller_id.id: row.number for row in rows}

    def _find_deal_registrations(self):
        """The registration numbers of deals at the manufacturer, by id of the order."""
        rows = self.env["waas.deal.registration"].search(self._get_own_domain())
        return {row.order_id.id: row.number for row in rows}

    def _get_own_domain(self):
        return [
            ("manufacturer_id", "=", self.manufacturer_id.id),
            ("company_id", "=", self.company_id.id),
        ]

    # === BUNDLES ===#

    def _find_bundles(self, sales):
        """The bundle to which each of these belongs in its contract.

        :param sales: list of ``Sale``
        :return: dict of ``product.product`` by source, empty where none is known
        """
        arrivals = {sale.source: sale.move_line for sale in sales if sale.move_line}
        first = self._find_first_arrivals(arrivals)
        nothing = self.env["product.product"]
        return {
            sale.source: sale.bundle
            or (first[sale.source]._waas_get_bundle() if sale.move_line else nothing)
            or nothing
            for sale in sales
        }

    def _find_first_arrivals(self, arrivals):
        """The delivery with which each workplace of a customer began: for a
        replacement, that of the device that it replaces, and so on.

        :param arrivals: dict of move lines; each level takes a few queries for all
        """
        first = dict(arrivals)
        pending = set(first)
        while pending := {
            key for key in pending if first[key].picking_id.waas_replacement_id
        }:
            replaced = {
                key: first[key].picking_id.waas_replacement_id.device_id
                for key in pending
            }
            before = self._find_arrivals(replaced.values())
            for key in list(pending):
                found = [
                    line
                    for line in before.get(replaced[key], ())
                    if line.picking_id.waas_contract_id
                    == first[key].picking_id.waas_contract_id
                    and line.id != first[key].id
                ]
                if found:
                    first[key] = found[-1]
                else:
                    pending.discard(key)
        return first

    def _find_arrivals(self, lots):
        """The done deliveries of devices, in their order: lists of move lines by
        lot."""
        lines = self.env["stock.move.line"].search(
            [
                ("state", "=", "done"),
                ("lot_id", "in", [lot.id for lot in lots]),
                ("quantity", ">", 0),
                ("location_dest_id.is_waas", "=", True),
            ],
            order="date, id",
        )
        arrivals = {}
        for line in lines:
            arrivals.setdefault(line.lot_id, []).append(line)
        return arrivals
