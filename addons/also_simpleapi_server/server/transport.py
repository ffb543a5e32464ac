"""How SimpleAPI is spoken, and what can go wrong on the way.

A server with a clock of its own; every request and every answer is checked against
:mod:`.schema`, and mistakes are kept in ``mistakes``.
"""

import json
import re
import socket
import ssl
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .faults import RefusedError, SessionExpiredError, write_fault
from .marketplace import Marketplace
from .schema import OPERATIONS, find_answer_mistakes, find_request_mistakes

PATH = "/SimpleAPI/SimpleAPIService.svc/rest/"
HANG_SECONDS = 2.0
UNSEEN = timedelta(minutes=4)
FREE = ("GetSessionToken", "GetServiceInformation")


@dataclass
class Strictness:
    """How this marketplace differs from others; a suite runs under several.

    :param auth_scheme: what stands before the token; empty: nothing
    :param expiry: what an expired session gets: ``"fault"`` or 401
    :param fault_shape: ``"A"`` or ``"B"``
    :param void: the text of an answer that says nothing
    :param company_as_object: whether a single company comes without its list
    """

    auth_scheme: str = "CCPSessionId"
    expiry: object = "fault"
    fault_shape: str = "A"
    void: str = ""
    company_as_object: bool = False


class SimpleApiServer(ThreadingHTTPServer):
    """``mishaps`` are taken one by one, each by the next call that is no login.

    What is in ``LATE`` happens after the call was done: the answer is lost, the effect
    is not.
    """

    daemon_threads = True
    LATE = (
        "lost_hang",
        "lost_reset",
        "lost_500",
        "lost_half",
        "lost_shape",
        "lost_unseen",
    )

    def __init__(self, marketplace=None, strictness=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.marketplace = marketplace or Marketplace()
        self.strictness = strictness or Strictness()
        self.mishaps = deque()
        self.calls = []
        self.mistakes = []
        self.scheme = "http"
        self.hang_seconds = HANG_SECONDS

    def start(self, certificate=None):
        """Serve in a thread.

        :param certificate: path of a certificate and its key: HTTPS
        """
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
            self.scheme = "https"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_port}{PATH}"

    def handle_error(self, request, client_address):
        """Clients that gave up are part of the play."""

    # === CALLS ===#

    def do(self, operation, token, body):
        """:return: what the operation answers
        :raises RefusedError: when it refuses"""
        self.calls.append(operation)
        if operation not in OPERATIONS:
            raise RefusedError(f"The operation {operation} does not exist.")
        if mistakes := find_request_mistakes(operation, body):
            self.mistakes.append((operation, mistakes))
            raise RefusedError(f"The request cannot be read: {mistakes[0]}")
        marketplace = self.marketplace
        with marketplace.lock:
            if operation == "GetSessionToken":
                return marketplace.log_in(**body)
            marketplace.check_session(token)
            if operation == "PingPong":
                return None
            if operation == "TerminateSessionToken":
                marketplace.sessions.pop(token, None)
                return None
            answer = getattr(marketplace, _get_method(operation))(**body)
        if mistakes := find_answer_mistakes(operation, answer):
            self.mistakes.append((operation, mistakes))
        return answer


def _get_method(operation):
    """``GetCompanyByVatId`` -> ``get_company_by_vat_id``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave together, and nobody waits for the rest.
    disable_nagle_algorithm = True

    def log_message(self, *_args):
        """Nothing in the log of the tests."""

    def do_GET(self):
        self._answer(405, b"<html>Method not allowed</html>", "text/html")

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        content = self.rfile.read(length)
        operation = self.path.removeprefix(PATH)
        server = self.server
        mishap = None
        if operation not in FREE and server.mishaps:
            mishap = server.mishaps.popleft()
        if operation == "GetSessionToken" and server.marketplace.is_locked_out():
            self._answer(403, b"", "text/html")
            return
        if mishap and mishap not in server.LATE:
            self._misbehave(mishap)
            return
        if mishap == "lost_unseen":
            server.marketplace.hides_next = UNSEEN
        try:
            body = json.loads(content or b"{}")
            answer = server.do(operation, self._read_token(), body)
        except RefusedError as error:
            if error.is_session_expired and server.strictness.expiry == 401:
                self._answer(401, b"", "text/html")
            else:
                self._refuse(error)
            return
        if mishap:
            self._misbehave(mishap.removeprefix("lost_"))
            return
        self._tell(answer)

    def _read_token(self):
        scheme = self.server.strictness.auth_scheme
        value = self.headers.get("Authenticate", "")
        prefix = f"{scheme} " if scheme else ""
        return value[len(prefix) :] if value.startswith(prefix) else ""

    # === ANSWERS ===#

    def _tell(self, answer):
        strictness = self.server.strictness
        if answer is None:
            self._answer(200, strictness.void.encode())
            return
        is_single = isinstance(answer, list) and len(answer) == 1
        if strictness.company_as_object and is_single and "AccountType" in answer[0]:
            [answer] = answer
        # As the technology of the real server writes a solidus.
        self._answer(200, json.dumps(answer).replace("/", "\\/").encode())

    def _refuse(self, error):
        shape = self.server.strictness.fault_shape
        self._answer(500, write_fault(error, shape), "application/xml; charset=utf-8")

    def _answer(self, status, content, kind="application/json", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    # === MISHAPS ===#

    def _misbehave(self, mishap):
        method = getattr(self, f"_do_{mishap}", None)
        if method:
            method()
        else:
            self._answer(int(mishap), b"<html>Out of order</html>", "text/html")

    def _do_hang(self):
        time.sleep(self.server.hang_seconds)
        self.close_connection = True

    def _do_reset(self):
        """Without a farewell: the client meets a broken connection."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True

    def _do_unseen(self):
        """Done, and nobody sees it for some minutes."""
        self._do_reset()

    def _do_half(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"AccountId": 3')
        self.close_connection = True

    def _do_shape(self):
        """JSON, but not what was asked for."""
        self._answer(200, b'{"Message": "OK"}')

    def _do_trickle(self):
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        for _index in range(int(self.server.hang_seconds * 100)):
            self.wfile.write(b" " * 64)
            self.wfile.flush()
            time.sleep(0.01)

    def _do_expired(self):
        token = self._read_token()
        self.server.marketplace.sessions.pop(token, None)
        self._refuse(SessionExpiredError("The session has expired."))

    def _do_html(self):
        self._answer(200, b"<html>Please log in to the Wi-Fi</html>", "text/html")

    def _do_fault_with_200(self):
        self._answer(200, write_fault(RefusedError("No.")), "text/xml")

    def _do_cut_fault(self):
        fault = write_fault(RefusedError("No."))
        self._answer(500, fault[: len(fault) // 2], "application/xml")

    def _do_bomb(self):
        bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
        self._answer(500, bomb + b"<Fault><Text>&b;</Text></Fault>", "text/xml")

    def _do_large_fault(self):
        fault = write_fault(RefusedError("x" * (20 * 1024 * 1024)))
        self._answer(500, fault, "application/xml")

    def _do_echo(self):
        """A refusal that repeats what only the two of us know."""
        [(user, password)] = self.server.marketplace.users.items()
        said = f"User {user} with {password} and {self._read_token()} may not."
        self._refuse(RefusedError(said))

    def _do_slow_down(self):
        self._answer(429, b"", Retry_After="8")

    def _do_redirect(self):
        self._answer(302, b"", Location="http://127.0.0.1:9/elsewhere")
