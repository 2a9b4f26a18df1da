"""The page of all operations: each with the coroutine that calls it, and what goes out."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from tests.layers import ROOT
from tests.operations_page import spoken
from vaultio import SessionId, Vault

_STEP = re.compile(r"(\w+)(\(…\))?")
_INTRODUCTION = """\
# Every operation

Each operation of the reference, the coroutine that calls it, and what goes over the wire. `(…)` are
the ids of the thing that is spoken of, such as `vault.documents.version(773, 1, 0)`.
"""


def page() -> str:
    """Write a table a chapter, a line an operation, in the reference's order."""
    calls, chapter, lines = spoken(), "", [_INTRODUCTION]
    for operation in json.loads((ROOT / "tests" / "catalogue.json").read_text("utf-8")):
        if operation["section"] != chapter:
            chapter = operation["section"]
            lines += ["", f"## {chapter}", "", "| Operation and coroutine | Wire |", "|---|---|"]
        call = calls[operation["id"]]
        wire = f"`{operation['method']} {operation['path']}`"
        link = f"{{py:obj}}`{call} <{home(call)}>`"
        lines.append(f"| {operation['id']}<br>{link} | {wire} |")
    return "\n".join(lines) + "\n"


def home(call: str) -> str:
    """Name the method behind a call: ``vault.documents.lock(…).create`` is one of `Lock`."""
    vault = Vault("https://docs.veevavault.com", SessionId("none"), api_version="v11.0")
    thing: Any = vault
    *way, last = call.split(".")[1:]
    for step in way:
        found = _STEP.fullmatch(step)
        assert found is not None, call
        thing = getattr(thing, found[1])
        if found[2]:
            thing = thing(*_ids(thing))
    kind = type(getattr(thing, last)) if not inspect.ismethod(getattr(thing, last)) else type(thing)
    name = last if kind is type(thing) else "__call__"
    return f"{kind.__module__}.{kind.__qualname__}.{name}"


def _ids(maker: Any) -> list[object]:
    """Make up what a part is about; nothing is sent."""
    wanted = inspect.signature(maker).parameters.values()
    return [7 for one in wanted if one.default is one.empty and one.kind is not one.VAR_POSITIONAL]
