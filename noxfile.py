"""Every check of the project: `pip install nox && nox` runs those that must pass."""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "docs", "dist", "tests"]
nox.options.default_venv_backend = "virtualenv"  # comes with nox; uv may not be there
nox.options.reuse_venv = "yes"
nox.options.error_on_external_run = True
nox.options.error_on_missing_interpreters = True

ROOT = Path(__file__).parent
CHECKED = ["vaultio", "tests", "examples", "benchmarks", "noxfile.py"]
WIRED = [f"tests/{part}" for part in ("transport", "downloads", "faults", "limiter")]
DOCS = [f"tests/test_{part}.py" for part in ("docs", "examples", "site", "new_operation")]
COVERED = ("limiter", "transport", "downloads", "protocol")
COVERING = [
    *(*WIRED, "tests/protocol", "tests/endpoints", "tests/test_fuzz.py"),
    # Hours of virtual time and random moments: they take minutes here, and run no other lines.
    *(f"--ignore=tests/limiter/test_{name}.py" for name in ("proof", "priorities")),
    *("--ignore=tests/faults/test_sudden_ends.py", "-k", "not no_window_at_the_server"),
]
DEFAULT = "not heavy and not soak"
CORES = os.cpu_count() or 1
# One more than there are cores: many tests wait for a clock, a disk or another process.
SPREAD = ["-n", str(CORES + 1), "--dist", "worksteal"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout with ruff; `nox -s lint -- --fix` repairs what it can."""
    session.install("ruff>=0.8")
    session.run("ruff", "check", *session.posargs, ".")
    session.run("ruff", "format", *([] if "--fix" in session.posargs else ["--check"]), ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the library, its tests, examples and tools with mypy --strict."""
    _install(session, "-e", ".[types]", "nox")
    spread = ["--num-workers", str(CORES)]
    session.run("mypy", "--strict", *spread, *session.posargs, *filter(_has_python, CHECKED))


@nox.session
def docs(session: nox.Session) -> None:
    """Run the blocks of all pages, the docstring examples and the example programs; build the site.

    The package is installed as a user has it, not editable: the examples run from elsewhere.
    Arguments go to pytest, and then nothing is built.
    """
    _install(session, ".[test,docs,lint]")
    if session.posargs:
        session.run("pytest", *DOCS, *session.posargs)
        return
    session.run("pytest", *SPREAD, *DOCS)
    session.run("python", "-m", "tests.site", session.create_tmp())


@nox.session
def dist(session: nox.Session) -> None:
    """Build the package and use the wheel in an environment that has nothing else."""
    session.install("build", "virtualenv")
    built, empty = session.create_tmp() + "/built", session.create_tmp() + "/empty"
    session.run("python", "-m", "build", "--outdir", built, ".")
    session.run("python", "-m", "virtualenv", "--quiet", "--clear", empty)
    python = Path(empty, "Scripts/python.exe" if os.name == "nt" else "bin/python")
    wheel = max(Path(built).glob("*.whl"), key=lambda path: path.stat().st_mtime)
    session.run(python, "-m", "pip", "install", "--quiet", wheel, external=True)
    for script in sorted((ROOT / "tests/dist").glob("[!_]*.py")):
        # -I keeps the checkout off the path: what is imported is what was installed.
        session.run(python, "-I", script, external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the test suite on all cores; arguments go to pytest, which then uses one.

    What the session `docs` runs it leaves to that. A browser is started once, not on each core.
    """
    _install(session, "-e", ".[test,browser]")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    rest = [f"--ignore={path}" for path in DOCS]
    not_alone = ["--ignore=tests/browser", "-m", f"{DEFAULT} and not alone"]
    session.run("pytest", *SPREAD, *rest, *not_alone)
    session.run("pytest", *_files_with("alone"), "-m", f"{DEFAULT} and alone")


@nox.session
def wires(session: nox.Session) -> None:
    """Run all that meets the network twice: on our own connections, and on those of httpx."""
    _install(session, "-e", ".[test]")
    for wire in ("own", "stock"):
        session.run("pytest", f"--wire={wire}", *WIRED, *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure which lines and branches the tests run of the parts that carry the promises.

    Each must reach 95 %. What other processes run counts too, on all cores.
    """
    _install(session, "-e", ".[test]")
    data = {"COVERAGE_FILE": str(Path(session.create_tmp(), "coverage"))}
    session.run("coverage", "erase", env=data)
    tests = session.posargs or [*SPREAD, *COVERING, "-m", f"{DEFAULT} and not alone"]
    session.run("coverage", "run", "-m", "pytest", *tests, env=data)
    session.run("coverage", "combine", "--quiet", env=data)
    low = [part for part in COVERED if not _is_covered(session, part, data)]
    if low:
        session.error(f"not enough of {', '.join(low)} is run by a test")


@nox.session
def heavy(session: nox.Session) -> None:
    """Run the proofs that take minutes or gigabytes."""
    _install(session, "-e", ".[test]")
    session.run("pytest", "-m", "heavy", *session.posargs)


@nox.session
def proofs(session: nox.Session) -> None:
    """Prove that a migration loses nothing, with gigabytes, kills and lost answers; say figures."""
    _install(session, "-e", ".[test]")
    # Some take longer than a test that hangs.
    patient = ("-o", "faulthandler_timeout=3600")
    session.run("pytest", "-m", "heavy", "-rP", *patient, "tests/migration", *session.posargs)


@nox.session
def soak(session: nox.Session) -> None:
    """Run the tests that look for slow leaks, for VAULTIO_SOAK_SECONDS (600), and print figures."""
    _install(session, "-e", ".[test]")
    never = "faulthandler_timeout=0"  # it takes so long on purpose
    session.run("pytest", "-s", "-o", never, "-m", "soak", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Look for exceptions that are not ours: each reader with twenty thousand examples."""
    _install(session, "-e", ".[test]")
    fuzzed = ["tests/test_fuzz.py", "tests/faults/test_hostile_names.py"]
    never = "faulthandler_timeout=0"  # what it tells of a test that runs on may end the process
    session.run("pytest", "--hypothesis-profile=fuzz", "-o", never, *fuzzed, *session.posargs)


@nox.session
def mutants(session: nox.Session) -> None:
    """Change the limiter's core and the downloads' checks one by one: would a test notice?

    `nox -s mutants -- --sample 500 --minutes 240 limiter/bucket.py` asks for more, or of one part.
    """
    _install(session, "-e", ".[test]")
    session.run("python", "-m", "tests.mutants", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks beside their peers and print one table; arguments go to it.

    `nox -s bench -- --full` takes the sizes of the README's table, `-- calls` asks one question.
    """
    session.install("-e", ".[benchmarks]")
    session.run("python", "-m", "benchmarks.table", *session.posargs)


def _install(session: nox.Session, *what: str) -> None:
    """Install the package with extras; what is imported of them is compiled then, and once.

    Many tests start programs: without a place for compiled modules, which some environments
    switch off, each of those would compile all that it imports.
    """
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    session.env["PYTHONPYCACHEPREFIX"] = str(session.cache_dir / "bytecode")
    session.install("--no-compile", *what)


def _files_with(mark: str) -> list[str]:
    """List the tests' files that use a mark: to collect all tests for a few takes long."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    found = [path for path in files if f"pytest.mark.{mark}" in path.read_text("utf-8")]
    return [str(path.relative_to(ROOT)) for path in found]


def _is_covered(session: nox.Session, part: str, data: dict[str, str]) -> bool:
    """Print what no test runs of a part of the package, and say whether that is little enough."""
    shown = ["--skip-covered", "--show-missing", "--precision=1", "--fail-under=95"]
    session.log(f"vaultio/{part}")
    try:
        session.run("coverage", "report", f"--include=vaultio/{part}/*", *shown, env=data)
    except nox.command.CommandFailed:
        return False
    return True


def _has_python(name: str) -> bool:
    """Say whether mypy would find something; it refuses a folder without a module."""
    path = ROOT / name
    return path.is_file() or any(path.rglob("*.py"))
