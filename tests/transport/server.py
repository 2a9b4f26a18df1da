"""A Vault of a few lines behind a real socket, whose answers a test writes itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from attrs import frozen

from tests.leaks import PASSWORD
from vaultio import Config, Limiter, Password, SessionId, Vault
from vaultio.sandbox.raw import RawRequest, RawServer, Reaction, reply

SUCCESS = reply({"responseStatus": "SUCCESS"})
DOCUMENT = reply({"responseStatus": "SUCCESS", "document": {"id": 7}})


def failure(error_type: str, message: str = "No.", **more: Any) -> bytes:
    """Build Vault's way to say no."""
    errors = [{"type": error_type, "message": message}]
    return reply({"responseStatus": "FAILURE", "errors": errors, **more})


def login(session: str = "S-1", *, host: str = "127.0.0.1", vault_id: int = 1) -> bytes:
    """Build the answer to a login."""
    vaults = [{"id": 1, "name": "Quality", "url": f"http://{host}/api"}]
    answer = {"responseStatus": "SUCCESS", "sessionId": session, "userId": 5}
    return reply({**answer, "vaultIds": vaults, "vaultId": vault_id})


def answers(*script: Reaction) -> Callable[[RawRequest], Reaction]:
    """Answer logins and their end as usual, and other requests by *script*; the last repeats."""
    left = list(script)

    def react(request: RawRequest) -> Reaction:
        if request.target.endswith("/auth"):
            return login()
        if request.target.endswith("/session"):
            return SUCCESS
        return left.pop(0) if len(left) > 1 else left[0]

    return react


def calls(server: RawServer) -> list[RawRequest]:
    """List the requests that are neither a login nor the end of a session."""
    return [r for r in server.requests if not r.target.endswith(("/auth", "/session"))]


def logins(server: RawServer) -> int:
    """Count the logins."""
    return sum(request.target.endswith("/auth") for request in server.requests)


class Served(Protocol):
    """A server, or what stands before one."""

    @property
    def url(self) -> str:
        """The address to call."""


@frozen
class At:
    """What is served elsewhere, at *url*."""

    url: str


def client(
    server: Served, settings: Mapping[str, Any] | None = None, *, password: bool = True
) -> AbstractAsyncContextManager[Vault]:
    """Open a client of the server, with settings of `Config` and no limits on calls.

    It logs in with a password, or brings a session.
    """
    credentials = Password("ana@example.com", PASSWORD) if password else SessionId("S-0")
    return Vault(
        server.url,
        credentials,
        api_version="v11.0",
        config=Config(**(settings or {})),
        limiter=Limiter.unlimited(),
    )
