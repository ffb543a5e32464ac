"""QR codes, by the library that Odoo uses for two-factor authentication: the barcodes
of its reports need a renderer that some servers lack."""

import base64
import io

import qrcode


def make_qr_code(text, border=1):
    """:param int border: white squares around it
    :return: the source of an image
    """
    image = io.BytesIO()
    qrcode.make(text, border=border).save(image, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode()}"
