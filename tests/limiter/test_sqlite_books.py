"""Books in a file are the same books as in memory, for one process and for several."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.limiter.files import RULES, Holder, Times, books_in
from vaultio.errors import QuotaStoreError
from vaultio.limiter import Pace, Quota
from vaultio.limiter.books import Books
from vaultio.limiter.reports import Report
from vaultio.limiter.stores.sqlite_books import FileBooks
from vaultio.limiter.stores.sqlite_usage import read_usages
from vaultio.protocol.quota_headers import QuotaReading

PACED = evolve(
    RULES,
    burst=Quota(30, 10.0),
    pace=Pace(burst=8, interactive_burst=20),
    reserved_share=0.2,
)


def ages() -> st.SearchStrategy[tuple[tuple[float, int], ...]]:
    """Make what a holder says of its calls, in eighths of a second: they are exact as floats."""
    eighths = st.integers(0, 60).map(lambda eighth: eighth / 8)
    return st.lists(st.tuples(eighths, st.integers(1, 3)), max_size=3).map(tuple)


@define
class Step:
    """One report of one holder, after a while."""

    after_s: float
    holder: int
    kind: str
    report: Report


def steps() -> st.SearchStrategy[list[Step]]:
    """Make lists of reports that need not make sense together."""
    readings = st.builds(QuotaReading, burst_limit=st.just(25), burst_remaining=st.integers(0, 25))
    reports = st.builds(
        Report,
        holder=st.just(""),
        number=st.just(0),
        held=st.integers(0, 8),
        interactive=st.integers(0, 3),
        bulk=st.integers(0, 9),
        spare=st.sampled_from([0, 0, 8]),
        waiting=st.tuples(st.integers(0, 3), st.integers(0, 3)),
        answered=ages(),
        given_up=ages(),
        unsent=st.integers(0, 2),
        reading=st.none() | readings,
        delayed=st.sampled_from([0, 0, 0, 1]),
        exceeded=st.sampled_from([False] * 7 + [True]),
        probe=st.sampled_from(["", "answered", "answered", "lost", "unsent"]),
    )
    waits = st.sampled_from([0.0, 0.125, 1.0, 4.0, 11.0, 130.0])
    kinds = st.sampled_from(["", "", "", "", "again", "lost", "reopened"])
    return st.lists(st.builds(Step, waits, st.integers(0, 2), kinds, reports), max_size=25)


@define
class Trial:
    """Three processes with one file, and books in memory that hear the same."""

    folder: Path
    times: Times = field(factory=Times)
    memory: Books = field(factory=lambda: Books(PACED, is_volatile=True))
    files: list[FileBooks] = field(factory=list)
    numbers: list[int] = field(factory=lambda: [0, 0, 0])
    epoch: str = ""
    now: float = 0.0

    @contextmanager
    def open(self) -> Iterator[None]:
        """Open the files, and close them."""
        self.files = [books_in(self.folder, self.times, rules=PACED) for _ in range(3)]
        try:
            assert self.files[0].usage() == self.memory.usage(0.0)
            yield
        finally:
            for file in self.files:
                file.close()

    def play(self, step: Step) -> None:
        """Let one step happen to both, and compare what they say."""
        self.times.pass_by(step.after_s)
        self.now += step.after_s
        self.numbers[step.holder] += step.kind != "again"
        file = self.files[step.holder]
        if step.kind == "reopened":
            file.close()
        report = evolve(
            step.report,
            holder="abc"[step.holder],
            number=self.numbers[step.holder],
            epoch="unheard-of" if step.kind == "lost" else self.epoch,
        )
        grant = file.exchange(report)
        assert grant == self.memory.exchange(report, self.now)
        self.epoch = grant.epoch or self.epoch
        other = self.files[step.holder - 1]
        assert other.wait_s("bulk", 3) == self.memory.wait_s("bulk", 3, self.now)
        assert other.usage() == self.memory.usage(self.now)


@settings(max_examples=60, deadline=None)
@given(steps())
def test_the_same_as_in_memory(story: list[Step]) -> None:
    """Whatever is reported, by whom, and whoever opens the file anew in between."""
    memory = Path("/dev/shm")  # hundreds of files cost little there
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        trial = Trial(Path(folder))
        with trial.open():
            for step in story:
                trial.play(step)
            path, clocks = trial.files[0].file.path, trial.times.clocks
            if story:
                assert read_usages(path, clocks) == {"vault": trial.memory.usage(trial.now)}


def test_a_new_file_is_no_unused_quota(tmp_path: Path) -> None:
    """Nobody knows what was sent before: one call asks the server, and others wait for it."""
    with closing(books_in(tmp_path)) as books:
        holder = Holder(books)

        assert (holder.ask(bulk=6).is_probe, Holder(books, "b").ask(bulk=6).bulk) == (True, 0)
        assert holder.ask(bulk=3, answered=((0.0, 1),)).bulk == 3


def test_after_a_power_cut_the_server_is_asked(tmp_path: Path) -> None:
    """The last commits may not have reached the disk, so what the file says is not all."""
    times = Times()
    with closing(books_in(tmp_path, times)) as books:
        Holder(books).begin()
    times = Times(times.wall_s + 1, 30.0, ("second", ""))
    with closing(books_in(tmp_path, times)) as books:
        holder = Holder(books, "b")

        assert holder.ask(bulk=4).is_probe
        assert Holder(books, "c").ask(bulk=4).bulk == 0
        told = QuotaReading(burst_limit=6, burst_remaining=1, daily_limit=20, daily_remaining=9)
        grant = books.exchange(
            Report(holder="b", number=2, bulk=4, answered=((0, 1),), reading=told, probe="answered")
        )
        assert grant.bulk == 1


def test_vaults_have_books_of_their_own(tmp_path: Path) -> None:
    """One file holds them all."""
    for vault in ("one.example.com", "two.example.com"):
        with closing(books_in(tmp_path, vault=vault)) as books:
            assert Holder(books).begin().ask(bulk=9).bulk == 5
    found = read_usages(tmp_path / "quota.db", Times().clocks)

    assert {vault: usage.quotas[0].used for vault, usage in found.items()} == {
        "one.example.com": 6,
        "two.example.com": 6,
    }


def test_who_holds_tokens_and_is_dead_is_reaped(tmp_path: Path) -> None:
    """After its lease and a window, without a report: a second process gets the tokens."""
    times = Times()
    with closing(books_in(tmp_path, times)) as books, closing(books_in(tmp_path, times)) as other:
        assert Holder(books).begin().ask(bulk=6).bulk == 5
        times.pass_by(14.9)
        assert Holder(other, "b").ask(bulk=6).bulk == 1
        times.pass_by(0.2)

        assert Holder(other, "c").ask(bulk=6).bulk == 5


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("the window of burst is 20 s here and 10 s there", {"burst": Quota(6, 20.0)}),
        ("the window of daily is off here and 100 s there", {"daily": None}),
        ("linger_s is 3 s here and 2 s there", {"linger_s": 3.0}),
        ("holder_lease_s is 6 s here and 5 s there", {"lease_s": 6.0}),
    ],
)
def test_programs_that_time_tokens_differently(
    tmp_path: Path, said: str, changes: dict[str, Any]
) -> None:
    """They cannot share books, and are told in what they differ."""
    with closing(books_in(tmp_path)) as books:
        Holder(books).begin()
    with closing(books_in(tmp_path, rules=evolve(RULES, **changes))) as books:
        with pytest.raises(QuotaStoreError, match=said):
            Holder(books, "b").ask()


def test_each_program_keeps_to_its_own_limit(tmp_path: Path) -> None:
    """Until the server has told one; then that counts, but a fixed limit stays the highest."""
    ours, fixed = Quota(3, 10.0), Quota(2, 10.0, fixed=True)
    with (
        closing(books_in(tmp_path)) as six,
        closing(books_in(tmp_path, rules=evolve(RULES, burst=ours))) as three,
        closing(books_in(tmp_path, rules=evolve(RULES, burst=fixed))) as two,
    ):
        Holder(six).begin()
        assert [books.usage().quotas[0].limit for books in (six, three, two)] == [6, 3, 2]
        told = QuotaReading(burst_limit=5, burst_remaining=4)
        six.exchange(Report(holder="b", number=1, reading=told))

        assert [books.usage().quotas[0].limit for books in (six, three, two)] == [5, 5, 2]
