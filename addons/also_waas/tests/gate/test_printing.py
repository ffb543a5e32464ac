import re
import stat
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from odoo import sql_db
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.base.models import ir_actions_report

from ...printing import is_pdf
from ..common.cases import WaasCommon

AGREEMENT = "also_waas.action_report_agreement"
# Real programs in the place of wkhtmltopdf, by what they do; the last word is the file.
LOCKS = re.compile(r"^\s*(INSERT|UPDATE|DELETE)|FOR (NO KEY )?(UPDATE|SHARE)", re.I)
EMPTY = "exit 0\n"
FAILED = "exit 1\n"
CUT_OFF = 'for file; do :; done\nprintf "%%PDF-1.4\\nhalf of it" >"$file"\n'
SOMETHING_ELSE = 'for file; do :; done\necho "<html>Not found</html>" >"$file"\n'
HANGS = "sleep 60\n"
HANGS_AND_FAILS = "sleep 1\nexit 1\n"
WORKS = """for file; do :; done
for word; do
    case "$word" in *report.body*) cat "$word" >>"$WAAS_TEST_PAGES" ;; esac
done
printf "%%PDF-1.4\\n1 0 obj\\n%%%%EOF\\n" >"$file"
"""


@tagged("post_install", "-at_install")
class TestPrinting(WaasCommon):
    """Whatever the PDF program does, what is frozen is a document (R1)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "force_report_rendering": True})
        cls.order = cls._create_order(36, quantity=1).with_env(cls.env(user=cls.seller))
        cls._approve_credit(cls.order)

    def _use_program(self, script):
        """Let a program of ours print."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        program = Path(folder.name) / "wkhtmltopdf"
        program.write_text(f"#!/bin/bash\n{script}", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.pages = Path(folder.name) / "pages.html"
        info = ir_actions_report._wkhtml()._replace(state="ok", bin=str(program))
        for patcher in (
            patch.object(ir_actions_report, "_wkhtml", lambda: info),
            patch.dict("os.environ", {"WAAS_TEST_PAGES": str(self.pages)}),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)

    def _set_seconds(self, seconds):
        self.env["ir.config_parameter"].sudo().set_param(
            "also_waas.print_seconds", seconds
        )

    def test_i1_what_is_no_document_is_never_frozen(self):
        self._set_seconds(0.5)
        for script in (
            EMPTY,
            FAILED,
            CUT_OFF,
            SOMETHING_ELSE,
            HANGS,
            HANGS_AND_FAILS,
        ):
            self._use_program(script)
            with (
                self.subTest(script),
                mute_logger(
                    "odoo.addons.base.models.ir_actions_report",
                    "odoo.addons.also_waas.printing",
                ),
                self._assert_refuses("was not printed", UserError),
            ):
                self.order.action_waas_send_agreements()
            self.assertFalse(self.order.sudo().waas_agreement_ids)
            self.assertEqual(self.order.state, "draft")

    def test_i1_a_program_that_hangs_is_ended(self):
        self._set_seconds(0.5)
        self._use_program(HANGS)
        began = time.monotonic()
        with (
            mute_logger(
                "odoo.addons.base.models.ir_actions_report",
                "odoo.addons.also_waas.printing",
            ),
            self._assert_refuses("did not end in time", UserError),
        ):
            self.order.action_waas_send_agreements()
        # Far from the minute that the program would take.
        self.assertLess(time.monotonic() - began, 30)

    def test_i1_a_signature_is_not_lost_with_its_document(self):
        self._use_program(WORKS)
        self.order.action_waas_send_agreements()
        self._customer_signs(self.order)
        self._use_program(EMPTY)
        with self._assert_refuses("was not printed", UserError):
            self._also_signs(self.order)
        agreements = self.order.sudo().waas_agreement_ids
        self.assertEqual(set(agreements.mapped("state")), {"customer_signed"})
        self._use_program(WORKS)
        self._also_signs(self.order)
        self.assertEqual(set(agreements.mapped("state")), {"signed"})
        for agreement in agreements:
            self.assertTrue(agreement._is_untouched())

    def test_i2_a_document_asks_this_server_for_nothing(self):
        """Workers that print at the same moment would wait for each other."""
        self._use_program(WORKS)
        self.order.action_waas_send_agreements()
        page = self.pages.read_text(encoding="utf-8")
        self.assertIn("<style>", page)
        for word in ("<link", "/web/assets", "url(/web", "url('/web", 'url("/web'):
            self.assertNotIn(word, page)

    def test_i2_a_countersignature_is_printed_before_anything_is_written(self):
        """Nobody waits for the PDF program: no lock is held while it runs."""
        self._use_program(WORKS)
        self.order.action_waas_send_agreements()
        self._customer_signs(self.order)
        self.env.flush_all()
        queries, run_at = [], []
        execute = sql_db.Cursor.execute
        run = ir_actions_report.IrActionsReport._run_wkhtmltopdf

        def noted_execute(cr, query, *args, **kwargs):
            queries.append(query.code if isinstance(query, SQL) else query)
            return execute(cr, query, *args, **kwargs)

        def noted_run(report, *args, **kwargs):
            run_at.append(len(queries))
            return run(report, *args, **kwargs)

        with (
            patch.object(sql_db.Cursor, "execute", noted_execute),
            patch.object(
                ir_actions_report.IrActionsReport, "_run_wkhtmltopdf", noted_run
            ),
        ):
            self._also_signs(self.order)
            self.env.flush_all()
        self.assertEqual(len(run_at), len(self.order.sudo().waas_agreement_ids))
        writes = [bool(LOCKS.search(query)) for query in queries]
        self.assertFalse(any(writes[: run_at[-1]]))
        self.assertTrue(any(writes[run_at[-1] :]))
        agreement = self.order.sudo().waas_agreement_ids[0]
        page = self.pages.read_text(encoding="utf-8")
        self.assertIn(agreement.company_signed_by_id.name, page)

    def test_i2_no_mail_of_ours_is_printed_where_it_is_made(self):
        templates = self.env["mail.template"].search([])
        ours = templates.filtered(
            lambda template: template.get_external_id()[template.id].startswith(
                "also_waas."
            )
        )
        self.assertTrue(ours.waas_report_ids)
        self.assertFalse(ours.report_template_ids)

    def test_what_is_a_document(self):
        self.assertTrue(is_pdf(b"%PDF-1.7\n...\n%%EOF\n"))
        for content in (b"", b"%PDF-1.7\n...", b"<html>%%EOF", b"%%EOF"):
            self.assertFalse(is_pdf(content))

    def test_documents_of_others_are_printed_as_ever(self):
        reports = self.env["ir.actions.report"]
        self.assertTrue(reports._waas_is_ours(AGREEMENT))
        self.assertFalse(reports._waas_is_ours("sale.action_report_saleorder"))
