"""A marketplace of our own for the tests: a real HTTP server that keeps the protocol of
``marketplace_client``, and misbehaves when it is told to."""

import json
import socket
import ssl
import struct
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, unquote, urlsplit

KEY = "the-right-key"
# How long a hanging answer hangs: longer than the timeout of the tests, no longer than
# a test may take.
HANG_SECONDS = 2.0


class MarketplaceServer(ThreadingHTTPServer):
    """``mishaps`` are taken one by one, each by the next request.

    What is in ``LATE`` happens after the request was done: the answer is lost, the
    effect is not.
    """

    daemon_threads = True
    EARLY = ("hang", "reset", "500", "503", "garbage", "409", "429")
    LATE = ("late", "done_reset", "done_500", "done_garbage")

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.mishaps = deque()
        self.key = KEY
        self.page_size = 100
        self.forget()

    def forget(self):
        self.subscriptions = {}
        self.answers = {}
        self.requests = []
        self.lock = threading.Lock()
        self.number = 0

    def start(self):
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def start_tls(self, certificate):
        """Speak HTTPS from here on.

        :param certificate: path of a file with a certificate and its key
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )
        self.start()

    def stop(self):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Clients that gave up are part of the play."""

    # === WHAT A MARKETPLACE DOES ===#

    def do(self, method, path, query, headers, body):
        """
        :return: tuple of status and JSON
        """
        self.requests.append((method, path, headers.get("Idempotency-Key")))
        if headers.get("Authorization") != f"Bearer {self.key}":
            return 401, {"error": "Who are you?"}
        if path == "/v1/ping":
            return 200, {}
        if path == "/v1/subscriptions" and method == "GET":
            return 200, self._list(query)
        with self.lock:
            key = headers["Idempotency-Key"]
            if key not in self.answers:
                status, answer = self._change(method, path, body)
                if status >= 300:
                    return status, answer
                self.answers[key] = status, dict(answer)
            return self.answers[key]

    def _list(self, query):
        start = int(query.get("cursor", ["0"])[0])
        rows = list(self.subscriptions.values())
        end = start + self.page_size
        answer = {"subscriptions": rows[start:end]}
        return {**answer, "next": str(end)} if end < len(rows) else answer

    def _change(self, method, path, body):
        if method == "POST":
            return self._order(body)
        subscription = self.subscriptions.get(unquote(path.rpartition("/")[2]))
        if not subscription:
            return 404, {"error": "No such subscription"}
        if body["revision"] < subscription["revision"]:
            return 409, {"code": "stale", "error": "Something newer was done already"}
        subscription["revision"] = body["revision"]
        if method == "DELETE":
            subscription["status"] = "cancelled"
        else:
            subscription["seats"] = body["seats"]
        return 200, subscription

    def _order(self, body):
        if body["sku"] == "GONE":
            return 422, {"error": "This article is not sold any more"}
        for subscription in self.subscriptions.values():
            if (
                subscription["reference"] == body["reference"]
                and subscription["status"] == "active"
            ):
                return self._change("PATCH", quote(subscription["id"], safe=""), body)
        self.number += 1
        subscription = {
            "id": f"sub/{self.number}",  # with a slash: addresses must be quoted
            "status": "active",
            "unit_price": 4.5,
            **{name: body[name] for name in ("reference", "sku", "seats", "revision")},
        }
        self.subscriptions[subscription["id"]] = subscription
        return 201, subscription

    def order_by_hand(self):
        """A subscription that somebody ordered without us."""
        _status, subscription = self._order(
            {"reference": f"hand-{self.number}", "sku": "A", "seats": 1, "revision": 1}
        )
        return subscription

    def get_seats(self, reference):
        """Seats of the living subscriptions of one of our licenses."""
        return sum(
            subscription["seats"]
            for subscription in self.subscriptions.values()
            if subscription["reference"] == reference
            and subscription["status"] == "active"
        )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        """Nothing in the log of the tests."""

    def _handle(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        mishap = self.server.mishaps.popleft() if self.server.mishaps else None
        if mishap and mishap not in self.server.LATE:
            self._misbehave(mishap)
            return
        parts = urlsplit(self.path)
        status, answer = self.server.do(
            self.command, parts.path, parse_qs(parts.query), self.headers, body
        )
        if mishap:
            self._misbehave({"late": "hang"}.get(mishap, mishap.removeprefix("done_")))
        else:
            self._answer(status, json.dumps(answer))

    do_GET = do_POST = do_PATCH = do_DELETE = _handle

    def _misbehave(self, mishap):
        if mishap == "hang":
            time.sleep(HANG_SECONDS)
            self.close_connection = True
        elif mishap == "reset":
            # Without a farewell: the client meets a broken connection.
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
        elif mishap == "trickle":
            self._trickle()
        elif mishap == "garbage":
            self._answer(200, "<html>Please log in to the Wi-Fi</html>")
        elif mishap == "nonsense":
            self._answer(200, '{"id": "x", "seats": -1}')
        elif mishap == "huge":
            self._answer(200, '"' + "x" * (2 * 1024 * 1024) + '"')
        elif mishap == "deep":
            self._answer(200, "[" * 100_000)
        elif mishap == "half":
            self._answer(500, '{"error": "Half a character: \\ud800"}')
        elif mishap == "echo":
            self._answer(500, json.dumps({"error": f"What is {self.server.key}?"}))
        elif mishap == "detour":
            self._answer(404, "<html>default backend - 404</html>")
        elif mishap == "forever":
            self._answer(503, "{}", **{"Retry-After": "9" * 5000})
        elif mishap == "redirect":
            self._answer(302, "{}", Location="http://127.0.0.1:9/v1/ping")
        elif mishap == "202":
            self._answer(202, "{}")
        elif mishap == "409":
            self._answer(409, '{"code": "in_progress", "error": "At work on it"}')
        elif mishap == "429":
            self._answer(429, "{}", **{"Retry-After": "120"})
        else:
            self._answer(int(mishap), '{"error": "Out of order"}')

    def _trickle(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _index in range(int(HANG_SECONDS * 100)):
            self.wfile.write(b" " * 64)
            self.wfile.flush()
            time.sleep(0.01)

    def _answer(self, status, text, **headers):
        content = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
