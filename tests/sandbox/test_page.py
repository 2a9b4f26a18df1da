"""What the page of a sandbox is told, and who may ask; how it looks is in tests/browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, get_args

import httpx
import pytest

from tests.sandbox.conftest import API, LOGIN, Clock
from vaultio.sandbox import Sandbox, SandboxRequest
from vaultio.sandbox.faults import Faults, Kind, describe, from_header, from_mapping
from vaultio.sandbox.page.library import MOST
from vaultio.sandbox.page.offers import offers

ORIGIN = "http://127.0.0.1:8000"
STATE = "/sandbox/page/state"
FAULT = {"kind": "empty"}


@pytest.fixture
async def local(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client that calls the sandbox as a browser on its machine does, not logged in."""
    async with httpx.AsyncClient(transport=sandbox.transport(), base_url=ORIGIN) as client:
        yield client


async def _login(client: httpx.AsyncClient) -> str:
    answer = await client.post(f"{API}/auth", data=LOGIN)
    client.headers["Authorization"] = answer.json()["sessionId"]
    return client.headers["Authorization"]


async def _state(client: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await client.get(STATE, params=values)
    shown: dict[str, Any] = answer.json()
    return shown


@pytest.mark.parametrize(
    "path", ["/", "/sandbox/page/page.js", STATE, "/sandbox/page/files/1/0.1/x"]
)
async def test_no_foreign_code(local: httpx.AsyncClient, path: str) -> None:
    """All of the page forbids what is not its own, and may not be put into a frame."""
    answer = await local.get(path)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_looking_is_no_call(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """It needs no login, counts nowhere, and takes nothing from the sessions' time."""
    document_id = sandbox.documents.add("Plan", b"the file")
    for path in ("state", "documents", f"documents/{document_id}", "offers"):
        answer = await local.get(f"/sandbox/page/{path}")
        assert (path, answer.status_code) == (path, 200)
    await local.get(f"/sandbox/page/files/{document_id}/0.1/source")

    assert (sandbox.quota.calls, sandbox.bytes_produced, len(sandbox.call_log)) == (0, 0, 0)
    assert len(sandbox.sessions) == 0


async def test_the_last_calls(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Each call with what came of it; those after a number, and again from 1 for a new page."""
    await _login(local)
    ids = {"X-VaultAPI-ReferenceId": "mine"}
    await local.get(f"{API}/objects/documents/a%2Fb", headers=ids)
    shown = await _state(local)
    login, call = shown["calls"]

    assert (login["method"], login["type"]) == ("POST", "SUCCESS")
    assert (call["path"], call["status"]) == (f"{API}/objects/documents/a/b", 200)
    assert (call["type"], call["reference_id"]) == ("INVALID_DOCUMENT", "mine")
    assert (await _state(local, id=shown["id"], since=1))["calls"] == [call]
    assert len((await _state(local, id="another", since=1))["calls"]) == 2


async def test_no_secret_is_shown(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Neither a session's id nor a password, wherever a call carries it."""
    session_id = await _login(local)
    token = sandbox.sessions.add_access_token(sandbox.users["ana@example.com"])
    calls = SandboxRequest(method="GET", path=f"{API}/objects/users", query=f"auth={session_id}")
    assert (await sandbox.handle(calls)).response_status == "SUCCESS"

    text = (await local.get(STATE)).text
    assert (session_id in text, token in text, LOGIN["password"] in text) == (False, False, False)
    assert text.count("ana@example.com") == 2


async def test_what_had_no_answer(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Clients that left, lost answers and gateways are told apart, with the fault that did it."""
    sandbox.faults.delay(60)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(_login(local), 0.05)
    sandbox.faults.lost_answer()
    with pytest.raises(httpx.RemoteProtocolError):
        await _login(local)
    sandbox.faults.status(502)
    await local.get(f"{API}/objects/documents")

    said = [(one["status"], one["type"], one["faults"]) for one in (await _state(local))["calls"]]
    assert said == [(None, "", ["delay"]), (None, "", ["lost_answer"]), (502, "", ["status"])]


async def test_only_the_last_calls_are_kept(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """However many come: memory stays what it is."""
    for _ in range(250):
        await local.get(f"{API}/objects/documents")

    numbers = [call["number"] for call in (await _state(local))["calls"]]
    assert (len(sandbox.call_log), numbers) == (200, list(range(51, 251)))


async def test_windows_and_bars(local: httpx.AsyncClient, sandbox: Sandbox, clock: Clock) -> None:
    """The windows say what is used and when they turn, the bars when the calls came."""
    clock.time = 300.0 * 4000 + 298
    await _login(local)
    for step in (0, 0, 3, 60):
        clock.advance(step)
        await local.get(f"{API}/objects/documents")
        shown = await _state(local)

    burst, bars = shown["quota"]["burst"], shown["pulse"]["bars"]
    assert (burst["used"], burst["limit"], burst["turns_in_s"]) == (2, 2000, 239.0)
    assert [(at, calls) for at, calls in enumerate(bars) if calls] == [(46, 2), (47, 1), (59, 1)]
    assert shown["pulse"]["turned"] == 47


async def test_jobs_and_sessions(local: httpx.AsyncClient, sandbox: Sandbox, clock: Clock) -> None:
    """A job advances by the sandbox's clock; a session says when it would idle away."""
    await _login(local)
    sandbox.jobs.start(label="Controlled copy")
    clock.advance(2.5)
    shown = await _state(local)
    [job], [session] = shown["jobs"], shown["sessions"]

    assert (job["status"], job["part"], job["left_s"]) == ("RUNNING", 0.5, 2.5)
    assert (session["user"], session["ends_in_s"]) == ("ana@example.com", 1200 - 2.5)


async def test_documents_are_searched(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """All words, in name, type or number, whatever their case; the youngest come first."""
    names = ("Plan Graz", "Plan Lyon", "Report Graz")
    for name in names:
        sandbox.documents.add(name)
    found = [
        [
            one["name"]
            for one in (await local.get("/sandbox/page/documents", params=wanted)).json()[
                "documents"
            ]
        ]
        for wanted in ({"search": "graz PLAN"}, {"search": "VV-00002"}, {"limit": 2}, {"offset": 2})
    ]

    assert found == [["Plan Graz"], ["Plan Lyon"], ["Report Graz", "Plan Lyon"], ["Plan Graz"]]


async def test_a_long_list_comes_in_pages(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """However much is asked for, an answer has so many documents."""
    for number in range(MOST + 50):
        sandbox.documents.add(f"Plan {number}")
    for wanted in ({"limit": "9999"}, {"limit": "9999", "search": "plan"}):
        shown = (await local.get("/sandbox/page/documents", params=wanted)).json()
        assert (shown["found"], len(shown["documents"])) == (MOST + 50, MOST)


async def test_all_files_of_a_document(local: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Each address in a document's description gives that file, as a download."""
    number = sandbox.documents.add("Plan", b"first")
    sandbox.documents.add_version(number, b"second")
    sandbox.documents.add_rendition(number, "odd/kind__c", b"rendered")
    sandbox.documents.add_annotations(number, b"annotated")
    sandbox.documents.add_attachment(number, "notes.txt", b"notes")
    shown = (await local.get(f"/sandbox/page/documents/{number}")).json()
    files = [file for one in shown["versions"] + shown["attachments"] for file in one["files"]]

    got = [await local.get(f"/{file['href']}") for file in files]
    assert [one.text for one in got] == ["second", "rendered", "annotated", "first", "notes"]
    assert all(one.headers["content-disposition"].startswith("attachment") for one in got)
    assert [file["size"] for file in files] == [6, 8, 9, 5, 5]


NOWHERE = (
    *("x", "", "files", "files/1", "files/1/0.1/../../x", "files/1/9.9/source"),
    *("files/2/0.1/source", "files/1/attachments/7/1", "documents/77", "documents/x"),
    *("..%2f__init__.py", "index.html", "%00", "%ff"),
)


@pytest.mark.parametrize("path", NOWHERE)
async def test_what_is_not_there(local: httpx.AsyncClient, sandbox: Sandbox, path: str) -> None:
    """It is 404, and never a file of the disk."""
    sandbox.documents.add("Plan")
    assert (await local.get(f"/sandbox/page/{path}")).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example.com:8000"},
        {"Host": "127.0.0.1.example.com"},
        {"Host": "[::1"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_others_may_not_look(local: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """A name that somebody else owns may lead here; the documents are not for its pages."""
    for path in ("state", "documents", "documents/1", "files/1/0.1/source"):
        answer = await local.get(f"/sandbox/page/{path}", headers=headers)
        assert (path, answer.status_code) == (path, 403)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:80", "sandbox:8000"])
async def test_this_machine_may_look(local: httpx.AsyncClient, host: str) -> None:
    """An address, localhost, and a name in a network of containers are nobody's domain."""
    assert (await local.get(STATE, headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9000"},
        {"Origin": "http://rebound.example.com", "Host": "rebound.example.com"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_others_may_not_switch(
    local: httpx.AsyncClient, sandbox: Sandbox, headers: dict[str, str]
) -> None:
    """No page from elsewhere that is open in a browser of this machine changes anything."""
    await _login(local)
    calls = [("POST", "faults"), ("DELETE", "faults"), ("POST", "sessions/end")]
    for method, path in calls:
        answer = await local.request(method, f"/sandbox/{path}", headers=headers, json=FAULT)
        assert (path, answer.status_code) == (path, 403)

    assert (len(sandbox.faults), len(sandbox.sessions)) == (0, 1)


@pytest.mark.parametrize("headers", [{}, {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}])
async def test_the_page_and_programs_may_switch(
    local: httpx.AsyncClient, sandbox: Sandbox, headers: dict[str, str]
) -> None:
    """A fault goes in and out by its number, one at a time."""
    for _ in range(2):
        added = await local.post("/sandbox/faults", headers=headers, json=FAULT)
    assert added.json()["fault"]["id"] == 2
    await local.delete("/sandbox/faults/1", headers=headers)

    assert [fault.id for fault in sandbox.faults] == [2]
    assert (await local.post(STATE, headers=headers)).status_code == 405


def test_every_fault_is_offered() -> None:
    """The form has each kind, with values that make a fault and an explanation."""
    offered = {one["kind"]: one for one in offers()}

    assert set(offered) == set(get_args(Kind))
    for kind, one in offered.items():
        assert describe(Faults().add(from_mapping({"kind": kind, **one["values"]})))["id"] == 1
        assert len(one["about"]) > 10, kind


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after_bytes", "many"),
        ("after_bytes", -1),
        ("count", 1.5),
        ("count", True),
        ("seconds", float("inf")),
        ("seconds", None),
        ("path", 7),
        ("share", 0),
    ],
)
def test_values_that_no_fault_has(name: str, value: object) -> None:
    """They are refused when they come in, not when they hit a call."""
    with pytest.raises(ValueError, match=r"not a fault|a share"):
        from_mapping({"kind": "cut", name: value})


def test_a_word_that_looks_like_a_number() -> None:
    """In a header a text needs no quotes, whatever it looks like."""
    fault = from_header('file_name; value=2024; count=2; path="/a b"')
    assert (fault.value, fault.count, fault.path) == ("2024", 2, "/a b")


async def test_a_fault_that_is_no_object(local: httpx.AsyncClient) -> None:
    """It is said, and nothing breaks."""
    answer = await local.post("/sandbox/faults", json=["cut"])
    assert "no JSON object" in answer.json()["message"]
