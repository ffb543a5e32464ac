import cProfile
import pstats
import time
from odoo.tests import tagged

from .common import WaasCommon


@tagged("post_install", "-at_install")
class TestRepricing(WaasCommon):
    def _build(self, n):
        order = self._create_order(36)
        for _i in range(n):
            order._waas_add_bundle(
                self.bundle,
                2,
                upgrades={self.office_slot: self.premium_upgrade},
                options={self.monitor_option: 3},
            )
        self.env.flush_all()
        return order

    def test_measure(self):
        order = self._build(25)
        for months in (24, 12, 36):
            self.env.flush_all()
            self.env.invalidate_all()
            p = cProfile.Profile()
            p.enable()
            order.write({"waas_term_id": self.terms[months].id})
            self.env.flush_all()
            p.disable()
            pstats.Stats(p).sort_stats("cumulative").print_stats(60)
        p = cProfile.Profile()
        p.enable()
        self._build(25)
        p.disable()
        pstats.Stats(p).sort_stats("cumulative").print_stats(70)
