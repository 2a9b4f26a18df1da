"""Single sign-on at the command line: tokens of an identity provider, by reference."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from tests.cli.conftest import Command, Issue
from vaultio import AuthenticationError, OAuth
from vaultio.cli.clustering import crew_of
from vaultio.cli.connection import Connection
from vaultio.cli.settings import Given, settings
from vaultio.profiles import Profile, read_profiles, save_profile
from vaultio.sandbox import Sandbox
from vaultio.sandbox.identity import PROFILE

QUERY = ("query", "SELECT id FROM documents", "-o", "jsonl", "-q")
ROWS = '{"id": 7}\n'
OTHER = "_oidc_other"


@pytest.fixture(autouse=True)
def url(bare: str) -> str:
    """The vault's address; the environment does not say how to log in."""
    return bare


def by(file: Path, url: str, profile: str = PROFILE) -> Profile:
    """Keep a profile called prod that finds its token in a file."""
    made = Profile(name="prod", url=url, oauth_profile=profile, oauth_token=f"file:{file}")
    save_profile(made)
    return made


def test_a_token_is_read_anew_at_each_login(url: str, served: Sandbox, issue: Issue) -> None:
    """Sessions and the token end while a command works: what is in the file by then is used."""
    by(issue(), url)
    known = Connection.of(settings(Given(profile="prod")))

    async def work() -> None:
        async with known.open() as vault:
            for _ in range(3):
                assert (await vault.documents.retrieve(7)).id == 7
                served.identity.expire_all()
                await asyncio.to_thread(issue)
                served.sessions.end_all()

    asyncio.run(work())
    assert (served.sessions.logins, served.sessions.failed_logins) == (3, 0)


def test_a_token_that_is_gone_when_it_is_needed_again(
    url: str, served: Sandbox, issue: Issue
) -> None:
    """It ends a job as a refused login does, and the reference is named."""
    file = issue()
    by(file, url)
    known = Connection.of(settings(Given(profile="prod")))

    async def work() -> None:
        async with known.open() as vault:
            await vault.documents.retrieve(7)
            await asyncio.to_thread(file.unlink)
            served.sessions.end_all()
            await vault.documents.retrieve(7)

    with pytest.raises(AuthenticationError, match=f"no token to log in with: .*file:{file}"):
        asyncio.run(work())


@pytest.fixture
def wrong(url: str, issue: Issue) -> Callable[[str], str]:
    """Keep a profile of which something is wrong, and return the token that is in the file."""

    def keep(what: str) -> str:
        file = issue(0 if what == "expired" else 3600)
        by(file, url, "_oidc_nobody's" if what == "unknown profile" else PROFILE)
        token = file.read_text()
        if what in ("missing", "no token"):
            file.write_text("" if what == "missing" else f"{token} and more")
        file.chmod(0o644 if what == "readable" else 0o600)
        return token

    return keep


@pytest.mark.parametrize(
    ("what", "code", "said"),
    [
        ("missing", 2, "is empty"),
        ("no token", 2, "is no token"),
        ("readable", 2, "can be read by others"),
        ("expired", 1, "has expired"),
        ("unknown profile", 1, "_oidc_nobody"),
    ],
)
def test_a_token_that_does_not_do(
    vaultio: Command, wrong: Callable[[str], str], what: str, code: int, said: str
) -> None:
    """A line that says so and one that says what to do; the token is nowhere."""
    token = wrong(what)

    done = vaultio(*QUERY, "-p", "prod")
    shown = vaultio(*QUERY, "-p", "prod", "--debug").stderr

    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (code, "", 2)
    assert said in done.stderr
    assert ("identity provider" in done.stderr) == (code == 1)
    assert (token in done.stderr, token in shown) == (False, False)


@pytest.mark.parametrize("what", ["missing", "no token", "expired", "unknown profile"])
def test_doctor_tells_what_is_wrong(
    vaultio: Command, wrong: Callable[[str], str], what: str
) -> None:
    """It names the reference or the login, and what to do."""
    token = wrong(what)

    done = vaultio("doctor", "-p", "prod", "-o", "json")

    checks = {one["name"]: one for one in json.loads(done.stdout)}
    is_sent = what in ("expired", "unknown profile")
    failed = checks["login" if is_sent else "settings"]
    assert (done.exit_code, failed["state"], token in done.stdout) == (3, "fail", False)
    assert ("OAuth profile" in failed["advice"]) == is_sent


