"""The README, the site's own pages and the docstrings tell the truth: what they show is run.

How the README is written:

- a block that opens with ```python is run. The blocks under one heading follow each other in
  one namespace, in a folder of their own; in a page of ``.docs/`` all of its blocks do;
- such a block is either a complete program, or it has ``await`` outside of functions: then
  `vault` is an open `Vault`;
- the vault is a sandbox with `Sandbox.demo`'s documents: ``https://myvault.veevavault.com``
  leads there, VAULTIO_URL, VAULTIO_USER and VAULTIO_PASSWORD are set;
- what a reader need not see, such as a file to upload, stands in a comment that opens with
  a line ``<!-- python`` and ends with a line ``-->``;
- ```python no-run is compiled only;
- in a ```console block, lines that begin with ``$ vaultio`` name commands and options
  that there are.
"""

from __future__ import annotations

import asyncio
import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import typer

from tests.docs import Block, blocks, commands, compiled, run, unknown_word
from tests.layers import ROOT, modules
from tests.leaks import PASSWORD
from vaultio import Password, Vault

README = ROOT / "README.md"
ADDRESS = "https://myvault.veevavault.com"
BLOCKS = list(blocks(README.read_text("utf-8")))
HEADINGS = list(dict.fromkeys(block.heading for block in BLOCKS))
PAGES = sorted((ROOT / ".docs").glob("*.md")) + sorted((ROOT / ".github").glob("*.md"))
WRITTEN = [README, *PAGES]
NOT_RUN = {"new-operation.md"}  # `test_new_operation` does what it says


@pytest.fixture
def page(
    served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[dict[str, Any], asyncio.Runner]]:
    """The names and the event loop that the blocks under one heading share."""
    monkeypatch.chdir(tmp_path)
    vault = Vault(served, Password("ana@example.com", PASSWORD), api_version="v11.0")
    with asyncio.Runner() as runner:
        runner.run(vault.__aenter__())
        yield {"__name__": "__main__", "vault": vault}, runner
        runner.run(vault.__aexit__(None, None, None))


def localised(block: Block, url: str) -> Block:
    """Put the sandbox's address in the place of the one that is printed."""
    return attrs.evolve(block, text=block.text.replace(ADDRESS, url))


@pytest.mark.parametrize("heading", HEADINGS or [""])
def test_readme_runs(
    heading: str, served: str, page: tuple[dict[str, Any], asyncio.Runner]
) -> None:
    """What the README shows under one heading works, from the top down."""
    names, runner = page
    for block in BLOCKS:
        if block.heading == heading and block.runs:
            run(localised(block, served), str(README), names, runner)


@pytest.mark.parametrize("name", [path.name for path in PAGES if path.name not in NOT_RUN])
def test_page_runs(name: str, page: tuple[dict[str, Any], asyncio.Runner]) -> None:
    """What a page of the site shows works, from the top to the end."""
    names, runner = page
    (path,) = (one for one in PAGES if one.name == name)
    for block in blocks(path.read_text("utf-8")):
        if block.runs:
            run(block, str(path), names, runner)


def test_readme_compiles() -> None:
    """What is not run is Python at least, and no block is marked in a way unknown to us."""
    for block in BLOCKS:
        if block.info.startswith("python"):
            assert block.info in {"python", "python no-run"}, block
            compiled(block, str(README))


def test_readme_shows_something() -> None:
    """The checks above have something to check, as soon as there is more than a title."""
    is_written = len(README.read_text("utf-8").splitlines()) > 10

    assert any(block.runs for block in BLOCKS) or not is_written


@pytest.mark.parametrize("path", WRITTEN, ids=[path.name for path in WRITTEN])
def test_commands_exist(path: Path) -> None:
    """Every command and option in a console block is one that there is."""
    found = blocks(path.read_text("utf-8"))
    shown = [block.text for block in found if block.info == "console"]
    typed = [words for text in shown for words in commands(text, "vaultio")]
    app = importlib.import_module("vaultio.cli.app").app if typed else typer.Typer()

    assert [word for words in typed if (word := unknown_word(app, words))] == []


def test_an_unknown_command_or_option_is_found() -> None:
    """The check above can fail, at each step down the tree."""
    app, jobs = typer.Typer(), typer.Typer()
    jobs.command("wait")(lambda number: print(number))
    jobs.command("watch")(lambda: None)
    app.add_typer(jobs, name="jobs")

    assert unknown_word(app, ["jobs", "wait", "7", "--help"]) == ""
    assert unknown_word(app, ["job", "wait", "7"]) == "job"
    assert unknown_word(app, ["jobs", "weight", "7"]) == "weight"
    assert unknown_word(app, ["jobs", "wait", "--every=7"]) == "--every=7"


def test_examples_in_docstrings() -> None:
    """Every ``>>>`` in a docstring gives what stands below it."""
    for name, file in modules().items():
        if ".integrations" not in name and ">>>" in file.read_text("utf-8"):
            failed, _ = doctest.testmod(importlib.import_module(name))
            assert not failed, name


TEXT = """
# One

```python
x = 1
```

## Two
<!-- python
x = 2
-->
```python
import asyncio
await asyncio.sleep(0)
y = x
```

```console
$ pip install vaultio
$ COLUMNS=80 vaultio export "a b" \\
    --to here  # a remark
```
"""


def test_blocks_are_found_and_run() -> None:
    """Blocks know their heading and line, share names, and may await."""
    found, names = list(blocks(TEXT)), dict[str, Any]()

    with asyncio.Runner() as runner:
        for block in found[1:3]:
            run(block, "text", names, runner)

    assert [(one.heading, one.info, one.line) for one in found[:3]] == [
        ("One", "python", 5), ("Two", "python", 10), ("Two", "python", 13)
    ]  # fmt: skip
    assert names["y"] == 2
    assert list(commands(found[3].text, "vaultio")) == [["export", "a b", "--to", "here"]]


def test_a_failing_block_fails() -> None:
    """An error in a block is an error here, at the line where the text has it."""
    block = Block("One", "python", 7, "x = 1\n1 / 0\n")

    with asyncio.Runner() as runner, pytest.raises(ZeroDivisionError) as caught:
        run(block, "text", {}, runner)

    assert caught.traceback[-1].lineno + 1 == 8
