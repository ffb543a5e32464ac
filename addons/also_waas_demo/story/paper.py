"""Agreements are frozen as PDF while the story is told."""

import mimetypes
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from odoo.tools import file_open

# What a document links to: name and kind of a bundle (web.minimal_layout).
BUNDLES = (
    ("web.report_assets_common", "css"),
    ("web.report_assets_pdf", "css"),
    ("web.report_assets_pdf", "js"),
)


@contextmanager
def serve_styles(env):
    """Serve styles and fonts to wkhtmltopdf, as Odoo itself does when it runs.

    No server answers while an addon is installed: without this, the PDFs of the story
    would have no style, and a frozen PDF stays as it is.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _get_handler(_get_bundles(env)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    parameters = env["ir.config_parameter"]
    former = parameters.get_param("report.url")
    parameters.set_param("report.url", f"http://127.0.0.1:{server.server_port}")
    try:
        yield
    finally:
        parameters.set_param("report.url", former)
        server.shutdown()
        server.server_close()


def _get_bundles(env):
    """Compile what documents link to, once.

    :return: dict path -> content
    """
    contents = {}
    for name, kind in BUNDLES:
        bundle = env["ir.qweb"]._get_asset_bundle(
            name, css=kind == "css", js=kind == "js", autoprefix=kind == "css"
        )
        attachment = bundle.css() if kind == "css" else bundle.js()
        contents[bundle.get_link(kind)] = attachment.raw
    return contents


def _get_handler(bundles):
    class Handler(BaseHTTPRequestHandler):
        """Bundles, and static files of addons (fonts); nothing else."""

        def do_GET(self):  # the name that http.server calls
            path = self.path.partition("?")[0]
            content = bundles.get(path) or self._read_static(path)
            if content is None:
                self.send_error(404)
                return
            self.send_response(200)
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _read_static(self, path):
            if "/static/" not in path or ".." in path:
                return None
            try:
                with file_open(path.lstrip("/"), "rb") as file:
                    return file.read()
            except (OSError, ValueError):
                return None

        def log_message(self, *args):
            """Stay silent: this is not Odoo's own server."""

    return Handler
