import csv
import io
from datetime import datetime, time
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, Phase, settings

from odoo import Command, fields

from ..common.cases import WaasCommon
from ..common.cases_steps import SIGNATURE
from ..common.replayed import replayed


def few_examples(number):
    """Settings of a generated test that sells and reports for months.

    Looking for a shorter failure would take an hour.
    """
    return settings(
        deadline=None,
        max_examples=number,
        phases=(Phase.reuse, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )


class SelloutCommon(WaasCommon):
    """A manufacturer that is told of its devices every month, from eight months ago
    on, so that every period of the tests is over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_sellout()

    @classmethod
    @replayed
    def _set_up_sellout(cls):
        today = fields.Date.context_today(cls.env.user)
        cls.start = today + relativedelta(months=-8, day=1)
        cls.manufacturer.write(
            {
                "sellout": True,
                "sellout_start": cls.start,
                "sellout_email": "sellout@goodmake.test",
                "sellout_account": "ALSO-7",
                "sellout_user_id": cls.seller.id,
            }
        )
        cls.laptop.write({"waas_mpn": "GM-14-G1", "default_code": "LAP14"})
        cls.monitor.waas_mpn = "GM-24"
        cls.shelf_count = 0

    def setUp(self):
        super().setUp()
        self.addCleanup(setattr, type(self), "shelf_count", self.shelf_count)

    @classmethod
    def _day(cls, month, day=10):
        """A day in a month, counted from the month of the first report."""
        return cls.start + relativedelta(months=month, day=day)

    # === WHAT THE WAREHOUSE DOES ===#

    @classmethod
    def _stock(cls, quantity, product=None):
        lots = cls._put_in_stock(
            product or cls.laptop, quantity, first=cls.shelf_count + 1
        )
        cls.shelf_count += quantity
        return lots

    @classmethod
    def _rent(cls, day, quantity=1, **values):
        """Laptops that reached a customer on ``day``.

        :return: the order and its devices
        """
        lots = cls._stock(quantity)
        order = cls._confirm(cls._create_order(quantity=quantity, **values))
        cls._hand_over(order, day)
        return order, lots

    @classmethod
    @replayed
    def _hand_over(cls, order, day):
        cls._date(cls._deliver(order), day)

    @classmethod
    @replayed
    def _date(cls, pickings, day):
        """Say on which day the warehouse did it."""
        pickings.sudo().date_done = datetime.combine(day, time(12))

    @classmethod
    def _validate(cls, pickings, day):
        pickings.move_ids.picked = True
        pickings.with_user(cls.warehouse).with_context(
            skip_backorder=True
        ).button_validate()
        cls._date(pickings, day)

    @classmethod
    @replayed
    def _take_back(cls, lot, day):
        """Odoo's own return of a delivered device."""
        delivery = lot.waas_history_ids.filtered(
            lambda line: line.location_dest_id.is_waas
        ).picking_id.sorted("id")[-1:]
        wizard = (
            cls.env["stock.return.picking"]
            .with_user(cls.warehouse)
            .with_context(active_id=delivery.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves[:1].quantity = 1
        receipt = cls.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        receipt.move_ids.lot_ids = lot
        cls._validate(receipt, day)
        return receipt

    @classmethod
    @replayed
    def _refurbish(cls, lot):
        """Erased, certified, and back on the shelf (R15)."""
        processor = cls._create_party(
            "Wiper",
            waas_is_processor=True,
            waas_processor_certificate_ids=[
                Command.create(
                    {
                        "standard": "ADISA",
                        "number": "A-1",
                        "valid_from": "2020-01-01",
                        "valid_until": "2099-12-31",
                    }
                )
            ],
        )
        cls.env["waas.erasure.certify"].with_user(cls.warehouse).create(
            {
                "erasure_ids": [Command.set(lot.waas_erasure_ids.ids)],
                "processor_id": processor.id,
                "result": "passed",
                "document": SIGNATURE,
                "document_name": "proof.pdf",
            }
        ).action_certify()
        cls.env["waas.device.grade"].with_user(cls.warehouse).create(
            {
                "device_ids": [Command.set(lot.ids)],
                "grade": "b",
                "decision": "refurbished",
            }
        ).action_grade()

    @classmethod
    @replayed
    def _replace(cls, lot, other, day):
        replacement = cls.env["waas.replacement"]._start(lot, other, "Broken")
        cls._validate(replacement.sudo().delivery_id, day)
        cls._validate(replacement.sudo().receipt_id, day)
        return replacement

    # === WHAT PEOPLE DO WITH REPORTS ===#

    @classmethod
    @replayed
    def _open(cls, manufacturer=None, user=None):
        return (
            cls.env["waas.sellout.report"]
            .with_user(user or cls.seller)
            .create(
                {
                    "manufacturer_id": (manufacturer or cls.manufacturer).id,
                    "company_id": cls.also.id,
                }
            )
        )

    @classmethod
    def _open_compared(cls, manufacturer=None):
        """A new report, after a user pressed *Refresh*."""
        report = cls._open(manufacturer)
        report.action_refresh()
        return report

    @classmethod
    @replayed
    def _close(cls, report=None):
        report = report or cls._open()
        report._recount()
        report.with_user(cls.manager).action_close()
        return report

    @classmethod
    @replayed
    def _close_months(cls, number):
        """So many reports, one after the other."""
        reports = cls.env["waas.sellout.report"]
        for _month in range(number):
            reports |= cls._close()
        return reports

    def _run_cron(self):
        """The scheduler, inside the transaction of the test."""
        with patch.object(self.env.cr, "commit", self.env.flush_all):
            self.env["waas.sellout.report"].sudo()._cron_report()

    # === WHAT REPORTS SAY ===#

    def _tell(self, report):
        """The lines as short as possible: serial number and quantity."""
        return [
            (line.serial, line.quantity) for line in report.line_ids.sorted("number")
        ]

    def _read_csv(self, report):
        text = report._get_content().decode()
        return list(csv.DictReader(io.StringIO(text), delimiter=";"))
