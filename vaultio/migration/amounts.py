"""How many there are of what, how large, and which of them to look at: plain sums and chances."""

from __future__ import annotations

import random

from attrs import define, field, frozen

from vaultio.migration.entries import Draft


@frozen
class Amount:
    """How many there are of something: `items`, of which `sized` are `size` bytes together."""

    items: float = 0.0
    sized: float = 0.0
    size: float = 0.0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.items + other.items, self.sized + other.sized, self.size + other.size)

    def times(self, factor: float) -> Amount:
        """Reckon up to more."""
        return Amount(self.items * factor, self.sized * factor, self.size * factor)


@define
class Amounts:
    """Amounts by kind of item, and the calls that an export makes for them.

    Beside the kinds of items there are ``version`` (document versions that are not the latest),
    ``placeholder`` (versions without a source file) and ``node`` (what is in binders).
    """

    kinds: dict[str, Amount] = field(factory=dict)
    calls: float = 0.0

    def add(self, kind: str, amount: Amount) -> None:
        """Count more of a kind."""
        self.kinds[kind] = self.kinds.get(kind, Amount()) + amount

    def count(self, draft: Draft) -> None:
        """Count an item that was found: a call each but for what a look closer is worth more."""
        size = draft.expected_size
        self.add(draft.kind, Amount(1.0, float(size is not None), float(size or 0)))
        if draft.kind not in {"document", "binder"}:
            self.calls += draft.state == "found"
        if draft.kind == "source" and "missing" in draft.data:
            self.add("placeholder", Amount(1.0))

    def join(self, other: Amounts, factor: float = 1.0) -> None:
        """Add others, reckoned up."""
        for kind, amount in other.kinds.items():
            self.add(kind, amount.times(factor))
        self.calls += other.calls * factor


@define
class Chosen:
    """Some of many, each with the same chance, and the same ones each time."""

    most: int
    of: int = 0
    items: list[Draft] = field(factory=list)
    _dice: random.Random = field(factory=lambda: random.Random(0))

    def offer(self, draft: Draft) -> None:
        """Take it, perhaps in place of another."""
        self.of += 1
        if len(self.items) < self.most:
            self.items.append(draft)
        elif (place := self._dice.randrange(self.of)) < self.most:
            self.items[place] = draft
