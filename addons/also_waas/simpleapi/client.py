"""The one door to a marketplace that speaks SimpleAPI.

A call is a POST of a JSON object to the name of an operation. Its answer is bare JSON,
nothing, or a fault in XML. Whoever calls gets the decoded answer, or one of the errors
of :mod:`.outcomes`: a change without a readable answer is *in doubt*, everything else
was certainly not done.
"""

import json
import ssl
import time
from decimal import Decimal
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .faults import read_fault
from .operations import LOGIN, LOGOUT, READS, WRITES
from .outcomes import (
    MarketplaceBusy,
    MarketplaceError,
    MarketplaceInDoubt,
    MarketplaceMisconfigured,
    MarketplaceRefused,
)
from .profile import DEFAULT

CHUNK_BYTES = 16 * 1024
MAX_TEXT = 300
MAX_DIGITS = 10
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def get_url_problem(url):
    """Why credentials cannot be sent to an address, as a sentence, or None."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _port = parts.port  # raises when it is invalid
    except ValueError:
        return "This is not an address: it looks like https://marketplace.example.com."
    if not host or parts.query or parts.fragment or parts.username or parts.password:
        return "Give the address alone, like https://marketplace.example.com."
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOCAL_HOSTS):
        return None
    return "The address must begin with https://, so that the connection is encrypted."


class SimpleApiClient:
    """Calls of one user; use it as a context manager.

    :param str base_url: address before the name of an operation
    :param str username: of a dedicated user without second factor
    :param str password: its password
    :param sessions: where all workers share the token, as
        :class:`.sessions.MemorySessions`
    :param profile: :class:`.profile.SimpleApiProfile` of this marketplace
    :param certificates: path of certificates to trust instead of the system's
    """

    def __init__(
        self,
        base_url,
        username,
        password,
        sessions,
        profile=DEFAULT,
        certificates=None,
    ):
        self._base_url = base_url.rstrip("/") + "/"
        self._username = username
        self._password = password
        self._sessions = sessions
        self.profile = profile
        self._http = requests.Session()
        self._http.auth = _add_nothing
        # For each call: settings of the machine would replace that of the session.
        self._verify = {"verify": certificates} if certificates else {}
        self._http.headers.update(
            {"Accept": "application/json", "User-Agent": "also-waas/2"}
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._http.close()

    # === CALLS ===#

    def call(self, operation, **members):
        """Call an operation, logging in where that is necessary.

        :param str operation: one of :mod:`.operations`
        :param members: of the request, by their names; None leaves one out
        :return: what the JSON of the answer says; numbers with a point as ``Decimal``;
            None for nothing
        :raises MarketplaceInDoubt: when a change may have been done, or not
        :raises MarketplaceError: another one when it was certainly not done
        """
        if operation not in READS | WRITES:
            raise ValueError(f"{operation} is no operation that we call")
        body = {name: value for name, value in members.items() if value is not None}
        token = self._sessions.get_token() or self._login(None)
        try:
            return self._post(operation, body, token)
        except _SessionExpiredError:
            token = self._login(token)
        try:
            return self._post(operation, body, token)
        except _SessionExpiredError as error:
            raise MarketplaceBusy(
                "The marketplace ends each session as soon as it began."
            ) from error

    def forget_session(self):
        """Log in anew with the next call, also after failed logins."""
        self._sessions.forget()

    def close_session(self):
        """Log out, for a user who disconnects; errors do not matter."""
        if token := self._sessions.get_token():
            self._sessions.forget()
            try:
                self._post(LOGOUT, {}, token)
            except (MarketplaceError, _SessionExpiredError):
                return

    def _login(self, stale):
        """A valid token: of another worker that logged in meanwhile, or our own."""
        return self._sessions.renew(stale, self._ask_for_token)

    def _ask_for_token(self):
        credentials = {"username": self._username, "password": self._password}
        token = self._post(LOGIN, credentials, None)
        if isinstance(token, dict):
            token = token.get("Value")
        if not isinstance(token, str) or not token.isascii() or not token.strip():
            raise MarketplaceBusy("The marketplace's answer to the login is no token.")
        return token.strip()

    # === TRANSPORT ===#

    def _post(self, operation, body, token):
        is_write = operation in WRITES
        self._sessions.wait_for_turn(self.profile.min_interval)
        limit = self.profile.write_timeout if is_write else self.profile.read_timeout
        deadline = time.monotonic() + limit
        if is_write:
            # On a connection of its own: one that the server closed meanwhile would
            # leave the change in doubt.
            self._http.close()
        try:
            with self._http.post(
                self._base_url + operation,
                data=json.dumps(body, default=_to_json).encode(),
                headers=self._get_headers(token),
                timeout=limit,
                allow_redirects=False,
                stream=True,
                **self._verify,
            ) as response:
                content = self._read(response, deadline)
        except requests.RequestException as error:
            raise self._explain_broken(error, is_write, limit) from error
        return self._judge(operation, response, content)

    def _get_headers(self, token):
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if token:
            scheme = self.profile.auth_scheme
            headers["Authenticate"] = f"{scheme} {token}" if scheme else token
        return headers

    def _read(self, response, deadline):
        """The answer, limited to the size and the time of a valid one."""
        content = bytearray()
        for chunk in response.iter_content(CHUNK_BYTES):
            content += chunk
            if len(content) > self.profile.max_answer_bytes:
                raise _TooLongError("The marketplace's answer is too long.")
            if time.monotonic() > deadline:
                raise requests.Timeout()
        return bytes(content)

    def _explain_broken(self, error, is_write, limit):
        """The connection broke: whether anything can have been done."""
        if isinstance(error, requests.exceptions.SSLError):
            if is_about_certificate(error):
                return MarketplaceMisconfigured(
                    "The marketplace cannot prove who it is: its certificate is not "
                    "valid for this address."
                )
            return self._get_unknown(
                is_write, "The marketplace broke off before it answered."
            )
        if isinstance(error, _TooLongError):
            return self._get_unknown(is_write, str(error))
        if _is_unsent(error):
            return MarketplaceBusy(
                f"The marketplace cannot be reached ({type(error).__name__})."
            )
        if isinstance(error, requests.Timeout):
            return self._get_unknown(
                is_write, f"The marketplace did not answer within {limit:g} seconds."
            )
        return self._get_unknown(
            is_write, f"The marketplace's answer broke off ({type(error).__name__})."
        )

    @staticmethod
    def _get_unknown(is_write, message):
        if is_write:
            return MarketplaceInDoubt(
                f"{message} Whether it was done is not known: it is read back."
            )
        return MarketplaceBusy(message)

    # === ANSWERS ===#

    def _judge(self, operation, response, content):
        """The decoded answer, or what the status and a fault say."""
        fault = read_fault(content, self.profile.max_fault_bytes)
        status = response.status_code
        if status == 401 or (fault and fault.is_session_expired):
            if operation == LOGIN:
                raise MarketplaceMisconfigured(self._get_login_problem(fault))
            raise _SessionExpiredError()
        if status == 403:
            raise MarketplaceBusy(
                "The marketplace locks us out: too many logins or calls, or this "
                "server's address is not admitted.",
                self.profile.pause_403,
            )
        if status == 429:
            raise MarketplaceBusy(
                "The marketplace asks for a slower pace.",
                get_pause(response) or self.profile.pause_429,
            )
        if fault:
            if operation == LOGIN:
                raise MarketplaceMisconfigured(self._get_login_problem(fault))
            raise MarketplaceRefused(self._mask(fault.message) or "Without a reason.")
        if 200 <= status < 300:
            return self._load(operation, content)
        if 300 <= status < 500 and status != 408:
            raise MarketplaceMisconfigured(
                f"The marketplace does not know {operation} at this address ({status}):"
                " check the address."
            )
        raise self._get_unknown(
            operation in WRITES, f"The marketplace answered {status}."
        )

    def _load(self, operation, content):
        text = content.strip()
        if not text:
            return None
        try:
            return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            if operation == LOGIN and _is_bare_token(text):
                return text.decode()
            raise self._get_unknown(
                operation in WRITES,
                "The marketplace's answer is not JSON: perhaps something between us "
                "answered in its place.",
            ) from error

    def _get_login_problem(self, fault):
        message = fault.message if fault else ""
        if "enabled MFA" in message:
            return (
                "The user has to confirm logins with a second factor: ask ALSO to turn "
                "that off for this user."
            )
        if "username and password" in message:
            return "User or password is wrong."
        said = self._mask(message)
        return f"The marketplace refuses the login. {said}".strip()

    def _mask(self, text):
        """A text of the server that users read: without what only the server and this
        connection may know."""
        secrets = (self._password, self._username, self._sessions.get_token())
        for secret in filter(None, secrets):
            for written in (secret, secret.replace("/", "\\/")):
                text = text.replace(written, "***")
        text = text.replace("\0", " ").encode(errors="replace").decode()
        return " ".join(text.split())[:MAX_TEXT]


class _SessionExpiredError(Exception):
    """The token is not valid any more; nothing was done."""


class _TooLongError(requests.RequestException):
    """More than any valid answer."""


def _add_nothing(request):
    """No credentials of a .netrc file of the server."""
    return request


def get_pause(response):
    """Seconds of ``Retry-After``; None for a date or nonsense."""
    value = response.headers.get("Retry-After", "")
    is_number = value.isascii() and value.isdigit() and len(value) < MAX_DIGITS
    return int(value) if is_number else None


def is_about_certificate(error):
    """Whether a certificate caused the error, and not a lost connection."""
    while error and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return bool(error)


def _is_unsent(error):
    """Whether the connection was never made."""
    while error:
        if isinstance(error, (NewConnectionError, ConnectTimeoutError)):
            return True
        reason = getattr(error, "reason", None)
        if isinstance(reason, (NewConnectionError, ConnectTimeoutError)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_bare_token(text):
    return text.isascii() and not text.startswith(b"<") and len(text.split()) == 1


def _to_json(value):
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return int(value) if whole else float(value)
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _refuse(word):
    raise ValueError(f"{word} is no number")
