"""Asking how a user logs in, before anybody is logged in."""

from __future__ import annotations

import httpx

from vaultio.config import Config
from vaultio.credentials import LOGIN_HOST
from vaultio.limiter import Limiter
from vaultio.models import Discovery
from vaultio.protocol.login import discovery_request
from vaultio.protocol.readers import one
from vaultio.protocol.version import ApiVersion
from vaultio.transport.caller import Caller
from vaultio.transport.road import Road
from vaultio.transport.wire import Lent

_ANY = ApiVersion(11, 0)  # the path has none


async def discover(
    username: str,
    *,
    client_id: str | None = None,
    host: str = LOGIN_HOST,
    config: Config | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Discovery:
    """Ask Vault how a user logs in: by password, by a profile for OpenID Connect, or by SAML.

    Nothing in vaultio does this by itself: it tells a public host, the same for all customers, who
    is about to log in. No secret is sent, and none is needed. With the *client_id* of an
    application profiles say what the authorization server calls it. *transport* stays open.

    ``POST https://login.veevavault.com/auth/discovery``
    Reference: Authentication › Authentication Type Discovery
    """
    settings = config or Config()
    lent = None if transport is None else Lent(transport)
    caller = Caller.bare(Road.open(host, _ANY, settings, Limiter.unlimited(), lent))
    try:
        return await caller.send(discovery_request(username, client_id), one("data", Discovery))
    finally:
        await caller.close()
