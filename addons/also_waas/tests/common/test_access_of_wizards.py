from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .cases_steps import SIGNATURE
from .common_access_later_chapters import AccessOfLaterChaptersCommon


@tagged("post_install", "-at_install")
class TestAccessOfWizards(AccessOfLaterChaptersCommon):
    """Wizards that are fed with what is not theirs."""

    def test_no_wizard_works_on_another_companys_devices(self):
        user = self.wrong_people["elsewhere"]
        user.group_ids += self.env.ref("stock.group_stock_manager")
        device, erasure = self.devices[0], self.devices[0].waas_erasure_ids
        for model, method, values in (
            (
                "waas.device.grade",
                "action_grade",
                {"device_ids": [Command.set(device.ids)]},
            ),
            (
                "waas.device.loss",
                "action_write_off",
                {"device_ids": [Command.set(device.ids)], "reason": "Gone"},
            ),
            (
                "waas.erasure.certify",
                "action_certify",
                {
                    "erasure_ids": [Command.set(erasure.ids)],
                    "processor_id": self.processor.id,
                    "document": SIGNATURE,
                },
            ),
            (
                "waas.device.replace",
                "action_replace",
                {
                    "contract_id": self.contract.id,
                    "device_id": self.devices[2].id,
                    "replacement_id": self.spare.id,
                    "reason": "Mine",
                },
            ),
            (
                "waas.commission.statement",
                "action_print",
                {"company_id": self.also.id, "date_from": "2020-01-01"},
            ),
        ):
            with (
                self.subTest(model=model),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                wizard = self._call(user, model, "create", [values])
                self._call(user, model, method, wizard)
        self.assertTrue(device.sudo().waas_arrival_id)

    def test_r15_who_receives_elsewhere_takes_in_nothing_here(self):
        user = self.wrong_people["elsewhere"]
        wizards = self.env["waas.return.receive"].with_user(user)
        findings = self._find("waas.return.finding")
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            wizards.create(
                {
                    "company_id": self.also.id,
                    "line_ids": [Command.create({"serial": self.devices[2].name})],
                }
            ).action_receive()
        self.assertTrue(self.devices[2].sudo().waas_contract_id)
        self.assertEqual(self._find("waas.return.finding"), findings)
