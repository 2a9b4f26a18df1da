"""Controlled copies: from the action to the archive on disk."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest

from tests.endpoints.recording import COPY_ACTION, Recorder, files_in, path_of, recorded
from tests.leaks import SESSION_ID
from vaultio import ForeignLinkError, Job, JobError, SessionId, Vault
from vaultio.models import JobLink
from vaultio.sandbox import Sandbox, requirement

RESULTS = "/actions/draft_to_effective_lifecycle__c.effective__c.downloadControlledCopya95fbf38"


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Make a vault with one document, whose jobs are done at once."""
    sandbox.documents.add("Batch Record", b"the record", file_name="record.pdf", document_id=222)
    sandbox.jobs.queued_s = sandbox.jobs.running_s = 0.0
    return sandbox


def names_in(archive: Path) -> list[str]:
    """List what is in an archive."""
    with zipfile.ZipFile(archive) as opened:
        return opened.namelist()


@pytest.mark.parametrize("version", ["v11.0", "v18.3", "v22.1"])
@pytest.mark.parametrize("form", ["root", "absolute", "bare"])
async def test_from_start_to_archive(
    sandbox: Sandbox, version: str, form: str, tmp_path: Path
) -> None:
    """Start, wait, follow the job's link as it is given: a whole ZIP on disk."""
    sandbox.settings.job_href = form  # type: ignore[assignment]  # one of the three
    async with recorded(sandbox, version) as (vault, recorder):
        document = vault.documents.version(222, 0, 1)
        job_id = await vault.controlled_copies.start(document, COPY_ACTION)
        job = await vault.jobs.wait(job_id)
        saved = await vault.controlled_copies.download(job, to=tmp_path)

    assert names_in(saved.path) == ["VV-00222 (v0.1) record.pdf"]
    assert saved.path.name.startswith("Download Issued Batch Record - ")
    assert path_of(recorder.requests[-1]).endswith(f"{RESULTS}/{job_id}/results")


async def test_create_does_it_all(sandbox: Sandbox, tmp_path: Path) -> None:
    """One coroutine for the whole flow, with three requests."""
    async with recorded(sandbox) as (vault, recorder):
        document = vault.documents.version(222, 0, 1)
        saved = await vault.controlled_copies.create(document, COPY_ACTION, to=tmp_path)

    assert [saved.path] == files_in(tmp_path)
    assert [request.method for request in recorder.requests] == ["PUT", "GET", "GET"]


@pytest.mark.parametrize("shape", ["flat", "data", "camel", "url"])
async def test_shapes_of_the_start(sandbox: Sandbox, vault: Vault, shape: str) -> None:
    """No page shows the answer of the start; the job is found in each that is known."""
    sandbox.settings.job_start = shape  # type: ignore[assignment]  # one of the four

    job_id = await vault.controlled_copies.start(vault.documents.version(222, 0, 1), COPY_ACTION)

    assert str(job_id) == "39303"


async def test_requirements_go_along(sandbox: Sandbox) -> None:
    """What the action wants of scope ControlledCopy goes out in the form of the start."""
    wanted = requirement("reason__c", "Reason", "String", "ControlledCopy", required=True)
    action = next(one for one in sandbox.lifecycle_actions if one.name == COPY_ACTION)
    sandbox.lifecycle_actions.add(attrs.evolve(action, requirements=[wanted]))

    async with recorded(sandbox) as (vault, recorder):
        document = vault.documents.version(222, 0, 1)
        await vault.controlled_copies.start(document, COPY_ACTION, {"reason__c": "an audit"})

    assert recorder.requests[0].content == b"reason__c=an+audit"


async def test_action_without_a_job(sandbox: Sandbox, vault: Vault) -> None:
    """An action that changes a state is no controlled copy, and no number is taken for a job."""
    sandbox.documents[222].latest.fields["country__v"] = ["1357752909483"]

    with pytest.raises(JobError, match="'approve' was started, but its answer names no job"):
        await vault.controlled_copies.start(vault.documents.version(222, 0, 1), "approve")


async def test_job_without_results(vault: Vault, tmp_path: Path) -> None:
    """A job that made nothing says so before anything is asked for."""
    with pytest.raises(JobError, match="no link to results"):
        await vault.controlled_copies.download(Job(id=1, status="SUCCESS"), to=tmp_path)


def served(answer: Callable[[httpx.Request], httpx.Response]) -> Recorder:
    """Make a transport that answers by hand."""
    return Recorder(httpx.MockTransport(answer))


@pytest.mark.parametrize(
    "href",
    [
        f"https://evil.example/api/v22.1{RESULTS}/1/results",
        f"https://vault.example.com.evil.example/api/v22.1{RESULTS}/1/results",
        f"//evil.example/api/v22.1{RESULTS}/1/results",
        f"https://vault.example.com@evil.example/api/v22.1{RESULTS}/1/results",
        "/api/v22.1/../../login",
    ],
)
async def test_foreign_results(href: str, tmp_path: Path) -> None:
    """A link that leads elsewhere is refused, and no request goes anywhere."""
    job = Job(id=1, status="SUCCESS", links=(JobLink(rel="artifacts", href=href),))
    recorder = served(lambda _: httpx.Response(200, json={"responseStatus": "SUCCESS"}))
    address, session = "https://vault.example.com", SessionId(SESSION_ID)

    async with Vault(address, session, api_version="v22.1", transport=recorder) as vault:
        with pytest.raises(ForeignLinkError):
            await vault.controlled_copies.download(job, to=tmp_path)

    assert (recorder.requests, files_in(tmp_path)) == ([], [])


async def test_link_with_spaces(tmp_path: Path) -> None:
    """A link is sent encoded, but not encoded twice."""
    links = (JobLink(rel="artifacts", href="api/v22.1/objects/a b/c%20d/results"),)
    headers: Any = {"Content-Type": "application/octet-stream"}
    recorder = served(lambda _: httpx.Response(200, headers=headers, stream=Zip()))
    address, session = "https://vault.example.com", SessionId(SESSION_ID)

    async with Vault(address, session, api_version="v22.1", transport=recorder) as vault:
        job = Job(id=1, status="SUCCESS", links=links)
        saved = await vault.controlled_copies.download(job, to=tmp_path)

    assert path_of(recorder.requests[0]) == "/api/v22.1/objects/a%20b/c%20d/results"
    assert saved.path.name == "controlled-copy.zip"


class Zip(httpx.AsyncByteStream):
    """The body of an archive that Vault gave no name."""

    async def __aiter__(self) -> Any:
        """Yield it in one piece."""
        yield b"PK\x05\x06" + bytes(18)
