"""Which vault, and as whom: where settings come from, and what is said if one is missing."""

from __future__ import annotations

import os
import pty

import pytest

from tests.cli.conftest import Command, process
from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio.sandbox import Sandbox

QUERY = ("query", "SELECT id FROM documents", "--output", "jsonl", "-q")


@pytest.fixture(autouse=True)
def document(request: pytest.FixtureRequest) -> None:
    """A document, so that a query has an answer."""
    if "served" in request.fixturenames:
        request.getfixturevalue("served").documents.add("Plan", document_id=7)


NEEDED = {"URL": "--url", "USER": "--user", "PASSWORD": "--password-stdin"}


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_setting_is_named(
    vaultio: Command, served: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A line says which option and which variable would help; nothing is sent."""
    monkeypatch.delenv(f"VAULTIO_{name}")

    result = vaultio(*QUERY)

    assert (result.exit_code, result.stderr.count("\n"), served.sessions.logins) == (2, 2, 0)
    assert f"VAULTIO_{name}" in result.stderr
    assert NEEDED[name] in result.stderr


def test_the_password_comes_from_standard_input(
    vaultio: Command, served: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --password-stdin the first line is the password, whatever the environment says."""
    monkeypatch.setenv("VAULTIO_PASSWORD", "not this one")
    monkeypatch.setenv("VAULTIO_SESSION_ID", "nor-this-session")

    result = vaultio(*QUERY, "--password-stdin", stdin=f"{PASSWORD}\r\nmore\n")

    assert (result.exit_code, result.stdout) == (0, '{"id": 7}\n')


def test_the_password_is_asked_for_at_a_terminal(
    served: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question goes to stderr, the answer alone to stdout; what is typed is not shown."""
    monkeypatch.delenv("VAULTIO_PASSWORD")
    terminal, stdin = pty.openpty()

    running = process(*QUERY, stdin=stdin)
    assert running.stderr is not None
    prompt = running.stderr.read(len(f"Password of {USER}: "))
    os.write(terminal, f"{PASSWORD}\n".encode())
    out, err = running.communicate(timeout=20)

    assert (prompt, out, err) == (f"Password of {USER}: ", '{"id": 7}\n', "\n")
    os.close(terminal)
    os.close(stdin)


def test_a_password_is_no_option(vaultio: Command, served: Sandbox) -> None:
    """A password on the command line would be seen by everybody on the machine."""
    result = vaultio(*QUERY, "--password", "anything")

    assert result.exit_code == 2
    assert "No such option" in result.stderr


def test_a_session_from_elsewhere(
    vaultio: Command, served: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session id in the environment is used, and not ended."""
    session_id = served.sessions.start(served.users[USER], next(iter(served.vaults)).id)
    monkeypatch.setenv("VAULTIO_SESSION_ID", session_id)
    for name in ("VAULTIO_USER", "VAULTIO_PASSWORD"):
        monkeypatch.delenv(name)

    for _ in range(2):
        assert vaultio(*QUERY).stdout == '{"id": 7}\n'


def test_an_access_token(
    vaultio: Command, served: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An access token in the environment goes before everything else that is there."""
    token = served.sessions.add_access_token(served.users[USER], next(iter(served.vaults)).id)
    monkeypatch.setenv("VAULTIO_ACCESS_TOKEN", token)

    assert vaultio(*QUERY).stdout == '{"id": 7}\n'
    assert served.sessions.logins == 0


def test_a_wrong_password(vaultio: Command, served: Sandbox) -> None:
    """A refused login is exit code 1, a line that says so and one that says what to check."""
    served.users[USER].password = "changed since"

    result = vaultio(*QUERY)

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 2)
    assert "check --user and VAULTIO_PASSWORD" in result.stderr


def test_a_traceback_is_shown_only_if_asked_for(vaultio: Command, served: Sandbox) -> None:
    """--traceback shows where in the code an error came from."""
    words = ("query", "SELEC id")

    assert "Traceback" not in vaultio(*words).stderr
    assert "Traceback (most recent call last)" in vaultio(*words, "--traceback").stderr


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (["--url", "http://example.com"], 2),
        (["--api-version", "11"], 2),
        (["--url", "http://127.0.0.1:9"], 1),
    ],
)
def test_a_wrong_setting(vaultio: Command, served: Sandbox, wrong: list[str], code: int) -> None:
    """A value that cannot be meant is wrong usage; a vault that is not there is an error."""
    result = vaultio(*QUERY, *wrong)

    assert (result.exit_code, result.stderr.count("\n")) == (code, 2)
