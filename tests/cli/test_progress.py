"""What progress shows: at a terminal, in a log, to a program; and what it must not do."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import anyio
import pytest
from attrs import evolve
from rich.console import Console

from tests.cli.conftest import PROGRAM, Command
from tests.cli.events import entry, failed, finished, found
from vaultio.cli.console import for_people
from vaultio.cli.progress import Mode, shown
from vaultio.cli.progress.forecast import Eta
from vaultio.cli.progress.lines import Lines
from vaultio.cli.progress.notes import Stopping
from vaultio.cli.progress.showing import display
from vaultio.cli.progress.snapshot import QuotaSnapshot, Snapshot, StageSnapshot
from vaultio.cli.progress.words import MOST_FAILURES_SHOWN, line
from vaultio.migration import Listed, Stage, Started
from vaultio.sandbox import Sandbox

HOSTILE = "\x1b[2J\x9b31m[red]\u202ehidden\r\n"

FILES = StageSnapshot(
    name="files",
    before=10,
    found=5_678,
    done=1_200,
    failed=3,
    skipped=31,
    left=4_444,
    size=1_200_000_000,
    known_size=9_000_000_000,
    items_per_s=12.34,
    size_per_s=4_500_000.0,
    is_current=True,
)
NOW = Snapshot(
    stages=(FILES, evolve(FILES, name="binders", is_current=False, done=0, failed=0, size=0)),
    documents=6_000,
    is_all_found=True,
    seconds=70.0,
    calls=1_300,
    quotas=(QuotaSnapshot(side="", limit=2_000, used=1_900, waiting=8),),
    eta=Eta(seconds=7_380.0, by="quota"),
    is_stopping=False,
)


def drawn(mode: Mode, now: Snapshot, *, width: int = 100, no_color: bool = False) -> str:
    """Draw a moment at a terminal of some width, and take down what it is sent."""
    file = io.StringIO()
    terminal = Console(
        file=file, force_terminal=True, width=width, color_system="256", no_color=no_color
    )
    with display(terminal, mode) as one:
        one.tell([failed(entry(7), HOSTILE)])
        one.draw(now)
    return file.getvalue()


def test_a_line_says_it_all() -> None:
    """How far, how fast, what failed, how long still, and that it is the quota's."""
    assert line(NOW) == (
        "files: 1,234/5,678 items, 1.2 GB, 12.3/s, 4.5 MB/s, 3 failed, 2 h 3 min left (quota), "
        "quota 1,900/2,000, 8 calls waiting"
    )
    more = evolve(NOW, is_all_found=False, eta=Eta(seconds=60.0, by="line"))
    assert "1,234/5,678+ items" in line(more)
    assert "at least 1 min 0 s left (line)" in line(more)


def test_bars() -> None:
    """Each stage has its bar; all of it fits a narrow terminal."""
    said = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", drawn("bars", NOW))

    assert re.search(r"files +━+.* 1,234/5,678 +1.2 GB +12.3/s, 4.5 MB/s +3 failed", said)
    assert re.search(r"binders +━+ +31/5,678", said)
    assert "1 min 10 s · 2 h 3 min left (quota) · quota 1,900/2,000, 8 calls waiting" in said
    assert max(map(len, re.split(r"[\r\n]", drawn("bars", NOW, width=60, no_color=True)))) < 200


@pytest.mark.parametrize("mode", ["bars", "plain", "jsonl", "quiet"])
def test_hostile_names(mode: Mode) -> None:
    """What Vault says does nothing to the terminal, in no mode."""
    said = drawn(mode, NOW)

    assert not {"\x9b", "\u202e"} & set(said)
    assert "\x1b[2J" not in said
    assert r"\x1b[2J\x9b31m[red]\u202ehidden\r\n" in said or r"\u001b[2J\u009b31m[red]" in said


