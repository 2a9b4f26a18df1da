"""The sandbox itself: takes a request, gives a reply, remembers."""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vaultio.sandbox import control, disturb, rooms, versions
from vaultio.sandbox.call import Call, json_reply
from vaultio.sandbox.call_log import CallLog
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.faults import Fault, Faults
from vaultio.sandbox.identity import Identity
from vaultio.sandbox.moving_clock import MovingClock
from vaultio.sandbox.page.serving import Page
from vaultio.sandbox.quota import LoginQuota, Quota
from vaultio.sandbox.rooms import login_host
from vaultio.sandbox.rooms.authentication import api_versions, login
from vaultio.sandbox.salesforce import Salesforce
from vaultio.sandbox.sessions import Session, Sessions, Vaults
from vaultio.sandbox.settings import Settings
from vaultio.sandbox.stores.binders import Binders
from vaultio.sandbox.stores.dates import stamp
from vaultio.sandbox.stores.delegations import Delegations
from vaultio.sandbox.stores.document_events import DocumentEvents
from vaultio.sandbox.stores.document_types import DocumentTypes
from vaultio.sandbox.stores.documents import Documents
from vaultio.sandbox.stores.groups import Groups
from vaultio.sandbox.stores.jobs import Jobs
from vaultio.sandbox.stores.lifecycle import LifecycleActions
from vaultio.sandbox.stores.picklists import Picklists
from vaultio.sandbox.stores.queries import Queries
from vaultio.sandbox.stores.records import Records
from vaultio.sandbox.stores.relationships import Relationships
from vaultio.sandbox.stores.security_policies import SecurityPolicies
from vaultio.sandbox.stores.users import Users
from vaultio.sandbox.wire import BodyStream, SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.archive import Archive
    from vaultio.sandbox.httpx_transport import SandboxTransport


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _with_ana(users: Users) -> Users:
    owner = "vault_owner__v"
    rights = {"may_read_jobs": True, "domain_admin": True}
    users.add("ana@example.com", "secret", security_profile=owner, **rights)
    return users


