"""What all questions share: the sizes, the servers, the folder, and how to run one alone."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve, frozen

from benchmarks._measure import MIB, Answer
from benchmarks._report import as_table
from benchmarks._serving import Source, place_for, served

FILE_BYTES = 100_000
"""The size of a small file."""


@frozen
class Sizes:
    """How much is done, and how often; the defaults are for a quick look."""

    rounds: int = 5
    file_mib: int = 256
    files: int = 500
    calls: int = 1_000
    waiting: int = 10_000
    upload_mib: int = 128
    rows: int = 200


FULL = Sizes(file_mib=1024, files=2_000, calls=5_000, upload_mib=512)
"""The sizes of the targets."""

SMOKE = Sizes(rounds=1, file_mib=2, files=8, calls=16, waiting=100, upload_mib=2, rows=4)
"""Just enough to see that everything runs."""


@frozen
class Setting:
    """One run: what is served from where, and where files go.

    *folder* lies in memory if there is room; *disk* is a folder on a disk.
    """

    sizes: Sizes
    source: Source
    folder: Path
    disk: Path


Ask = Callable[[Setting], list[Answer]]


@contextmanager
def prepared(sizes: Sizes, disk: str | None, *, nginx: bool = True) -> Iterator[Setting]:
    """Start the servers and make the folders; they are gone afterwards."""
    # Whoever ends this program shall not leave the servers behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    place = place_for(4 * max(sizes.file_mib, sizes.upload_mib) * MIB)
    with (
        tempfile.TemporaryDirectory(dir=place) as folder,
        tempfile.TemporaryDirectory(dir=disk) as slow,
        served([FILE_BYTES, MIB, sizes.file_mib * MIB], place, nginx=nginx) as source,
    ):
        yield Setting(sizes, source, Path(folder), Path(slow))


def parser(description: str | None) -> argparse.ArgumentParser:
    """Make the options that all programs here have."""
    made = argparse.ArgumentParser(description=description)
    size = made.add_mutually_exclusive_group()
    size.add_argument("--full", action="store_true", help="the sizes of the targets (15 minutes)")
    size.add_argument("--smoke", action="store_true", help="see that it runs; figures mean nothing")
    made.add_argument("--rounds", type=int, help="how often each peer runs (5)")
    made.add_argument("--disk", help="a folder on a disk; the system's temporary one")
    made.add_argument("--no-nginx", action="store_true", help="serve from Python")
    return made


def sizes_of(options: argparse.Namespace) -> Sizes:
    """Read the sizes from the command line."""
    sizes = FULL if options.full else SMOKE if options.smoke else Sizes()
    return evolve(sizes, rounds=options.rounds) if options.rounds else sizes


def alone(ask: Ask, description: str | None, arguments: Sequence[str] | None = None) -> None:
    """Ask one question and print its part of the table."""
    options = parser(description).parse_args(arguments)
    with prepared(sizes_of(options), options.disk, nginx=not options.no_nginx) as setting:
        print(as_table(ask(setting)))
