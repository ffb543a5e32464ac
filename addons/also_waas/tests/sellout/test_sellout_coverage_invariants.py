from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from .common_sellout import few_examples
from .common_sellout_coverage import CoverageCommon

STEPS = st.lists(
    st.tuples(
        st.sampled_from(("deliver", "take back", "replace", "job", "off", "on")),
        st.integers(0, 2),  # which place
        st.integers(0, 25),  # days since the step before
    ),
    min_size=3,
    max_size=7,
)


@tagged("post_install", "-at_install")
class TestSelloutCoverageInvariants(CoverageCommon):
    """Whatever is delivered while reporting goes on and off: in the end the maker was
    told of each device once, and nothing is on the list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._stock(12)
        cls.maker.write({"sellout_email": "sellout@newmake.test", "sellout_auto": True})
        cls.orders = [
            cls._confirm(cls._create_order(quantity=1)) for _place in range(3)
        ]

    @few_examples(4)
    @given(STEPS)
    def test_r5_every_delivered_serial_is_told_to_its_maker_once(self, steps):
        with self._undone():
            self._play(steps)

    def _play(self, steps):
        places, day = {}, self.start
        for step, index, pause in steps:
            day = min(day + timedelta(days=pause), self._day(6))
            self._step(step, index, day, places)
        self.maker.write({"sellout": True} if self.maker.sellout_off_reason else {})
        if not places:
            return
        self._run_cron()
        # What came after the last report that is closed.
        report = self.env["waas.sellout.report"]._get_open(self.maker, self.also.id)
        (report or self._open(self.maker))._refresh()
        told = {}
        for line in self.maker.sellout_report_ids.line_ids:
            told[line.serial] = told.get(line.serial, 0) + line.quantity
        counted = [
            lot.name for lot, _since, is_counted in places.values() if is_counted
        ]
        self.assertEqual(
            sorted(serial for serial, number in told.items() if number),
            sorted(counted),
        )
        self.assertLessEqual(set(told.values()), {0, 1})
        self.assertFalse(self.rows.search([]))

    def _step(self, step, index, day, places):
        if step == "job":
            self._run_cron()
        elif step == "off" and self.maker.sellout:
            self._switch_off()
        elif step == "on" and self.maker.sellout_start:
            self.maker.sellout = True
        elif step == "deliver" and index not in places:
            self._hand_over(self.orders[index], day)
            lot = self.orders[index].waas_contract_ids.waas_device_ids
            places[index] = (lot, day, True)
        elif step in ("take back", "replace") and index in places:
            self._move(step, index, day, places)

    def _move(self, step, index, day, places):
        lot, since, is_counted = places[index]
        if not lot.waas_contract_id:
            return
        if step == "replace":
            lots = self.env["stock.lot"].search(
                [("product_id", "=", self.laptop.id), ("waas_history_ids", "=", False)]
            )
            other = next(one for one in lots if one._waas_is_free(self.also))
            self._replace(lot, other, day)
            places[index] = (other, since, is_counted)
        else:
            self._take_back(lot, day)
            places[index] = (lot, since, (day - since).days > 30)
