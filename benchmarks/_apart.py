"""Runs stock httpx as ``pip install httpx aiofiles`` leaves it, which is not as it is beside us.

httpcore, the layer below httpx, tries to import sniffio at every lock that it takes. Since anyio
does not ask for sniffio any more nobody brings it, and each attempt searches the disk anew. We do
bring it, and with it httpx is some times as fast; so both are measured, each with links to what
the packages' own metadata asks for as its only library. As a third there is httpx as one tunes it
for many calls: allowed to keep as many connections as are used, in place of twenty.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from benchmarks._measure import Sample, Skipped
from benchmarks._serving import Source

HTTPX = "httpx"
WITH_SNIFFIO = "httpx + sniffio"
ALL_KEPT = "httpx + keep-alive"
INSTALLED = {
    HTTPX: ("httpx", "aiofiles"),
    WITH_SNIFFIO: ("httpx", "aiofiles", "sniffio"),
    ALL_KEPT: ("httpx", "aiofiles"),
}
"""The peers, and what somebody installs for each."""

_PROGRAM = Path(__file__).with_name("_stock_httpx.py")


def with_stock_httpx(
    peer: str, source: Source, url: str, number: int, in_flight: int, folder: Path | None = None
) -> Sample:
    """Get *url* as often, so many at a time; into files if there is a *folder*, else as JSON."""
    asked = {
        "ca_file": str(source.ca_file),
        "url": url,
        "number": number,
        "in_flight": in_flight,
        "kept": in_flight if peer == ALL_KEPT else None,
        "folder": None if folder is None else str(folder),
    }
    with library(INSTALLED[peer]) as found:
        done = subprocess.run(
            # Without site-packages (-S), and without the folder of the program (-P).
            [sys.executable, "-S", "-P", str(_PROGRAM), json.dumps(asked)],
            env={**os.environ, "PYTHONPATH": str(found)},
            stdout=subprocess.PIPE,
            check=True,
        )
    seconds, cpu_s = json.loads(done.stdout)
    return Sample(seconds, cpu_s)


@contextmanager
def library(names: Sequence[str]) -> Iterator[Path]:
    """Make a folder with links to these packages and all that they need, as installed here."""
    with tempfile.TemporaryDirectory() as folder:
        for package in needed(names).values():
            for name in {path.parts[0] for path in package.files or ()} - {"..", "__pycache__"}:
                (Path(folder) / name).symlink_to(Path(str(package.locate_file(name))))
        beside = Path(folder, "benchmarks", "_crowd.py")
        beside.parent.mkdir()
        beside.symlink_to(Path(__file__).with_name(beside.name))
        yield Path(folder)


def needed(names: Sequence[str]) -> dict[str, Distribution]:
    """Find the packages, and those that they require without any extra, if they are installed."""
    found, wanted = dict[str, Distribution](), list(names)
    while wanted:
        name = wanted.pop().lower()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            if name in names:
                raise Skipped(f"{name} is not installed") from None
            continue  # for another Python or system
        lines = [one for one in found[name].requires or () if "extra ==" not in one]
        wanted += [re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in lines]
    return found
