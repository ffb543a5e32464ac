import base64
import io
import struct
import zlib

from PIL import Image

from odoo.tests import tagged

from .common_signing_http import DRAWING, SigningHttpCommon


def _draw(width, height, image_format="PNG"):
    """A picture of some size, in base64."""
    buffer = io.BytesIO()
    Image.new("1", (width, height)).save(buffer, image_format)
    return base64.b64encode(buffer.getvalue()).decode()


def _draw_bomb():
    """A few bytes that say they are 100 000 pixels wide and high."""

    def chunk(kind, content):
        body = kind + content
        return (
            struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
        )

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 1, 0, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")
    return base64.b64encode(png + chunk(b"IEND", b"")).decode()


@tagged("post_install", "-at_install")
class TestSigningHostileHttp(SigningHttpCommon):
    """Hostile input on the signing pages."""

    def test_hostile_names_and_drawings_get_a_sentence(self):
        self._verify()
        for name in (None, False, "", "  ", "\n\u202e", 1, ["Ceo"], {"a": 1}):
            error = self._get_error(self._accept(name))
            self.assertEqual(error, "Type your name.", name)
        self.assertEqual(
            self._get_error(self._accept("x" * 501)), "This name is too long."
        )
        for drawing in (None, False, "", 1, [DRAWING], {"a": 1}):
            error = self._get_error(self._accept(signature=drawing))
            self.assertEqual(error, "Draw your signature.", drawing)
        svg = base64.b64encode(b"<svg onload='alert(1)'/>").decode()
        garbage = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 99).decode()
        gif = _draw(1, 1, "GIF")
        for drawing in (
            "no base64",
            "é",
            "////",
            svg,
            gif,
            garbage,
            _draw_bomb(),
            _draw(5000, 5000),
        ):
            error = self._get_error(self._accept(signature=drawing))
            self.assertEqual(
                error, "This is not a signature. Draw it again.", drawing[:30]
            )
        error = self._get_error(self._accept(signature="A" * (2 * 1024 * 1024 + 1)))
        self.assertEqual(error, "This signature is too large. Draw it again.")
        self._assert_unsigned()

    def test_a_hostile_name_stays_text(self):
        self._verify()
        name = "<script>alert(1)</script>\x00\ud800\u202e"
        self.assertFalse(self._get_error(self._accept(name)))
        self._also_signs(self.order)
        agreement = self.agreements[0]
        agreement.invalidate_recordset()
        self.assertEqual(agreement.customer_signed_by, "<script>alert(1)</script>")
        self.assertNotIn(b"<script>alert", base64.b64decode(agreement.signed_document))
        self.assertNotIn("<script>alert", self._open().text)

    def test_hostile_codes_get_a_sentence(self):
        self._post("/code")
        for code in ("", "abc", "x" * 10_000, "١٢٣٤٥٦", "\x00", "'; DROP TABLE x"):
            page = self._post("/verify", code=code)
            self.assertEqual(page.status_code, 200)
            self.assertRegex(page.text, "is wrong|Too many wrong")
        page = self._post("/verify", files={"code": ("code.txt", b"123456")})
        self.assertEqual(page.status_code, 200)
        self._verify()
        page = self._post("/refuse", files={"reason": ("reason.txt", b"No")})
        self.assertEqual(page.status_code, 200)
        self._assert_unsigned()

    def test_too_many_codes_get_a_sentence(self):
        link = self.env["waas.signing.link"].sudo()._find(self.path.split("/")[-1])
        link.codes_sent = 10
        self.assertIn("Too many codes", self._post("/code").text)
