"""A program that is killed at random moments and started again, as machines do to programs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

from tests.layers import ROOT
from tests.leaks import PASSWORD

READY = "ready"
"""What a program prints, on a line of its own, when the work begins that is to be killed."""


def killed(
    program: Sequence[str], times: int, within_s: float, *, seed: int = 0
) -> Iterator[tuple[int, bool]]:
    """Start a Python program so often and kill each at a random moment of its work, by SIGKILL.

    *program* is what follows ``python``: ``["-m", "tests.faults.worker", folder]``. The moment lies
    within *within_s* seconds of its line `READY`. Yields the number of the round, from 0, and
    whether the program had ended by itself before; look at what it left behind between two
    rounds. A program that fails by itself is a RuntimeError.
    """
    chance = random.Random(seed)
    for round_ in range(times):
        with subprocess.Popen(
            [sys.executable, *program], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as child:
            assert child.stdout is not None
            for line in child.stdout:
                if line.strip() == READY:
                    break
            time.sleep(chance.uniform(0, within_s))
            os.kill(child.pid, signal.SIGKILL)  # harmless if it has ended: it is not reaped yet
            status = child.wait()
        if status not in {0, -signal.SIGKILL}:
            raise RuntimeError(f"round {round_}: the program ended with {status}")
        yield round_, status == 0


async def run_until(
    program: Sequence[str], calls: Callable[[], int], kill_after: int | None
) -> None:
    """Run the Python program; kill it when so many more *calls* have been counted, or never.

    It finds the password of the tests in ``VAULTIO_PASSWORD``. Never killed, it must end well.
    """
    begun, environment = calls(), {**os.environ, "VAULTIO_PASSWORD": PASSWORD}
    command = [sys.executable, *program]
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment)
    while running.returncode is None and kill_after is not None:
        if calls() - begun >= kill_after:
            running.kill()
            break
        await asyncio.sleep(0.001)
    status = await running.wait()
    assert kill_after is not None or status == 0


def run_to_its_end(program: Sequence[str]) -> str:
    """Run the Python program once more, undisturbed, and return what it printed."""
    command = [sys.executable, *program]
    return subprocess.check_output(command, cwd=ROOT, text=True)
