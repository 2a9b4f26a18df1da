"""A process that uses 90,000 calls of a day and is killed: ``python -m tests.limiter.spender``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.limiter.files import Holder
from vaultio.limiter import Rules
from vaultio.limiter.stores.book_clock import Clocks
from vaultio.limiter.stores.sqlite_books import FileBooks
from vaultio.limiter.stores.sqlite_file import QuotaFile

RULES = Rules(burst=None, pace=None, reserved_share=0, lease_s=30.0)


def open_books(path: Path) -> FileBooks:
    """Open them by the clocks of this machine."""
    return FileBooks(QuotaFile(path), RULES, "vault", Clocks())


def main(path: Path) -> None:
    """Spend, and die without a word."""
    holder = Holder(open_books(path)).begin()
    for count in [999] + 89 * [1_000]:
        assert holder.ask(bulk=count).bulk == count
        holder.ask(answered=((0.0, count),))
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
