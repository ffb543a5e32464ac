from odoo.tests import tagged
from odoo.tools import mute_logger

from .cases import WaasHttpCommon


@tagged("post_install", "-at_install")
class TestTypedHttp(WaasHttpCommon):
    """F7: no address and no parameter is a fault of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_portal_user("typist", cls.signatory)

    def test_f7_odd_addresses_and_parameters_are_no_error(self):
        for login in (None, "typist"):
            self.authenticate(login, login)
            for path, statuses in (
                ("/my/waas%00", {404}),
                ("/my/waas/contracts/%00", {404}),
                ("/waas/sign/%00", {404}),
                ("/waas/certificate/%00", {404}),
                ("/waas/sign/none?self=1", {404}),
                ("/my/waas?self=1", {200}),
                ("/my/waas/contracts?self=1&cls=2&search=%00a", {200}),
                ("/my/waas/contracts?sortby=%00&filterby=%00", {200}),
                ("/my/waas%ff", {404}),
                ("/my/waas/contracts/%ff", {404}),
                ("/waas/sign/%ff", {404}),
                ("/waas/sign/%ed%a0%80", {404}),
                ("/waas/certificate/%ff", {404}),
                ("/waas/certificate/" + "x" * 4000, {404}),
                ("/my/waas/contracts?search=%ff", {200}),
                ("/my/waas/contracts?search=%f0%9f%98%80", {200}),
                ("/my/waas/contracts?page=%C2%B2", {200}),
                ("/my/waas/contracts?page=-1", {200}),
                ("/my/waas/contracts/page/0", {200}),
                ("/my/waas/contracts/page/99999999999999999999", {200}),
                ("/my/waas/contracts/99999999999999999999", {200, 404}),
                ("/my/waas/contracts?search=a&search=b", {200}),
                ("/my/waas/contracts?env=1&request=2&args=3&kwargs=4", {200}),
                ("/my/waas/contracts?model=1&url=2&domain=3&search_by=4", {200}),
                ("/my/waas/returns/new?contract_id=%C2%B2", {200}),
                ("/my/waas/contracts?search=" + "%25" * 500, {200}),
                ("/my/waas/returns?search=%5C", {200}),
            ):
                with self.subTest(path=path, login=login), mute_logger("odoo.http"):
                    answer = self.url_open(path)
                    self.assertIn(answer.status_code, statuses)
