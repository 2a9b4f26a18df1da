"""The wire line of each endpoint's docstring is what the endpoint sends."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.endpoints.recording import (
    COPY_ACTION,
    Recorder,
    catalogue,
    examples,
    matches,
    path_of,
)
from tests.operations import OPERATIONS, PRODUCT, results_of
from vaultio import Vault, endpoints

WIRE_LINE = re.compile(r"^ *``(GET|POST|PUT|DELETE) (\S+)``$", re.MULTILINE)
BEHIND = {
    "DocumentBatches.create_many": "create_documents_in_bulk",
    "DocumentBatches.update_many": "update_documents_in_bulk",
    "DocumentBatches.delete_many": "delete_documents_in_bulk",
    "DocumentBatches.add_many_versions": "add_document_versions_in_bulk",
    "DocumentBatches.delete_many_versions": "delete_document_versions_in_bulk",
    "DocumentBatches.add_many_renditions": "add_document_renditions_in_bulk",
    "DocumentBatches.delete_many_renditions": "delete_document_renditions_in_bulk",
    "DocumentBatches.assign_many_roles": "assign_document_roles_in_bulk",
    "DocumentBatches.remove_many_roles": "remove_document_roles_in_bulk",
    "ObjectRecords.create_many": "create_object_records_in_bulk",
    "ObjectRecords.update_many": "update_object_records_in_bulk",
    "ObjectRecords.retrieve_all": "retrieve_object_record_collection",
}
"""Endpoints that stand behind a helper of `tests.operations`."""

OTHERS: dict[str, Callable[[Vault, Path], Awaitable[object]]] = {
    "Documents.retrieve_all": lambda vault, _: vault.documents.retrieve_all(),
    "DocumentEvents.retrieve_all": lambda vault, _: vault.document_events.retrieve_all(773),
    "Users.retrieve_all": lambda vault, _: vault.users.retrieve_all(),
    **{endpoint: OPERATIONS[operation] for endpoint, operation in BEHIND.items()},
    "ObjectRecords.delete_many": lambda vault, _: results_of(
        vault.object_records.delete_many(PRODUCT[0], [{"id": PRODUCT[1]}])
    ),
    "Jobs.retrieve": lambda vault, _: vault.jobs.retrieve(39303),
    "Query.__call__": lambda vault, _: vault.query("SELECT id FROM documents"),
    "ControlledCopies.start": lambda vault, _: vault.controlled_copies.start(
        vault.documents.version(773, 0, 1), COPY_ACTION
    ),
}
"""Endpoints that are in no operation of the v11.0 reference, or hidden behind one in a page."""

PAGED = {
    "retrieve_documents": "first_documents",
    "retrieve_document_event_data": "first_events",
    "retrieve_all_users": "first_users",
    "retrieve_object_record_collection": "first_records",
    **{one: "results_of" for one in BEHIND.values() if one.endswith("_in_bulk")},
}
"""The operations that go through the answers of an endpoint above, and who asks for them."""


def wire_lines() -> dict[str, tuple[str, str]]:
    """Find method and path in the docstrings of all rooms, by the name of the function."""
    found = {}
    for module in pkgutil.walk_packages(endpoints.__path__, "vaultio.endpoints."):
        for _, room in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            for _, function in inspect.getmembers(room, inspect.isfunction):
                line = WIRE_LINE.search(function.__doc__ or "")
                if line is not None and function.__module__ == module.name:
                    found[function.__qualname__] = (line[1], line[2])
    return found


LINES = wire_lines()


def agrees(template: str, path: str) -> bool:
    """Whether a path is of a docstring's template, which may begin with its owner."""
    owner, _, rest = template.partition("/")
    if owner not in {"{owner}", "{version}"}:
        return matches(template, path)
    return path.startswith("/api/") and matches(
        rest, "/".join(path.split("/")[-rest.count("/") - 1 :])
    )


async def sent(
    call: Callable[[Vault, Path], Awaitable[Any]], scratch: Path
) -> tuple[Any, Recorder]:
    """Run a call; return what it made before it was awaited, and what went out."""
    async with examples("v18.3") as (vault, recorder, _):
        started = call(vault, scratch)
        await started
    return started, recorder


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one not in PAGED])
async def test_operation(operation: str, tmp_path: Path) -> None:
    """The docstring has the method and path that goes out, with the catalogue's names in it."""
    started, recorder = await sent(OPERATIONS[operation], tmp_path)
    (request,) = recorder.requests
    method, template = LINES[started.__qualname__]

    assert method == request.method
    assert agrees(template, path_of(request)), f"{template} is not {path_of(request)}"
    assert catalogue()[operation]["path"].endswith(template.removeprefix("{owner}"))


@pytest.mark.parametrize("name", OTHERS)
async def test_other_endpoint(name: str, tmp_path: Path) -> None:
    """The same for what the catalogue does not have."""
    _, recorder = await sent(OTHERS[name], tmp_path)
    (request,) = recorder.requests
    method, template = LINES[name]

    assert method == request.method
    assert agrees(template, path_of(request)), f"{template} is not {path_of(request)}"


async def test_artifacts(tmp_path: Path) -> None:
    """The archive of a job comes from where the docstring says, although the job says where."""
    async with examples("v18.3") as (vault, recorder, _):
        job = await vault.jobs.retrieve(39303)
        await vault.controlled_copies.download(job, to=tmp_path)

    method, template = LINES["ControlledCopies.download"]
    assert method == recorder.requests[-1].method
    assert agrees(template, path_of(recorder.requests[-1]))


async def test_no_docstring_is_left_out(tmp_path: Path) -> None:
    """Every wire line there is was looked at above."""
    seen = {"ControlledCopies.download", *OTHERS}
    async with examples("v11.0") as (vault, _, _):
        for operation in OPERATIONS.values():
            coroutine: Any = operation(vault, tmp_path)
            seen.add(coroutine.__qualname__)
            coroutine.close()

    assert LINES.keys() == seen - set(PAGED.values())
