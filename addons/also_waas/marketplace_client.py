"""The client of the ALSO Cloud Marketplace. Plain HTTP functions: no database, no
environment.

ALSO's real interface is not public. This is the smallest protocol that R9 needs,
documented so that the other side can be built, or this one file replaced: the addon
calls the public methods of :class:`MarketplaceClient` and catches three errors of
:mod:`.simpleapi.outcomes`, nothing else (``waas.marketplace._get_client`` creates it).

Protocol, JSON over HTTPS, ``Authorization: Bearer <key>`` on each request:

====================================  =================================================
``GET /v1/ping``                      200 when address and key are right
``POST /v1/subscriptions``            order: ``reference``, ``sku``, ``seats``,
                                      ``revision``, ``customer``, ``contract``
``PATCH /v1/subscriptions/{id}``      another number of ``seats``, with its ``revision``
``DELETE /v1/subscriptions/{id}``     cancel, with its ``revision``
``GET /v1/subscriptions``             all of them, in pages; ``?updated_since=`` those
                                      that changed, ``?cursor=`` the next page
====================================  =================================================

Requests that change something carry ``Idempotency-Key``: the same key is the same
request, and gets the answer of the first; only successful answers are kept under a key.
``revision`` counts the requests of one ``reference``: the marketplace refuses one that
is older than the last that it processed (409, code ``stale``), so that a request that
was given up cannot reverse a later one. A reference has one active subscription at
most: a second order changes that one. A cancelled subscription stays cancelled, and is
ordered again as a new one. An answer is a subscription: ``id``, ``reference``, ``sku``,
``seats``, ``status`` (``active`` or ``cancelled``), ``revision``, and ``unit_price``
per seat and month if the caller may know it. 202 means "not yet": the same request
later returns the result.
"""

import json
import time
from typing import NamedTuple
from urllib.parse import quote

import requests
from requests.auth import AuthBase

from .simpleapi.client import get_pause, is_about_certificate
from .simpleapi.outcomes import (
    MarketplaceBusy,
    MarketplaceMisconfigured,
    MarketplaceRefused,
)

MAX_ANSWER_BYTES = 1024 * 1024
MAX_PAGES = 10_000
# Small, so that a slow answer cannot exceed its time limit by much.
CHUNK_BYTES = 64
MAX_TEXT = 300
MAX_NUMBER = 1_000_000_000
STATUSES = ("active", "cancelled")


class Subscription(NamedTuple):
    """The state of the seats of one license at the marketplace."""

    id: str
    reference: str
    sku: str
    seats: int
    is_active: bool
    revision: int
    unit_price: float | None

    @classmethod
    def parse(cls, data):
        """Read a subscription from JSON.

        :raises ValueError: when it is not a subscription, with the reason
        """
        if not isinstance(data, dict):
            raise ValueError("a subscription is an object")
        for name in ("id", "reference", "sku"):
            value = data.get(name)
            if not isinstance(value, str) or not is_storable(value):
                raise ValueError(f"{name} is not a text")
        for name in ("seats", "revision"):
            value = data.get(name)
            # A bool is an int to Python.
            if type(value) is not int or not 0 <= value <= MAX_NUMBER:
                raise ValueError(f"{name} is not a number from 0")
        if not data["id"]:
            raise ValueError("id is empty")
        if data.get("status") not in STATUSES:
            raise ValueError("status is neither active nor cancelled")
        price = data.get("unit_price")
        # NaN fails every comparison.
        if price is not None and (
            type(price) not in (int, float) or not 0 <= price <= MAX_NUMBER
        ):
            raise ValueError("unit_price is not an amount")
        is_active = data["status"] == "active"
        return cls(
            data["id"],
            data["reference"],
            data["sku"],
            data["seats"] if is_active else 0,
            is_active,
            data["revision"],
            price,
        )


def is_storable(text):
    """Whether the database accepts a text from outside: JSON may hold half a
    character."""
    return len(text) <= MAX_TEXT and "\0" not in text and text == make_storable(text)


def make_storable(text):
    return text.encode(errors="replace").decode()


class _Bearer(AuthBase):
    """Sends the key. As ``auth``, so that no .netrc of the server replaces it."""

    def __init__(self, key):
        self.key = key

    def __call__(self, request):
        request.headers["Authorization"] = f"Bearer {self.key}"
        return request


