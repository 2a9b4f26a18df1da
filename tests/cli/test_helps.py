"""The helps: every command explains itself, by an example that works as it stands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from anyio.from_thread import start_blocking_portal

from tests.cli.conftest import Command
from tests.conftest import USER
from tests.leaks import PASSWORD
from tests.test_docs import ADDRESS
from vaultio.cli.app import COMMANDS, app
from vaultio.cli.exits import EPILOG, MEANINGS
from vaultio.sandbox import Sandbox

EXAMPLE = re.compile(r"Example: `vaultio ([^`]+)`")
ELSEWHERE = {"demo": "test_demo.py", "sandbox": "test_app.py"}
"""They take long, or run until Ctrl-C: tests of their own do what their examples say."""


def leaves(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Yield all commands below one, with the words that call them."""
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
    for word in below or ():
        one = command.loaded(word) if hasattr(command, "loaded") else command.commands[word]
        yield from leaves(f"{name} {word}".strip(), one)


LEAVES = dict(leaves("", typer.main.get_command(app)))
EXAMPLES = {name: EXAMPLE.findall(command.help or "") for name, command in LEAVES.items()}


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, environment: None) -> Iterator[tuple[Sandbox, str]]:
    """A demo vault that the environment names, and the address of an empty one."""
    full, empty = Sandbox.demo(), Sandbox()
    full.jobs.poll_interval_s = 0
    full.jobs.start()
    full.jobs.finish_all()
    for one in (full, empty):
        one.users[USER].password = PASSWORD
        one.login_quota.limit = 1_000  # each example logs in
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(full.serve()) as url,
        portal.wrap_async_context_manager(empty.serve()) as other,
    ):
        for name, value in (("URL", url), ("USER", USER), ("PASSWORD", PASSWORD)):
            monkeypatch.setenv(f"VAULTIO_{name}", value)
        monkeypatch.setenv("IDP_TOKEN", full.identity.issue(full.users[USER]))
        yield full, other


@pytest.fixture
def folder(served: tuple[Sandbox, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the examples speak of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VAULTIO_PROFILES", str(tmp_path / "profiles.toml"))
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7 a plan")
    plan = "Plan,SOP,General Lifecycle\n"
    (tmp_path / "plans.csv").write_text(f"name__v,type__v,lifecycle__v\n{plan}")
    (tmp_path / "titles.csv").write_text("id,title__v\n7,Plan\n")
    sites = "\n".join(served[0].records["site__v"].records)
    (tmp_path / "sites.csv").write_text(f"id\n{sites}\n")
    return tmp_path


def test_every_command_has_an_example() -> None:
    """A newcomer sees in each help how the command is called."""
    assert [name for name, found in EXAMPLES.items() if not found] == []
    for name, found in EXAMPLES.items():
        for text in found:
            assert text.startswith((name, name.removeprefix("documents "))), text


def test_every_example_works(
    vaultio: Command, folder: Path, served: tuple[Sandbox, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each ends with 0 as it stands, one after the other in one folder."""
    import os

    url, wrong = os.environ["VAULTIO_URL"], list[str]()
    for name, place in (("old", url), ("new", served[1])):
        done = vaultio(
            "login", name, "--url", place, "--user", USER, "--secret", "env:VAULTIO_PASSWORD"
        )
        assert done.exit_code == 0, done.stderr
    for text in [
        text for name, found in EXAMPLES.items() for text in found if name not in ELSEWHERE
    ]:
        result = vaultio(*shlex.split(text.replace(ADDRESS, url)))
        wrong += [f"{text}: {result.stderr}"] if result.exit_code else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", LEAVES)
def test_help_explains(name: str) -> None:
    """Every help has the exit codes, and no option without a word on it."""
    assert LEAVES[name].epilog == EPILOG
    assert [one.name for one in LEAVES[name].params if not getattr(one, "help", None)] == []


def test_the_list_of_commands_tells_the_truth(vaultio: Command) -> None:
    """What is said of a command before it is imported is what its own help begins with."""
    group, listed = typer.main.get_command(app), vaultio("--help").stdout

    for one in COMMANDS:
        command = group.loaded(one.name)  # type: ignore[attr-defined] # ours
        assert (command.help or "").partition("\n")[0] == one.help
        assert one.name in listed


def test_exit_codes_are_in_the_readme() -> None:
    """One table, in the README as in the code."""
    from tests.layers import ROOT

    text = (ROOT / "README.md").read_text("utf-8")
    assert [code for code, said in MEANINGS.items() if f"| {code} | {said}" not in text] == []
