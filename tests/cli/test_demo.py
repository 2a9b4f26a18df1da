"""``vaultio demo``, and what is said where an extra is missing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import process
from vaultio.migration import MANIFEST_NAME


def without(*modules: str) -> str:
    """Write Python that makes imports of *modules* fail as if they were not installed."""
    return "import sys; " + "; ".join(f"sys.modules[{name!r}] = None" for name in modules)


def demo(*arguments: str | Path) -> str:
    """Run it; return what it says."""
    running = process("demo", *arguments)
    out, err = running.communicate()
    assert running.returncode == 0, err
    return out


def test_the_demo_exports_a_whole_vault(tmp_path: Path) -> None:
    """With nothing set up it leaves at least 40 verified files, says where, and is done then."""
    folder = tmp_path / "demo"

    out = demo(folder)

    with closing(sqlite3.connect(folder / MANIFEST_NAME)) as database:
        found = database.execute("SELECT path, size FROM items WHERE verified = 'md5'").fetchall()
    assert len(found) >= 40
    assert all((folder / path).stat().st_size == size for path, size in found)
    assert f"The files are in {folder}/" in out
    assert len(list(folder.glob("controlled-copies/*.zip"))) == 1
    assert "134 fetched" in out
    assert "0 fetched, 134 there before" in demo(folder, "--quiet")


@pytest.mark.parametrize(
    ("command", "missing", "extra"),
    [
        ("--help", "typer", "vaultio[cli]"),
        ("demo", "rich", "vaultio[cli]"),
        ("demo", "uvicorn", "vaultio[sandbox]"),
        ("sandbox", "starlette", "vaultio[sandbox]"),
    ],
)
def test_a_missing_extra(command: str, missing: str, extra: str) -> None:
    """Who lacks an extra reads how to install it, and nothing else."""
    running = process(command, before=without(missing))
    out, err = running.communicate()

    assert (running.returncode, out, err.count("\n")) == (
        *(2, ""),
        1 if extra == "vaultio[cli]" else 2,
    )
    assert f'pip install "{extra}"' in err
