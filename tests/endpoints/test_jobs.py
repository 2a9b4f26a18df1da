"""Jobs: asked about once in 10 s, until they end one way or the other."""

from __future__ import annotations

import anyio
import pytest

from tests.endpoints.recording import Recorder, recorded
from tests.virtual_time import virtual
from vaultio import JobFailedError, JobWaitError, NotFoundError, Vault
from vaultio.sandbox import Sandbox

FIRST = 39303


def slow_sandbox(*, running_s: float = 60.0, outcome: str = "SUCCESS") -> Sandbox:
    """Make a vault in the loop's time, with one job that runs so long and ends so."""
    sandbox = Sandbox(clock=anyio.current_time)
    sandbox.jobs.queued_s, sandbox.jobs.running_s, sandbox.jobs.outcome = 5.0, running_s, outcome
    sandbox.jobs.start()
    return sandbox


def polls(recorder: Recorder) -> int:
    """Count the requests for a job's status."""
    return sum("/services/jobs/" in request.url.path for request in recorder.requests)


@virtual
async def test_a_job_is_asked_about_once_in_10_s() -> None:
    """A job of 65 s is asked about at 0, 10, 20, ..., 70 s: never too early, never too late."""
    sandbox = slow_sandbox()
    async with recorded(sandbox) as (vault, recorder):
        job = await vault.jobs.wait(FIRST)
        took_s = anyio.current_time()

    assert (job.succeeded, sandbox.jobs.early_polls) == (True, 0)
    assert (polls(recorder), round(took_s)) == (8, 70)


@virtual
async def test_two_tasks_share_the_10_s() -> None:
    """However many ask about a job, as a number or as a text, Vault is asked once in 10 s."""
    sandbox = slow_sandbox(running_s=25.0)
    async with recorded(sandbox) as (vault, _), anyio.create_task_group() as tasks:
        for job_id in (FIRST, str(FIRST), FIRST):
            tasks.start_soon(vault.jobs.wait, job_id)

    assert sandbox.jobs.early_polls == 0


@virtual
async def test_jobs_do_not_wait_for_each_other() -> None:
    """The 10 s are for each job: ten take as long as one."""
    sandbox = slow_sandbox(running_s=15.0)
    for _ in range(9):
        sandbox.jobs.start()
    async with recorded(sandbox) as (vault, _):
        async with anyio.create_task_group() as tasks:
            for job in list(sandbox.jobs):
                tasks.start_soon(vault.jobs.wait, job.id)
        took_s = anyio.current_time()

    assert (sandbox.jobs.early_polls, round(took_s)) == (0, 20)


@virtual
async def test_retrieve_twice() -> None:
    """Asking twice in a row waits out the 10 s, and does not run into Vault's limit."""
    sandbox = slow_sandbox()
    async with recorded(sandbox) as (vault, _):
        statuses = [(await vault.jobs.retrieve(FIRST)).status for _ in range(2)]

    assert statuses == ["QUEUED", "RUNNING"]
    assert sandbox.jobs.early_polls == 0


@pytest.mark.parametrize("job_id", ["number", "string"])
async def test_ids_of_both_kinds(sandbox: Sandbox, vault: Vault, job_id: str) -> None:
    """A job's id may be a number or a text in the answer."""
    sandbox.settings.job_id = job_id  # type: ignore[assignment]  # one of the two
    sandbox.jobs.queued_s = sandbox.jobs.running_s = 0.0
    sandbox.jobs.start()

    job = await vault.jobs.wait(str(FIRST))

    assert job.id == (FIRST if job_id == "number" else str(FIRST))


@virtual
async def test_failed_job() -> None:
    """A job that ends otherwise raises, and says how it ended."""
    sandbox = slow_sandbox(outcome="ERRORS_ENCOUNTERED")
    async with recorded(sandbox) as (vault, _):
        with pytest.raises(JobFailedError, match=f"{FIRST} ended with ERRORS") as caught:
            await vault.jobs.wait(FIRST)

    assert (caught.value.job_id, caught.value.status) == (FIRST, "ERRORS_ENCOUNTERED")


@virtual
async def test_unknown_status() -> None:
    """A status that nobody has heard of counts as still going, until the time is over."""
    sandbox = slow_sandbox(running_s=0.0, outcome="HIBERNATING")
    async with recorded(sandbox) as (vault, _):
        with pytest.raises(JobWaitError, match="still HIBERNATING after 45"):
            await vault.jobs.wait(FIRST, timeout_s=45.0)
        assert round(anyio.current_time()) == 45


@virtual
async def test_timeout_before_the_first_answer() -> None:
    """No time at all is no success, and no answer to tell of."""
    sandbox = slow_sandbox()
    async with recorded(sandbox) as (vault, _):
        with pytest.raises(JobWaitError, match=r"nothing was heard of job .* once in 10 s"):
            await vault.jobs.wait(FIRST, timeout_s=0.0)


@virtual
async def test_wait_outlasts_max_wait() -> None:
    """A web backend's short patience with quota does not end a wait for a job."""
    sandbox = slow_sandbox()
    async with recorded(sandbox) as (vault, _):
        job = await vault.with_options(max_wait_s=1.0).jobs.wait(FIRST)

    assert job.succeeded


async def test_job_that_is_not_there(vault: Vault) -> None:
    """Waiting for a job that nobody started ends at once."""
    with pytest.raises(NotFoundError, match="4711"):
        await vault.jobs.wait(4711)
