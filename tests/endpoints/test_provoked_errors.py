"""Each error that the reference lists arrives as the class for its type.

The table is `provoked.PROVOKED`: an entry says what is done to the sandbox of the reference's
examples, and which call is made.
"""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.endpoints.provocation import Listed, fits, listed, names
from tests.endpoints.provoked import EXCEPTIONS, PROVOKED
from tests.endpoints.recording import catalogue, examples, files_in, matches, path_of
from tests.operations import OPERATIONS
from vaultio import VaultError
from vaultio.protocol.envelope import ERROR_CLASSES


def named(error: Listed) -> str:
    """Name a case by its error; patterns make long names, so they come last."""
    return " ".join(filter(None, error))


async def provoke(error: Listed, scratch: Path) -> tuple[VaultError, list[httpx.Request]]:
    """Prepare a vault and make the call; return what it raises, and what went out."""
    provocation = PROVOKED[error]
    call = provocation.call or OPERATIONS[error.where]
    async with examples("v11.0") as (vault, recorder, sandbox):
        provocation.prepare(sandbox)
        with pytest.raises(VaultError) as caught:
            await call(vault, scratch)
    return caught.value, recorder.requests


def is_of_operation(error: Listed, request: httpx.Request) -> bool:
    """Whether a request is the operation's; its method is another one where that is the error."""
    entry = catalogue()[error.where]
    wrong_method = error.type == "METHOD_NOT_SUPPORTED"
    right_path = matches(entry["path"], path_of(request))
    return right_path and (request.method != entry["method"]) is wrong_method


@pytest.mark.parametrize("error", PROVOKED, ids=named)
async def test_arrives_as_the_right_class(error: Listed, tmp_path: Path) -> None:
    """The sandbox answers with that type and message, and the class is the type's."""
    raised, requests = await provoke(error, tmp_path)

    assert (type(raised), raised.type) == (ERROR_CLASSES[error.type], error.type)
    assert fits(raised.message, error.message), raised.message
    assert PROVOKED[error].says in raised.message
    if error.where in catalogue():
        assert is_of_operation(error, *requests)
    if "{id}" in (error.message or ""):
        assert names(raised.message, path_of(requests[0]))
    assert files_in(tmp_path) == []


def test_nothing_is_left_out() -> None:
    """The table and its exceptions are the errors of the catalogue, no more and no less."""
    assert PROVOKED.keys() | EXCEPTIONS.keys() == listed()


def test_an_exception_is_not_provoked() -> None:
    """What can be provoked is no exception."""
    assert PROVOKED.keys().isdisjoint(EXCEPTIONS)


def test_every_type_has_a_class() -> None:
    """No type that the reference lists falls to the class of unknown ones."""
    assert {error.type for error in listed()} <= ERROR_CLASSES.keys()


@pytest.mark.parametrize(
    ("message", "pattern"),
    [
        ("Binder not found 5", "Document not found {id}"),
        ("The resource [] does not exist.", "The resource [{id}] does not exist."),
        ("Missing required parameter [name__v].", "Missing required parameter [restore]"),
        ("", None),
    ],
)
def test_another_message_does_not_fit(message: str, pattern: str | None) -> None:
    """Only a placeholder gives way, and not to nothing."""
    assert not fits(message, pattern)
