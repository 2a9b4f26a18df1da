"""Faults: each kind, which calls they hit, and how they are asked for."""

from __future__ import annotations

import asyncio
import random

import httpx
import pytest

from tests.sandbox.conftest import API, LOGIN, error_of
from tests.virtual_time import virtual
from vaultio.sandbox import Fault, Sandbox

FILE = f"{API}/objects/documents/1/file"


@pytest.fixture(autouse=True)
def document(sandbox: Sandbox) -> None:
    """Add one document of 100,000 bytes."""
    sandbox.documents.add(content=100_000)


async def test_a_failure_stands_in_for_the_operation(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """Nothing is done, the answer is a FAILURE, and it happens once."""
    sandbox.faults.failure("RACE_CONDITION", "Try again.")

    failed = await client.get(FILE, params={"lockDocument": "true"})

    assert error_of(failed) == ("RACE_CONDITION", "Try again.")
    assert sandbox.documents[1].locked_by is None
    assert len((await client.get(FILE)).content) == 100_000


async def test_which_calls_are_hit(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Method, path, count and skip say which; hits counts how many were."""
    fault = sandbox.faults.failure(
        "X", method="GET", path="/objects/documents/*/file", count=2, skip=1
    )

    kinds = [(await client.get(FILE)).headers["x-vaultapi-status"] for _ in range(4)]
    other = await client.get(f"{API}/objects/documents/1")

    assert kinds == ["SUCCESS", "FAILURE", "FAILURE", "SUCCESS"]
    assert other.headers["x-vaultapi-status"] == "SUCCESS"
    assert fault.hits == 2


async def test_a_login_can_fail(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Logins are hit like other calls."""
    sandbox.faults.failure("UNEXPECTED_ERROR", path="/auth")

    assert error_of(await guest.post(f"{API}/auth", data=LOGIN))[0] == "UNEXPECTED_ERROR"


async def test_the_session_ends_now(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The caller's session is gone when the call arrives."""
    sandbox.faults.end_session()

    assert error_of(await client.get(FILE))[0] == "INVALID_SESSION_ID"
    assert len(sandbox.sessions) == 0


async def test_what_a_gateway_says(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A status with HTML, or HTML under 200: Vault never saw the call."""
    calls = sandbox.quota.calls
    sandbox.faults.status(502)
    sandbox.faults.html()

    first = await client.get(FILE)
    second = await client.get(FILE)

    assert (first.status_code, second.status_code) == (502, 200)
    assert first.text.startswith("<html>")
    assert second.headers["content-type"].startswith("text/html")
    assert sandbox.quota.calls == calls


async def test_downtime(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A header says how many minutes it will take."""
    sandbox.faults.downtime(minutes=45)

    answer = await client.get(FILE)

    assert answer.status_code == 503
    assert answer.headers["x-vaultapi-downtimeexpecteddurationminutes"] == "45"


async def test_an_empty_body(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Nothing comes where something was said to come."""
    sandbox.faults.empty()

    answer = await client.get(f"{API}/objects/documents/1")

    assert (answer.status_code, answer.content) == (200, b"")


async def _collect(answer: httpx.Response, arrived: list[bytes]) -> None:
    async for chunk in answer.aiter_raw():
        arrived.append(chunk)  # noqa: PERF401 - what came before the cut counts


@pytest.mark.parametrize(
    ("kind", "said"),
    [("cut", "incomplete chunked read"), ("wrong_length", r"received 70000 bytes, expected")],
)
async def test_a_body_that_is_cut(
    client: httpx.AsyncClient, sandbox: Sandbox, kind: str, said: str
) -> None:
    """So many bytes arrive, then the connection is gone: as over a wire."""
    sandbox.faults.add(Fault(kind=kind, after_bytes=70_000))  # type: ignore[arg-type]  # by id
    arrived: list[bytes] = []

    async with client.stream("GET", FILE) as answer:
        with pytest.raises(httpx.RemoteProtocolError, match=said):
            await _collect(answer, arrived)

    assert sum(map(len, arrived)) == 70_000


async def test_a_lost_answer(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """What was asked for is done, and nobody says so."""
    sandbox.faults.lost_answer()

    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        await client.get(FILE, params={"lockDocument": "true"})

    assert sandbox.documents[1].locked_by is not None


@virtual
async def test_waiting() -> None:
    """Delay, stall and drip take their time, by the loop's clock."""
    sandbox, loop = Sandbox(clock=asyncio.get_running_loop().time), asyncio.get_running_loop()
    sandbox.documents.add(content=100_000)
    session_id = sandbox.sessions.start(sandbox.users["ana@example.com"], 3101)
    headers = {"Authorization": session_id}
    took = []
    async with httpx.AsyncClient(transport=sandbox.transport(), timeout=None) as client:
        for fault in ("delay; seconds=7", "stall; seconds=9", "drip; bytes_per_second=1000"):
            began = loop.time()
            await client.get("https://v" + FILE, headers={**headers, "X-Sandbox-Fault": fault})
            took.append(round(loop.time() - began))

    assert took == [7, 9, 100]


@virtual
async def test_a_stall_runs_into_the_read_timeout() -> None:
    """In process too, httpx's timeout ends a body that does not come."""
    sandbox = Sandbox(clock=asyncio.get_running_loop().time)
    sandbox.documents.add(content=100_000)
    sandbox.faults.stall(after_bytes=10)
    session_id = sandbox.sessions.start(sandbox.users["ana@example.com"], 3101)

    transport = sandbox.transport()
    async with httpx.AsyncClient(transport=transport, timeout=5) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("https://v" + FILE, headers={"Authorization": session_id})

    assert (transport.open_streams, transport.closed) == (0, True)


async def test_a_hostile_file_name(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Any name can be sent, as it is or encoded."""
    sandbox.faults.file_name('../../etc/"passwd"')

    answer = await client.get(FILE)

    expected = 'attachment;filename="../../etc/\\"passwd\\""'
    assert answer.headers["content-disposition"] == expected


async def test_json_in_place_of_a_file(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A failure arrives where bytes were expected, with HTTP 200."""
    sandbox.faults.json("INSUFFICIENT_ACCESS")

    answer = await client.get(FILE)

    assert error_of(answer)[0] == "INSUFFICIENT_ACCESS"
    assert "content-disposition" not in answer.headers


async def test_a_foreign_reference_id(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The answer looks as if it belonged to somebody else."""
    sandbox.faults.reference_id("not-yours")

    answer = await client.get(FILE, headers={"X-VaultAPI-ReferenceId": "mine"})

    assert answer.headers["x-vaultapi-referenceid"] == "not-yours"


async def test_faults_by_control_route(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Another process asks for faults in JSON; controls are no API calls."""
    calls = sandbox.quota.calls
    fault = {"kind": "status", "status": 500, "count": None}

    added = await client.post("/sandbox/faults", json=fault)
    hit = await client.get(FILE)
    listed = (await client.get("/sandbox/faults")).json()["faults"]
    await client.delete("/sandbox/faults")

    assert added.json()["fault"]["kind"] == "status"
    assert (hit.status_code, listed[0]["hits"], len(sandbox.faults)) == (500, 1, 0)
    assert sandbox.quota.calls == calls


async def test_what_is_no_fault(client: httpx.AsyncClient) -> None:
    """A misspelt fault is refused instead of being ignored."""
    answer = await client.post("/sandbox/faults", json={"kind": "cut", "bytes": 7})
    header = await client.get(FILE, headers={"X-Sandbox-Fault": "explode"})

    assert "unknown keys ['bytes']" in answer.json()["message"]
    assert header.json()["responseStatus"] == "FAILURE"


async def test_the_other_controls(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """State, sessions and jobs can be reached from another process."""
    job = sandbox.jobs.start()
    await client.get(FILE)

    state = (await client.get("/sandbox/state")).json()
    await client.post("/sandbox/jobs/finish")
    ended = (await client.post("/sandbox/sessions/end")).json()["ended"]

    assert (state["documents"], state["calls"], state["logins"]) == (1, 1, 1)
    assert job.finished(sandbox.clock())
    assert (ended, (await client.get("/sandbox/none")).status_code) == (1, 404)


async def test_a_share_of_the_calls(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Some calls are hit at random for as long as it lasts, and the same ones for a seed."""
    fault = sandbox.faults.failure("X", path="/objects/documents/*", share=0.3, seed=5)

    said = [await client.get(f"{API}/objects/documents/1") for _ in range(100)]

    hit = [n for n, one in enumerate(said) if one.headers["x-vaultapi-status"] == "FAILURE"]
    dice = random.Random(5)
    assert hit == [n for n in range(100) if dice.random() < 0.3]
    assert fault.hits == len(hit) > 15


async def test_lost_answers_by_the_control_route(
    client: httpx.AsyncClient, sandbox: Sandbox
) -> None:
    """What was done stays done; only a share of the answers is lost."""
    wanted = {"kind": "lost_answer", "method": "POST", "path": "/objects/documents", "share": 0.5}
    await client.post("/sandbox/faults", json={**wanted, "seed": 3})
    values = {"type__v": "Claim", "lifecycle__v": "General Lifecycle"}
    numbers = {"major_version_number__v": "0", "minor_version_number__v": "1"}

    lost = 0
    for number in range(20):
        form = {**values, **numbers, "name__v": f"Plan {number}"}
        parts = {name: (None, value) for name, value in form.items()}
        try:
            await client.post(f"{API}/objects/documents", files=parts)
        except httpx.RemoteProtocolError:
            lost += 1

    assert (len(sandbox.documents), 4 < lost < 16) == (21, True)


@pytest.mark.parametrize("share", [0, 1.1])
def test_a_share_is_a_part(share: float) -> None:
    """Nothing at all, or more than everything, is no share."""
    with pytest.raises(ValueError, match="share"):
        Fault(kind="failure", share=share)
