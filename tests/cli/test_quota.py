"""``vaultio quota``: what is used of a vault's quotas, by its own word or that of shared books."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.conftest import Command, process
from vaultio.sandbox import Sandbox


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The address of a store that nobody has used."""
    return f"sqlite:///{tmp_path}/quota.db"


@pytest.fixture
def job(vaultio: Command, served: Sandbox, store: str) -> str:
    """A job that made calls and shares its quotas; the vault's host and port."""
    served.documents.add("Plan", b"12345")
    result = vaultio("query", "SELECT id FROM documents", "--store", store)
    assert result.exit_code == 0, result.stderr
    found = json.loads(vaultio("quota", "--store", store, "-o", "json").stdout)
    return str(found[0]["vault"])


def test_the_vaults_own_word(vaultio: Command, served: Sandbox) -> None:
    """Without a store one call is made, and its answer's headers are shown, of all programs."""
    served.quota.burst_limit = 1_000

    found = json.loads(vaultio("quota", "--output", "json").stdout)

    quotas = {quota["name"]: quota for quota in found[0]["quotas"]}
    assert quotas["burst"]["limit"] == 1_000
    assert quotas["burst"]["used"] == 1_000 - quotas["burst"]["left"] == 1
    assert quotas["daily"]["limit"] == 100_000


def test_a_table(vaultio: Command, served: Sandbox) -> None:
    """People see a row for each quota."""
    lines = vaultio("quota").stdout.splitlines()

    assert lines[1].split() == ["Calls", "in", "Limit", "Used", "Left"]
    assert lines[3].split() == ["5", "minutes", "2,000", "1", "1,999"]
    assert lines[4].split()[:3] == ["24", "hours", "100,000"]


def test_the_store_of_a_job(vaultio: Command, job: str, served: Sandbox, store: str) -> None:
    """With a store no call is made: what jobs have used is in there, for each vault."""
    before = served.quota.calls

    table = vaultio("quota", "--store", store).stdout.splitlines()

    assert (served.quota.calls, table[0]) == (before, job)
    assert table[3].split()[:5] == ["5", "minutes", "2,000", "3", "0"]  # login, query, logout
    assert "0 interactive and 0 bulk calls waiting" in table[5]


def test_jobs_count_together(
    vaultio: Command, job: str, store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two commands that name the same store, one by the environment, share their quotas."""
    monkeypatch.setenv("VAULTIO_QUOTA_STORE", store)
    assert vaultio("query", "SELECT id FROM documents", "-q").exit_code == 0

    found = json.loads(vaultio("quota", "-o", "json").stdout)

    assert found[0]["quotas"][0]["used"] == 6


def test_watching(job: str, store: str) -> None:
    """--watch shows again and again until Ctrl-C."""
    running = process("quota", "--store", store, "--watch", 1, "-o", "json")
    assert running.stdout is not None
    first, second = (json.loads(running.stdout.readline()) for _ in range(2))

    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=10)

    assert (first[0]["vault"], second[0]["vault"]) == (job, job)
    assert (running.returncode, "Traceback" in err) == (130, False)


@pytest.mark.parametrize(
    ("url", "code"), [("sqlite:///{}/none.db", 1), ("sqlite:///{}", 1), ("ftp://host", 2)]
)
def test_a_store_that_is_none(vaultio: Command, tmp_path: Path, url: str, code: int) -> None:
    """One line says what is wrong with it, another what to do."""
    result = vaultio("quota", "--store", url.format(tmp_path))

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (code, "", 2)
