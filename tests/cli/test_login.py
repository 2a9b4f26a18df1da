"""``vaultio login``, ``logout``, ``profiles`` and ``--profile``: vaults by names of one's own."""

from __future__ import annotations

import json
import os
import pty
from pathlib import Path

import pytest

from tests.cli.conftest import Command, process
from tests.conftest import USER
from tests.leaks import PASSWORD
from vaultio.profiles import Profile, read_profiles, save_profile
from vaultio.sandbox import Sandbox

QUERY = ("query", "SELECT id FROM documents", "-o", "jsonl", "-q")


@pytest.fixture(autouse=True)
def url(bare: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The vault's address; a variable has the password."""
    monkeypatch.setenv("A_PASSWORD", PASSWORD)
    return bare


def login(url: str, *more: str) -> tuple[str, ...]:
    """Write the words of a login of a profile called prod."""
    return ("login", "prod", "--url", url, "--user", USER, *more)


def test_a_first_day(url: str, keyring: Path, tmp_path: Path) -> None:
    """Log in at a terminal, use the name, log out: the secret is in the keyring alone."""
    terminal, stdin = pty.openpty()
    running = process(*login(url), stdin=stdin)
    assert running.stderr is not None
    assert running.stderr.read(len(f"Password of {USER}: ")) == f"Password of {USER}: "
    os.write(terminal, f"{PASSWORD}\n".encode())
    out, err = running.communicate(timeout=30)

    assert (running.returncode, out, "keyring:vaultio/prod" in err) == (0, "", True), err
    assert json.loads(keyring.read_text()) == {"vaultio/prod": PASSWORD}
    assert PASSWORD not in (tmp_path / "profiles.toml").read_text() + err
    used = process(*QUERY, "--profile", "prod").communicate(timeout=30)
    gone = process("logout", "prod").communicate(timeout=30)
    assert (used, gone[0], keyring.read_text()) == (('{"id": 7}\n', ""), "", "{}")
    for one in (terminal, stdin):
        os.close(one)


@pytest.mark.parametrize("how", ["env", "file", "stdin"])
def test_other_ways_to_a_secret(vaultio: Command, url: str, tmp_path: Path, how: str) -> None:
    """A reference stays one; a secret from standard input is not kept where there is no keyring."""
    file = tmp_path / "secret"
    file.write_text(PASSWORD)
    file.chmod(0o600)
    words = {"env": "--secret=env:A_PASSWORD", "file": f"--secret=file:{file}"}
    done = vaultio(*login(url, words.get(how, "--password-stdin")), stdin=f"{PASSWORD}\n")

    assert done.exit_code == 0, done.stderr
    assert ("asked for each time" in done.stderr) == (how == "stdin")
    used = vaultio(*QUERY, "-p", "prod")
    assert used.exit_code == (2 if how == "stdin" else 0), used.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--secret", "hunter2"], "never what it is"),
        (["--secret", "env:NOT_SET"], "env:NOT_SET"),
        (["--password-stdin"], "secret is empty"),
        ([], "no terminal"),
    ],
)
def test_a_login_that_cannot_be_tried(
    vaultio: Command, url: str, served: Sandbox, words: list[str], said: str
) -> None:
    """Nothing is sent, and nothing kept."""
    done = vaultio(*login(url, *words), stdin="")

    assert (done.exit_code, served.sessions.logins, read_profiles()) == (2, 0, {})
    assert said in done.stderr


def test_a_login_that_fails(vaultio: Command, url: str, keyring: Path) -> None:
    """A wrong password is found out at once, and not kept."""
    done = vaultio(*login(url, "--password-stdin"), stdin="wrong\n")

    assert (done.exit_code, read_profiles(), keyring.exists()) == (1, {}, False)


