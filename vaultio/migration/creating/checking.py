"""What was sent, held against what it was to be and against what the target has."""

from __future__ import annotations

import attrs

from vaultio.errors import ChecksumError, VaultioError
from vaultio.migration.creating.making import Making
from vaultio.migration.creating.target import Known, KnownVersion
from vaultio.migration.entries import Entry, Result, Verified, failure


def as_expected(entry: Entry, result: Result) -> Result:
    """Hold what was sent against what the source knew: it is in the target, right or wrong."""
    expected = entry.expected_md5
    if not expected or not result.md5 or expected.lower() == result.md5.lower():
        return result
    return _wrong(
        result,
        f"document {result.target_id} of the target has another file than the one that was to be "
        f"brought: its MD5 is {result.md5}, not {expected}",
    )


def held(result: Result, known: KnownVersion) -> Result:
    """Hold what was sent, as far as it is known, against what the target has."""
    if result.size is None and result.md5 is None:
        return result
    same_md5 = result.md5 and known.md5 and result.md5.lower() == known.md5.lower()
    is_longer = result.size is not None and known.size != result.size
    if is_longer or known.size is None or (result.md5 and known.md5 and not same_md5):
        return _wrong(
            result,
            f"document {result.target_id} ({known.number}) of the target has another file: "
            f"{known.size} bytes, MD5 {known.md5}, not {result.size} and {result.md5}",
        )
    verified: Verified = "md5" if same_md5 else "length" if result.size is not None else "none"
    return attrs.evolve(result, verified=verified, size=known.size)


async def verified(making: Making, results: list[Result]) -> list[Result]:
    """Ask what the target has of the files that were sent: a query for each 200.

    What it cannot be asked is there all the same, and stays what it is: not verified.
    """
    new = {int(one.target_id or 0) for one in results if _is_to_verify(one)}
    if not new or making.trouble:
        return results
    known = await making.asked(lambda: making.target.look(new, patient=True))
    there = {} if isinstance(known, VaultioError) else known
    return [_compared(one, there) if _is_to_verify(one) else one for one in results]


def _is_to_verify(result: Result) -> bool:
    return result.state == "done" and result.size is not None and result.verified is None


def _compared(result: Result, known: dict[int, Known]) -> Result:
    document = known.get(int(result.target_id or 0))
    version = document.version(result.target_version) if document else None
    return attrs.evolve(result, verified="none") if version is None else held(result, version)


def _wrong(result: Result, said: str) -> Result:
    return attrs.evolve(
        failure(result.number, ChecksumError(said)),
        target_id=result.target_id,
        target_version=result.target_version,
    )
