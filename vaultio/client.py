"""The client: opens, closes, one attribute a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, get_args, overload

import httpx

from vaultio import logs
from vaultio.config import Config
from vaultio.credentials import AccessToken, Credentials, SessionId
from vaultio.endpoints.entrance import room
from vaultio.errors import InvalidArgumentError
from vaultio.limiter import Limiter, Meter, Priority, Usage
from vaultio.protocol.any_call import Accept, any_call
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.request import Method
from vaultio.protocol.version import ApiVersion
from vaultio.transport import Caller, Observer, Verifier
from vaultio.transport.delegation import delegated, delegations

if TYPE_CHECKING:
    from vaultio.endpoints import (
        ApiMetadata,
        Binders,
        ControlledCopies,
        DocumentEvents,
        DocumentMetadata,
        Documents,
        DomainInformation,
        Groups,
        Jobs,
        ObjectRecords,
        Objects,
        Picklists,
        Query,
        SecurityPolicies,
        Users,
        Workflows,
    )
    from vaultio.models import Delegation
    from vaultio.transport.rehearsal import Note

_NONE: Mapping[str, object] = MappingProxyType({})


class Vault:
    """A client of one vault.

    Use it as ``async with``: leaving the block ends the session, if the client opened it, and
    closes the connections. Nothing is sent before the first call. One client serves any number
    of tasks of one event loop; a *limiter* may be shared by several clients of the same vault.

    Args:
        base_url: ``https://myvault.veevavault.com``; plain http for one's own machine alone.
        credentials: `Password`, `OAuth`, `SessionId`, `AccessToken` or `SalesforceSession`.
        api_version: such as ``"v24.3"``.
        config: the settings, if not the defaults.
        limiter: the quotas, if not 2,000 calls in 300 s and 100,000 in 24 h.
        transport: any httpx transport, for tests or a network of one's own.
        observers: who is told of each call, such as `vaultio.integrations.telemetry.Telemetry`.
    """

    api_metadata: ApiMetadata = room()
    binders: Binders = room()
    controlled_copies: ControlledCopies = room()
    document_events: DocumentEvents = room()
    document_metadata: DocumentMetadata = room()
    documents: Documents = room()
    domain: DomainInformation = room()
    groups: Groups = room()
    jobs: Jobs = room()
    object_records: ObjectRecords = room()
    objects: Objects = room()
    picklists: Picklists = room()
    query: Query = room()
    users: Users = room()
    security_policies: SecurityPolicies = room()
    workflows: Workflows = room()
    _is_view = False

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        api_version: str | ApiVersion,
        config: Config | None = None,
        limiter: Limiter | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        observers: Sequence[Observer] = (),
    ) -> None:
        logs.from_environment()
        if not isinstance(credentials, Credentials):
            kinds = ", ".join(kind.__name__ for kind in get_args(Credentials))
            raise InvalidArgumentError(
                f"credentials are one of {kinds}, not a {type(credentials).__name__}"
            )
        version = ApiVersion.parse(api_version)
        settings, quotas = config or Config(), limiter or Limiter()
        self._caller = Caller.open(
            base_url, credentials, version, settings, quotas, transport, observers
        )

    @property
    def api_version(self) -> ApiVersion:
        """The API version that calls go out with."""
        return self._caller.version

    @property
    def base_url(self) -> str:
        """The vault's address: scheme, host and port."""
        return self._caller.origin

    @property
    def limiter(self) -> Limiter:
        """The limiter that all calls of this client pass."""
        return self._caller.limiter

    async def quota(self) -> Usage:
        """Tell what is used of the vault's quotas, what is left, and who waits, as of now.

        ``left`` and ``used`` are calls, ``next_return_s`` the seconds until more come back. With a
        store that others share this is about all of them. Of calls that wait for a connection
        those of this client are counted. No call to Vault is made. Raises `QuotaWaitError` if a
        shared store has not answered within the view's *max_wait_s*.
        """
        return await self._caller.quota()

    def with_options(
        self,
        *,
        priority: Priority | None = None,
        timeout_s: float | None = None,
        max_wait_s: float | None = None,
        meter: Meter | None = None,
        always_md5: bool | None = None,
        verify: Verifier | None = None,
    ) -> Vault:
        """Make a view on the same session, limiter and connections, with other options.

        *priority* ``"bulk"`` lets ``"interactive"`` calls pass; *timeout_s* is one call's time
        on the wire, *max_wait_s* the longest it may wait for quota, in seconds; *meter* counts
        the view's calls; *always_md5* is as in `Config`. Closing a view closes nothing.

        *verify* is awaited where a call would raise `OutcomeUnknownError`, which it gets: what it
        returns is the call's result, None has the call sent again (`max_tries` times in all). It
        looks through another view, and only once Vault must be done with what it may have got.
        """
        if priority not in {None, "interactive", "bulk"}:
            raise InvalidArgumentError(f"priority is 'interactive' or 'bulk', not {priority!r}")
        if not (timeout_s is None or timeout_s > 0) or not (max_wait_s or 0) >= 0:
            raise InvalidArgumentError("timeout_s must be more than 0 and max_wait_s not negative")
        changes = {
            "priority": priority,
            "timeout_s": timeout_s,
            "max_wait_s": max_wait_s,
            "meter": meter,
            "always_md5": always_md5,
            "verify": verify,
        }
        return _client(
            self._caller.view(None, **{k: v for k, v in changes.items() if v is not None})
        )

    def with_session(self, session: SessionId | AccessToken) -> Vault:
        """Make a view that calls in the name of somebody else, such as the user of a web page.

        It has the same limiter, connections and options; closing it closes nothing, and the
        session is neither renewed nor ended.
        """
        if not isinstance(session, SessionId | AccessToken):
            raise InvalidArgumentError(
                f"a session is a SessionId or an AccessToken, not a {type(session).__name__}"
            )
        return _client(self._caller.view(session))

    def rehearsing(self, note: Note) -> Vault:
        """Make a view that sends nothing that writes, to see what a program would do.

        *note* gets such a call (`Rehearsed`), which then raises `RehearsedError`; but a bulk call
        goes on as if each of its rows had succeeded, without an id. Closing a view closes nothing.
        """
        from vaultio.transport.rehearsal import RehearsingCaller

        return _client(RehearsingCaller(self._caller, note))

    async def delegations(self) -> tuple[Delegation, ...]:
        """List the vaults in which others let this user act for them; see `delegated`."""
        return await delegations(self._caller)

    def delegated(
        self, delegation: Delegation, base_url: str | None = None, *, limiter: Limiter | None = None
    ) -> Vault:
        """Make a client that acts for another user; it cannot make another, and is closed as any.

        It logs in through this client, which stays open as long. *base_url* is that vault's address
        if it is not this one: say what you know, for a session goes to no address that came in an
        answer (`WrongVaultError` if the two differ). *limiter* by default is this one's, if shared.
        """
        return _client(delegated(self._caller, delegation, base_url, limiter), is_view=False)

    @overload
    async def request(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, object] = ...,
        form_fields: Mapping[str, object] | None = ...,
        json: Any = ...,
        headers: Mapping[str, object] = ...,
        repeatable: bool = ...,
        accept: Literal["application/json"] = ...,
    ) -> Mapping[str, Any]: ...

    @overload
    async def request(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, object] = ...,
        form_fields: Mapping[str, object] | None = ...,
        json: Any = ...,
        headers: Mapping[str, object] = ...,
        repeatable: bool = ...,
        accept: Literal["application/xml"],
    ) -> bytes: ...

    async def request(
        self,
        method: Method,
        path: str,
        *,
        query: Mapping[str, object] = _NONE,
        form_fields: Mapping[str, object] | None = None,
        json: Any = None,
        headers: Mapping[str, object] = _NONE,
        repeatable: bool = False,
        accept: Accept = "application/json",
    ) -> Mapping[str, Any] | bytes:
        """Call an endpoint that has no coroutine; the answer's JSON object comes back.

        *path* lies below ``/api/{version}/``, or begins with ``/api/``. Failures raise as
        anywhere else. *repeatable* says that a request other than GET does no harm when it is
        sent twice, so that a lost answer may be retried. With *accept* ``"application/xml"`` the
        body comes back as it is, in bytes.
        """
        request = any_call(
            method,
            path,
            query=query,
            form_fields=form_fields,
            json=json,
            headers=headers,
            repeatable=repeatable,
            accept=accept,
        )
        if accept == "application/xml":
            return await self._caller.send_raw(request)
        return await self._caller.send(request, _payload)

    async def aclose(self) -> None:
        """End the session if this client opened it, and close the connections."""
        if not self._is_view:
            await self._caller.close()

    async def __aenter__(self) -> Vault:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<Vault {self._caller.origin} {self.api_version}>"


def _client(caller: Caller, *, is_view: bool = True) -> Vault:
    client = Vault.__new__(Vault)
    client._caller, client._is_view = caller, is_view
    return client


def _payload(envelope: Envelope) -> Mapping[str, Any]:
    return envelope.payload