def test_a_changed_password(vaultio: Command, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second login under the same name asks for the secret alone."""
    assert (
        vaultio(*login(url, "--secret", "env:A_PASSWORD", "--api-version", "v24.3")).exit_code == 0
    )
    monkeypatch.setenv("ANOTHER", PASSWORD)

    assert vaultio("login", "prod", "--secret", "env:ANOTHER").exit_code == 0
    kept = read_profiles()["prod"]
    assert (kept.url, kept.user, kept.password, kept.api_version) == (
        *(url, USER),
        *("env:ANOTHER", "v24.3"),
    )


def test_profiles_are_listed(vaultio: Command, url: str) -> None:
    """With where the secret is, and never what it is."""
    vaultio(*login(url, "--secret", "env:A_PASSWORD"))

    [row] = json.loads(vaultio("profiles", "--output", "json").stdout)
    assert (row["profile"], row["url"], row["secret"]) == ("prod", url, "env:A_PASSWORD")


DEAD = "http://127.0.0.1:9"
PLACES = ("option", "named", "variable", "default")


@pytest.mark.parametrize("said", [PLACES[n:] for n in range(4)])
def test_what_goes_before_what(
    vaultio: Command, url: str, monkeypatch: pytest.MonkeyPatch, said: tuple[str, ...]
) -> None:
    """Options, the named profile, variables, the default profile: the first that says it counts.

    It has the right address, and all below it have a dead one.
    """
    addresses = dict(zip(said, (url, DEAD, DEAD, DEAD), strict=False))
    for name in {"named", "default"} & set(said):
        save_profile(Profile(name=name, url=addresses[name], user=USER, password="env:A_PASSWORD"))
    if "variable" in said:
        monkeypatch.setenv("VAULTIO_URL", addresses["variable"])
        monkeypatch.setenv("VAULTIO_USER", USER)
        monkeypatch.setenv("VAULTIO_PASSWORD", PASSWORD)
    words = ["--url", url, "--user", USER] if "option" in said else []
    if "named" in said:
        monkeypatch.setenv("VAULTIO_PROFILE", "named")

    assert vaultio(*QUERY, *words).stdout == '{"id": 7}\n'


def test_the_option_goes_before_the_variable(
    vaultio: Command, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--profile names another than VAULTIO_PROFILE: the option counts."""
    for name, address in (("a", url), ("b", DEAD)):
        save_profile(Profile(name=name, url=address, user=USER, password="env:A_PASSWORD"))
    monkeypatch.setenv("VAULTIO_PROFILE", "b")

    assert vaultio(*QUERY, "--profile", "a").stdout == '{"id": 7}\n'


@pytest.mark.parametrize("words", [["--url", "{url}"], ["--user", "bruce@example.com"]])
def test_a_profiles_secret_is_for_its_vault_and_user(
    vaultio: Command, url: str, served: Sandbox, words: list[str]
) -> None:
    """Another address or user does not get it."""
    elsewhere = DEAD if "--url" in words else url
    save_profile(Profile(name="prod", url=elsewhere, user=USER, password="env:A_PASSWORD"))

    done = vaultio(*QUERY, "-p", "prod", *(word.format(url=url) for word in words))

    assert (done.exit_code, served.sessions.logins) == (2, 0), done.stderr


def test_the_environments_secret_is_for_its_vault(
    vaultio: Command, url: str, served: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A profile without a secret takes the password there, but not one that is another vault's."""
    save_profile(Profile(name="prod", url=url, user=USER))
    monkeypatch.setenv("VAULTIO_PASSWORD", PASSWORD)
    assert vaultio(*QUERY, "-p", "prod").exit_code == 0

    monkeypatch.setenv("VAULTIO_URL", DEAD)
    logins = served.sessions.logins
    done = vaultio(*QUERY, "-p", "prod")
    assert (done.exit_code, served.sessions.logins - logins) == (2, 0)
    assert "profile prod" in done.stderr


def test_no_such_profile(vaultio: Command, url: str) -> None:
    """Those that there are are named."""
    save_profile(Profile(name="prod", url=url, user=USER))

    done = vaultio(*QUERY, "-p", "prdo")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "'prdo'" in done.stderr
    assert "(prod)" in done.stderr
