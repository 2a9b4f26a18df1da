"""The command line as a user has it: in this process, or in one of its own; a vault to talk to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anyio.from_thread import start_blocking_portal
from typer.testing import CliRunner, Result

from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio.cli.app import app
from vaultio.sandbox import Sandbox

Command = Callable[..., Result]
Issue = Callable[..., Path]

PROGRAM = "from vaultio.cli import main; main()"

_KEYRING = '''
"""A keyring in a file, for the processes of a test."""
import json, os, pathlib
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 1
    path = pathlib.Path(os.environ["TEST_KEYRING"])

    def _all(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def get_password(self, service, name):
        return self._all().get(f"{service}/{name}")

    def set_password(self, service, name, secret):
        self.path.write_text(json.dumps(self._all() | {f"{service}/{name}": secret}))

    def delete_password(self, service, name):
        left = self._all()
        left.pop(f"{service}/{name}")
        self.path.write_text(json.dumps(left))
'''


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which nobody has set anything of ours, nor of the terminal's."""
    for name in list(os.environ):
        if name.startswith("VAULTIO_") or name in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}:
            monkeypatch.delenv(name)


@pytest.fixture
def served(
    sandbox: Sandbox, environment: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sandbox]:
    """The test's sandbox behind a real socket; the environment says how to log in."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(sandbox.serve()) as url,
    ):
        monkeypatch.setenv("VAULTIO_URL", url)
        monkeypatch.setenv("VAULTIO_USER", USER)
        monkeypatch.setenv("VAULTIO_PASSWORD", PASSWORD)
        yield sandbox


@pytest.fixture
def vaultio() -> Command:
    """The command line, called with words; the result has exit_code, stdout and stderr."""

    def call(*words: object, stdin: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words], input=stdin)

    return call


@pytest.fixture
def keyring(bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring that other processes find, and the file that it is in."""
    pytest.importorskip("keyring", reason="the extra keyring is not installed")
    (tmp_path / "a_keyring.py").write_text(_KEYRING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "a_keyring.Keyring")
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "keys"))
    return tmp_path / "keys"


@pytest.fixture
def bare(served: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The vault's address; the environment says nothing any more but where profiles are."""
    served.documents.add("Plan", document_id=7)
    found = os.environ["VAULTIO_URL"]
    for name in ("URL", "USER", "PASSWORD"):
        monkeypatch.delenv(f"VAULTIO_{name}")
    monkeypatch.setenv("VAULTIO_PROFILES", str(tmp_path / "profiles.toml"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return found


@pytest.fixture
def issue(served: Sandbox, tmp_path: Path) -> Issue:
    """Let the identity provider put a token into a file, good for so many seconds."""

    def put(lifetime_s: float = 3600) -> Path:
        file = tmp_path / "token"
        file.touch(mode=0o600)
        file.write_text(served.identity.issue(served.users[USER], lifetime_s))
        return file

    return put


def process(
    *words: object, before: str = "", stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    """Start the command line in a process and a session of its own, *before* run in it first."""
    command = [sys.executable, "-c", f"{before}\n{PROGRAM}", *map(str, words)]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=stdin, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def parts(folder: Path) -> list[str]:
    """Name what is left of unfinished files."""
    return [path.name for path in folder.rglob(".vaultio-*")]
