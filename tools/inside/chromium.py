"""A headless Chromium that shows a page to somebody who is logged in, driven through
its DevTools protocol."""

import base64
import itertools
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import requests
import websocket

PROGRAMS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
PATIENCE = 60.0
"""Seconds until a page must be there."""

SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--hide-scrollbars",
    "--no-first-run",
    "--lang=en-US",
    "--font-render-hinting=none",
    "--remote-debugging-port=0",
)


class Failed(Exception):
    """A page did not show what was waited for."""


class Chromium:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="waas_chromium_")
        program = next(filter(None, map(shutil.which, PROGRAMS)))
        self.process = subprocess.Popen(
            [program, *SWITCHES, f"--user-data-dir={self.folder.name}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            self.socket = websocket.create_connection(
                self._find_page(), suppress_origin=True, timeout=PATIENCE
            )
        except BaseException:
            self._stop()
            raise
        self.numbers = itertools.count(1)
        self._call("Page.enable")
        return self

    def __exit__(self, *exception):
        self.socket.close()
        self._stop()

    def _stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder.name, ignore_errors=True)

    def _find_page(self):
        """The address of the first page's own socket."""
        file = Path(self.folder.name) / "DevToolsActivePort"
        _wait_for(lambda: file.exists() and file.read_text().count("\n"), "Chromium")
        port = file.read_text().split()[0]
        pages = requests.get(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE)
        return next(
            page["webSocketDebuggerUrl"]
            for page in pages.json()
            if page["type"] == "page"
        )

    def _call(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise Failed(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def log_in(self, address, session_id):
        """Be the person whose session that is, or nobody."""
        self._call("Network.clearBrowserCookies")
        if session_id:
            self._call(
                "Network.setCookie", name="session_id", value=session_id, url=address
            )

    def resize(self, width, height, scale, is_phone):
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=is_phone,
        )
        self._call("Emulation.setTouchEmulationEnabled", enabled=is_phone)

    def open(self, url, ready):
        """Go to a page and wait for an element of it.

        The page before has to be left first: a navigation that overtakes another one
        is never answered.
        """
        self._call("Page.navigate", url="about:blank")
        self.wait(
            "location.href === 'about:blank' && document.readyState === 'complete'",
            "the end of the page before",
        )
        self._call("Page.navigate", url=url)
        self.wait(
            f"document.readyState === 'complete' && document.querySelector({ready!r})"
            " && !document.querySelector('.o_blockUI, .o_view_nocontent_loading')",
            f"{ready} on {url}",
        )
        status = self.evaluate(
            "performance.getEntriesByType('navigation')[0].responseStatus"
        )
        if status != 200:
            raise Failed(f"{url} answers {status}")

    def wait(self, expression, what):
        """Wait until a JavaScript expression is true."""
        _wait_for(lambda: self.evaluate(f"!!({expression})"), what)

    def evaluate(self, expression):
        answer = self._call(
            "Runtime.evaluate",
            expression=expression,
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in answer:
            return None  # a page that is on its way to the next one
        return answer["result"].get("value")

    def shoot(self):
        """The visible part of the page, once it does not change any more, as PNG."""
        before = None
        for _try in range(20):
            picture = self._call("Page.captureScreenshot", format="png")["data"]
            if picture == before:
                break
            before = picture
            time.sleep(0.4)
        return base64.b64decode(picture)


def _wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"waited for {what} in vain")
        time.sleep(0.1)
