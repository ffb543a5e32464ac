from .portal_world import PortalWorldCommon


class ReturnPagesCommon(PortalWorldCommon):
    """Partner and end customer book the way back of the devices (R15)."""

    def setUp(self):
        super().setUp()
        self._log_in(self.customer_user)

    def _book(self, devices=None, **values):
        devices = devices or self.devices[2]
        return self._post(
            "/my/waas/returns/create", **{"device": devices.ids, **values}
        )

    def _get_booked(self, answer):
        self.assertEqual(answer.status_code, 303, self._get_text(answer)[:2000])
        number = int(answer.headers["Location"].partition("?")[0].rpartition("/")[2])
        self.env.invalidate_all()
        return self.env["waas.return"].browse(number)
