"""Sessions of Salesforce, which a vault may take in place of its own."""

from __future__ import annotations

import random

from vaultio.sandbox.sessions import Session
from vaultio.sandbox.stores.users import HOME_VAULT, User
from vaultio.sandbox.wire import SandboxRequest

HOST = "example.my.salesforce.com"


class Salesforce:
    """The Salesforce organisation that the vault knows; *is_allowed* is its security policy."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()
        self._sessions: dict[tuple[str, str], Session] = {}
        self.is_allowed = True

    def start(self, user: User, host: str = HOST) -> str:
        """Start a session of Salesforce for the user of the same name, and return its id."""
        session_id = f"00D5g0000001abc!{self._random.getrandbits(160):040x}"
        session = Session(
            id=session_id, user=user, vault_id=HOME_VAULT, started=0, last_used=0, is_token=True
        )
        self._sessions[session_id, f"https://{host}"] = session
        return session_id

    def end_all(self) -> None:
        """End all sessions of Salesforce."""
        self._sessions.clear()

    def find(self, request: SandboxRequest) -> Session | None:
        """Return the session that a request brings, if it says that it is one of Salesforce."""
        query, headers = request.params, request.headers
        if "sfdc" not in (query.get("ext_ns"), headers.get("x-auth-provider")):
            return None
        session_id = query.get("auth") or headers.get("authorization", "")
        host = query.get("ext_url") or headers.get("x-auth-host", "")
        return self._sessions.get((session_id, host)) if self.is_allowed else None
