"""Errors of a vault in a FastAPI app: a status, a type, and not a word of Vault's."""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncIterator

import anyio
import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from tests.integrations.web import Web, serving
from vaultio import Limiter, Quota, errors
from vaultio.errors import DowntimeError, QuotaWaitError, VaultError, VaultioError
from vaultio.integrations.fastapi import problem
from vaultio.sandbox import Sandbox


def _is_error(one: object) -> bool:
    return inspect.isclass(one) and issubclass(one, VaultioError)


STATUSES = {
    "AccessDeniedError": 403,
    "ApiLimitError": 503,
    "AuthenticationError": 502,
    "ChecksumError": 502,
    "ClosedError": 503,
    "ClusterError": 500,
    "ConflictError": 409,
    "ConnectionFailedError": 502,
    "ConnectionLostError": 502,
    "DeadlineError": 504,
    "DownloadError": 502,
    "DowntimeError": 503,
    "FileTooLargeError": 413,
    "ForeignLinkError": 502,
    "InvalidArgumentError": 400,
    "InvalidDataError": 422,
    "JobError": 502,
    "JobFailedError": 502,
    "JobWaitError": 504,
    "MethodNotSupportedError": 501,
    "NotAllowedError": 409,
    "NotFoundError": 404,
    "NotVaultError": 502,
    "OutcomeUnknownError": 500,
    "ParameterRequiredError": 422,
    "QuerySyntaxError": 422,
    "QuotaStoreError": 503,
    "QuotaWaitError": 503,
    "SessionExpiredError": 401,
    "SourceChangedError": 500,
    "StalledError": 504,
    "SwappedReplyError": 502,
    "TargetError": 500,
    "TargetExistsError": 500,
    "TransportError": 502,
    "TruncatedError": 502,
    "UnreadableReplyError": 502,
    "UploadError": 500,
    "VaultError": 502,
    "VaultServerError": 502,
    "VaultioError": 500,
    "WrongLoopError": 500,
    "WrongVaultError": 500,
}
CLASSES = [one for one in vars(errors).values() if _is_error(one)]
DIARY = "Patient diary of Q-0117"


def test_every_class_has_its_status() -> None:
    """Each error is answered on purpose; what it says stays here."""
    answers = {one.__name__: problem(one(DIARY)) for one in CLASSES}

    assert {name: answer.status_code for name, answer in answers.items()} == STATUSES
    for name, answer in answers.items():
        said = json.loads(bytes(answer.body))
        assert (said["type"], said["status"]) == (name, answer.status_code)
        assert ("Retry-After" in answer.headers) == (answer.status_code == 503)
        assert said["detail"].endswith(".")
        assert DIARY not in f"{answer.body!r} {answer.headers}"


def test_vaults_type_is_passed_on_where_it_is_one() -> None:
    """A word of Vault's own list may be read by anybody; whatever else stands there may not."""
    for said, passed in (("INVALID_DATA", True), (DIARY, False), ("", False), ("A" * 99, False)):
        body = json.loads(bytes(problem(VaultError("no", type=said)).body))

        assert ("vault_type" in body) == passed


def test_when_to_come_back() -> None:
    """Whole seconds, never too early; where Vault does not say for how long it is down, a guess."""
    downtime = DowntimeError("down")
    downtime.expected_minutes = 90
    found = [QuotaWaitError("", retry_after_s=2.1), QuotaWaitError(""), downtime]
    found += [DowntimeError(""), errors.QuotaStoreError("")]

    after = [problem(one).headers.get("Retry-After") for one in found]

    assert after == ["3", "1", "5400", "300", "60"]


@pytest.fixture
async def web(sandbox: Sandbox) -> AsyncIterator[Web]:
    """An app before a vault with a document whose name nobody outside may know."""
    sandbox.documents.add(DIARY, b"Dear diary", file_name=f"{DIARY}.txt")
    async with serving(sandbox, with_more_ways) as web:
        yield web


