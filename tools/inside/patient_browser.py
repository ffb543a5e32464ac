"""Tours that leave the processors to the page.

Odoo asks the page whether it is ready again the moment the answer was no, so that the
server and the browser are busy with the question while the page loads. It looks a
hundred times a second whether the browser is still there. And after each tour it
measures the memory of a page that is closed the next moment. Here the question is asked
twenty times a second, the look taken ten times, and memory is not measured.
"""

import time
from concurrent.futures import Future

from odoo.tests.common import ChromeBrowser

PAUSE = 0.05
"""Seconds between two questions."""

LONGEST_SILENCE = 0.1
"""Seconds after which somebody looks whether the browser is still there."""

_LEFT_OUT = {
    "HeapProfiler.collectGarbage": {},
    "Runtime.getHeapUsage": {"usedSize": 0, "totalSize": 0},
}
"""What is not asked of the browser, and what it would have answered."""


def install():
    send = ChromeBrowser._websocket_send
    request = ChromeBrowser._websocket_request
    open_websocket = ChromeBrowser._open_websocket

    def patient_open_websocket(self):
        websocket = open_websocket(self)
        websocket.settimeout(LONGEST_SILENCE)
        return websocket

    def lighter_send(self, method, *, params=None, with_future=False):
        if method not in _LEFT_OUT:
            return send(self, method, params=params, with_future=with_future)
        answer = Future()
        answer.set_result(_LEFT_OUT[method])
        return answer if with_future else None

    def patient_request(self, method, *, params=None, timeout=10.0):
        answer = request(self, method, params=params, timeout=timeout)
        if method == "Runtime.evaluate" and _is_no(answer):
            time.sleep(PAUSE)
        return answer

    ChromeBrowser._open_websocket = patient_open_websocket
    ChromeBrowser._websocket_send = lighter_send
    ChromeBrowser._websocket_request = patient_request


def _is_no(answer):
    """Whether the page said that it is not ready: `false`, or nothing at all."""
    result = (answer or {}).get("result", {})
    return result.get("type") == "undefined" or result.get("value") is False
