"""The client: opens, closes, one attribute a room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, overload

import httpx

from vaultio import endpoints, logs
from vaultio.config import Config
from vaultio.credentials import AccessToken, Credentials, Password, SessionId
from vaultio.errors import InvalidArgumentError
from vaultio.limiter import Limiter, Meter, Priority, Usage
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.forms import form, json_body, sent
from vaultio.protocol.href import Href
from vaultio.protocol.path import Path
from vaultio.protocol.request import Method, Repeat, Request, sent_headers
from vaultio.protocol.version import ApiVersion
from vaultio.transport import Caller, Observer, Verifier

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

_NONE: Mapping[str, object] = MappingProxyType({})


class _Entrance:
    """Enters a room, whose class the annotation names, when it is first asked for.

    Most programs need few rooms, and to import all of them takes as long as to import httpx.
    """

    def __set_name__(self, owner: type[Vault], name: str) -> None:
        self._name = name
        self._room = owner.__annotations__[name]

    def __get__(self, vault: Vault | None, owner: type[Vault]) -> Any:
        if vault is None:
            return self
        room = getattr(endpoints, self._room)(vault._caller)
        vault.__dict__[self._name] = room  # which is found before this from now on
        return room


def _room() -> Any:
    return _Entrance()


class Vault:
    """A client of one vault.

    Use it as ``async with``: leaving the block ends the session, if the client opened it, and
    closes the connections. Nothing is sent before the first call. One client serves any number
    of tasks of one event loop; a *limiter* may be shared by several clients of the same vault.

    Args:
        base_url: ``https://myvault.veevavault.com``; plain http for one's own machine alone.
        credentials: `Password`, `SessionId` or `AccessToken`.
        api_version: such as ``"v24.3"``.
        config: the settings, if not the defaults.
        limiter: the quotas, if not 2,000 calls in 300 s and 100,000 in 24 h.
        transport: any httpx transport, for tests or a network of one's own.
        observers: who is told of each call, such as `vaultio.integrations.telemetry.Telemetry`.
    """

    api_metadata: ApiMetadata = _room()
    binders: Binders = _room()
    controlled_copies: ControlledCopies = _room()
    document_events: DocumentEvents = _room()
    document_metadata: DocumentMetadata = _room()
    documents: Documents = _room()
    domain: DomainInformation = _room()
    groups: Groups = _room()
    jobs: Jobs = _room()
    object_records: ObjectRecords = _room()
    objects: Objects = _room()
    picklists: Picklists = _room()
    query: Query = _room()
    users: Users = _room()
    security_policies: SecurityPolicies = _room()
    workflows: Workflows = _room()

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
        if not isinstance(credentials, Password | SessionId | AccessToken):
            raise InvalidArgumentError(
                f"credentials are a Password, SessionId or AccessToken, "
                f"not a {type(credentials).__name__}"
            )
        version = ApiVersion.parse(api_version)
        settings, quotas = config or Config(), limiter or Limiter()
        self._caller = Caller.open(
            base_url, credentials, version, settings, quotas, transport, observers
        )
        self._is_view = False

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
        those of this client are counted. No call to Vault is made.
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
        view = Vault.__new__(Vault)
        view._caller = self._caller.view(**{k: v for k, v in changes.items() if v is not None})
        view._is_view = True
        return view

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
        accept: Literal["application/json", "application/xml"] = "application/json",
    ) -> Mapping[str, Any] | bytes:
        """Call an endpoint that has no coroutine; the answer's JSON object comes back.

        *path* lies below ``/api/{version}/``, or begins with ``/api/``. Failures raise as
        anywhere else. *repeatable* says that a request other than GET does no harm when it is
        sent twice, so that a lost answer may be retried. With *accept* ``"application/xml"`` the
        body comes back as it is, in bytes.
        """
        if form_fields is not None and json is not None:
            raise InvalidArgumentError("give form_fields or json, not both")
        body = form(form_fields) if form_fields is not None else None
        request = Request(
            method=method,
            path=_address(path),
            query=sent(query),
            headers=sent_headers(headers),
            body=json_body(json) if json is not None else body,
            repeat=Repeat.SAFE if method == "GET" else _repeat(repeatable),
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


def _address(path: str) -> Path | Href:
    """Read an endpoint's path: as a link if it is rooted, else segment by segment."""
    if path.startswith("/"):
        return Href(path)
    return Path().under(*path.split("/"))


def _repeat(repeatable: bool) -> Repeat:
    return Repeat.SAME if repeatable else Repeat.ONCE


def _payload(envelope: Envelope) -> Mapping[str, Any]:
    return envelope.payload
