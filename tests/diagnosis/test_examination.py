"""All checks of a vault: one that fails keeps no other from being made."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio import ApiVersion, Password
from vaultio.diagnosis import Check, Examination
from vaultio.diagnosis.disk import disk_check
from vaultio.diagnosis.examination import api_check
from vaultio.diagnosis.versions import version_check
from vaultio.sandbox import Sandbox

ALL = ["versions", "disk", "store", "dns", "tcp", "tls", "clock", "login", "api", "quota"]


@pytest.fixture
def url(sandbox: Sandbox) -> Iterator[str]:
    """The address of a vault that runs."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as url,
    ):
        yield url


async def found(examination: Examination) -> dict[str, Check]:
    """Make all checks, by their names."""
    return {check.name: check async for check in examination.checks()}


async def test_all_is_well(url: str, tmp_path: Path) -> None:
    """Each check is ok; the store was made where it is to be."""
    checks = await found(
        Examination(
            url=url,
            credentials=Password(USER, PASSWORD),
            api_version="v24.3",
            store=f"sqlite:///{tmp_path}/quota.db",
            folder=tmp_path / "not" / "there yet",
        )
    )

    assert list(checks) == ALL
    assert {check.state for check in checks.values()} == {"ok"}, checks
    assert "2,000 calls left in 5 minutes" in checks["quota"].said


async def test_what_fails_keeps_nothing_else_back(url: str, tmp_path: Path) -> None:
    """A full store, a wrong password: all others are looked at, and what they need is skipped."""
    checks = await found(
        Examination(
            url=url,
            credentials=Password(USER, "wrong"),
            store=f"sqlite:///{tmp_path}",
            folder=tmp_path,
        )
    )

    states = {name: check.state for name, check in checks.items() if check.state != "ok"}
    assert states == {"store": "fail", "login": "fail", "api": "skip", "quota": "skip"}
    assert checks["store"].advice
    assert checks["login"].advice
    assert "wrong" not in str(checks)


@pytest.mark.parametrize(("left", "state"), [(1_000, "ok"), (100, "warn"), (1, "fail")])
async def test_the_quota(url: str, sandbox: Sandbox, left: int, state: str) -> None:
    """Little left is a warning, nothing a failure."""
    sandbox.quota.burst_limit = 2_000
    for _ in range(2_000 - left):
        sandbox.quota.take((24, 3))  # type: ignore[arg-type] # a version
    checks = await found(Examination(url=url, credentials=Password(USER, PASSWORD)))

    assert checks["quota"].state == state, checks["quota"]


async def test_a_version_that_the_vault_does_not_speak(url: str) -> None:
    """The advice says that it may be that."""
    credentials = Password(USER, PASSWORD)
    checks = await found(Examination(url=url, credentials=credentials, api_version="v98.1"))

    assert (checks["login"].state, checks["api"].state) == ("fail", "skip")
    assert "may not speak v98.1" in checks["login"].advice


def test_the_versions_of_a_vault() -> None:
    """One that is not offered fails, and the latest is named."""
    offered = [ApiVersion(11, 0), ApiVersion(26, 3)]

    assert api_check(ApiVersion(11, 0), offered).state == "ok"
    assert "v26.3 at most" in api_check(ApiVersion(27, 1), offered).advice


async def test_no_vault_at_all() -> None:
    """This machine is looked at all the same."""
    checks = await found(Examination())

    assert list(checks) == ALL
    assert [checks[name].state for name in ("versions", "disk")] == ["ok", "ok"]
    assert {checks[name].state for name in ALL[2:]} == {"skip"}


def test_a_folder_that_takes_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's reason is said, and what to do."""

    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)

    check = disk_check(tmp_path)
    assert (check.state, check.said) == ("fail", "Read-only file system")
    assert str(tmp_path) in check.advice


def test_a_library_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named with the version that it should have."""
    versions = {"httpx": "0.9", "vaultio": "0.1.0"}
    monkeypatch.setattr(
        "vaultio.diagnosis.versions.version",
        lambda name: versions.get(name) or metadata.version(name),
    )

    check = version_check()
    assert check.state == "fail"
    assert "httpx 0.9 is older than 0.28.1" in check.said
