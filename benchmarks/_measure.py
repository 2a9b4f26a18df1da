"""Rounds, medians and ratios: how a figure of ours is held against those of its peers.

A peer is a name and a function that does the job once and gives a `Sample`. All peers of a
question take turns in one run, and each round begins with another one, so that a machine that
is busy for a while is busy for all of them.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from attrs import define, field, frozen

OURS = "vaultio"
PEERS = (OURS, "curl", "aiohttp", "httpx", "requests", "httpx-aiohttp", "veevatools")
MIB = 1024 * 1024


class Skipped(Exception):  # noqa: N818 - nothing went wrong
    """A peer cannot take part; the text says why."""


@define
class Sample:
    """What one round came to; None where it cannot be measured.

    *late_s* is how late a task beside it woke (99th percentile), *memory_bytes* what was in use
    beyond what was before.
    """

    seconds: float = 0.0
    cpu_s: float = 0.0
    late_s: float | None = None
    memory_bytes: int | None = None


Run = Callable[[], Sample]


@contextmanager
def timed() -> Iterator[Sample]:
    """Measure the block: time by the clock, and of the processor with ended children."""
    sample, cpu_s, begun = Sample(), processor_s(), time.perf_counter()
    yield sample
    sample.seconds = time.perf_counter() - begun
    sample.cpu_s = processor_s() - cpu_s


def processor_s() -> float:
    """Seconds of processor time that this process and its ended children took so far."""
    return time.process_time() + sum(os.times()[2:4])


def by_peer(module: Mapping[str, Any]) -> dict[str, Any]:
    """Gather what a module has for each peer, by its name: ``with_`` and the peer."""
    names = {peer: f"with_{peer.replace('-', '_')}" for peer in PEERS}
    return {peer: module[name] for peer, name in names.items() if name in module}


@frozen
class Target:
    """What a ratio to *peer*, or the figure itself where that is None, has to come up to.

    Where more is better it is the least, else the most. *stretch* is what one hopes for.
    """

    peer: str | None
    value: float
    stretch: float | None = None


@frozen
class Question:
    """One line of the table: a figure of each peer.

    *figure* reads it from a sample, None where there is none; *worst* takes the worst of all
    rounds in place of the median.
    """

    title: str
    unit: str
    figure: Callable[[Sample], float | None]
    targets: Sequence[Target] = ()
    better: Literal["more", "less"] = "more"
    worst: bool = False

    def of(self, samples: Mapping[str, Sequence[Sample]], skipped: Mapping[str, str]) -> Answer:
        """Read the figures from *samples*; *skipped* says who did not take part, and why."""
        read = {peer: [self.figure(one) for one in each] for peer, each in samples.items()}
        known = {peer: [one for one in each if one is not None] for peer, each in read.items()}
        return Answer(self, {peer: each for peer, each in known.items() if each}, dict(skipped))


@frozen
class Answer:
    """The figures of one question, a list a peer with one of each round."""

    question: Question
    figures: dict[str, list[float]]
    skipped: dict[str, str] = field(factory=dict)

    @property
    def peers(self) -> list[str]:
        """All that ours is held against, in order."""
        return [peer for peer in self.figures if peer != OURS]

    def value(self, peer: str) -> float:
        """Give a peer's figure: the median of the rounds, or the worst."""
        each = self.figures[peer]
        if not self.question.worst:
            return statistics.median(each)
        return min(each) if self.question.better == "more" else max(each)

    def ratio(self, peer: str) -> float:
        """Say how many times a peer's figure ours is."""
        theirs = self.value(peer)
        return self.value(OURS) / theirs if theirs else float("inf")

    def target(self, peer: str | None) -> Target | None:
        """Find what the ratio to *peer* has to come up to; None as *peer* is the figure itself."""
        return next((one for one in self.question.targets if one.peer == peer), None)

    def meets(self, target: Target) -> bool | None:
        """Say whether a target is met; None if the peer, or we, did not take part."""
        if OURS not in self.figures or (target.peer and target.peer not in self.figures):
            return None
        found = self.ratio(target.peer) if target.peer else self.value(OURS)
        return found >= target.value if self.question.better == "more" else found <= target.value


def interleave(
    runs: Mapping[str, Run], rounds: int, warm_ups: Mapping[str, Run] | None = None
) -> tuple[dict[str, list[Sample]], dict[str, str]]:
    """Let all peers run in turns; gives the samples of each, and who was skipped and why.

    A warm-up is a run that does not count: it does what is done once in a program. Who raises
    `Skipped`, or lacks a library, takes no part.
    """
    samples, skipped = {peer: list[Sample]() for peer in runs}, dict[str, str]()
    turns = [(peer, run, False) for peer, run in (warm_ups or {}).items()]
    for number in range(rounds):
        turns += [(peer, runs[peer], True) for peer in turned(list(runs), number)]
    for peer, run, counts in turns:
        if peer in skipped:
            continue
        gc.collect()  # nobody pays for what another left behind
        try:
            sample = run()
        except (Skipped, ImportError) as reason:
            skipped[peer] = str(reason)
            continue
        samples[peer] += [sample] if counts else []
    return {peer: each for peer, each in samples.items() if peer not in skipped}, skipped


def turned(peers: Sequence[str], number: int) -> list[str]:
    """Give the order of a round: each begins with another peer."""
    first = number % len(peers) if peers else 0
    return [*peers[first:], *peers[:first]]
