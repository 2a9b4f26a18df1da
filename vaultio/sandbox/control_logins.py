"""Controls of time, and of who may come in: ``/sandbox/clock``, ``/sandbox/tokens``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vaultio.sandbox.identity import LIFETIME_S, Token
from vaultio.sandbox.wire import SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox


async def control(sandbox: Sandbox, request: SandboxRequest) -> dict[str, Any] | None:
    """Do what is asked for; None if nothing here goes by that name."""
    match request.method, request.path:
        case "POST", "/sandbox/clock":
            sandbox.clock.let_pass(float((await _values(request))["seconds"]))
            return {"ahead_s": sandbox.clock.ahead_s}
        case "GET", "/sandbox/tokens":
            return {"tokens": [_described(sandbox, token) for token in sandbox.identity]}
        case "POST", "/sandbox/tokens":
            values = await _values(request)
            user = sandbox.users.find(str(values.get("username")))
            if user is None:
                raise ValueError("a token is for a user: username")
            lifetime_s = float(values.get("lifetime_s", LIFETIME_S))
            return {"token": sandbox.identity.issue(user, lifetime_s)}
        case "POST", "/sandbox/tokens/expire":
            return {"expired": sandbox.identity.expire_all()}
        case "DELETE", path if path.startswith("/sandbox/tokens/"):
            is_there = sandbox.identity.revoke(int(path.rpartition("/")[2]))
            return {} if is_there else None
    return None


async def _values(request: SandboxRequest) -> dict[str, Any]:
    values = json.loads(await request.read())
    if not isinstance(values, dict):
        raise TypeError("a JSON object was expected")
    return values


def _described(sandbox: Sandbox, token: Token) -> dict[str, Any]:
    """Tell of a token, but not the token."""
    return {
        "id": token.id,
        "username": token.user.username,
        "is_good": sandbox.identity.is_good(token),
        "expires_in_s": token.expires - sandbox.clock(),
        "is_revoked": token.is_revoked,
        "logins": token.logins,
    }
