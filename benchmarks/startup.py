"""What does import cost?

``python -m benchmarks.startup``: `import vaultio` beside importing what it is built on, each in a
process of its own, and without the start of that process. What one really does first stands beside
it: make a client, and import whatever there is.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from importlib.metadata import requires

from benchmarks._measure import OURS, Answer, Question, Sample, Target, interleave
from benchmarks._report import as_table
from benchmarks._setting import Setting, Sizes, parser, sizes_of

CORE = "its core dependencies"
ROUNDS_A_ROUND = 3  # they are short
CLIENT = 'Vault("https://a.veevavault.com", SessionId("none"), api_version="v11.0")'
TIMED = """
import time
begun = time.perf_counter()
{program}
print(time.perf_counter() - begun)
"""


def core_imports() -> str:
    """Write the import of all that vaultio cannot do without, as its own metadata says."""
    needed = [line for line in requires("vaultio") or () if "extra ==" not in line]
    names = [re.split(r"[^\w-]", line, maxsplit=1)[0].replace("-", "_") for line in needed]
    return f"import {', '.join(names)}"


def programs() -> dict[str, str]:
    """Say what is measured; the first is what there is a target for."""
    return {
        OURS: "import vaultio",
        CORE: core_imports(),
        "with a client made": f"from vaultio import SessionId, Vault; {CLIENT}",
        "with all there is": "from vaultio import *; from vaultio.endpoints import *",
        "httpx, with a client made": "import httpx; httpx.AsyncClient()",
    }


def started(program: str) -> Sample:
    """Run a program in a new process; it says itself how long it took."""
    command = [sys.executable, "-c", TIMED.format(program=program)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return Sample(seconds=float(done.stdout))


def figures(sizes: Sizes) -> list[Answer]:
    """Start everything in turns; the first time of each counts nothing: it compiles."""
    runs = {name: partial(started, program) for name, program in programs().items()}
    samples, skipped = interleave(runs, ROUNDS_A_ROUND * sizes.rounds, runs)
    question = Question(
        "import vaultio", "ms", lambda one: one.seconds * 1000, (Target(CORE, 1.1),), "less"
    )
    return [question.of(samples, skipped)]


def ask(setting: Setting) -> list[Answer]:
    """Answer as part of the whole table."""
    return figures(setting.sizes)


if __name__ == "__main__":
    print(as_table(figures(sizes_of(parser(__doc__).parse_args()))))
