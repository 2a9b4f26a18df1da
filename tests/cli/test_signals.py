"""Somebody wants a job to end: real signals to a real process, and what is left behind."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import parts, process
from vaultio.migration import MANIFEST_NAME
from vaultio.sandbox import Sandbox

_NO_LOOP_SIGNALS = """
import asyncio.unix_events as unix
def refuse(*_): raise NotImplementedError
unix._UnixSelectorEventLoop.add_signal_handler = refuse
unix._UnixSelectorEventLoop.remove_signal_handler = refuse
"""


def until(condition: Callable[[], object]) -> None:
    """Wait until something is so, for a minute at most."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def states(folder: Path) -> Counter[str]:
    """Count the files of a manifest by state."""
    with closing(sqlite3.connect(folder / MANIFEST_NAME)) as database:
        rows = database.execute("SELECT state FROM items WHERE kind = 'source'")
        return Counter(state for (state,) in rows)


@pytest.fixture
def slow(served: Sandbox) -> Sandbox:
    """A vault of 40 files of which each takes a second."""
    for number in range(40):
        served.documents.add(f"Plan {number}", 100_000)
    served.faults.drip(100_000, path="*/file", count=None)
    return served


def begun(folder: Path, *words: object, before: str = "") -> subprocess.Popen[str]:
    """Start an export, and wait until two files are under way."""
    running = process("export", "--to", folder, "--concurrency", 2, *words, before=before)
    until(lambda: len(parts(folder)) == 2)
    return running


def test_the_first_lets_finish_what_is_in_flight(slow: Sandbox, tmp_path: Path) -> None:
    """One Ctrl-C: the two files under way arrive, no other is begun, and it is said."""
    running = begun(tmp_path)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)

    assert (running.returncode, parts(tmp_path)) == (130, [])
    assert states(tmp_path) == {"done": len(list(tmp_path.rglob("*.docx"))), "found": 38}
    assert "press again to stop at once" in err
    assert "Traceback" not in err
    assert "the same command goes on from here" in out


def test_the_second_ends_it_at_once(slow: Sandbox, tmp_path: Path) -> None:
    """Two of them: it ends before the files could arrive, and nothing but whole files is left."""
    slow.faults.clear()
    slow.faults.stall(after_bytes=50_000, path="*/file", count=None)
    running = begun(tmp_path)
    running.send_signal(signal.SIGINT)
    assert running.stderr is not None
    assert "press again" in running.stderr.readline()
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)

    assert (running.returncode, parts(tmp_path)) == (130, [])
    assert states(tmp_path) == {"found": 40}
    assert "Traceback" not in err


def test_a_container_is_stopped(slow: Sandbox, tmp_path: Path) -> None:
    """SIGTERM is a first Ctrl-C; the next run does the rest, and none twice."""
    running = begun(tmp_path)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=30)
    assert running.returncode == 130
    slow.faults.clear()

    again = process("export", "--to", tmp_path)
    out, _ = again.communicate(timeout=60)

    assert (again.returncode, states(tmp_path)) == (0, {"done": 40})
    assert "38 fetched, 2 there before" in out


def test_before_anything_has_begun(served: Sandbox, tmp_path: Path) -> None:
    """Ctrl-C while the list of documents is waited for ends the run, with a manifest of nothing."""
    served.faults.delay(30.0, path="/objects/documents")
    running = process("export", "--to", tmp_path)
    until((tmp_path / MANIFEST_NAME).exists)
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)

    assert running.returncode == 130
    assert "Traceback" not in err


def test_without_signals_of_the_loop(slow: Sandbox, tmp_path: Path) -> None:
    """Where an event loop takes no signals, as on Windows, the first is gentle all the same."""
    running = begun(tmp_path, before=_NO_LOOP_SIGNALS)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)

    assert (running.returncode, states(tmp_path)["found"]) == (130, 38)
    assert "press again to stop at once" in err


def test_json_lines_say_it(slow: Sandbox, tmp_path: Path) -> None:
    """With JSON lines all of stderr is JSON, to the end."""
    running = begun(tmp_path, "--progress", "jsonl")
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)

    events = [json.loads(line) for line in err.splitlines()]
    assert [one["event"] for one in events if one["event"] in {"stopping", "ended"}] == [
        *("stopping", "ended")
    ]
    assert not events[-1]["is_complete"]


def test_while_all_wait_for_quota(served: Sandbox, tmp_path: Path) -> None:
    """With the quota used up it says that it is the quota, how long, and ends when told twice."""
    served.quota.burst_limit = 40
    for number in range(200):
        served.documents.add(f"Plan {number}", b"12345")
    running = process("export", "--to", tmp_path, "--progress", "jsonl")
    assert running.stderr is not None
    said: dict[str, object] = {"event": None}
    while said["event"] != "progress":
        said = json.loads(running.stderr.readline())
    running.send_signal(signal.SIGINT)
    assert json.loads(running.stderr.readline())["event"] == "stopping"
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=20)

    assert (running.returncode, said["eta_by"], parts(tmp_path)) == (130, "quota", [])
    assert 900 < float(str(said["eta_s"])) < 3_600  # four more windows of 5 min, and a part
