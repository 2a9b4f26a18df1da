"""Login, logout, and who am I."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vaultio.sandbox import versions
from vaultio.sandbox.call import Call, json_reply
from vaultio.sandbox.failures import RefusedError, missing
from vaultio.sandbox.forms import read_form
from vaultio.sandbox.routing import JSON, Routes
from vaultio.sandbox.stores.users import User, no_password, wrong_password
from vaultio.sandbox.wire import SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

routes = Routes()


async def login(sandbox: Sandbox, request: SandboxRequest, headers: dict[str, str]) -> SandboxReply:
    """Start a session: the one operation that needs none. Fills the answer's *headers*."""
    if request.method != "POST":
        raise RefusedError(
            "METHOD_NOT_SUPPORTED", f"Request method '{request.method}' not supported"
        )
    try:
        return json_reply(await _login(sandbox, request, headers))
    except RefusedError:
        sandbox.sessions.failed_logins += 1
        raise


async def _login(sandbox: Sandbox, request: SandboxRequest, headers: dict[str, str]) -> JSON:
    form = (await read_form(request)).values
    username, password = form.get("username"), form.get("password")
    if not username:
        refusal = missing("username")
        refusal.extra["errorType"] = "AUTHENTICATION_FAILED"
        raise refusal
    host = form.get("vaultDNS") or request.host
    key = f"{username.lower()} {host.lower()}"
    try:
        delay_ms = sandbox.login_quota.take(key)
    finally:
        headers.update(sandbox.login_quota.headers(key))
    if delay_ms:
        headers["X-VaultAPI-ResponseDelay"] = str(delay_ms)
        await asyncio.sleep(delay_ms / 1000)
    if not password:
        raise no_password()
    user = sandbox.users.find(username)
    if user is None:
        raise wrong_password()
    user.check(password)
    return landed(sandbox, user, host, request.origin, headers)


def landed(sandbox: Sandbox, user: User, host: str, origin: str, headers: dict[str, str]) -> JSON:
    """Start a session in the vault at *host*; *origin* is where one without a host would be."""
    vault = sandbox.vaults.target(host)
    sandbox.sessions.logins += 1
    user.last_login = sandbox.stamp()
    headers["X-VaultAPI-VaultId"] = str(vault.id)
    headers["X-VaultAPI-UserId"] = str(user.id)
    return {
        "sessionId": sandbox.sessions.start(user, vault.id),
        "userId": user.id,
        "vaultIds": [
            {"id": one.id, "name": one.name, "url": one.url(origin)} for one in sandbox.vaults
        ],
        "vaultId": vault.id,
    }


async def api_versions(call: Call) -> JSON:
    """Retrieve API Versions; it has no version itself, so the core calls it."""
    if call.request.method != "GET":
        raise RefusedError(
            "METHOD_NOT_SUPPORTED", f"Request method '{call.request.method}' not supported"
        )
    origin = call.sandbox.settings.link_origin or call.request.origin
    return {"values": {str(one): f"{origin}/api/{one}" for one in versions.OFFERED}}


@routes.on("DELETE", "/session")
async def end_session(call: Call) -> JSON:
    """End the session of this call, and no other."""
    call.sandbox.sessions.end(call.session.id)
    return {}


@routes.on("POST", "/keep-alive")
async def keep_alive(_call: Call) -> JSON:
    """Keep the session from idling away, which any call does."""
    return {}


@routes.on("GET", "/objects/users/me")
async def validate_session_user(call: Call) -> JSON:
    """Describe the user who calls."""
    user = call.user
    values = {
        "id": user.id,
        "user_name__v": user.username,
        "user_email__v": user.username,
        "active__v": user.active,
        **user.fields,
    }
    return {"users": [{"user": values}], "size": 1}