class Sandbox:
    """A Vault in memory, empty but for one user: ``ana@example.com`` with ``secret``.

    It is configured as in the reference's examples: with their document types, picklists, kinds
    of events and security policies.

    *clock* gives seconds and drives windows, sessions and jobs, *now* gives the dates in answers;
    waiting goes through asyncio, so a loop with a virtual clock works when *clock* is its
    ``time``. Fill it by `documents` and `records`, disturb it by `faults`, and look at what came
    in by `quota`, `sessions` and `call_log`. Others log in by `identity`, `salesforce` and
    `delegations`; ``sandbox.clock.let_pass(seconds)`` moves the time. `page` is what a browser sees
    of all this.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
        burst_limit: int = 2000,
        settings: Settings | None = None,
    ) -> None:
        clock = self.clock = MovingClock(clock)
        self.now = clock.dated(now)
        self.settings = settings or Settings()
        self.users = _with_ana(Users(self.stamp))
        self.groups = Groups(self.stamp)
        self.vaults = Vaults()
        self.sessions = Sessions(clock)
        self.identity = Identity(clock)
        self.salesforce = Salesforce()
        self.delegations = Delegations()
        self.quota = Quota(clock=clock, burst_limit=burst_limit)
        self.login_quota = LoginQuota(clock=clock)
        self.faults = Faults()
        attachment_ids = itertools.count(566)
        self.documents = Documents(self.stamp, attachment_ids)
        self.binders = Binders(self.documents)
        self.relationships = Relationships(self.stamp)
        self.records = Records(self.stamp, attachment_ids)
        self.jobs = Jobs(clock, lambda: self.now())
        self.lifecycle_actions = LifecycleActions()
        self.document_types = DocumentTypes()
        self.document_events = DocumentEvents()
        self.picklists = Picklists()
        self.security_policies = SecurityPolicies()
        self.queries = Queries(clock)
        self.bytes_produced = 0
        self.call_log = CallLog()
        self.page = Page(self)
        self._router = rooms.router()

    @classmethod
    def demo(cls, *, clock: Callable[[], float] = time.monotonic) -> Sandbox:
        """Return a vault with some 40 documents, 140 MB in all, made of nothing until read."""
        from vaultio.sandbox.demo import fill

        sandbox = cls(clock=clock)
        fill(sandbox)
        return sandbox

    @classmethod
    def archive(
        cls,
        archive: Archive | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        burst_limit: int = 2000,
    ) -> Sandbox:
        """Return a vault with an archive, by default of 20,200 files, 4.4 GB that nobody keeps.

        None of an archive, ``Archive(small=0, large=0)``, is a vault to bring one into.
        """
        from vaultio.sandbox.archive import Archive, fill, settle

        sandbox = cls(clock=clock, burst_limit=burst_limit)
        settle(sandbox)
        fill(sandbox, archive or Archive())
        return sandbox

    def stamp(self) -> str:
        """Return the present moment as Vault writes it."""
        return stamp(self.now())

    def transport(self) -> SandboxTransport:
        """Return an httpx transport that calls this sandbox in process, and streams."""
        from vaultio.sandbox.httpx_transport import SandboxTransport

        return SandboxTransport(self)

    def serve(self, port: int = 0) -> AbstractAsyncContextManager[str]:
        """Serve on 127.0.0.1 while the context is open; gives the base URL. Port 0 is any free.

        Needs ``pip install "vaultio[sandbox]"``.
        """
        from vaultio.sandbox.asgi import serve

        return serve(self, port)

    def run(self, port: int = 8000) -> None:
        """Serve on 127.0.0.1 until interrupted."""
        from vaultio.sandbox.asgi import run

        run(self, port)

    async def handle(self, request: SandboxRequest) -> SandboxReply:
        """Answer one call; ConnectionCutError means that there is no answer at all."""
        if not (request.path == "/api" or request.path.startswith(("/api/", login_host.PREFIX))):
            return await control.answer(self, request)
        try:
            faults = self.faults.take(request)
        except ValueError as error:
            return json_reply({"responseStatus": "FAILURE", "message": str(error)})
        began, reply = time.perf_counter(), None
        try:
            reply = await self._disturbed(request, faults)
            return reply
        finally:
            self.call_log.add(request, reply, faults, time.perf_counter() - began)

    async def _disturbed(self, request: SandboxRequest, faults: list[Fault]) -> SandboxReply:
        """Answer, with what goes wrong before, instead and after."""
        for fault in faults:
            gateway = await disturb.before(fault)
            if gateway is not None:
                return gateway
        reply = await self._answer(request, faults)
        for fault in faults:
            reply = await disturb.after(fault, reply)
        return reply

    async def _answer(self, request: SandboxRequest, faults: list[Fault]) -> SandboxReply:
        """Answer as Vault does: a failure of any kind is an envelope under HTTP 200."""
        headers: dict[str, str] = {"X-VaultAPI-ExecutionId": str(uuid.uuid4())}
        reference = request.headers.get("x-vaultapi-referenceid")
        if reference is not None and self.settings.echo_reference_id:
            headers["X-VaultAPI-ReferenceId"] = reference
        try:
            reply = await self._route(request, faults, headers)
        except RefusedError as refusal:
            reply = json_reply(refusal.envelope())
        reply.headers.update(headers)
        reply.headers["X-VaultAPI-Status"] = reply.response_status
        return reply

    async def _route(
        self, request: SandboxRequest, faults: list[Fault], headers: dict[str, str]
    ) -> SandboxReply:
        """Find out what is called; *headers* is filled as more becomes known."""
        if request.path.startswith(login_host.PREFIX):
            for fault in faults:
                disturb.refuse(fault)
            return json_reply(await login_host.serve(self, request, headers))
        parts = request.path.split("/", 3)
        if request.path in ("/api", "/api/"):
            version, rest = versions.OFFERED[-1], None
        else:
            version = versions.offered(parts[2])
            # A version alone lists the versions too: Veeva's own client looks its address up there.
            rest = parts[3] if len(parts) == 4 else None
        if rest == "auth":
            for fault in faults:
                disturb.refuse(fault)
            return await login(self, request, headers)
        session = self._session(request, faults)
        headers["X-VaultAPI-VaultId"] = str(session.vault_id)
        headers["X-VaultAPI-UserId"] = str(session.user.id)
        headers["X-VaultAPI-TruncatedSessionId"] = session.id[:5]
        self.sessions.enter(session)
        try:
            reply = await self._serve_call(request, faults, headers, session, version, rest)
        except BaseException:
            self.sessions.leave(session)
            raise
        return self._watched(reply, session)

    def _session(self, request: SandboxRequest, faults: list[Fault]) -> Session:
        # The query parameter wins over the header, as the v11.0 reference says.
        credential = request.params.get("auth") or request.headers.get("authorization", "")
        session = self.sessions.find(credential) or self.salesforce.find(request)
        if session is not None and any(fault.kind == "end_session" for fault in faults):
            self.sessions.end(session.id)
            session = None
        if session is None:
            raise RefusedError("INVALID_SESSION_ID", "Invalid or expired session ID.")
        return session

    async def _serve_call(
        self,
        request: SandboxRequest,
        faults: list[Fault],
        headers: dict[str, str],
        session: Session,
        version: versions.Version,
        rest: str | None,
    ) -> SandboxReply:
        try:
            delay_ms = self.quota.take(version)
        finally:
            headers.update(self.quota.headers(version))
        if delay_ms:
            headers["X-VaultAPI-ResponseDelay"] = str(delay_ms)
            await asyncio.sleep(delay_ms / 1000)
        if not session.user.active:
            raise RefusedError("INACTIVE_USER", "User is inactive.")
        if not session.user.api_access:
            raise RefusedError(
                "INSUFFICIENT_ACCESS", "User does not have permission [VaultActions_API_Access]."
            )
        for fault in faults:
            disturb.refuse(fault)
        call = Call(
            sandbox=self,
            request=request,
            version=version,
            session=session,
            ids={},
            query=request.params,
        )
        if rest is None:
            return json_reply(await api_versions(call))
        route, call.ids = self._router.find(request.method, rest, version)
        answer = await route.operation(call)
        return answer if isinstance(answer, SandboxReply) else json_reply(answer)

    def _watched(self, reply: SandboxReply, session: Session) -> SandboxReply:
        """Keep the session in use, and count bytes, until the body is over."""
        if isinstance(reply.body, bytes):
            self.bytes_produced += len(reply.body)
            self.sessions.leave(session)
            return reply
        source: AsyncIterator[bytes] = reply.body
        reply.body = BodyStream(
            source, on_chunk=self._count, on_close=lambda: self.sessions.leave(session)
        )
        return reply

    def _count(self, size: int) -> None:
        self.bytes_produced += size
