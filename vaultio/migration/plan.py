"""What a job will take, said before it: documents, files, bytes, calls, and hours of quota.

Nothing is written for it, neither in a vault nor on the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from attrs import frozen

from vaultio.client import Vault
from vaultio.display import cell
from vaultio.errors import InvalidArgumentError
from vaultio.limiter import Meter, Traffic, seconds_for
from vaultio.limiter.wording import about
from vaultio.migration.discovery import CHUNK
from vaultio.migration.entries import ItemKind
from vaultio.migration.outcome import FILES
from vaultio.migration.selection import Selection
from vaultio.migration.survey import Survey, Surveyor
from vaultio.migration.wanted import Wanted

SAMPLE = 50
"""Documents that are looked at closely, unless something else is said."""

MOST_PAGES = 50
"""Pages of the list that are read, unless it is to be exact."""

_UNITS = ("kB", "MB", "GB", "TB")


@frozen(kw_only=True)
class Planned:
    """What there is of one kind of item: so many, and the bytes of their files."""

    items: int
    size: int = 0


@frozen(kw_only=True)
class Plan:
    """What a job will take. ``str(plan)`` says it in words.

    Calls are those of a run that nothing disturbs, logins not counted. Seconds are what the
    quotas allow from now on; a line that is too slow for the bytes needs longer.
    """

    kinds: Mapping[ItemKind, Planned]
    """What there is, by kind of item."""

    calls_source: int
    calls_target: int
    seconds_source: float
    """Seconds that the calls take at the source; infinity if others use all of its quota."""

    seconds_target: float
    spent: int
    """Calls that it cost to find this out."""

    looked_at: int = 0
    """Documents and binders that were asked what they have, for all of them."""

    is_estimate: bool = False
    """Whether some of it was reckoned up from a part."""

    @property
    def documents(self) -> int:
        """Document versions and binders."""
        return sum(self.kinds[kind].items for kind in self.kinds if kind in {"document", "binder"})

    @property
    def files(self) -> int:
        """Files to be moved."""
        return sum(one.items for kind, one in self.kinds.items() if kind in FILES)

    @property
    def size(self) -> int:
        """Bytes of these files."""
        return sum(one.size for kind, one in self.kinds.items() if kind in FILES)

    @property
    def seconds(self) -> float:
        """How long it takes at least, in seconds: both sides work at once."""
        return max(self.seconds_source, self.seconds_target)

    def _repr_html_(self) -> str:
        """Show the words in a notebook."""
        return f"<pre>{'<br>'.join(map(cell, str(self).splitlines()))}</pre>"

    def __str__(self) -> str:
        tilde = "about " if self.is_estimate else ""
        lines = [
            f"{tilde}{_count(self.documents, 'document')} with {_count(self.files, 'file')}, "
            f"{_size(self.size)}"
        ]
        lines += [f"  {_count(one.items, kind)}{_of(one)}" for kind, one in self._others()]
        sides = (
            ("source", self.calls_source, self.seconds_source),
            ("target", self.calls_target, self.seconds_target),
        )
        for name, calls, seconds in sides:
            if calls:
                lines.append(
                    f"{name}: {tilde}{_count(calls, 'call')}, {_time(seconds)} at the present quota"
                )
        if self.size and 0 < self.seconds < inf:
            rate = _size(self.size / self.seconds)
            lines.append(f"a line of less than {rate} a second makes it longer")
        if self.is_estimate:
            looked_at = _count(self.looked_at, "document")
            lines.append(f"reckoned up from a part, with {looked_at} looked at closely")
        return "\n".join(lines)

    def _others(self) -> list[tuple[ItemKind, Planned]]:
        """List what is not told by the first line."""
        told = {"document", "source"}
        return [(kind, one) for kind, one in self.kinds.items() if kind not in told and one.items]


async def seconds_at(vault: Vault, calls: int, concurrency: int) -> float:
    """Say how long so many `bulk` calls take in a vault, from where its quotas stand now."""
    usage, rules = await vault.quota(), vault.limiter.rules
    return seconds_for(calls, rules, usage, Traffic(at_once=concurrency))


async def plan_export(
    vault: Vault,
    selection: Selection,
    wanted: Wanted,
    *,
    concurrency: int,
    sample: int = SAMPLE,
    exact: bool = False,
) -> Plan:
    """Plan an export; see `Export.plan`."""
    survey = await surveyed(vault, selection, wanted, sample=sample, exact=exact)
    return Plan(
        kinds=kinds_of(survey),
        calls_source=survey.calls,
        calls_target=0,
        seconds_source=await seconds_at(vault, survey.calls, concurrency),
        seconds_target=0.0,
        spent=survey.spent,
        looked_at=survey.looked_at,
        is_estimate=survey.is_estimate,
    )


async def plan_copy(
    source: Vault,
    target: Vault,
    selection: Selection,
    wanted: Wanted,
    *,
    concurrency: int,
    sample: int = SAMPLE,
    exact: bool = False,
) -> Plan:
    """Plan a copy; see `Copy.plan`."""
    survey = await surveyed(source, selection, wanted, sample=sample, exact=exact, all_fields=True)
    kinds = kinds_of(survey)
    without_file = survey.count("placeholder")
    calls_source = survey.calls - without_file  # which a copy does not ask for a file
    later = survey.count("version")
    calls_target = calls_of_import(
        kinds, later_versions=later, without_file=without_file, nodes=survey.count("node")
    )
    return Plan(
        kinds=kinds,
        calls_source=calls_source,
        calls_target=calls_target,
        seconds_source=await seconds_at(source, calls_source, concurrency),
        seconds_target=await seconds_at(target, calls_target, concurrency),
        spent=survey.spent,
        looked_at=survey.looked_at,
        is_estimate=survey.is_estimate,
    )


def calls_of_import(
    kinds: Mapping[ItemKind, Planned], *, later_versions: int, without_file: int, nodes: int
) -> int:
    """Say how many calls it takes to bring things into a vault that has none of them.

    Of the documents *later_versions* are versions after the first, *without_file* have none, and
    *nodes* are in binders. With each later version a field is taken to have changed; that Vault
    has a rendition otherwise than expected, which costs one call more, is left out.
    """

    def of(kind: ItemKind) -> int:
        return kinds[kind].items if kind in kinds else 0

    documents, binders = of("document") - later_versions, of("binder")
    with_file = max(0, documents - without_file)
    calls = with_file + _parts(min(without_file, documents), 500)
    calls += _parts(documents, CHUNK) + _parts(with_file, CHUNK)
    calls += 2 * later_versions + 2 * _parts(later_versions, CHUNK)
    calls += of("rendition") + of("attachment") + of("relationship") + _parts(of("role"), 1_000)
    calls += 2 * binders + _parts(binders, CHUNK) + nodes
    return calls + bool(calls)


def _parts(number: int, size: int) -> int:
    return -(-number // size)


async def surveyed(
    vault: Vault,
    selection: Selection,
    wanted: Wanted,
    *,
    sample: int,
    exact: bool,
    all_fields: bool = False,
) -> Survey:
    """Look at what there is: *sample* documents closely, and with *exact* at all of the list."""
    if sample < 1:
        raise InvalidArgumentError(f"sample must be at least 1, not {sample}")
    meter = Meter()
    view = vault.with_options(priority="bulk", meter=meter)
    most = None if exact else MOST_PAGES
    surveyor = Surveyor(
        view, meter, selection, wanted, sample=sample, most_pages=most, all_fields=all_fields
    )
    return await surveyor.survey()


def kinds_of(survey: Survey) -> dict[ItemKind, Planned]:
    """Say what a survey has found, kind by kind, in the order in which an export moves them."""
    order: tuple[ItemKind, ...] = (
        "document",
        "source",
        "rendition",
        "attachment",
        "annotation",
        "role",
        "relationship",
        "binder",
    )
    return {
        kind: Planned(items=survey.count(kind), size=survey.size(kind) if kind in FILES else 0)
        for kind in order
        if survey.count(kind)
    }


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _of(one: Planned) -> str:
    return f", {_size(one.size)}" if one.size else ""


def _time(seconds: float) -> str:
    return "never, as others use all of it," if seconds == inf else about(seconds)


def _size(number: float) -> str:
    """Write a number of bytes in powers of 1,000."""
    if number < 1000:
        return f"{number:.0f} B"
    for unit in _UNITS:
        number /= 1000
        if number < 999.95 or unit == _UNITS[-1]:
            return f"{number:,.1f} {unit}"
    raise AssertionError
