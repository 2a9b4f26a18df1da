"""What the answer to the deletion of one record says."""

from __future__ import annotations

from typing import Any

import pytest

from vaultio import InvalidDataError, UnreadableReplyError
from vaultio.protocol.envelope import Envelope
from vaultio.protocol.object_records import deleted


def answer(**payload: Any) -> Envelope:
    """Make a success that says *payload*."""
    return Envelope("SUCCESS", payload)


@pytest.mark.parametrize("payload", [{}, {"data": []}, {"data": [{"responseStatus": "SUCCESS"}]}])
def test_deleted(payload: dict[str, Any]) -> None:
    """The record is gone, whether Vault names the row or not."""
    deleted(answer(**payload))


def test_row_that_failed() -> None:
    """A row that failed under SUCCESS is the failure of the record."""
    row = {"responseStatus": "FAILURE", "errors": [{"type": "INVALID_DATA", "message": "in use"}]}
    with pytest.raises(InvalidDataError, match="in use"):
        deleted(answer(data=[row]))


def test_row_that_is_none() -> None:
    """What is no row is not taken for one, nor for a success."""
    with pytest.raises(UnreadableReplyError, match=r"data\[0\]"):
        deleted(answer(data=["gone"]))
