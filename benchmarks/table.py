"""All questions, one table.

``python -m benchmarks.table [--full] [--out FOLDER] [QUESTION ...]`` prints the table, with the
machine's description above it, and writes ``benchmarks.json`` and ``benchmarks.png``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks._machine import described
from benchmarks._measure import Answer
from benchmarks._report import as_table, write
from benchmarks._setting import Ask, parser, prepared, sizes_of

QUESTIONS = (
    "large_file",
    "small_files",
    "calls",
    "waiting",
    "upload",
    "lateness",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask what is wanted, and say what came of it."""
    options = parser(__doc__)
    options.add_argument("--out", help="a folder for the JSON and the picture; a temporary one")
    named = ", ".join(QUESTIONS)
    options.add_argument("question", nargs="*", help=f"which, if not all: {named}")
    wanted = options.parse_args(arguments)
    folder = Path(wanted.out or tempfile.mkdtemp(prefix="vaultio-benchmarks-"))
    answers, machine = list[Answer](), described()
    with prepared(sizes_of(wanted), wanted.disk, nginx=not wanted.no_nginx) as setting:
        machine |= {"served by": setting.source.kind, "rounds": str(setting.sizes.rounds)}
        for name in wanted.question or QUESTIONS:
            print(f"{name} ...", file=sys.stderr)
            ask: Ask = import_module(f"benchmarks.{name}").ask
            answers += ask(setting)
    print("; ".join(f"{what}: {value}" for what, value in machine.items()), end="\n\n")
    print(as_table(answers), end="\n\n")
    for path in write(answers, machine, folder):
        print(f"written: {path}")


if __name__ == "__main__":
    main()
