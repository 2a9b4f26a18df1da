"""What ``login.veevavault.com`` serves: sessions for tokens, and how a user logs in.

The sandbox does so under whatever name it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from vaultio.sandbox.failures import RefusedError, missing, not_found
from vaultio.sandbox.forms import read_form
from vaultio.sandbox.identity import Profile
from vaultio.sandbox.rooms.authentication import landed
from vaultio.sandbox.routing import JSON
from vaultio.sandbox.wire import SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox

PREFIX = "/auth/"


async def serve(sandbox: Sandbox, request: SandboxRequest, headers: dict[str, str]) -> JSON:
    """Answer what comes to ``/auth/``, without an API version; fills the answer's *headers*."""
    parts = [unquote(part) for part in request.path.removeprefix(PREFIX).split("/")]
    is_discovery, is_session = parts == ["discovery"], parts[:2] == ["oauth", "session"]
    if not is_discovery and not (is_session and len(parts) == 3):
        raise not_found("/".join(parts))
    if request.method != "POST":
        raise RefusedError(
            "METHOD_NOT_SUPPORTED", f"Request method '{request.method}' not supported"
        )
    form = (await read_form(request)).values
    if is_discovery:
        return discovery(sandbox, request, {**form, **request.params})
    try:
        return session(sandbox, request, form, parts[2], headers)
    except RefusedError:
        sandbox.sessions.failed_logins += 1
        raise


def session(
    sandbox: Sandbox,
    request: SandboxRequest,
    form: dict[str, str],
    profile_id: str,
    headers: dict[str, str],
) -> JSON:
    """Start a session for a token, in the vault that the form names."""
    user = sandbox.identity.check(profile_id, request.headers.get("authorization", ""))
    # This host is no vault's: one without a name of its own goes by the name it was asked for.
    host = form.get("vaultDNS") or request.host
    return landed(sandbox, user, host, f"{request.scheme}://{host}", headers)


def discovery(sandbox: Sandbox, request: SandboxRequest, asked: dict[str, str]) -> JSON:
    """Say how a user logs in; of one that nobody knows it says "by password"."""
    username = asked.get("username")
    if not username:
        raise missing("username")
    with_msal = request.headers.get("x-vaultapi-authincludemsal", "").lower() == "true"
    ways = sandbox.identity.ways.get(username.lower())
    if ways is None:
        return {"data": {"auth_type": "password"}, "errors": []}
    profiles = [sandbox.identity.profiles[one] for one in ways]
    rows = [_described(one, request, asked.get("client_id"), with_msal) for one in profiles]
    return {"data": {"auth_type": "sso", "auth_profiles": rows}, "errors": []}


def _described(
    profile: Profile, request: SandboxRequest, client_id: str | None, with_msal: bool
) -> JSON:
    described: JSON = {
        "id": profile.id,
        "label": profile.label,
        "description": profile.description,
        "vault_session_endpoint": f"{request.origin}{PREFIX}oauth/session/{profile.id}",
        "oauthProviderType": profile.provider,
        "use_adal": False,
        "as_metadata": {"token_endpoint": profile.token_endpoint},
    }
    if with_msal:
        described["use_msal"] = profile.uses_msal
    if client_id in profile.clients:
        described["as_client_id"] = profile.clients[client_id]
    return described
