import re

from .portal_world import PortalHttpCommon


class PartnerPortalCommon(PortalHttpCommon):
    """A partner's people quote, send and follow their deals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A draft of the partner's own: one that ALSO makes is ALSO's to complete.
        cls.quotation = cls._quote()

    def setUp(self):
        super().setUp()
        self._log_in(self.reseller_user)

    def _create(self, **values):
        return self._create_deal(**{"customer": self.customer.id, **values})

    def _get_created(self, answer):
        self.assertEqual(answer.status_code, 303, self._get_text(answer)[:2000])
        number = re.search(r"/my/waas/deals/(\d+)/bundle", answer.headers["Location"])
        return self.env["sale.order"].browse(int(number[1]))
