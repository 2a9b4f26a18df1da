"""How a worker on another machine opens a `Vault` of its own, said without a secret.

A recipe travels: it is pickled, lies on the cluster's scheduler, and may be printed. So it says
where a secret is, never what it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from attrs import Attribute, evolve, field, frozen

from vaultio.client import Vault
from vaultio.config import Config
from vaultio.credentials import (
    LOGIN_HOST,
    AccessToken,
    Credentials,
    OAuth,
    Password,
    SessionId,
)
from vaultio.errors import InvalidArgumentError
from vaultio.limiter import Limiter, Pace, Quota
from vaultio.limiter.rules import DEFAULT_BURST, DEFAULT_DAILY, DEFAULT_PACE
from vaultio.references import has_password, is_reference, looked_up
from vaultio.tokens import token_source

_SERVERS = ("redis", "rediss", "valkey", "valkeys")


def _reference(_: Any, attribute: Attribute[Any], value: str | None) -> None:
    """Refuse what is no reference, without showing it: it may be the secret itself."""
    if value is not None and not is_reference(value):
        raise InvalidArgumentError(
            f"{attribute.name} says where a worker finds it, never what it is: env:NAME, "
            f"file:/path, keyring:service/name or call:module:function"
        )


@frozen(kw_only=True)
class Recipe:
    """What a worker needs to open a `Vault`; the driver may open its own by it, too.

    One of *password* (with *user*), *oauth_token* (with *oauth_profile*, looked up anew for each
    login), *session_id* and *access_token* says **where** the secret is
    found on each worker: ``env:NAME`` is an environment variable, ``file:/path`` the first line of
    a file that nobody else may read, ``keyring:service/name`` an entry of the system's keyring,
    ``call:module:function`` what a function returns that can be imported there (with *credentials*:
    the `Credentials` as a whole).

    *store* is where all holders share the quotas, ``redis://host:port/db``, or a reference to that
    if the address has a password. It is required: each worker would count by itself. *burst*,
    *daily* and *pace* are the quotas, as in `Limiter`; *config* as in `Vault`, without a context
    for TLS, which cannot travel (``SSL_CERT_FILE`` names authorities on each worker).
    """

    url: str
    api_version: str
    user: str | None = None
    password: str | None = field(default=None, validator=_reference)
    session_id: str | None = field(default=None, validator=_reference)
    access_token: str | None = field(default=None, validator=_reference)
    oauth_token: str | None = field(default=None, validator=_reference)
    oauth_profile: str | None = None
    oauth_client_id: str | None = None
    oauth_host: str = LOGIN_HOST
    credentials: str | None = field(default=None, validator=_reference)
    store: str | None = field(default=None, repr=False)
    burst: Quota | None = DEFAULT_BURST
    daily: Quota | None = DEFAULT_DAILY
    pace: Pace | None = DEFAULT_PACE
    config: Config = field(factory=Config)

    def __attrs_post_init__(self) -> None:
        given = [self.password, self.session_id, self.access_token, self.credentials]
        halves = [(self.password, self.user), (self.oauth_token, self.oauth_profile)]
        is_half = any(secret and not name for secret, name in halves)
        if sum(one is not None for one in [*given, self.oauth_token]) != 1 or is_half:
            raise InvalidArgumentError(
                "a recipe has one of password (with user), oauth_token (with oauth_profile), "
                "session_id, access_token, credentials"
            )
        if self.config.ssl_context is not None:
            raise InvalidArgumentError(
                "a TLS context cannot be sent to a worker: set SSL_CERT_FILE there"
            )
        if not is_reference(self.store):
            self._check_store(self.store)

    def _check_store(self, store: str | None) -> None:
        """Refuse a store that each worker would have for itself: none, a file."""
        if urlsplit(store or "").scheme not in _SERVERS and (self.burst or self.daily):
            is_file = (store or "").startswith("sqlite:")
            raise InvalidArgumentError(
                f"{'the store is a file, which only one machine sees: ' if is_file else ''}"
                "workers on several machines need one store for the quotas, store='redis://...': "
                "without it each would count by itself, and all together call many times what "
                "the vault allows"
            )
        if store is not None and not is_reference(self.store) and has_password(store):
            raise InvalidArgumentError(
                "the store's address has a password, and a recipe travels: put the address into "
                "an environment variable of the workers, and say store='env:NAME'"
            )

    @asynccontextmanager
    async def opened(self, at_once: int = 1) -> AsyncIterator[Vault]:
        """Open a client here, with room for so many calls at once.

        Raises `InvalidArgumentError` if a reference leads nowhere; it names the reference.
        """
        credentials = await self._credentials()
        slots = max(self.config.concurrency, at_once + self.config.interactive_slots)
        store = self.store
        if store is not None and is_reference(store):
            store = str(await _found(store))
            self._check_store(store)
        limiter = Limiter(burst=self.burst, daily=self.daily, pace=self.pace, store=store)
        try:
            async with Vault(
                self.url,
                credentials,
                api_version=self.api_version,
                config=evolve(self.config, concurrency=slots),
                limiter=limiter,
            ) as vault:
                yield vault
        finally:
            await limiter.aclose()

    async def _credentials(self) -> Credentials:
        if self.credentials is not None:
            found: Credentials = await _found(self.credentials)
            return found
        if self.oauth_token is not None:
            source = token_source(self.oauth_token)
            return OAuth(self.oauth_profile or "", source, self.oauth_client_id, self.oauth_host)
        if self.session_id is not None:
            return SessionId(await _found(self.session_id))
        if self.access_token is not None:
            return AccessToken(await _found(self.access_token))
        assert self.password is not None
        return Password(self.user or "", await _found(self.password))


async def _found(reference: str) -> Any:
    """Find what a reference names, in a thread: it may read files and import modules."""
    return await anyio.to_thread.run_sync(looked_up, reference)
