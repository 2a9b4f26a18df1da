"""The versions of one document on their way into the target, one after the other."""

from __future__ import annotations

from attrs import define, field

from vaultio.errors import VaultioError
from vaultio.migration.creating.target import Known
from vaultio.migration.entries import Entry, Result
from vaultio.models import VersionNumber


@define
class Chain:
    """The versions of one document that wait to be added, oldest first.

    `id` is the document's in the target, `known` what is known of it there. `lost` is the error
    that the first of those that wait ended with.
    """

    id: int
    waiting: list[Entry]
    known: Known | None = None
    lost: VaultioError | None = None
    results: list[Result] = field(factory=list)

    def note(self, entry: Entry, result: Result) -> None:
        """Note what became of a version: it does not wait any more."""
        self.waiting.remove(entry)
        self.results.append(result)


def number_of(entry: Entry) -> VersionNumber:
    """Return the number of an item's version."""
    return VersionNumber.parse(entry.source_version or "")


def version_result(
    entry: Entry, target_id: int, number: VersionNumber, size: int | None, md5: str | None
) -> Result:
    """Make the result of a version that is there; *size* None is one without a file."""
    return Result(
        number=entry.number,
        state="done",
        size=size,
        md5=md5,
        target_id=str(target_id),
        target_version=str(number),
    )


def expected(entry: Entry, target_id: int) -> Result:
    """Make the result of a version that has the number and the file that it is to have."""
    size, md5 = (entry.expected_size, entry.expected_md5) if entry.path else (None, None)
    return version_result(entry, target_id, number_of(entry), size, md5)
