"""How a listed error is provoked: what is done to a sandbox, and which call then fails."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from attrs import frozen

from tests.endpoints.recording import catalogue
from vaultio import Vault
from vaultio.sandbox import Sandbox

ERROR_TYPES = Path(__file__).parent.parent / "error_types.json"
Prepare = Callable[[Sandbox], object]
Attempt = Callable[[Vault, Path], Awaitable[object]]
_PLACEHOLDER = re.compile(r"\{[^{}]+\}(?:\[,\{[^{}]+\}\])?|\[(?:RESOURCE|METHOD)\]")


class Listed(NamedTuple):
    """One error that the reference lists.

    *where* is an operation's id, ``login``, ``query``, or ``*`` for the table of what any call
    may meet; *message* a pattern, None where the reference gives none.
    """

    where: str
    type: str
    message: str | None = None


@frozen
class Provocation:
    """What is done to the vault of the reference's examples, and the call that then fails.

    Without a *call* it is the operation's own of ``operations.py``. *says* is a text that the
    message must name.
    """

    prepare: Prepare = lambda _: None
    call: Attempt | None = None
    says: str = ""


Table = Mapping[Listed, Provocation]


def walked(
    error: str, message: str | None, prepare: Prepare, operations: Iterable[str]
) -> dict[Listed, Provocation]:
    """Enter an error that the calls of ``operations.py`` meet in a vault so prepared."""
    return {Listed(one, error, message): Provocation(prepare) for one in operations}


def by_call(
    error: str,
    message: str | None,
    calls: Mapping[str, Attempt],
    says: str = "",
) -> dict[Listed, Provocation]:
    """Enter an error that each operation meets by a call of its own."""
    return {
        Listed(where, error, message): Provocation(call=call, says=says)
        for where, call in calls.items()
    }


def joined(*tables: Table) -> dict[Listed, Provocation]:
    """Make one table of all; whoever enters an error twice is told."""
    entries = [entry for table in tables for entry in table.items()]
    whole = dict(entries)
    assert len(whole) == len(entries), "an error is provoked twice"
    return whole


def listed() -> set[Listed]:
    """Read all errors that the reference lists: with the operations, and for any call."""
    general = json.loads(ERROR_TYPES.read_text("utf-8"))
    found = {Listed(one["where"], one["type"], one["message"]) for one in general}
    for operation, entry in catalogue().items():
        found |= {Listed(operation, **one) for one in entry.get("errors", [])}
    return found


def names(message: str, path: str) -> bool:
    """Whether a message names something by the ids, and versions, that a path has."""
    numbers = re.findall(r"\d+", message)
    return bool(numbers) and set(numbers) <= set(re.findall(r"\d+", path))


def fits(message: str, pattern: str | None) -> bool:
    """Whether a message is one of a pattern's, in which ``{...}`` is some text.

    The reference prints a placeholder in capitals, too, ``[METHOD]`` once and ``{METHOD}`` and
    ``'{METHOD}'`` elsewhere, of one message: its quotes and brackets count as part of it.
    """
    if pattern is None:
        return bool(message)
    return re.fullmatch(".+".join(map(re.escape, _PLACEHOLDER.split(pattern))), message) is not None
