"""Events made by hand."""

from __future__ import annotations

from vaultio.migration import Draft, Entry, Failed, Finished, Found, Result


def entry(number: int, *, stage: str = "files", size: int | None = None) -> Entry:
    """Make an item of the manifest."""
    return Entry(
        key=f"document/{number}/0.1/source",
        stage=stage,
        kind="source",
        source_id=str(number),
        source_version="0.1",
        number=number,
        expected_size=size,
        tries=1,
    )


def found(number: int, *, stage: str = "files", size: int | None = None) -> Found:
    """Make the event of an item that is new."""
    key = f"document/{number}/0.1/source"
    draft = Draft(key=key, stage=stage, kind="source", source_id=str(number), expected_size=size)
    return Found(draft)


def finished(item: Entry, size: int) -> Finished:
    """Make the event of an item that is done."""
    return Finished(item, Result(number=item.number, state="done", size=size))


def failed(item: Entry, message: str) -> Failed:
    """Make the event of an item that failed."""
    result = Result(number=item.number, state="failed", error_type="VaultError", message=message)
    return Failed(item, result)
