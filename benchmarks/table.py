"""All questions, one table.

``python -m benchmarks.table [--full] [--out FOLDER] [QUESTION ...]`` prints the table, with the
machine's description above it, and writes ``benchmarks.json`` and ``benchmarks.png``;
``--full --readme`` puts the figures into the README.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks._comparison import compare
from benchmarks._machine import described
from benchmarks._measure import Answer
from benchmarks._raw_server import CHECKOUT
from benchmarks._readme import as_page, put
from benchmarks._report import as_table, draw, write_json
from benchmarks._setting import Ask, parser, prepared, sizes_of

QUESTIONS = (
    "large_file",
    "small_files",
    "calls",
    "waiting",
    "upload",
    "decoding",
    "lateness",
    "startup",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask what is wanted, and say what came of it."""
    options = parser(__doc__)
    options.add_argument("--readme", action="store_true", help="put a page into the README")
    options.add_argument("--out", help="a folder for the JSON and the picture; a temporary one")
    named = ", ".join(QUESTIONS)
    options.add_argument("question", nargs="*", help=f"which, if not all: {named}")
    wanted = options.parse_args(arguments)
    folder = Path(wanted.out or tempfile.mkdtemp(prefix="vaultio-benchmarks-"))
    answers, machine = list[Answer](), described()
    with prepared(sizes_of(wanted), wanted.disk, nginx=not wanted.no_nginx) as setting:
        machine |= {"served by": setting.source.kind, "rounds": str(setting.sizes.rounds)}
        for name in wanted.question or QUESTIONS:
            begun = time.monotonic()
            ask: Ask = import_module(f"benchmarks.{name}").ask
            answers += ask(setting)
            write_json(answers, machine, folder)  # what is known survives an end before the end
            print(f"{name}: asked in {time.monotonic() - begun:.0f} s", file=sys.stderr)
    print("; ".join(f"{what}: {value}" for what, value in machine.items()), end="\n\n")
    print(as_table(answers), end="\n\n")
    if wanted.readme:
        put(as_page(answers, machine), CHECKOUT / "README.md")
        compare()
    print(f"written: {write_json(answers, machine, folder)}")
    try:
        print(f"written: {draw(answers, machine, folder)}")
    except ImportError as missing:
        print(f"no picture: {missing}")


if __name__ == "__main__":
    main()
