"""The proof that an import makes everything once: the vault commits, then loses its answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.migration.exported import facts, without_made
from tests.migration.programs.exporter import Order as Exporting
from tests.migration.programs.importer import Order as Importing
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import (
    Kills,
    VaultProcess,
    check_mapped,
    check_same,
    check_verified,
    run,
    serving,
)
from vaultio.migration import Include

EVERYTHING: list[Include] = ["source", "renditions", "attachments"]
EVERYTHING += ["roles", "relationships", "binders"]
SMALL = {"small": 60, "large": 1, "large_bytes": 1_000_000, "rich": 2, "binders": 3}
ACCEPTANCE = {"small": 20_000, "large": 200, "rich": 40, "binders": 100}
LOSES = {"kind": "lost_answer", "method": "POST", "path": "/objects/*", "seed": 6}
EMPTY = {"small": 0, "large": 0}


def export(vault: VaultProcess, folder: Path) -> None:
    """Export everything."""
    order = Exporting(
        url=vault.url, folder=str(folder), include=EVERYTHING, versions="all", concurrency=16
    )
    code, out = run(order)
    assert code == 0, out


def prove(folder: Path, archive: dict[str, int], kills: Kills, share: float) -> None:
    """Export, import into an empty vault that loses answers, export again: all is the same."""
    first, second, made = folder / "first", folder / "second", folder / "import"
    with serving(Setup(archive=archive)) as source:
        export(source, first)
        wanted: dict[str, Any] = source.ask("picture")
    with serving(Setup(archive=EMPTY, faults=[{**LOSES, "share": share}])) as target:
        order = Importing(url=target.url, source=str(first), folder=str(made))
        kills.run(target, order, "importer")
        calls, [fault] = target.ask("calls"), target.ask("faults")
        check_same(wanted, target.ask("picture"))
        check_mapped(target, made)
        export(target, second)
    check_verified(first)
    check_verified(second)
    assert fault["hits"] >= 0.6 * share * len(wanted)
    assert without_made(facts(first), facts(second)) == facts(first)
    print(f"{len(wanted)} documents and binders, {fault['hits']} answers lost, {kills.hit} kills:")
    print(f"{calls} calls, and each is there once")


@pytest.mark.heavy
def test_lost_answers_and_kills(tmp_path: Path) -> None:
    """Each document is there once, with all that belongs to it, whenever the import is killed."""
    kills = Kills.spread(3, 100)

    prove(tmp_path, SMALL, kills, share=0.1)

    assert kills.hit == 3


@pytest.mark.heavy
def test_lost_answers_in_4_4_gigabytes(tmp_path: Path) -> None:
    """The same with 20,000 documents of 20 KB and 200 of 20 MB, one answer in twenty lost."""
    prove(tmp_path, ACCEPTANCE, Kills([]), share=0.05)