def with_more_ways(app: FastAPI) -> None:
    """Put in endpoints that fail in ways of their own."""

    @app.get("/together")
    async def together(mixed: bool = False) -> None:
        wait = QuotaWaitError("", retry_after_s=7)
        other: list[Exception] = [ValueError("ours")] if mixed else []
        inner = ExceptionGroup("", [errors.NotFoundError(DIARY), wait, *other])
        raise ExceptionGroup("", [inner])

    @app.get("/allowed")
    async def allowed() -> None:
        raise errors.NotAllowedError(DIARY)

    @app.exception_handler(errors.NotAllowedError)
    async def of_our_own(_: Request, error: errors.NotAllowedError) -> Response:
        return JSONResponse({"said": "by us"}, 418)


FAILURES = [
    ("INVALID_DOCUMENT", 404),
    ("INSUFFICIENT_ACCESS", 403),
    ("INVALID_DATA", 422),
    ("UNEXPECTED_ERROR", 502),
]


async def test_failures_of_vault(web: Web) -> None:
    """Of calls and of files alike: the status is the error's, the text is not Vault's."""
    for path in ("/documents/1", "/documents/1/file", "/documents/1/file?verify=false"):
        for kind, status in FAILURES:
            web.sandbox.faults.failure(kind, f"There is no [{DIARY}].", path="/objects/*")
            answer = await web.browser.get(path)

            assert answer.status == status
            assert json.loads(bytes(answer.body))["vault_type"] == kind
            assert answer.headers["content-type"] == "application/problem+json"
            assert DIARY not in f"{answer}"
    assert await web.settled()


async def test_failures_that_are_none_of_vaults(web: Web) -> None:
    """A page of a proxy, a lost answer, maintenance."""
    web.sandbox.faults.downtime(minutes=2)
    down = await web.browser.get("/documents/1")
    web.sandbox.faults.html(body=DIARY)
    page = await web.browser.get("/documents/1/file?verify=false")

    assert (down.status, down.headers["retry-after"], page.status) == (503, "120", 502)
    assert DIARY not in f"{down} {page}"


async def test_tasks_that_fail_together(web: Web) -> None:
    """The highest status answers for all, unless something is not vaultio's."""
    together = await web.browser.get("/together")
    mixed = await web.browser.get("/together?mixed=true")

    assert (together.status, together.headers["retry-after"]) == (503, "7")
    assert (mixed.status, mixed.body) == (500, b"Internal Server Error")


async def test_a_handler_of_the_apps_own(web: Web) -> None:
    """It goes before ours."""
    assert (await web.browser.get("/allowed")).status == 418


async def test_a_quota_that_is_used_up(sandbox: Sandbox) -> None:
    """503, at once, and coming back when it says is neither too early nor much too late."""
    sandbox.documents.add("Plan", b"plan")
    limiter = Limiter(burst=Quota(4, 3.0, fixed=True), daily=None, pace=None, linger_s=0.1)
    async with serving(sandbox, limiter=limiter) as web:
        first = [(await web.browser.get("/documents/1")).status for _ in range(4)]
        refused = await web.browser.get("/documents/1/file")
        await anyio.sleep(float(refused.headers["retry-after"]))
        again = await web.browser.get("/documents/1")

    assert first == [200, 200, 200, 503]  # the login was a call, too
    assert (refused.status, json.loads(refused.body)["type"]) == (503, "QuotaWaitError")
    assert 2 <= int(refused.headers["retry-after"]) <= 3
    assert again.status == 200


async def test_browsers_that_leave_while_they_wait_for_quota(sandbox: Sandbox) -> None:
    """They go out of the queue, and take nothing with them."""
    sandbox.documents.add("Plan", b"plan")
    limiter = Limiter(burst=Quota(2, 0.45, fixed=True), daily=None, pace=None, linger_s=0.1)
    async with serving(sandbox, limiter=limiter) as web:
        await web.browser.get("/documents/1")
        left = [await web.browser.open("/documents/1/file") for _ in range(2)]
        await anyio.sleep(0.1)
        waiting = (await web.vault.quota()).interactive_waiting
        for _, writer in left:
            writer.close()
        await anyio.sleep(0.1)
        usage = await web.vault.quota()

    assert (waiting, usage.interactive_waiting, sandbox.quota.calls) == (2, 0, 1)
