"""The walk through all operations: what goes out, what comes back, what is still missing."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.endpoints.recording import (
    body_kind,
    catalogue,
    examples,
    files_in,
    matches,
    path_of,
)
from tests.operations import OPERATIONS
from tests.operations_expected import LATER, MOVED, RESULTS
from vaultio import ApiVersion, SavedFile

OLDEST, NEWEST = "v11.0", "v26.2"
VERSIONS = (OLDEST, NEWEST)


async def sent_by(operation: str, version: str, scratch: Path) -> httpx.Request:
    """Run an operation and return its request, surely the only one."""
    async with examples(version) as (vault, recorder, _):
        await OPERATIONS[operation](vault, scratch)
    (request,) = recorder.requests
    return request


def body_kinds(operation: str, version: str) -> list[str | None]:
    """List the kinds of body that an operation may have at a version."""
    if operation == "delete_object_record" and version == NEWEST:
        return ["json"]
    body = catalogue()[operation]["body"]
    return body.split("_or_") if body else [None]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_sends_what_the_catalogue_says(operation: str, version: str, tmp_path: Path) -> None:
    """One request goes out, with the method, path, parameters and body of the reference."""
    entry = catalogue()[operation]
    goes_out_at = max(version, LATER.get(operation, version), key=ApiVersion.parse)
    path = MOVED.get(operation, entry["path"]) if version == NEWEST else entry["path"]
    template = path.replace("{version}", goes_out_at)

    request = await sent_by(operation, version, tmp_path)

    assert matches(template, path_of(request)), f"{path_of(request)} is not {template}"
    assert entry["method"] == request.method
    assert body_kind(request) in body_kinds(operation, version)
    assert request.url.params.keys() <= set(entry["query"])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_is_served_by_the_sandbox(operation: str, version: str, tmp_path: Path) -> None:
    """The sandbox answers with what the operation's coroutine is declared to return."""
    declared = RESULTS.get(operation, SavedFile)

    async with examples(version) as (vault, _, _):
        result = await OPERATIONS[operation](vault, tmp_path)

    if isinstance(declared, tuple):
        assert isinstance(result, tuple)
        assert {declared[0]} == {type(item) for item in result}
    else:
        assert isinstance(result, declared)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one not in RESULTS])
async def test_file_lands_in_the_scratch_folder(operation: str, tmp_path: Path) -> None:
    """An operation that streams leaves one file, whole, and nothing beside it."""
    async with examples("v11.0") as (vault, _, _):
        saved = await OPERATIONS[operation](vault, tmp_path)

    assert isinstance(saved, SavedFile)
    assert [saved.path] == files_in(tmp_path)
    assert saved.size > 0


def test_files_are_the_operations_that_stream() -> None:
    """What is not in the table of results is a stream in the catalogue, all of those here."""
    streams = {one for one, entry in catalogue().items() if entry["response"] == "stream"}

    assert streams == OPERATIONS.keys() - RESULTS.keys()


def test_catalogue_is_complete() -> None:
    """The v11.0 reference has 160 operations, each told apart by its id; later ones say theirs."""
    assert sum("reference" not in entry for entry in catalogue().values()) == 160


def test_every_operation_of_the_catalogue_is_here() -> None:
    """Nothing of the reference is left out, and it stands in the reference's order."""
    assert list(OPERATIONS) == list(catalogue())