class MarketplaceClient:
    """A session with the marketplace; use it as a context manager.

    :param base_url: address before ``/v1/``
    :param key: the API key
    :param timeout: seconds for one complete answer
    :raises MarketplaceMisconfigured: when no request can carry such a key
    """

    def __init__(self, base_url, key, timeout):
        if not (key.isascii() and key.isprintable()):
            raise MarketplaceMisconfigured(
                "The API key has signs that no key has, perhaps copied with it: enter "
                "it again."
            )
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = _Bearer(key)
        self._session.headers.update(
            {"Accept": "application/json", "User-Agent": "also-waas/1"}
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self._session.close()

    # === PUBLIC METHODS ===#

    def ping(self):
        """Succeed when address and key are correct."""
        self._request("GET", "/v1/ping")

    def order(self, key, payload):
        """Order a subscription.

        :return: :class:`Subscription`; None: accepted, request again
        """
        return self._change("POST", "/v1/subscriptions", key, payload)

    def change(self, key, subscription_id, payload):
        """Change the number of seats of a subscription; returns as :meth:`order`."""
        return self._change("PATCH", self._get_path(subscription_id), key, payload)

    def cancel(self, key, subscription_id, payload):
        """Cancel a subscription; returns as :meth:`order`."""
        return self._change("DELETE", self._get_path(subscription_id), key, payload)

    def list_subscriptions(self, updated_since=None):
        """Yield each :class:`Subscription` of this account.

        :param datetime updated_since: only those that changed since, in UTC
        """
        params = {}
        if updated_since:
            params["updated_since"] = f"{updated_since:%Y-%m-%dT%H:%M:%SZ}"
        seen = set()
        for _page in range(MAX_PAGES):
            _status, data = self._request("GET", "/v1/subscriptions", params=params)
            rows = data.get("subscriptions")
            if not isinstance(rows, list):
                raise MarketplaceBusy(
                    "The marketplace's list of subscriptions is none."
                )
            yield from map(self._parse, rows)
            cursor = data.get("next")
            if not cursor:
                return
            if not isinstance(cursor, str) or cursor in seen:
                break
            seen.add(cursor)
            params = {**params, "cursor": cursor}
        raise MarketplaceBusy("The marketplace's list of subscriptions has no end.")

    # === REQUESTS ===#

    def _get_path(self, subscription_id):
        return f"/v1/subscriptions/{quote(subscription_id, safe='')}"

    def _change(self, method, path, key, payload):
        status, data = self._request(
            method, path, json=payload, headers={"Idempotency-Key": key}
        )
        return None if status == 202 else self._parse(data)

    def _parse(self, data):
        try:
            return Subscription.parse(data)
        except ValueError as error:
            raise MarketplaceBusy(
                f"The marketplace's answer makes no sense: {error}."
            ) from error

    def _request(self, method, path, **kwargs):
        """
        :return: tuple of status and JSON object
        """
        deadline = time.monotonic() + self._timeout
        try:
            with self._session.request(
                method,
                self._base_url + path,
                timeout=self._timeout,
                allow_redirects=False,  # the key is for this host only
                stream=True,
                **kwargs,
            ) as response:
                body = self._read(response, deadline)
        except requests.exceptions.SSLError as error:
            if not is_about_certificate(error):
                raise MarketplaceBusy(
                    "The marketplace broke off before it proved who it is."
                ) from error
            raise MarketplaceMisconfigured(
                "The marketplace cannot prove who it is: its certificate is not valid "
                "for this address."
            ) from error
        except requests.Timeout as error:
            raise MarketplaceBusy(
                f"The marketplace did not answer within {self._timeout:g} seconds."
            ) from error
        except requests.RequestException as error:
            raise MarketplaceBusy(
                f"The marketplace cannot be reached ({type(error).__name__})."
            ) from error
        self._raise_for_status(response, body)
        return response.status_code, self._load(body)

    def _read(self, response, deadline):
        """The body, limited to the size and the time of a valid answer."""
        body = bytearray()
        for chunk in response.iter_content(CHUNK_BYTES):
            body += chunk
            if len(body) > MAX_ANSWER_BYTES:
                raise MarketplaceBusy("The marketplace's answer is too long.")
            if time.monotonic() > deadline:
                raise requests.Timeout()
        return bytes(body)

    def _load(self, body):
        try:
            data = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise MarketplaceBusy(
                "The marketplace's answer is not JSON: perhaps something between us "
                "answered in its place."
            ) from error
        if not isinstance(data, dict):
            raise MarketplaceBusy("The marketplace's answer is not a JSON object.")
        return data

    def _raise_for_status(self, response, body):
        status = response.status_code
        if 200 <= status < 300:
            return
        reason = self._get_reason(response, body)
        said = f"The marketplace answered {status}: {reason}"
        if status in (401, 403):
            raise MarketplaceMisconfigured(f"The API key does not work. {said}")
        if 300 <= status < 400:
            raise MarketplaceMisconfigured(f"This is not its address any more. {said}")
        if status == 409 and self._get_code(body) != "stale":
            raise MarketplaceBusy(said, is_shared=False)
        if status in (408, 425, 429) or status >= 500:
            raise MarketplaceBusy(said, get_pause(response))
        if not self._get_error(body):
            # A proxy, for example while the marketplace is deployed: it refuses every
            # request, and knows nothing of ours.
            raise MarketplaceBusy(said)
        raise MarketplaceRefused(said)

    def _get_reason(self, response, body):
        """The reason of a refusal: ``{"error": "…"}``. Users who cannot read the key
        can read it, so a repeated key is removed."""
        error = self._get_error(body).get("error")
        if not isinstance(error, str):
            error = response.reason or ""
        error = make_storable(error.replace(self._key, "***").replace("\0", " "))
        return " ".join(error.split())[:MAX_TEXT]

    def _get_code(self, body):
        return self._get_error(body).get("code")

    def _get_error(self, body):
        try:
            data = json.loads(body)
        except (ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}
