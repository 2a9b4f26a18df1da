"""Look into a file of quotas from outside: nothing is written, no job is disturbed."""

from __future__ import annotations

import json
from pathlib import Path

from vaultio.limiter.books import Books
from vaultio.limiter.cooling import MemoryCooling
from vaultio.limiter.stores.book_clock import BookClock, Clocks
from vaultio.limiter.stores.sqlite_file import QuotaFile
from vaultio.limiter.stores.stored_rules import load_rules
from vaultio.limiter.usage import Usage


def read_usages(path: Path, clocks: Clocks | None = None) -> dict[str, Usage]:
    """Describe the quotas of every vault in a file, as of now. Blocks."""
    file, clocks = QuotaFile(path), clocks or Clocks()
    with file.reading() as connection:
        books = connection.execute("SELECT vault, rules, state, clock FROM books").fetchall()
        cells = connection.execute("SELECT vault, name, latest, count FROM cells").fetchall()
    found = {}
    for vault, rules, state, clock in books:
        own = [(name, latest_s, count) for owner, name, latest_s, count in cells if owner == vault]
        try:
            found[vault] = _usage(rules, state, clock, own, clocks)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise file.broken(error) from error
    return found


def _usage(
    rules: str, state: str, clock: str, cells: list[tuple[str, float, int]], clocks: Clocks
) -> Usage:
    coolings: dict[str, MemoryCooling] = {}

    def make(name: str, after_s: float, cell_s: float) -> MemoryCooling:
        return coolings.setdefault(name, MemoryCooling(name, after_s, cell_s))

    books, time = Books(load_rules(rules), make), BookClock(clocks, clocks.boot())
    books.restore(json.loads(state)[0])
    time.restore(json.loads(clock))
    for name, latest_s, count in cells:
        coolings[name].add(latest_s, count)
    return books.usage(time.read()[0])
