from typing import Any, NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ...sellout.columns import clean
from ...sellout.ledger import (
    COUNTED,
    REVERSED,
    UNCOUNTED,
    count_devices,
)


class Sale(NamedTuple):
    """What is sold out at the end of a period, or no longer is (quantity 0).

    ``date`` and ``kind`` are those of the last change.
    """

    source: str  # "stock.lot,7": the key by which it is reported once
    product: Any
    contract: Any
    date: Any
    quantity: int
    kind: str = "sale"
    lot: Any = None
    move_line: Any = None
    replaces: tuple[str, ...] = ()  # the sources that it replaces
    receipt: Any = None  # id of the move line by which it was supplied
    bundle: Any = None  # its bundle; that of a device is found by its delivery


class WaasSelloutReport(models.Model):
    """From deliveries and licenses to lines (R5)."""

    _inherit = "waas.sellout.report"

    # === LINES ===#

    def _prepare_lines(self, recount=False):
        """Values of the lines: what is sold out, less what was reported before.

        :param bool recount: count everything, instead of what changed
        """
        self.ensure_one()
        scope = self._get_scope(recount)
        sales = {sale.source: sale for sale in self._get_sales(scope)}
        reported = self._get_reported(scope, sales)
        lines = []
        for source in sorted(sales.keys() | reported.keys()):
            lines += self._prepare_deltas(
                source, sales.get(source), reported.get(source, []), reported
            )
        self._complete_sales(
            [line for line in lines if "bundle_name" not in line], sales
        )
        lines.sort(key=lambda line: (line["date"], line["source"], line["revision"]))
        for number, line in enumerate(lines, start=1):
            line["number"] = number
        return lines

    def _get_reported(self, scope, sales):
        """What closed reports say: lists of lines by source, in the order of their
        revisions.

        :param scope: see :meth:`_get_scope`
        :param sales: the sources that are asked for as well
        """
        domain = Domain(
            [
                ("manufacturer_id", "=", self.manufacturer_id.id),
                ("company_id", "=", self.company_id.id),
                ("report_id", "!=", self.id),
            ]
        )
        if None not in scope.values():
            sources = {
                _get_source(model, record_id)
                for model, ids in scope.items()
                for record_id in ids
            }
            domain &= Domain("source", "in", list(sources.union(sales)))
        lines = self.env["waas.sellout.line"].search(domain, order="source, revision")
        reported = {}
        for line in lines:
            reported.setdefault(line.source, []).append(line)
        return reported

    def _prepare_deltas(self, source, sale, told, reported):
        """Lines from what was reported of a source to its current state.

        :param sale: :class:`Sale`, or None when it should not have been reported
        :param told: lines about it, oldest first
        """
        standing = sum(line.quantity for line in told)
        wanted = sale.quantity if sale else 0
        stands = next((line for line in reversed(told) if line.quantity > 0), None)
        if standing and wanted and sale.lot and stands.serial != clean(sale.lot.name):
            return [
                self._prepare_correction(stands, -standing, len(told) + 1),
                self._prepare_sale(
                    sale._replace(kind="correction"), wanted, len(told) + 2, stands
                ),
            ]
        change = wanted - standing
        if not change:
            return []
        if change > 0:
            corrected = told[-1] if told else self._get_replaced(sale, reported)
            if sale.kind == "swap" and not corrected:
                # The device that it replaces was never reported.
                sale = sale._replace(kind="sale")
            return [self._prepare_sale(sale, change, len(told) + 1, corrected)]
        correction = self._prepare_correction(stands, change, len(told) + 1)
        if sale:
            correction.update(
                date=sale.date,
                kind=sale.kind if sale.kind != "sale" else "reversal",
                move_line_id=sale.move_line.id if sale.move_line else False,
            )
        return [correction]

    @api.model
    def _get_replaced(self, sale, reported):
        """The line of an earlier report about the replaced device, or None."""
        for source in sale.replaces:
            if told := reported.get(source):
                return told[-1] if told[-1].quantity > 0 else None
        return None

    def _prepare_sale(self, sale, quantity, revision, corrected):
        contract = sale.contract
        reseller, customer = contract.waas_reseller_id, contract.partner_id
        product = sale.product
        is_maker = product.waas_manufacturer_id == self.manufacturer_id
        return {
            "source": sale.source,
            "revision": revision,
            "corrects_id": corrected.id if corrected else False,
            "kind": sale.kind,
            "role": "maker" if is_maker else "supplier",
            "date": sale.date,
            "quantity": quantity,
            "product_id": product.id,
            "product_name": clean(
                product.with_context(display_default_code=False).display_name
            ),
            "sku": clean(product.default_code),
            "mpn": clean(product._waas_get_mpn(self.manufacturer_id)),
            "lot_id": sale.lot.id if sale.lot else False,
            "serial": clean(sale.lot.name) if sale.lot else False,
            "move_line_id": sale.move_line.id if sale.move_line else False,
            "receipt_line_id": sale.receipt or False,
            "contract_id": contract.id,
            "reseller_id": reseller.id,
            "reseller_name": clean(reseller.commercial_partner_id.name),
            "reseller_vat": clean(reseller.commercial_partner_id.vat),
            "country_id": (
                customer.country_id
                or contract.waas_order_id.partner_shipping_id.country_id
            ).id,
            **self._prepare_customer(customer),
        }

    def _prepare_customer(self, customer):
        """The data of the end customer that the agreement with the manufacturer
        allows."""
        data = self._get_manufacturer()._get_sellout_customer_data()
        company = customer.commercial_partner_id
        values = {}
        if "name" in data:
            values["customer_name"] = clean(company.name)
        if "address" in data:
            values.update(
                customer_street=clean(customer.street),
                customer_zip=clean(customer.zip),
                customer_city=clean(customer.city),
            )
        if "vat" in data:
            values["customer_vat"] = clean(company.vat)
        return values

    @api.model
    def _prepare_correction(self, line, quantity, revision):
        """Reverse a line, with the texts of that line."""
        [values] = line.copy_data()
        return {
            **values,
            "report_id": False,
            "corrects_id": line.id,
            "kind": "correction",
            "quantity": quantity,
            "revision": revision,
        }

    # === SALES ===#

    def _get_sales(self, scope):
        """What is sold out of the manufacturer at the end of the period: list of
        :class:`Sale`, each source once.

        :param scope: see :meth:`_get_scope`
        """
        devices = self._get_device_sales(scope["stock.lot"])
        return devices + self._get_license_sales(scope)

    def _get_license_sales(self, scope):
        """Hook: the licenses of the manufacturer that were active at ``date_to``.

        A :class:`Sale` for each license: its source, for example ``waas.license,7``,
        its seats as the quantity, and the day of their last change. An ended license
        has the quantity 0. The line reports the difference, so seats are counted once.

        :param scope: see :meth:`_get_scope`
        """
        return []

    def _get_device_sales(self, devices):
        """The devices of the manufacturer that were sold out, or reversed."""
        sales = []
        for lot, count in self._count_devices(devices).items():
            if count.state == UNCOUNTED:
                continue
            passage = count.passage
            is_swap = passage.replaced is not None
            kinds = {COUNTED: "sale", REVERSED: "reversal"}
            sales.append(
                Sale(
                    source=_get_source("stock.lot", lot.id),
                    product=lot.product_id,
                    contract=passage.origin.picking_id.waas_contract_id,
                    date=passage.date,
                    quantity=1 if count.state == COUNTED else 0,
                    kind="swap" if is_swap else kinds[count.state],
                    lot=lot,
                    move_line=passage.origin,
                    replaces=tuple(
                        _get_source("stock.lot", lot_id) for lot_id in count.before
                    ),
                    receipt=count.receipt,
                )
            )
        return sales

    def _count_devices(self, devices=None):
        """The status of each device that is reported to the manufacturer: a ``Count``
        by lot.

        :param devices: ids of those that are counted, with those on which they depend
            (see :meth:`_find_unsettled`); None: all
        """
        passages = self._get_passages(devices)
        told = self._find_told(passages)
        counts = self._count([_forget_others(passage, told) for passage in passages])
        return {
            lot: counts[lot.id]._replace(receipt=told[lot.id])
            for lot in self.env["stock.lot"].browse(counts)
            if lot.id in told
        }

    def _count(self, passages):
        """The status of devices after all their passages: a ``Count`` by id of the
        lot."""
        return count_devices(
            passages,
            self._get_start(),
            self._get_manufacturer().sellout_reversal_days,
        )

    def _find_told(self, passages):
        """Hook: which devices are reported to the manufacturer when they are sold out.

        :param passages: list of all ``Passage`` until the end of the period
        :return: dict by id of the lot: the id of the move line by which the notified
            supplier delivered it; False for its maker, and where price lists decide who
            supplies
        """
        products = self._get_manufacturer()._get_sellout_products(self.company_id)
        wanted = set(products.ids)
        lots = self.env["stock.lot"].browse(
            dict.fromkeys(passage.lot for passage in passages)
        )
        return {lot.id: False for lot in lots if lot.product_id.id in wanted}


def _get_source(model, record_id):
    return f"{model},{record_id}"


def _forget_others(passage, told):
    """A device that replaces one of another manufacturer, which was never reported
    here, is an ordinary sale (R5)."""
    if passage.replaced is None or passage.replaced in told:
        return passage
    return passage._replace(replaced=None)
