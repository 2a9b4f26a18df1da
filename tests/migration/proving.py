"""Vaults and jobs in processes of their own, kills, and the look at what came of it all."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import anyio
from attrs import asdict, define, field

from tests.migration.exported import VIEWABLE
from tests.migration.programs.vault_server import Setup
from tests.processes import starting
from vaultio.migration import MANIFEST_NAME, verify

_PAGE = 199
"""Documents that a page of 200 brings: one of the page before is looked at again."""


def start(program: str, values: object) -> subprocess.Popen[str]:
    """Start one of the programs."""
    return starting.start(f"tests.migration.programs.{program}", values)


@define
class VaultProcess:
    """A vault that is served by another process."""

    url: str
    _process: subprocess.Popen[str]

    def ask(self, question: str) -> Any:
        """Ask it about itself: see `Questions`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(question, file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())


@contextmanager
def serving(setup: Setup) -> Iterator[VaultProcess]:
    """Serve a vault while the block lasts."""
    with start("vault_server", asdict(setup)) as process:
        try:
            assert process.stdout is not None
            yield VaultProcess(process.stdout.readline().strip(), process)
        finally:
            process.kill()


def run(order: Any, program: str = "exporter") -> tuple[int, str]:
    """Run a job to its end; return its exit code and what it printed."""
    with start(program, asdict(order)) as process:
        try:
            out, _ = process.communicate()
        finally:
            process.kill()
        return process.returncode, out


@define
class Kills:
    """SIGKILLs at random moments of a job: `moments` are counts of calls at the vault."""

    moments: list[int]
    dice: random.Random = field(factory=lambda: random.Random(6))
    hit: int = 0
    """How many met a job that was at work."""

    @classmethod
    def spread(cls, number: int, calls: int, seed: int = 6) -> Kills:
        """Choose moments over a job of so many calls."""
        dice = random.Random(seed)
        return cls(sorted(dice.randrange(1, calls) for _ in range(number)), dice)

    def run(self, vault: VaultProcess, order: Any, program: str = "exporter") -> None:
        """Start the job anew after each kill, and let the last one come to its end."""
        for moment in self.moments:
            with start(program, asdict(order)) as process:
                while vault.ask("calls") < moment and process.poll() is None:
                    time.sleep(0.005)
                time.sleep(self.dice.random() * 0.05)
                self.hit += process.poll() is None
                process.kill()
        code, out = run(order, program)
        assert code == 0, out


def rows(folder: Path, kind: str = "source") -> list[dict[str, Any]]:
    """Read the items of a kind from the manifest as it lies there."""
    with closing(sqlite3.connect(folder / MANIFEST_NAME)) as database:
        database.row_factory = sqlite3.Row
        found = database.execute("SELECT * FROM items WHERE kind = ?", (kind,)).fetchall()
    return [dict(row) for row in found]


def md5_of(path: Path) -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def check_files(vault: VaultProcess, folder: Path) -> int:
    """Hold manifest and disk against the vault: each file once and whole. Returns how many."""
    truth = {(str(one), version): (size, md5) for one, version, size, md5 in vault.ask("files")}
    items = rows(folder)
    told = {(one["source_id"], one["source_version"]): (one["size"], one["md5"]) for one in items}
    paths = [one["path"] for one in items]
    assert len(items) == len(told) == len(set(paths)), "an item is twice in the manifest"
    assert told == truth
    assert {one["state"] for one in items} == {"done"}
    assert [one["path"] for one in items if md5_of(folder / one["path"]) != one["md5"]] == []
    assert sorted(_on_disk(folder)) == sorted(paths)
    return len(items)


def _on_disk(folder: Path) -> list[str]:
    """Name the files of documents: their folders are named by numbers."""
    found = (one.relative_to(folder) for one in folder.rglob("*") if one.is_file())
    return [one.as_posix() for one in found if one.parts[0].isdigit() or ".part" in one.name]


def check_same(wanted: dict[str, Any], there: dict[str, Any]) -> None:
    """Hold two pictures of vaults against each other; Vault's own viewable renditions may be more.

    See `picture`.
    """
    assert there.keys() == wanted.keys()
    for name, told in wanted.items():
        pairs = zip(told["versions"], there[name]["versions"], strict=True)
        for before, after in pairs:
            if VIEWABLE not in before["renditions"]:
                after["renditions"].pop(VIEWABLE, None)
        assert there[name] == told, name


def check_mapped(vault: VaultProcess, folder: Path) -> None:
    """Hold the ids that an import noted against the vault it filled."""
    names = vault.ask("names")
    items = [*rows(folder, "document"), *rows(folder, "binder")]
    named = [one for one in items if "fields" in json.loads(one["data"])]
    assert {one["target_id"] for one in named} == names.keys()
    for one in named:
        assert json.loads(one["data"])["fields"]["name__v"] == names[one["target_id"]]


def check_verified(folder: Path) -> None:
    """Let an export be verified, as ``vaultio verify`` does."""
    found = anyio.run(verify, folder)
    assert found.is_right
    assert (found.strays, found.failed, found.waiting) == (0, 0, 0)
    assert found.files == found.by_source + found.by_arrival > 0


@define
class Costs:
    """What an export cost at the vault."""

    calls: int
    least: int
    twice: int
    """Fetches of files that had been begun before."""

    @classmethod
    def of(cls, vault: VaultProcess, files: int) -> Costs:
        """Count, after an export of the latest source files."""
        fetched = [n for path, n in vault.ask("paths").items() if path.endswith("/file")]
        least = files + -(-files // _PAGE)
        return cls(calls=vault.ask("calls"), least=least, twice=sum(fetched) - len(fetched))
