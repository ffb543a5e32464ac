import base64
import errno
import hashlib
import io
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import openpyxl
from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_attachment
from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ...models.sellout.waas_manufacturer_channel import ROOT_PARAMETER
from .common_sellout import SelloutCommon
from .common_sellout_files import load_schema


@contextmanager
def on_a_full_disk(path, mode="r"):
    """As ``open``, on a disk that has room for half of what is written."""
    with open(path, mode) as file:
        if "w" not in mode:
            yield file
            return
        yield SimpleNamespace(write=lambda content: file.write(content[::2]))
    raise OSError(errno.ENOSPC, "No space left on device")


BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.goodmake.test
To: bounce@also.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.goodmake.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.goodmake.test

Final-Recipient: rfc822; sellout@goodmake.test
Action: failed
Status: 5.1.1

--part
Content-Type: message/rfc822

From: seller@also.test
To: sellout@goodmake.test
Subject: Sell-out report
Message-ID: {message_id}

--part--
"""


@tagged("post_install", "-at_install")
class TestSelloutSending(SelloutCommon):
    """The file that was closed goes out: as often as need be, always the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._rent(cls._day(0))

    def _send(self, report):
        return report.with_user(self.manager).action_send()

    def _use_folder(self, path="goodmake"):
        root = tempfile.TemporaryDirectory()
        self.addCleanup(root.cleanup)
        self.env["ir.config_parameter"].sudo().set_param(ROOT_PARAMETER, root.name)
        self.manufacturer.write({"sellout_channel": "folder", "sellout_folder": path})
        return Path(root.name)

    def test_r5_every_format_closes_and_reads_back(self):
        for kind in ("csv", "xlsx", "xml"):
            with self.subTest(kind=kind):
                manufacturer = self.manufacturer.copy(
                    {"name": f"Make/{kind} ..", "sellout_format": kind}
                )
                self.laptop.waas_manufacturer_id = manufacturer
                report = self._close(self._open(manufacturer))
                self.assertRegex(report.file_name, rf"^sell-out-so[\w-]+\.{kind}$")
                content = report._get_content()
                self.assertIn("Laptop-1", self._get_text(kind, content))
                self.assertEqual(report.sha256, hashlib.sha256(content).hexdigest())

    def test_i5_what_a_full_disk_cut_off_is_written_anew(self):
        report = self._open()
        with (
            patch.object(ir_attachment, "open", on_a_full_disk, create=True),
            self.assertRaises(OSError),
            self.env.cr.savepoint(),
        ):
            self._close(report)
        self.assertEqual(report.state, "draft")
        self._close(report)
        self.assertEqual(report.state, "closed")
        self.assertEqual(
            report.sha256, hashlib.sha256(report._get_content()).hexdigest()
        )

    def _get_text(self, kind, content):
        if kind == "xlsx":
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            return str(list(sheet.values))
        if kind == "xml":
            load_schema().assertValid(etree.fromstring(content))
        return content.decode()

    def test_r5_the_preview_is_the_file(self):
        report = self._open()
        preview = report.preview
        self._close(report)
        self.assertEqual(
            report._get_content().decode().splitlines(), preview.splitlines()
        )
        [row] = self._read_csv(report)
        self.assertEqual(
            (row["account"], row["mpn"], row["serial"], row["reseller"]),
            ("ALSO-7", "GM-14-G1", "Laptop-1", "Partner One"),
        )
        self.assertNotIn("Customer One", preview)

    def test_r5_a_mail_is_queued_and_tells_what_came_of_it(self):
        report = self._close()
        self._send(report)
        sending = report.sending_ids
        self.assertEqual((sending.state, report.state), ("queued", "closed"))
        self.assertEqual(sending.recipient, "sellout@goodmake.test")
        self.assertEqual(sending.user_id, self.manager)
        mail = sending.sudo().mail_id
        self.assertEqual(mail.attachment_ids.raw, report._get_content())
        self.assertEqual(mail.attachment_ids.name, report.file_name)
        with self._mail_server():
            mail.send()
        self.assertEqual((sending.state, report.state), ("sent", "sent"))
        self.assertTrue(report.sent_on)

    def _mail_server(self, error=None):
        return patch.multiple(
            IrMail_Server,
            _connect__=lambda *args, **kwargs: None,
            send_email=self._deliver_mail(error),
            _disable_send=lambda server: False,
        )

    def _deliver_mail(self, error):
        def send_email(server, message, *args, **kwargs):
            if error:
                raise error
            return message["Message-Id"]

        return send_email

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_r5_a_mail_that_fails_is_told_and_sent_again(self):
        report = self._close()
        self._send(report)
        with self._mail_server(OSError("no route")):
            report.sending_ids.sudo().mail_id.send()
        self.assertEqual(report.sending_state, "failed")
        self.assertEqual(report.state, "closed")
        self.assertIn("no route", report.sending_ids.error)
        self.assertEqual(report.activity_ids.user_id, self.seller)
        self._send(report)
        with self._mail_server():
            report.sending_ids.sorted("id")[-1].sudo().mail_id.send()
        self.assertEqual((report.state, len(report.sending_ids)), ("sent", 2))
        self.assertFalse(report.activity_ids)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_r5_a_mail_that_bounces_was_not_sent(self):
        report = self._close()
        self._send(report)
        mail = report.sending_ids.sudo().mail_id
        with self._mail_server():
            mail.send()
        self.assertEqual(report.sending_state, "sent")
        self.env["mail.thread"].sudo().message_process(
            None, BOUNCE.format(message_id=mail.message_id)
        )
        self.assertEqual(report.sending_state, "failed")
        self.assertIn("sellout@goodmake.test came back", report.sending_ids.error)
        self.assertEqual(report.activity_ids.user_id, self.seller)
        self._send(report)
        with self._mail_server():
            report.sending_ids.sorted("id")[-1].sudo().mail_id.send()
        self.assertEqual(report.sending_state, "sent")
        self.assertFalse(report.activity_ids)

    def test_r5_sending_again_sends_the_identical_file(self):
        root = self._use_folder()
        report = self._close()
        self._send(report)
        path = root / "goodmake" / report.file_name
        first = path.read_bytes()
        # What is named differently meanwhile was reported as it was.
        self.reseller.name = "Renamed"
        self.laptop.waas_mpn = "OTHER"
        self.manufacturer.write({"sellout_format": "xml", "sellout_delimiter": "pipe"})
        path.unlink()
        self._send(report)
        self.assertEqual(path.read_bytes(), first)
        self.assertEqual(len(report.sending_ids), 2)
        self.assertEqual(set(report.sending_ids.mapped("sha256")), {report.sha256})
        self.assertEqual(set(report.sending_ids.mapped("state")), {"sent"})

    def test_r5_an_altered_file_is_not_sent(self):
        report = self._close()
        self.env.cr.execute(
            "UPDATE ir_attachment SET store_fname = NULL, db_datas = %s "
            "WHERE res_model = 'waas.sellout.report' AND res_id = %s",
            [b"other", report.id],
        )
        self.env.invalidate_all()
        with self._assert_refuses("is not the one that was closed"):
            self._send(report)
        with self._assert_refuses("is not the one that was closed"):
            report.action_download()

    def test_r5_an_open_report_is_not_sent(self):
        with self._assert_refuses("close it first"):
            self._send(self._open())

    def test_r5_close_and_send_at_once(self):
        report = self._open().with_user(self.manager)
        report.action_close_and_send()
        self.assertEqual(report.sending_state, "queued")

    def test_r5_download_is_the_file(self):
        report = self._close()
        self.assertIn(f"/{report.id}/file", report.action_download()["url"])
        self.assertEqual(base64.b64decode(report.file), report._get_content())

    def test_r5_a_folder_that_fails_is_told_and_tried_again_every_night(self):
        root = self._use_folder()
        (root / "goodmake").write_text("no directory")
        self.manufacturer.sellout_auto = True
        report = self._open()
        action = report.with_user(self.manager).action_close_and_send()
        self.assertIn("could not be written", action["params"]["message"])
        self.assertEqual((report.state, report.sending_state), ("closed", "failed"))
        self.assertEqual(report.activity_ids.user_id, self.seller)
        (root / "goodmake").unlink()
        self._run_cron()
        self.assertEqual((report.state, report.sending_state), ("sent", "sent"))
        self.assertFalse(report.activity_ids)
        self.assertEqual(
            (root / "goodmake" / report.file_name).read_bytes(), report._get_content()
        )

    def test_r5_after_some_tries_somebody_has_to_look(self):
        root = self._use_folder()
        (root / "goodmake").write_text("no directory")
        self.manufacturer.sellout_auto = True
        report = self._close()
        self._send(report)
        for _night in range(8):
            self._run_cron()
        self.assertEqual(len(report.sending_ids), 5)
        self.assertEqual(len(report.activity_ids), 1)

    def test_r5_a_folder_outside_the_root_is_refused(self):
        for path in ("../other", "/etc", "a/../../b", "c:\\reports"):
            with (
                self.subTest(path=path),
                self._assert_refuses("must lie below the root", ValidationError),
            ):
                self.manufacturer.sellout_folder = path

    def test_r5_a_link_out_of_the_root_is_refused(self):
        root = self._use_folder("link")
        outside = tempfile.TemporaryDirectory()
        self.addCleanup(outside.cleanup)
        (root / "link").symlink_to(outside.name)
        report = self._close()
        self._send(report)
        self.assertEqual(report.sending_state, "failed")
        self.assertIn("must lie below the root", report.sending_ids.error)
        self.assertFalse(list(Path(outside.name).iterdir()))

    def test_r5_no_root_no_sending(self):
        self._use_folder()
        self.env["ir.config_parameter"].sudo().set_param(ROOT_PARAMETER, False)
        with self._assert_refuses("ask an administrator"):
            self._send(self._close())

    def test_r5_the_root_is_a_directory(self):
        with self._assert_refuses("is no directory", ValidationError):
            self.env["res.config.settings"].create(
                {"waas_sellout_root": "/no/such/directory"}
            )

    def test_r5_an_address_is_an_address(self):
        self.manufacturer.sellout_email = "a@b.test, C <c@d.test>"
        self.assertEqual(self.manufacturer._get_sellout_emails(), "a@b.test,c@d.test")
        with self._assert_refuses("is no mail address", ValidationError):
            self.manufacturer.sellout_email = "a@b.test, nobody"

    def test_r5_what_the_encoding_cannot_write_keeps_a_report_open(self):
        self.manufacturer.sellout_encoding = "cp1252"
        self.reseller.name = "Łódź IT"
        report = self._open()
        self.assertIn("choose UTF-8", report.problems)
        self.assertFalse(report.preview)
        with self.assertRaises(UserError):
            self._close(report)

    def test_r5_what_is_not_valid_by_the_schema_keeps_a_report_open(self):
        self.manufacturer.sellout_format = "xml"
        self.reseller.name = "x" * 600
        with self._assert_refuses("would not be valid by its schema"):
            self._close()
