"""What belongs to all commands, and the sandbox that is served by one."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import httpx
import pytest

from tests.cli.conftest import Command, process
from vaultio.cli.text import plain, size

COMMANDS = ["demo", "documents create", "bulk"]


def test_the_version(vaultio: Command) -> None:
    """--version names the program and its version."""
    assert vaultio("--version").stdout.startswith("vaultio 0.")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains(vaultio: Command, command: str) -> None:
    """A help text has the usage, and ends with the exit codes."""
    help_text = vaultio(*command.split(), "--help").stdout

    assert "Exit codes: 0 all done" in help_text
    assert f"vaultio {command}" in help_text


@pytest.mark.parametrize("words", [[], ["bogus"], ["export"], ["query", "x", "--bogus"]])
def test_wrong_usage(vaultio: Command, words: list[str]) -> None:
    """A command line that cannot be read is exit code 2."""
    assert vaultio(*words).exit_code == 2


def test_as_a_module() -> None:
    """Where the command's folder is not on the path, Python finds it."""
    said = subprocess.check_output([sys.executable, "-m", "vaultio", "--version"], text=True)

    assert said.startswith("vaultio ")


def test_the_sandbox_command() -> None:
    """It prints its address on stdout and the user on stderr, and runs until Ctrl-C."""
    running = process("sandbox", "--port", 0)
    assert running.stdout is not None
    url = running.stdout.readline().strip()
    host, port = url.removeprefix("http://").split(":")
    socket.create_connection((host, int(port)), timeout=5).close()

    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=10)

    assert (running.returncode, host) == (130, "127.0.0.1")
    assert "ana@example.com" in err
    assert "Traceback" not in err


def test_a_sandbox_to_try_a_migration_with() -> None:
    """As many documents as asked for, and what goes wrong there."""
    words = ("--documents", 300, "--large", 2, "--fault", "lost_answer; method=POST; share=0.05")
    running = process("sandbox", "--port", 0, *words)
    assert running.stdout is not None
    url = running.stdout.readline().strip()
    state = httpx.get(f"{url}/sandbox/state").json()
    [fault] = httpx.get(f"{url}/sandbox/faults").json()["faults"]
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=10)

    assert state["documents"] == 300 + 2 + 3  # the last are binders
    assert (fault["kind"], fault["share"], fault["count"]) == ("lost_answer", 0.05, None)


def test_a_fault_that_there_is_not(vaultio: Command) -> None:
    """It is refused before anything is served."""
    said = vaultio("sandbox", "--fault", "bogus")

    assert (said.exit_code, "--fault" in said.stderr) == (2, True)


def test_a_port_that_is_taken() -> None:
    """The line says which port, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = process("sandbox", "--port", port)
        _, err = running.communicate(timeout=20)

    assert running.returncode == 2
    assert err.startswith(f"vaultio: port {port} cannot be used")
    assert "choose another --port" in err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Prüfplan 試験.pdf", "Prüfplan 試験.pdf"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("exe\u202efdp", r"exe\u202efdp"),
        ("\ud800", r"\ud800"),
    ],
)
def test_texts_are_safe(text: str, shown: str) -> None:
    """What a terminal might obey is shown as an escape; everything else as it is."""
    assert plain(text) == shown


def test_sizes() -> None:
    """Sizes are written as on the box of a disk."""
    assert [size(n) for n in (0, 999, 1000, 999_960, 5e9, 7.5e13)] == [
        *("0 B", "999 B", "1.0 kB", "1.0 MB", "5.0 GB", "75.0 TB")
    ]
