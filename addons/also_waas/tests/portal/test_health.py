from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

CRON = "also_waas.ir_cron_waas_invoice_run"


@tagged("post_install", "-at_install")
class TestHealth(HttpCase):
    """I3: scheduled actions that stand still are seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        soon = fields.Datetime.now() + timedelta(hours=1)
        data = cls.env["ir.model.data"].search(
            [("model", "=", "ir.cron"), ("module", "=like", "also_waas%")]
        )
        cls.env["ir.cron"].browse(data.mapped("res_id")).nextcall = soon

    def _let_wait(self, hours):
        cron = self.env.ref(CRON)
        cron.nextcall = fields.Datetime.now() - timedelta(hours=hours)
        return fields.Datetime.to_string(cron.nextcall)

    def test_i3_a_monitoring_sees_it(self):
        answer = self.url_open("/waas/health")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.json(), {"jobs_late_since": None})
        self._let_wait(1)
        self.assertEqual(self.url_open("/waas/health").status_code, 200)
        since = self._let_wait(3)
        answer = self.url_open("/waas/health")
        self.assertEqual(answer.status_code, 503)
        self.assertEqual(answer.json(), {"jobs_late_since": since})

    def test_i3_a_cron_of_others_or_one_that_is_off_is_none_of_it(self):
        self._let_wait(3)
        self.env.ref(CRON).active = False
        self.env.ref("base.autovacuum_job").nextcall = "2020-01-01 00:00:00"
        self.assertEqual(self.url_open("/waas/health").status_code, 200)

    def test_i3_the_web_client_tells_who_works_with_it(self):
        since = self._let_wait(3)
        self.env.ref("base.user_admin").group_ids += self.env.ref(
            "also_waas.group_waas_user"
        )
        self.authenticate("admin", "admin")
        answer = self.url_open(
            "/web/session/get_session_info", json={"params": {}}
        ).json()
        self.assertEqual(answer["result"]["waas_jobs_late_since"], since)
