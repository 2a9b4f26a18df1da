"""The command line in shells: completion, pipes that close, mistakes that nobody foresaw."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROGRAM, Command, process
from vaultio.profiles import Profile, save_profile
from vaultio.sandbox import Sandbox


@pytest.fixture
def bash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bash that finds the command, and two profiles."""
    monkeypatch.setenv("VAULTIO_PROFILES", str(tmp_path / "profiles.toml"))
    for name in ("prod", "preview"):
        save_profile(Profile(name=name, url="https://a.veevavault.com"))
    command = tmp_path / "vaultio"
    command.write_text(f"#!{sys.executable}\n{PROGRAM}\n")
    command.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found = shutil.which("bash")
    if found is None:
        pytest.skip("there is no bash here")
    return found


COMPLETED = """
eval "$(vaultio --show-completion)"; shown=$?
for words in "vaultio doc" "vaultio query x --profile pr"; do
    COMP_WORDS=($words); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _vaultio_completion vaultio
    echo "${COMPREPLY[@]}"
done
"""


def test_completion(bash: str) -> None:
    """Bash completes commands and the names of profiles, by what --show-completion prints."""
    done = subprocess.run([bash, "-c", COMPLETED], capture_output=True, text=True, timeout=100)

    commands, profiles = done.stdout.splitlines()
    assert set(commands.split()) == {"documents", "doctor"}
    assert set(profiles.split()) == {"prod", "preview"}, done.stderr


def test_completion_is_installed(
    bash: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--install-completion writes into the home of who calls it, and says where."""
    monkeypatch.setenv("HOME", str(tmp_path))

    command = [bash, "-c", "vaultio --install-completion; true"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)

    assert "bash completion installed in" in done.stdout, done.stderr
    assert "vaultio.sh" in (tmp_path / ".bashrc").read_text()


def test_a_closed_pipe(served: Sandbox) -> None:
    """| head ends the command quietly, also where it writes lines of its own."""
    for number in range(400):
        served.documents.add(f"Plan {number} {'x' * 200}")

    running = process("documents", "list", "-o", "json")
    assert running.stdout is not None
    assert running.stdout.readline() == "[\n"
    running.stdout.close()
    assert running.stderr is not None
    with running.stderr as stderr:
        assert (stderr.read(), running.wait(60)) == ("", 0)


@pytest.mark.parametrize("debug", [False, True])
def test_a_mistake_of_ours(
    vaultio: Command, served: Sandbox, monkeypatch: pytest.MonkeyPatch, debug: bool
) -> None:
    """Without --debug nobody is shown a traceback, nor what may be in its text."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("vaultio.cli.documents.reading.limited", fail)

    done = vaultio("documents", "list", *(("--debug",) if debug else ()))

    assert (done.exit_code, "Traceback" in done.stderr) == (1, debug)
    assert ("a secret" in done.stderr) == debug
    assert "vaultio: unexpected ZeroDivisionError\nhint: " in done.stderr


def test_help_imports_little() -> None:
    """The list of commands needs neither the client nor what the commands are made of."""
    program = "import sys; from vaultio.cli.app import app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    loaded = set(done.stdout.split())
    assert "vaultio.cli.app" in loaded
    assert not loaded & {"httpx", "cattrs", "vaultio.client", "vaultio.migration", "tomlkit"}