@pytest.mark.parametrize("mode", ["plain", "jsonl"])
def test_logs_have_no_control_characters(mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where colours are forced upon everybody."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    said = drawn(mode, NOW)

    assert not [one for one in said if one < " " and one != "\n"]


def test_no_color() -> None:
    """Bars without colours where they are not wanted."""
    assert re.search(r"\x1b\[[0-9;]*3[0-9]", drawn("bars", NOW))
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", drawn("bars", NOW, no_color=True))


def test_what_auto_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bars at a terminal that can draw, lines anywhere else."""
    assert type(display(Console(file=io.StringIO()), "auto")) is Lines
    terminal = Console(file=io.StringIO(), force_terminal=True)
    assert type(display(terminal, "auto")).__name__ == "Bars"
    monkeypatch.setenv("TERM", "dumb")
    assert type(display(terminal, "auto")) is Lines


def test_json_lines() -> None:
    """Each line is an object with a time, an event, and keys that stay."""
    first, second = map(json.loads, drawn("jsonl", NOW).splitlines())

    assert first["event"] == "failed"
    assert (first["source_id"], first["message"]) == ("7", HOSTILE)
    assert second["event"] == "progress"
    assert (second["eta_s"], second["eta_by"], second["stage"]) == (7380.0, "quota", "files")
    assert second["stages"][0]["bytes_per_s"] == 4_500_000.0
    assert second["quotas"] == [{"side": "", "limit": 2000, "used": 1900, "waiting": 8}]


def test_keys_are_documented() -> None:
    """The page of the keys names each that is written."""
    from vaultio.cli.progress import jsonl

    for text in drawn("jsonl", NOW).splitlines():
        event = json.loads(text)
        for name in {*event, *event.get("stages", [{}])[0], *event.get("quotas", [{}])[0]}:
            assert f"``{name}``" in (jsonl.__doc__ or ""), name


async def test_few_failures_of_many(capsys: pytest.CaptureFixture[str]) -> None:
    """A log is not flooded: the first ten are said, the manifest has all."""
    async with shown(for_people(), "plain") as show:
        for number in range(1_000):
            show.take(failed(entry(number), "no"))

    assert capsys.readouterr().err.count("failed: document") == MOST_FAILURES_SHOWN


async def test_json_lines_tell_every_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """A program gets each, with stages and the end of the list, in order."""
    async with shown(for_people(), "jsonl") as show:
        for event in (
            Stage("files", 0, 0, 0),
            Listed(5, is_all=False),
            found(1),
            Started(entry(1)),
        ):
            show.take(event)
        show.take(failed(entry(1), "no"))
        show.take(finished(entry(2), 5))
        show.take(Listed(7, is_all=True))
        show.stopping(at_once=False)

    events = [json.loads(text)["event"] for text in capsys.readouterr().err.splitlines()]
    assert events == ["stage", "failed", "listed", "stopping"]


async def test_a_terminal_that_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-S at the terminal stops the bars, and nothing else."""
    still, file = threading.Event(), io.StringIO()
    write = file.write
    monkeypatch.setattr(file, "write", lambda text: (still.wait(20), write(text))[1])
    ticks = 0
    async with shown(Console(file=file), "quiet") as show:
        show.take(failed(entry(1), "no"))
        begun = time.monotonic()
        while time.monotonic() - begun < 0.6:
            await anyio.sleep(0.01)
            ticks += 1
        still.set()

    assert ticks > 10
    assert "failed: document 1" in file.getvalue()


async def test_a_log_on_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress that cannot be written is no reason to end a job."""

    def full(_: str) -> int:
        raise OSError(28, "No space left on device")

    file = io.StringIO()
    monkeypatch.setattr(file, "write", full)
    async with shown(Console(file=file), "plain") as show:
        show.take(failed(entry(1), "no"))
        await anyio.sleep(0.5)
        show.take(failed(entry(2), "no"))


def test_stopping_is_said_even_if_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """Who presses Ctrl-C hears what it does."""
    with display(for_people(), "quiet") as one:
        one.tell([Stopping(at_once=False), Stopping(at_once=True)])

    assert "press again to stop at once" in capsys.readouterr().err


def at_a_terminal(*words: object, **environment: str) -> str:
    """Run the command line at a pseudo-terminal, and return all that it showed there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, *map(str, words)]
    clean = {name: value for name, value in os.environ.items() if name != "CI"}
    running = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env={**clean, "TERM": "xterm-256color", "COLUMNS": "100", **environment},
    )
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:  # the other end is closed
        pass
    running.wait(30)
    os.close(ours)
    return said.decode()


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}])
def test_an_export_at_a_terminal(
    served: Sandbox, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Bars are drawn while it goes on, in colours or not; what failed is said above them."""
    for number in range(8):
        served.documents.add(f"Plan {number}", 60_000)
    served.faults.failure("X", HOSTILE, path="/objects/documents/3/*/file")
    served.faults.drip(60_000, path="*/file", count=None)

    said = at_a_terminal("export", "--to", tmp_path, "--concurrency", 4, **environment)

    assert re.search(r"files.*━.*/8", re.sub(r"\x1b\[[0-9;]*m", "", said))
    assert r"\x1b[2J\x9b31m" in said
    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]m", said)) == (not environment)
    assert said.count("\x1b[?25l") == said.count("\x1b[?25h")  # the cursor is back


@pytest.mark.parametrize(("words", "event"), [(["--ids", "4711"], "failed"), ([], "ended")])
def test_all_of_stderr_is_json(
    vaultio: Command, served: Sandbox, tmp_path: Path, words: list[str], event: str
) -> None:
    """A program may read every line of it."""
    result = vaultio("export", "--to", tmp_path, "--progress", "jsonl", *words)

    assert event in [json.loads(text)["event"] for text in result.stderr.splitlines()]


def test_errors_are_json_too(
    vaultio: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ends the command before it has begun is said in the same way."""
    result = vaultio("export", "--to", tmp_path, "--progress", "jsonl")

    error = json.loads(result.stderr)
    assert (error["event"], error["exit_code"], result.exit_code) == ("error", 2, 2)
    assert "VAULTIO_URL" in error["advice"]
