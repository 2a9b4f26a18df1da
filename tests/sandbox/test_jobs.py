"""Jobs advance with the clock, and end in a controlled copy."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import API, LOGIN, Clock, error_of
from vaultio.sandbox import Sandbox

NEW = "/api/v24.1"
ACTION = "draft_to_effective_lifecycle__c.effective__c.downloadControlledCopya95fbf38"
JOB = f"{NEW}/services/jobs/39303"
RESULTS = f"{NEW}/objects/documents/actions/{ACTION}/39303/results"


@pytest.fixture
async def started(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Start the job of a controlled copy."""
    sandbox.documents.add("Plan", b"the file", file_name="Plan.pdf", document_id=7)
    action = ACTION.rpartition(".")[2]
    await client.put(f"{NEW}/objects/documents/7/versions/0/1/lifecycle_actions/{action}")


async def poll(client: httpx.AsyncClient, url: str = JOB) -> dict[str, Any]:
    """Return the data of a job's status."""
    data: dict[str, Any] = (await client.get(url)).json()["data"]
    return data


async def test_a_job_advances_with_the_clock(
    client: httpx.AsyncClient, started: None, sandbox: Sandbox, clock: Clock
) -> None:
    """Queued, running, done: the link to the results comes with the end."""
    sandbox.jobs.poll_interval_s = 0
    seen = []
    for pause_s in (0, 2, 4):
        clock.advance(pause_s)
        data = await poll(client)
        links = [link["rel"] for link in data["links"]]
        seen.append((data["status"], links, "run_end_date" in data))

    assert seen == [
        ("QUEUED", ["self"], False),
        ("RUNNING", ["self"], False),
        ("SUCCESS", ["self", "artifacts"], True),
    ]


async def test_a_controlled_copy(
    client: httpx.AsyncClient, started: None, sandbox: Sandbox
) -> None:
    """The link leads to an archive that is named after the action and the moment."""
    sandbox.jobs.finish_all()
    href = (await poll(client))["links"][1]["href"]

    answer = await client.get(href)

    name = answer.headers["content-disposition"]
    assert name.startswith('attachment;filename="Download Issued Batch Record - 20')
    assert name.endswith('Z.zip"')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.read("VV-00007 (v0.1) Plan.pdf") == b"the file"


async def test_results_of_a_running_job(client: httpx.AsyncClient, started: None) -> None:
    """Before the job is over there is nothing to download."""
    assert error_of(await client.get(RESULTS))[0] == "OPERATION_NOT_ALLOWED"


async def test_polling_too_soon(
    client: httpx.AsyncClient, started: None, sandbox: Sandbox, clock: Clock
) -> None:
    """A status may be asked for once in ten seconds; asking too soon does not start them again."""
    await poll(client)
    clock.advance(9)
    early = await client.get(JOB)
    clock.advance(1)

    assert error_of(early)[0] == "API_LIMIT_EXCEEDED"
    assert (await poll(client))["status"] == "SUCCESS"
    assert sandbox.jobs.early_polls == 1


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("root", RESULTS),
        ("absolute", "https://myvault.veevavault.com" + RESULTS),
        ("bare", RESULTS[1:]),
    ],
)
async def test_the_forms_of_a_link(
    client: httpx.AsyncClient, started: None, sandbox: Sandbox, form: str, expected: str
) -> None:
    """Root-relative by default; elsewhere Vault prints others."""
    sandbox.jobs.finish_all()
    sandbox.settings.job_href = form  # type: ignore[assignment]  # given as text here

    data = await poll(client)

    assert data["links"][1]["href"] == expected


async def test_no_results_in_old_versions(
    client: httpx.AsyncClient, started: None, sandbox: Sandbox
) -> None:
    """The results of a controlled copy came with v18.3: neither the link nor the call before."""
    sandbox.jobs.finish_all()

    data = await poll(client, JOB.replace("v24.1", "v18.2"))
    answer = await client.get(RESULTS.replace("v24.1", "v18.2"))

    assert [link["rel"] for link in data["links"]] == ["self"]
    assert error_of(answer)[0] == "METHOD_NOT_SUPPORTED"


async def test_a_job_that_does_not_end_well(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A test chooses how jobs end."""
    sandbox.jobs.outcome = "ERRORS_ENCOUNTERED"
    job = sandbox.jobs.start()
    sandbox.jobs.finish_all()

    assert (await poll(client, f"{NEW}/services/jobs/{job.id}"))["status"] == "ERRORS_ENCOUNTERED"


async def test_a_job_of_somebody_else(guest: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Only who started a job, or may read all jobs, sees it."""
    sandbox.users.add("bob@example.com", "right")
    job = sandbox.jobs.start(user_id=sandbox.users["ana@example.com"].id)
    login = {**LOGIN, "username": "bob@example.com", "password": "right"}
    session_id = (await guest.post(f"{API}/auth", data=login)).json()["sessionId"]

    answer = await guest.get(f"{NEW}/services/jobs/{job.id}", headers={"Authorization": session_id})

    assert error_of(answer)[0] == "INSUFFICIENT_ACCESS"


async def test_a_job_that_is_not_there(client: httpx.AsyncClient) -> None:
    """The failure names the job."""
    answer = await client.get(f"{NEW}/services/jobs/1")

    assert error_of(answer) == ("MALFORMED_URL", "The resource [1] does not exist.")
