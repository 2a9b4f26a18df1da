"""A sandbox with an archive behind a real socket, that answers questions about itself.

``python -m tests.migration.programs.vault_server '{"archive": {"small": 100}}'`` prints its
address. Each line of standard input is the name of a question (see `Questions`) and is answered by
one line of JSON. It ends with standard input.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from attrs import define, field

from tests.migration.programs.picture import name_of, picture
from vaultio.sandbox import Archive, Sandbox, SandboxReply, SandboxRequest
from vaultio.sandbox.faults import describe, from_mapping
from vaultio.sandbox.quota import Window, worst_window

PLENTY = 10_000_000


@define(kw_only=True)
class Setup:
    """What the vault is like; `faults` are those of its control route, `window_s` in seconds."""

    archive: dict[str, Any] = field(factory=dict)
    faults: list[dict[str, Any]] = field(factory=list)
    limit: int = PLENTY
    window_s: float = 300.0


class Observed(Sandbox):
    """A sandbox that counts how often each path was called."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.paths: Counter[str] = Counter()

    async def handle(self, request: SandboxRequest) -> SandboxReply:
        """Answer one call."""
        self.paths[f"{request.method} {request.path}"] += 1
        return await super().handle(request)


class Questions:
    """What may be asked of a vault."""

    def __init__(self, vault: Observed) -> None:
        self._vault = vault

    def calls(self) -> int:
        """How many calls counted against the quota so far."""
        return self._vault.quota.calls

    def quota(self) -> dict[str, Any]:
        """What was refused or held back, and when calls came, in seconds of its clock."""
        quota = self._vault.quota
        worst = worst_window(quota.arrivals, quota.burst.window_s)
        said = {"refused": quota.refused, "delayed": quota.delayed, "worst": worst}
        return {**said, "arrivals": list(quota.arrivals)}

    def paths(self) -> dict[str, int]:
        """How often each path was called."""
        return dict(self._vault.paths)

    def files(self) -> list[tuple[int, str, int, str]]:
        """Every source file: id and version of the document, size in bytes, MD5."""
        return [
            (document.id, one.number, one.source.content.size, one.source.content.md5)
            for document in self._vault.documents
            for one in document.versions
            if one.source is not None
        ]

    def names(self) -> dict[int, str]:
        """The name of each document and binder by its id."""
        return {one.id: name_of(one) for one in self._vault.documents}

    def faults(self) -> list[dict[str, Any]]:
        """The faults, with how often each has hit."""
        return [describe(one) for one in self._vault.faults]

    def picture(self) -> dict[str, Any]:
        """All that is in the vault, without ids and dates."""
        return picture(self._vault)


def _made(setup: Setup) -> Observed:
    vault = Observed.archive(Archive(**setup.archive))
    assert isinstance(vault, Observed)
    vault.quota.burst_limit, vault.quota.burst = setup.limit, Window(setup.window_s)
    vault.quota.daily_limit = None
    for values in setup.faults:
        vault.faults.add(from_mapping(values))
    return vault


async def main(setup: Setup) -> None:
    """Serve, and answer questions, until standard input ends."""
    vault = _made(setup)
    questions = Questions(vault)
    async with vault.serve() as url:
        print(url, flush=True)
        while question := (await asyncio.to_thread(sys.stdin.readline)).strip():
            ask: Callable[[], object] = getattr(questions, question)
            # Reckoning thousands of MD5s is not for the loop that serves meanwhile.
            answer = ask() if question == "calls" else await asyncio.to_thread(ask)
            print(json.dumps(answer), flush=True)
        os._exit(0)  # what is still to be answered is nobody's concern any more


if __name__ == "__main__":
    asyncio.run(main(Setup(**json.loads(sys.argv[1]))))
