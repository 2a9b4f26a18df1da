"""Single sign-on at the command line: tokens of an identity provider, by reference."""

from __future__ import annotations

import asyncio
import json
import os
import pty
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command, process
from tests.conftest import USER
from vaultio import AuthenticationError
from vaultio.cli.connection import Connection
from vaultio.cli.settings import Given, settings
from vaultio.profiles import Profile, read_profiles, save_profile
from vaultio.sandbox import Sandbox
from vaultio.sandbox.identity import PROFILE

QUERY = ("query", "SELECT id FROM documents", "-o", "jsonl", "-q")
ROWS = '{"id": 7}\n'
OTHER = "_oidc_other"


@pytest.fixture(autouse=True)
def url(served: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The vault's address; the environment says nothing any more but where profiles are."""
    served.documents.add("Plan", document_id=7)
    found = os.environ["VAULTIO_URL"]
    for name in ("URL", "USER", "PASSWORD"):
        monkeypatch.delenv(f"VAULTIO_{name}")
    monkeypatch.setenv("VAULTIO_PROFILES", str(tmp_path / "profiles.toml"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return found


@pytest.fixture
def issue(served: Sandbox, tmp_path: Path) -> Callable[..., Path]:
    """Let the identity provider put a token into a file, good for so many seconds."""

    def put(lifetime_s: float = 3600) -> Path:
        file = tmp_path / "token"
        file.touch(mode=0o600)
        file.write_text(served.identity.issue(served.users[USER], lifetime_s))
        return file

    return put


def by(file: Path, url: str, profile: str = PROFILE) -> Profile:
    """Keep a profile called prod that finds its token in a file."""
    made = Profile(name="prod", url=url, oauth_profile=profile, oauth_token=f"file:{file}")
    save_profile(made)
    return made


def login(url: str, *more: object) -> tuple[object, ...]:
    """Write the words of a login of a profile called prod."""
    return ("login", "prod", "--url", url, "--oauth-profile", PROFILE, *more)


def test_a_first_day(vaultio: Command, url: str, issue: Callable[..., Path]) -> None:
    """Log in by a token in a file, use the name, log out; the token stays in its file."""
    token = issue()

    done = vaultio(*login(url, "--oauth-client-id", "my-app", "--secret", f"file:{token}"))

    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    kept = Path(os.environ["VAULTIO_PROFILES"]).read_text()
    assert f'oauth_profile = "{PROFILE}"\noauth_token = "file:{token}"' in kept
    assert token.read_text() not in kept + done.stderr
    assert vaultio(*QUERY, "-p", "prod").stdout == ROWS
    [row] = json.loads(vaultio("profiles", "-o", "json").stdout)
    assert (row["kind"], row["secret"]) == ("oauth", f"file:{token}")
    assert vaultio("logout", "prod").exit_code == 0
    assert (read_profiles(), token.exists()) == ({}, True)


def test_the_token_is_asked_for_at_a_terminal(
    url: str, issue: Callable[..., Path], keyring: Path
) -> None:
    """What is typed is not shown; it is in the keyring alone, and used from there."""
    token, (terminal, stdin) = issue().read_text(), pty.openpty()
    question = "Access token of the identity provider: "
    running = process(*login(url), stdin=stdin)
    assert running.stderr is not None
    assert running.stderr.read(len(question)) == question
    os.write(terminal, f"{token}\n".encode())
    out, err = running.communicate(timeout=30)

    assert (running.returncode, out, token in err) == (0, "", False), err
    assert json.loads(keyring.read_text()) == {"vaultio/prod": token}
    assert process(*QUERY, "-p", "prod").communicate(timeout=30) == (ROWS, "")
    for one in (terminal, stdin):
        os.close(one)


def test_a_token_is_read_anew_at_each_login(
    url: str, served: Sandbox, issue: Callable[..., Path]
) -> None:
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
    url: str, served: Sandbox, issue: Callable[..., Path]
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
