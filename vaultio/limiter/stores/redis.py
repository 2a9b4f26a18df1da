"""Books on a Redis or Valkey server: shared by many machines, kept by the server's clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from attrs import asdict, define, field, fields

from vaultio.errors import InvalidArgumentError, QuotaStoreError
from vaultio.limiter.clock import steady_time
from vaultio.limiter.reports import Grant, Report
from vaultio.limiter.rules import Priority, Rules
from vaultio.limiter.stores.redis_link import Link
from vaultio.limiter.stores.shared import SharedStore
from vaultio.limiter.stores.stored_rules import difference, dump_rules, load_rules
from vaultio.limiter.usage import QuotaName, QuotaUsage, Usage

_BEFORE, _AFTER = "vaultio:{", "}:books"
_NOBODY = "vault"
"""Whose the quotas are if nobody says it."""

_USAGE_FIELDS = 8
_REPORT_FIELDS = tuple(field.name for field in fields(Report) if field.name != "reading")


@define(eq=False)
class RedisLedger:
    """The books of one vault in one hash, which a script on the server reads and writes.

    `url` is ``redis://[user:password@]host:port/db``, ``rediss://`` (TLS), ``valkey://``,
    ``valkeys://`` or ``unix:///socket?db=0``. `clock` returns seconds of this machine: should the
    server's clock be set forward, time in the books does not follow it. `server_time_us` takes the
    place of the server's clock in tests.
    """

    url: str
    clock: Callable[[], float] | None = steady_time
    server_time_us: Callable[[], int] | None = None
    is_volatile: bool = field(init=False, default=True)
    _link: Link = field(init=False)
    _rules: str = field(init=False, default="")
    _vault: str = field(init=False, default=_NOBODY)

    def __attrs_post_init__(self) -> None:
        self._link = Link(self.url)

    def __repr__(self) -> str:
        return f"RedisLedger({self._link.where!r})"

    def bind(self, rules: Rules) -> None:
        """Learn the rules."""
        self._rules = dump_rules(rules)

    def serve(self, vault: str) -> None:
        """Learn whose quotas these are."""
        self._vault = vault

    async def exchange(self, report: Report) -> Grant:
        """Do what `Books.exchange` does; a report that comes twice is booked once."""
        said = await self._asked("exchange", _written(report), clock=self.clock)
        return Grant() if said[0] == "stale" else _grant(said[1:])

    async def wait_s(self, priority: Priority, ahead: int) -> float:
        """Say how long a call waits at the least, in seconds, with `ahead` others before it."""
        said = await self._asked("wait_s", json.dumps({"priority": priority, "ahead": ahead}))
        return float(said[1])

    async def usage(self) -> Usage:
        """Describe the quotas, and who waits in all processes."""
        return _usage((await self._asked("usage", "{}"))[1:])

    async def usages(self) -> dict[str, Usage]:
        """Describe the quotas of all vaults of which the server has books, by vault."""
        found = dict[str, Usage]()
        for key in await self._link.keys(_BEFORE + "*" + _AFTER):
            self._vault = key.removeprefix(_BEFORE).removesuffix(_AFTER)
            said = await self._asked("usage", "{}")
            if said[0] != "nothing":  # they went away meanwhile
                found[self._vault] = _usage(said[1:])
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        await self._link.aclose()

    async def _asked(
        self, mode: str, what: str, clock: Callable[[], float] | None = None
    ) -> list[str]:
        arguments = [mode, self._rules, what, repr(clock()) if clock else ""]
        if self.server_time_us:
            arguments.append(str(self.server_time_us()))
        said = await self._link.run(_BEFORE + self._vault + _AFTER, *arguments)
        if said[0] == "version":
            raise QuotaStoreError(
                f"the books of {self._vault!r} at {self._link.where} were written by another "
                "version of vaultio: let all processes use the same"
            )
        if said[0] == "differs":
            found = difference(load_rules(self._rules), load_rules(said[1]))
            raise QuotaStoreError(
                f"{self._link.where} keeps the quotas of {self._vault} by other rules: {found}. "
                "Give all programs that share it the same, or name another database"
            )
        return said


def redis_store(url: str) -> SharedStore:
    """Make the store of one holder; ``?share=4`` in the address says how many there are at most."""
    address, separator, query = url.partition("?")
    options = parse_qsl(query, keep_blank_values=True)
    shares = [value for name, value in options if name == "share"]
    if any(not (value.isdecimal() and int(value) > 0) for value in shares):
        raise InvalidArgumentError(f"share is a number of workers, not {shares[0]!r}")
    rest = urlencode([(name, value) for name, value in options if name != "share"])
    ledger = RedisLedger(address + (separator + rest if rest else ""))
    return SharedStore(ledger, workers=int(shares[0]) if shares else None)


async def usages(url: str) -> dict[str, Usage]:
    """Describe the quotas of all vaults of which a server has books, by vault (host and port)."""
    ledger = RedisLedger(url)
    try:
        return await ledger.usages()
    finally:
        await ledger.aclose()


def _written(report: Report) -> str:
    written: dict[str, Any] = {name: getattr(report, name) for name in _REPORT_FIELDS}
    if report.reading is not None:
        written["reading"] = asdict(report.reading)
    return json.dumps(written)


def _grant(said: list[str]) -> Grant:
    number, epoch, interactive, bulk, is_probe, first_s, second_s, tell, *rest = said
    burst, daily, exchanges = map(int, rest)
    return Grant(
        number=int(number),
        epoch=epoch,
        interactive=int(interactive),
        bulk=int(bulk),
        is_probe=is_probe == "1",
        wait_s=(float(first_s), float(second_s)),
        tell_history=tell == "1",
        limits=(burst, daily),
        exchanges=exchanges,
    )


def _usage(said: list[str]) -> Usage:
    held_back, delayed, refused, interactive, bulk, *quotas = said
    return Usage(
        quotas=tuple(
            _quota_usage(quotas[start : start + _USAGE_FIELDS])
            for start in range(0, len(quotas), _USAGE_FIELDS)
        ),
        held_back=held_back == "1",
        delayed=int(delayed),
        refused=int(refused),
        interactive_waiting=int(interactive),
        bulk_waiting=int(bulk),
    )


def _quota_usage(said: list[str]) -> QuotaUsage:
    text, limit, window_s, used, others, left, due_s, reserved = said
    name: QuotaName = "burst" if text == "burst" else "daily"
    return QuotaUsage(
        name=name,
        limit=int(limit),
        window_s=float(window_s),
        used=int(used),
        others=int(others),
        left=int(left),
        next_return_s=float(due_s) if due_s else None,
        reserved=int(reserved),
    )
