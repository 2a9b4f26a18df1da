"""A redirect to another host, to plain HTTP, to itself: not followed.

No credential, cookie or client header travels. A page or a job's result on another host is
refused.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.tools.certificates import client_tls, server_tls
from tests.faults.tools.leftovers import files
from tests.transport.server import answers, calls, client
from vaultio import ForeignLinkError, Job, NotVaultError, Vault
from vaultio.models import JobLink
from vaultio.sandbox.raw import RawRequest, RawServer, reply

WHERE = ("elsewhere", "plain", "itself", "a path", "//")
STATUS = (302, 307)


@pytest.fixture
async def elsewhere() -> AsyncIterator[RawServer]:
    """A server that nobody should call."""
    async with RawServer([reply({"responseStatus": "SUCCESS"})]) as server:
        yield server
        assert server.connections == 0


def moved(where: str, status: int, elsewhere: RawServer, request: RawRequest) -> bytes:
    """Build the redirect, with a cookie and a body that looks like an answer."""
    place = {
        "elsewhere": f"http://localhost:{elsewhere.port}{request.target}",
        "plain": f"http://localhost:{elsewhere.port}/",
        "itself": request.target,
        "a path": "/login",
        "//": f"//127.0.0.1:{elsewhere.port}/",
    }[where]
    headers = {"Location": place, "Set-Cookie": "route=7; Domain=localhost; Path=/"}
    return reply(b"<html>moved", status=status, headers=headers)


async def use(vault: Vault, what: str, folder: Path) -> object:
    """Make a call of one kind."""
    if what == "file":
        return await vault.documents.download(7, to=folder)
    if what == "write":
        return await vault.documents.update(7, {"title__v": "x"})
    return await vault.documents.retrieve(7)


@pytest.mark.parametrize("status", STATUS)
@pytest.mark.parametrize("where", WHERE)
async def test_a_redirect_is_not_followed(
    where: str, status: int, elsewhere: RawServer, tmp_path: Path
) -> None:
    """Read, write and file: each is an error that says where it pointed; one call each."""
    tls = server_tls() if where == "plain" else None
    settings = {"ssl_context": client_tls()}
    async with RawServer(lambda one: moved(where, status, elsewhere, one), tls) as server:
        async with client(server, settings, password=False) as vault:
            for what in ("read", "write", "file"):
                with pytest.raises(NotVaultError, match=r"redirect to .*, which is not followed"):
                    await use(vault, what, tmp_path)
    assert (len(calls(server)), files(tmp_path)) == (3, {})
    assert [one.headers.get("cookie") for one in server.requests] == [None] * 3


async def test_a_login_that_is_redirected(elsewhere: RawServer) -> None:
    """The password goes to nobody else."""
    async with RawServer(lambda one: moved("elsewhere", 307, elsewhere, one)) as server:
        async with client(server) as vault:
            with pytest.raises(NotVaultError, match="redirect"):
                await vault.documents.retrieve(7)
    assert len(server.requests) == 1


async def test_cookies_stay_where_they_are(elsewhere: RawServer) -> None:
    """Neither the same host nor another one of the same name ever gets one back."""
    answer = reply(
        {"responseStatus": "SUCCESS", "document": {"id": 7}},
        headers={"Set-Cookie": "session=7; Domain=localhost; Path=/"},
    )
    async with RawServer([answer]) as one, RawServer([answer]) as other:
        for server in (one, other, one):
            async with client(server, password=False) as vault:
                for _ in range(2):
                    await vault.documents.retrieve(7)
    assert {request.headers.get("cookie") for request in one.requests + other.requests} == {None}


@pytest.mark.parametrize("host", ["http://localhost:{}", "http://127.0.0.1:{}", "//127.0.0.1:{}"])
async def test_a_next_page_elsewhere_is_refused(host: str, elsewhere: RawServer) -> None:
    """Another port is another host."""
    details = {"pagesize": 1, "size": 1, "total": 2, "pageoffset": 0}
    details["next_page"] = host.format(elsewhere.port) + "/api/v11.0/query/0d1c"  # type: ignore[assignment]
    page = {"responseStatus": "SUCCESS", "responseDetails": details, "data": [{"id": 1}]}
    async with RawServer(answers(reply(page))) as server, client(server) as vault:
        with pytest.raises(ForeignLinkError):
            await vault.query("SELECT id FROM documents").all()
    assert len(calls(server)) == 1


@pytest.mark.parametrize("host", ["http://localhost:{}", "http://127.0.0.1:{}", "//127.0.0.1:{}"])
async def test_a_result_elsewhere_is_refused(
    host: str, elsewhere: RawServer, tmp_path: Path
) -> None:
    """A job's answer does not lead the session away."""
    path = "/api/v11.0/objects/documents/actions/x/1/results"
    link = JobLink(rel="artifacts", href=host.format(elsewhere.port) + path)
    job = Job(id=1, status="SUCCESS", links=(link,))
    async with RawServer(answers(reply())) as server, client(server) as vault:
        with pytest.raises(ForeignLinkError):
            await vault.controlled_copies.download(job, to=tmp_path)
    assert (calls(server), files(tmp_path)) == ([], {})