def test_doctor_looks_at_the_way_to_the_login_service(
    vaultio: Command, url: str, issue: Issue
) -> None:
    """It is another host than the vault's, and a firewall may keep this machine from it."""
    by(issue(), url)
    words = ("doctor", "-p", "prod", "-o", "json")
    well = {one["name"]: one for one in json.loads(vaultio(*words).stdout)}
    save_profile(evolve(read_profiles()["prod"], oauth_host="http://127.0.0.1:9"))
    ill = {one["name"]: one for one in json.loads(vaultio(*words).stdout)}

    assert PROFILE in well["settings"]["said"]
    assert {one["state"] for one in well.values()} <= {"ok", "skip", "warn"}
    assert (ill["tcp"]["state"], ill["sign-on"]["state"], ill["login"]["state"]) == (
        *("ok", "fail", "fail"),
    )
    assert "127.0.0.1:9" in ill["sign-on"]["said"]


def test_the_environment(
    vaultio: Command, url: str, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Profile and token there are enough; one alone is not, and the other is named."""
    monkeypatch.setenv("VAULTIO_URL", url)
    monkeypatch.setenv("VAULTIO_OAUTH_PROFILE", PROFILE)
    alone = vaultio(*QUERY)
    monkeypatch.setenv("VAULTIO_OAUTH_TOKEN", issue().read_text())

    assert (alone.exit_code, "VAULTIO_OAUTH_TOKEN" in alone.stderr) == (2, True)
    assert vaultio(*QUERY).stdout == ROWS
    known = settings(Given())
    assert known.secret == "env:VAULTIO_OAUTH_TOKEN"
    monkeypatch.setenv("VAULTIO_OAUTH_HOST", "login.example.com")
    monkeypatch.setenv("VAULTIO_OAUTH_CLIENT_ID", "my-app")
    made = known.credentials()
    assert isinstance(made, OAuth)
    assert (made.host, made.client_id) == ("login.example.com", "my-app")


def test_a_profile_without_a_token(
    vaultio: Command, url: str, served: Sandbox, issue: Issue
) -> None:
    """It is asked for at a terminal, or comes from standard input; else that is said."""
    save_profile(Profile(name="prod", url=url, oauth_profile=PROFILE))
    token = issue().read_text()

    done = vaultio(*QUERY, "-p", "prod", stdin="")
    assert (done.exit_code, "no token in the profile prod" in done.stderr) == (2, True)
    assert served.sessions.logins == 0
    assert vaultio(*QUERY, "-p", "prod", "--password-stdin", stdin=f"{token}\n").stdout == ROWS
    other = vaultio(*QUERY, "-p", "prod", "--user", "bruce@example.com", stdin="")
    assert (other.exit_code, "no password" in other.stderr) == (2, True)


def test_what_writes_and_copies(
    vaultio: Command, url: str, served: Sandbox, issue: Issue, tmp_path: Path
) -> None:
    """A dry run logs in and writes nothing; a copy takes the profile on either side."""
    by(issue(), url)

    dry = vaultio("export", "-p", "prod", "--to", tmp_path / "files", "--dry-run")
    assert (dry.exit_code, served.sessions.logins) == (0, 1), dry.stderr
    dry = vaultio("documents", "delete", 7, "-p", "prod", "--dry-run")
    assert (dry.exit_code, "nothing was written" in dry.stdout) == (0, True), dry.stderr
    assert vaultio("documents", "delete", 7, "-p", "prod", "--yes").exit_code == 0
    for side in ("source", "target"):
        known = settings(Given(profile="prod", side=side))
        assert isinstance(known.credentials(), OAuth)
    assert served.sessions.logins == 2


def test_the_workers_of_a_cluster(url: str, issue: Issue) -> None:
    """They find the token where the profile says, and ask the same host."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    file = issue()
    save_profile(evolve(by(file, url), oauth_client_id="app", store="redis://127.0.0.1:1/0"))

    crew = crew_of("tcp://127.0.0.1:1", Connection.of(settings(Given(profile="prod"))), 8)

    assert crew is not None
    recipe = crew.recipe
    assert (recipe.oauth_profile, recipe.oauth_token) == (PROFILE, f"file:{file}")
    assert (recipe.oauth_client_id, recipe.oauth_host, recipe.password) == ("app", url, None)
