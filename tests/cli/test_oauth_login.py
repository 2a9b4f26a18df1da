"""``vaultio login`` with single sign-on: a profile, a token by reference, what Vault says."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command, Issue, process
from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio.profiles import read_profiles
from vaultio.sandbox import Sandbox
from vaultio.sandbox.identity import PROFILE
from vaultio.sandbox.identity import Profile as IdentityProfile

QUERY = ("query", "SELECT id FROM documents", "-o", "jsonl", "-q")
ROWS = '{"id": 7}\n'
OTHER = "_oidc_other"


@pytest.fixture(autouse=True)
def url(bare: str) -> str:
    """The vault's address; the environment does not say how to log in."""
    return bare


def login(url: str, *more: object) -> tuple[object, ...]:
    """Write the words of a login of a profile called prod."""
    return ("login", "prod", "--url", url, "--oauth-profile", PROFILE, *more)


def test_a_first_day(vaultio: Command, url: str, issue: Issue) -> None:
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


def test_the_token_is_asked_for_at_a_terminal(url: str, issue: Issue, keyring: Path) -> None:
    """What is typed is not shown, and is in the keyring alone."""
    token, (terminal, stdin) = issue().read_text(), pty.openpty()
    question = "Access token of the identity provider: "
    running = process(*login(url), stdin=stdin)
    assert running.stderr is not None
    assert running.stderr.read(len(question)) == question
    os.write(terminal, f"{token}\n".encode())
    out, err = running.communicate(timeout=30)

    assert (running.returncode, out, token in err) == (0, "", False), err
    assert json.loads(keyring.read_text()) == {"vaultio/prod": token}
    assert read_profiles()["prod"].reference == "keyring:vaultio/prod"
    for one in (terminal, stdin):
        os.close(one)


def test_a_token_too_long_for_a_terminal() -> None:
    """What the terminal would cut off is not taken for the whole."""
    terminal, stdin = pty.openpty()
    program = "from vaultio.cli.asking import asked_secret; asked_secret('Token')"
    running = subprocess.Popen(
        [sys.executable, "-c", program], stdin=stdin, stderr=subprocess.PIPE, start_new_session=True
    )
    assert running.stderr is not None
    assert running.stderr.read(7) == b"Token: "
    os.write(terminal, b"x" * 4_500 + b"\n")

    assert b"UsageError: a terminal cuts off" in running.communicate(timeout=30)[1]
    for one in (terminal, stdin):
        os.close(one)


def test_once_more_under_the_same_name(
    vaultio: Command, url: str, served: Sandbox, issue: Issue
) -> None:
    """Only the token is asked for: the way to log in is as before."""
    vaultio(*login(url, "--oauth-client-id", "app", "--secret", f"file:{issue()}"))
    token = issue().read_text()

    done = vaultio("login", "prod", "--password-stdin", stdin=f"{token}\n")

    assert (done.exit_code, served.sessions.logins) == (0, 2), done.stderr
    kept = read_profiles()["prod"]
    assert (kept.oauth_profile, kept.oauth_client_id, kept.reference) == (PROFILE, "app", None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--secret", "idp-token"], "never what it is"),
        (["--kind", "password", "--user", USER], "not for --kind password"),
        (["--secret", "env:NOT_SET"], "env:NOT_SET"),
        (["--oauth-token", "idp-token"], "No such option"),
        (["--oauth-host", "http://example.com", "--password-stdin"], "use https"),
    ],
)
def test_a_login_that_cannot_be_tried(
    vaultio: Command, url: str, served: Sandbox, words: list[str], said: str
) -> None:
    """Nothing is sent, and nothing kept."""
    done = vaultio(*login(url, *words), stdin="idp-token\n")

    assert (done.exit_code, served.sessions.failed_logins, read_profiles()) == (2, 0, {})
    assert said in done.stderr
    assert "idp-token" not in done.stderr


def test_kind_oauth_asks_for_the_profile(vaultio: Command, url: str) -> None:
    """Where nobody can be asked the option is named."""
    done = vaultio("login", "prod", "--url", url, "--kind", "oauth", stdin="")

    assert (done.exit_code, "--oauth-profile" in done.stderr) == (2, True)


def test_a_login_that_is_refused(vaultio: Command, url: str, issue: Issue) -> None:
    """An expired token is found out at once, and nothing kept."""
    done = vaultio(*login(url, "--secret", f"file:{issue(0)}"))

    assert (done.exit_code, read_profiles(), "has expired" in done.stderr) == (1, {}, True)


@pytest.mark.parametrize(
    ("ways", "words", "code", "said"),
    [
        ([PROFILE], [], 0, f"by the OAuth profile {PROFILE}"),
        ([PROFILE, OTHER], [], 2, f"{OTHER} (OpenID Connect)"),
        ([PROFILE, OTHER], ["--oauth-profile", PROFILE], 0, "the login works"),
        ([], [], 2, "by SAML"),
    ],
)
def test_discovery(
    vaultio: Command,
    url: str,
    served: Sandbox,
    issue: Issue,
    ways: list[str],
    words: list[str],
    code: int,
    said: str,
) -> None:
    """--discover asks Vault which profile it is, and says what it heard."""
    served.identity.profiles[OTHER] = IdentityProfile(id=OTHER)
    served.identity.ways[USER] = ways
    how = ("login", "prod", "--url", url, "--user", USER, "--discover", *words)

    done = vaultio(*how, "--password-stdin", stdin=issue().read_text())

    assert (done.exit_code, said in done.stderr) == (code, True), done.stderr
    kept = read_profiles()
    assert [one.oauth_profile for one in kept.values()] == [PROFILE] * (code == 0)


def test_discovery_of_a_password(vaultio: Command, url: str, served: Sandbox) -> None:
    """Who logs in by a password gets a profile with one; without --discover nobody asks."""
    how = ("login", "prod", "--url", url, "--user", USER, "--password-stdin")

    assert vaultio(*how, "--discover", stdin=PASSWORD).exit_code == 0
    assert (read_profiles()["prod"].kind, read_profiles()["prod"].user) == ("password", USER)
    served.identity.ways[USER] = [PROFILE]
    assert vaultio(*how, stdin=PASSWORD).exit_code == 0
