"""The guard against leaked secrets sees them wherever they come out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.leaks import MARK, PASSWORD, SESSION_ID, TOKEN, told_by
from vaultio import errors
from vaultio.credentials import (
    AccessToken,
    Credentials,
    OAuth,
    Password,
    SalesforceSession,
    SessionId,
)

HERE = Path(__file__).parent
ERRORS = [
    one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.VaultioError)
]
CREDENTIALS: list[Credentials] = [
    Password("ana@example.com", PASSWORD),
    SessionId(SESSION_ID),
    AccessToken(TOKEN),
    OAuth("_p", TOKEN),
    OAuth("_p", partial(str, TOKEN)),
    SalesforceSession(SESSION_ID, "example.my.salesforce.com"),
]
LEAKY = """
import logging, subprocess, warnings
from tests.leaks import MARK

def test_log(): logging.getLogger("x").debug("sent %s", MARK)
def test_logged_traceback():
    try: raise ValueError(MARK)
    except ValueError: logging.exception("no")
def test_warning(): warnings.warn(MARK)
def test_output(): print(MARK)
def test_arguments(): subprocess.run(["true", MARK])
def test_written(tmp_path): (tmp_path / "report.csv").write_text(MARK)
def test_failure(): raise RuntimeError("no") from ValueError(MARK)
def test_shape(): logging.info("Authorization: " + "0AF7" * 28)
def test_innocent(): logging.info("Authorization: ***")
"""


def run_leaky(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """Run the tests above under the guard, in a process whose log is not ours."""
    (folder / "test_leaky.py").write_text(LEAKY)
    options = ["-p", "tests.leaks", "-p", "no:cacheprovider", "--tb=no", "--show-capture=no"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *more],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
    )


def test_every_way_out_is_watched(tmp_path: Path) -> None:
    """A run in which a secret came out names the tests, and only those."""
    done = run_leaky(tmp_path)

    leaks = done.stdout.partition("SECRETS LEAKED")[2]
    names = set(re.findall(r"::(test_\w+): ", leaks))
    assert names == set(re.findall(r"test_\w+", LEAKY)) - {"test_innocent"}


@pytest.mark.heavy
def test_workers_of_xdist_are_watched(tmp_path: Path) -> None:
    """What a worker found fails the run that has asked it, and is told there."""
    done = run_leaky(tmp_path, "-n", "1", "-k", "test_log or test_written")

    assert set(re.findall(r"::(test_\w+): ", done.stdout)) >= {"test_log", "test_written"}
    assert done.returncode == pytest.ExitCode.TESTS_FAILED


def test_a_leak_alone_fails_the_run(tmp_path: Path) -> None:
    """All tests may pass: if a secret came out, the run has failed."""
    done = run_leaky(tmp_path, "-k", "test_log")

    assert "2 passed" in done.stdout
    assert done.returncode == pytest.ExitCode.TESTS_FAILED


def log_in(credentials: list[Credentials], error: Exception) -> None:
    """Fail while the credentials are among the locals."""
    raise error


def log_in_carelessly(password: str) -> None:
    """Fail while a bare text is among the locals, with a cause and a member that name it."""
    cause, member = ValueError(f"{password}-cause"), KeyError(f"{password}-member")
    raise ExceptionGroup("no", [member]) from cause


@pytest.mark.parametrize("error_class", ERRORS)
def test_no_error_tells_a_secret(error_class: type[Exception]) -> None:
    """A crash report with local variables does not hold what the caller logged in with."""
    with pytest.raises(error_class) as caught:
        log_in(CREDENTIALS, error_class("no"))

    told = told_by(caught.value, frames_of=HERE)

    assert "***" in told
    assert MARK not in told


def test_told_by_tells_all() -> None:
    """The measure of the test above can fail: locals, causes and members are looked at."""
    with pytest.raises(ExceptionGroup) as caught:
        log_in_carelessly(MARK)

    told = told_by(caught.value, frames_of=HERE)

    assert f"\n'{MARK}'\n" in told
    assert f"{MARK}-cause" in told
    assert f"{MARK}-member" in told
